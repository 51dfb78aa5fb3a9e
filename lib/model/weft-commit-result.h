/* weft-commit-result.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-stale-failure.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_COMMIT_RESULT (weft_commit_result_get_type ())

typedef struct _WeftCommitResult WeftCommitResult;

WEFT_AVAILABLE_IN_ALL
GType             weft_commit_result_get_type    (void);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_commit_result_new         (void) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_commit_result_new_at      (gint64            rev)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_commit_result_new_stale   (WeftStaleFailure *failure)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean          weft_commit_result_is_success  (WeftCommitResult *self);
WEFT_AVAILABLE_IN_ALL
WeftStaleFailure *weft_commit_result_get_failure (WeftCommitResult *self);
WEFT_AVAILABLE_IN_ALL
gint64            weft_commit_result_get_rev     (WeftCommitResult *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_commit_result_ref         (WeftCommitResult *self);
WEFT_AVAILABLE_IN_ALL
void              weft_commit_result_unref       (WeftCommitResult *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitResult *weft_commit_result_from_json   (JsonNode         *json,
                                                  GError          **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_commit_result_to_json     (WeftCommitResult *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char             *weft_commit_result_to_string   (WeftCommitResult *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean          weft_commit_result_equal       (WeftCommitResult *a,
                                                  WeftCommitResult *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftCommitResult, weft_commit_result_unref)

G_END_DECLS
