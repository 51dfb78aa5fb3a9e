/* weft-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-repo-message.h"
#include "weft-repo-reply.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_REPO (weft_repo_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftRepo, weft_repo, WEFT, REPO, GObject)

/**
 * WeftRepoDoneFunc:
 * @repo: the repo
 * @reply: (nullable): the answer, of the operation that was asked for
 * @error: (nullable): why there is no answer; exactly one of @reply and @error is set
 * @user_data: what was given to [method@Weft.Repo.perform]
 *
 * Called once for each request, and never from within [method@Weft.Repo.perform].
 *
 * Since: 0.1
 */
typedef void (*WeftRepoDoneFunc) (WeftRepo      *repo,
                                  WeftRepoReply *reply,
                                  const GError  *error,
                                  gpointer       user_data);

/**
 * WeftRepoInterface:
 * @perform: answers one message
 *
 * The virtual function table for [iface@Weft.Repo].
 *
 * Since: 0.1
 */
struct _WeftRepoInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  void (*perform) (WeftRepo         *self,
                   WeftRepoMessage  *message,
                   GCancellable     *cancellable,
                   WeftRepoDoneFunc  done,
                   gpointer          user_data);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
void              weft_repo_perform        (WeftRepo           *self,
                                            WeftRepoMessage    *message,
                                            GCancellable       *cancellable,
                                            WeftRepoDoneFunc    done,
                                            gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
void              weft_repo_get_async      (WeftRepo           *self,
                                            WeftBlockGets      *request,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
WeftGetResult    *weft_repo_get_finish     (WeftRepo           *self,
                                            GAsyncResult       *result,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_repo_put_async      (WeftRepo           *self,
                                            WeftPendRequest    *request,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_repo_put_finish     (WeftRepo           *self,
                                            GAsyncResult       *result,
                                            GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_repo_pend_async     (WeftRepo           *self,
                                            WeftPendRequest    *request,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
WeftPendResult   *weft_repo_pend_finish    (WeftRepo           *self,
                                            GAsyncResult       *result,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_repo_commit_async   (WeftRepo           *self,
                                            WeftCommitRequest  *request,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_repo_commit_finish  (WeftRepo           *self,
                                            GAsyncResult       *result,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_repo_cancel_async   (WeftRepo           *self,
                                            WeftActionBlocks   *request,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_repo_cancel_finish  (WeftRepo           *self,
                                            GAsyncResult       *result,
                                            GError            **error);
WEFT_AVAILABLE_IN_ALL
void              weft_repo_emit_committed (WeftRepo           *self,
                                            const char         *collection_id,
                                            const char * const *block_ids,
                                            const char         *action_id,
                                            gint64              rev);

G_END_DECLS
