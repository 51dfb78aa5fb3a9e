/* weft-get-result.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-get-block-result.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_GET_RESULT (weft_get_result_get_type ())

typedef struct _WeftGetResult WeftGetResult;

WEFT_AVAILABLE_IN_ALL
GType               weft_get_result_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftGetResult      *weft_get_result_new           (const char * const *block_ids,
                                                   GPtrArray          *results,
                                                   GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char* const  *weft_get_result_get_block_ids (WeftGetResult      *self);
WEFT_AVAILABLE_IN_ALL
WeftGetBlockResult *weft_get_result_lookup        (WeftGetResult      *self,
                                                   const char         *block_id);
WEFT_AVAILABLE_IN_ALL
WeftGetResult      *weft_get_result_ref           (WeftGetResult      *self);
WEFT_AVAILABLE_IN_ALL
void                weft_get_result_unref         (WeftGetResult      *self);
WEFT_AVAILABLE_IN_ALL
WeftGetResult      *weft_get_result_from_json     (JsonNode           *json,
                                                   GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode           *weft_get_result_to_json       (WeftGetResult      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char               *weft_get_result_to_string     (WeftGetResult      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean            weft_get_result_equal         (WeftGetResult      *a,
                                                   WeftGetResult      *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftGetResult, weft_get_result_unref)

G_END_DECLS
