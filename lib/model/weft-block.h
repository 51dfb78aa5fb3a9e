/* weft-block.h
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

#define WEFT_TYPE_BLOCK (weft_block_get_type ())

typedef struct _WeftBlock WeftBlock;

WEFT_AVAILABLE_IN_ALL
GType       weft_block_get_type          (void);
WEFT_AVAILABLE_IN_ALL
WeftBlock  *weft_block_new               (const char *id,
                                          const char *block_type,
                                          const char *collection_id,
                                          JsonObject *attributes,
                                          GError    **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char *weft_block_get_id            (WeftBlock  *self);
WEFT_AVAILABLE_IN_ALL
const char *weft_block_get_block_type    (WeftBlock  *self);
WEFT_AVAILABLE_IN_ALL
const char *weft_block_get_collection_id (WeftBlock  *self);
WEFT_AVAILABLE_IN_ALL
JsonNode   *weft_block_get_attribute     (WeftBlock  *self,
                                          const char *name);
WEFT_AVAILABLE_IN_ALL
char      **weft_block_list_attributes   (WeftBlock  *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char       *weft_block_digest            (WeftBlock  *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlock  *weft_block_ref               (WeftBlock  *self);
WEFT_AVAILABLE_IN_ALL
void        weft_block_unref             (WeftBlock  *self);
WEFT_AVAILABLE_IN_ALL
WeftBlock  *weft_block_from_json         (JsonNode   *json,
                                          GError    **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlock  *weft_block_from_string       (const char *text,
                                          GError    **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode   *weft_block_to_json           (WeftBlock  *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char       *weft_block_to_string         (WeftBlock  *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean    weft_block_equal             (WeftBlock  *a,
                                          WeftBlock  *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlock, weft_block_unref)

G_END_DECLS
