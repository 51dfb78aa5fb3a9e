/* weft-repo-reply.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-commit-result.h"
#include "weft-get-result.h"
#include "weft-pend-result.h"
#include "weft-repo-message.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_REPO_REPLY (weft_repo_reply_get_type ())

typedef struct _WeftRepoReply WeftRepoReply;

WEFT_AVAILABLE_IN_ALL
GType             weft_repo_reply_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_new_get       (WeftGetResult    *result)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_new_pend      (WeftPendResult   *result)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_new_cancel    (void) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_new_commit    (WeftCommitResult *result)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_new_put       (WeftCommitResult *result)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoOperation weft_repo_reply_get_operation (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
WeftGetResult    *weft_repo_reply_get_get       (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
WeftPendResult   *weft_repo_reply_get_pend      (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_repo_reply_get_commit    (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_repo_reply_get_put       (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_ref           (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
void              weft_repo_reply_unref         (WeftRepoReply    *self);
WEFT_AVAILABLE_IN_ALL
WeftRepoReply    *weft_repo_reply_from_json     (JsonNode         *json,
                                                 WeftRepoOperation operation,
                                                 GError          **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_repo_reply_to_json       (WeftRepoReply    *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char             *weft_repo_reply_to_string     (WeftRepoReply    *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean          weft_repo_reply_equal         (WeftRepoReply    *a,
                                                 WeftRepoReply    *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRepoReply, weft_repo_reply_unref)

G_END_DECLS
