/* weft-pend-result.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-action-pending.h"
#include "weft-stale-failure.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_PEND_RESULT (weft_pend_result_get_type ())

typedef struct _WeftPendResult WeftPendResult;

WEFT_AVAILABLE_IN_ALL
GType              weft_pend_result_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftPendResult    *weft_pend_result_new           (GPtrArray          *pending,
                                                   const char * const *block_ids)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPendResult    *weft_pend_result_new_stale     (WeftStaleFailure   *failure)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_pend_result_is_success    (WeftPendResult     *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray         *weft_pend_result_get_pending   (WeftPendResult     *self);
WEFT_AVAILABLE_IN_ALL
const char* const *weft_pend_result_get_block_ids (WeftPendResult     *self);
WEFT_AVAILABLE_IN_ALL
WeftStaleFailure  *weft_pend_result_get_failure   (WeftPendResult     *self);
WEFT_AVAILABLE_IN_ALL
WeftPendResult    *weft_pend_result_ref           (WeftPendResult     *self);
WEFT_AVAILABLE_IN_ALL
void               weft_pend_result_unref         (WeftPendResult     *self);
WEFT_AVAILABLE_IN_ALL
WeftPendResult    *weft_pend_result_from_json     (JsonNode           *json,
                                                   GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_pend_result_to_json       (WeftPendResult     *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_pend_result_to_string     (WeftPendResult     *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_pend_result_equal         (WeftPendResult     *a,
                                                   WeftPendResult     *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPendResult, weft_pend_result_unref)

G_END_DECLS
