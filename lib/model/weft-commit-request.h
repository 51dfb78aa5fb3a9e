/* weft-commit-request.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_COMMIT_REQUEST (weft_commit_request_get_type ())

typedef struct _WeftCommitRequest WeftCommitRequest;

WEFT_AVAILABLE_IN_ALL
GType              weft_commit_request_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_commit_request_new           (const char         *action_id,
                                                      const char * const *block_ids,
                                                      gint64              rev,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_commit_request_new_full      (const char         *action_id,
                                                      const char * const *block_ids,
                                                      gint64              rev,
                                                      JsonObject         *digests,
                                                      const char         *header_id,
                                                      const char         *tail_id,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_commit_request_with_content  (WeftCommitRequest  *self,
                                                      JsonObject         *bases,
                                                      JsonObject         *digests,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_commit_request_with_cluster  (WeftCommitRequest  *self,
                                                      GPtrArray          *peers,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char        *weft_commit_request_get_action_id (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
const char* const *weft_commit_request_get_block_ids (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
gint64             weft_commit_request_get_rev       (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
gint64             weft_commit_request_get_base      (WeftCommitRequest  *self,
                                                      const char         *block_id);
WEFT_AVAILABLE_IN_ALL
const char        *weft_commit_request_get_digest    (WeftCommitRequest  *self,
                                                      const char         *block_id);
WEFT_AVAILABLE_IN_ALL
GPtrArray         *weft_commit_request_get_cluster   (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_commit_request_get_header_id (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_commit_request_get_tail_id   (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_commit_request_ref           (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
void               weft_commit_request_unref         (WeftCommitRequest  *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_commit_request_from_json     (JsonNode           *json,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_commit_request_to_json       (WeftCommitRequest  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_commit_request_to_string     (WeftCommitRequest  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_commit_request_equal         (WeftCommitRequest  *a,
                                                      WeftCommitRequest  *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftCommitRequest, weft_commit_request_unref)

G_END_DECLS
