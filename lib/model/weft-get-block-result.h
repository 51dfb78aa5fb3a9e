/* weft-get-block-result.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-action-rev.h"
#include "weft-block.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_GET_BLOCK_RESULT (weft_get_block_result_get_type ())

typedef struct _WeftGetBlockResult WeftGetBlockResult;

WEFT_AVAILABLE_IN_ALL
GType               weft_get_block_result_get_type             (void);
WEFT_AVAILABLE_IN_ALL
WeftGetBlockResult *weft_get_block_result_new                  (WeftBlock          *block,
                                                                gint64              rev,
                                                                WeftActionRev      *latest,
                                                                const char * const *pendings)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftGetBlockResult *weft_get_block_result_new_unavailable      (const char         *reason,
                                                                gint64              claimed_rev)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlock          *weft_get_block_result_get_block            (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
gint64              weft_get_block_result_get_materialized_rev (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
WeftActionRev      *weft_get_block_result_get_latest           (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
const char* const  *weft_get_block_result_get_pendings         (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
const char         *weft_get_block_result_get_unavailable      (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
gint64              weft_get_block_result_get_claimed_rev      (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
gint64              weft_get_block_result_get_as_of            (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
WeftGetBlockResult *weft_get_block_result_with_as_of           (WeftGetBlockResult *self,
                                                                gint64              as_of_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftGetBlockResult *weft_get_block_result_ref                  (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
void                weft_get_block_result_unref                (WeftGetBlockResult *self);
WEFT_AVAILABLE_IN_ALL
WeftGetBlockResult *weft_get_block_result_from_json            (JsonNode           *json,
                                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode           *weft_get_block_result_to_json              (WeftGetBlockResult *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char               *weft_get_block_result_to_string            (WeftGetBlockResult *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean            weft_get_block_result_equal                (WeftGetBlockResult *a,
                                                                WeftGetBlockResult *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftGetBlockResult, weft_get_block_result_unref)

G_END_DECLS
