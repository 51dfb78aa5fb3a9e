/* weft-remote-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "weft-block-archive.h"
#include "weft-multiaddr.h"
#include "weft-peer-id.h"
#include "weft-transport.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_REMOTE_REPO (weft_remote_repo_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftRemoteRepo, weft_remote_repo, WEFT, REMOTE_REPO, GObject)

WEFT_AVAILABLE_IN_ALL
WeftRemoteRepo   *weft_remote_repo_new                 (WeftTransport       *transport,
                                                        WeftMultiaddr       *address)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRemoteRepo   *weft_remote_repo_new_for_peer        (WeftTransport       *transport,
                                                        WeftPeerId          *peer_id)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransport    *weft_remote_repo_get_transport       (WeftRemoteRepo      *self);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr    *weft_remote_repo_get_address         (WeftRemoteRepo      *self);
WEFT_AVAILABLE_IN_ALL
WeftPeerId       *weft_remote_repo_get_peer_id         (WeftRemoteRepo      *self);
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_connect_async       (WeftRemoteRepo      *self,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_remote_repo_connect_finish      (WeftRemoteRepo      *self,
                                                        GAsyncResult        *result,
                                                        GError             **error);
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_read_archive_async  (WeftRemoteRepo      *self,
                                                        const char          *block_id,
                                                        gint64               rev,
                                                        guint                revisions_max,
                                                        gboolean             include_pending,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
WeftBlockArchive *weft_remote_repo_read_archive_finish (WeftRemoteRepo      *self,
                                                        GAsyncResult        *result,
                                                        GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_list_blocks_async   (WeftRemoteRepo      *self,
                                                        const char          *after,
                                                        guint                blocks_max,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
char            **weft_remote_repo_list_blocks_finish  (WeftRemoteRepo      *self,
                                                        GAsyncResult        *result,
                                                        gboolean            *has_more,
                                                        GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_get_status_async    (WeftRemoteRepo      *self,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_remote_repo_get_status_finish   (WeftRemoteRepo      *self,
                                                        GAsyncResult        *result,
                                                        GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_list_peers_async    (WeftRemoteRepo      *self,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_remote_repo_list_peers_finish   (WeftRemoteRepo      *self,
                                                        GAsyncResult        *result,
                                                        GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_describe_block_async  (WeftRemoteRepo      *self,
                                                          const char          *block_id,
                                                          GCancellable        *cancellable,
                                                          GAsyncReadyCallback  callback,
                                                          gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_remote_repo_describe_block_finish (WeftRemoteRepo      *self,
                                                          GAsyncResult        *result,
                                                          GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_explain_action_async  (WeftRemoteRepo      *self,
                                                          const char          *action_id,
                                                          GCancellable        *cancellable,
                                                          GAsyncReadyCallback  callback,
                                                          gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_remote_repo_explain_action_finish (WeftRemoteRepo      *self,
                                                          GAsyncResult        *result,
                                                          GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_remote_repo_write_archive_async   (WeftRemoteRepo      *self,
                                                          WeftBlockArchive    *archive,
                                                          GCancellable        *cancellable,
                                                          GAsyncReadyCallback  callback,
                                                          gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_remote_repo_write_archive_finish  (WeftRemoteRepo      *self,
                                                          GAsyncResult        *result,
                                                          gint64              *before_rev,
                                                          gint64              *latest_rev,
                                                          GError             **error);

G_END_DECLS
