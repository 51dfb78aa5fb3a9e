/* weft-operation.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-block.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftOperationKind:
 * @WEFT_OPERATION_KIND_SPLICE: removes and inserts items of an array attribute
 * @WEFT_OPERATION_KIND_SET: gives an attribute a value
 * @WEFT_OPERATION_KIND_UNSET: removes an attribute
 *
 * What a [struct@Weft.Operation] does.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_OPERATION_KIND_SPLICE,
  WEFT_OPERATION_KIND_SET,
  WEFT_OPERATION_KIND_UNSET,
} WeftOperationKind;

#define WEFT_TYPE_OPERATION (weft_operation_get_type ())

typedef struct _WeftOperation WeftOperation;

WEFT_AVAILABLE_IN_ALL
GType             weft_operation_get_type         (void);
WEFT_AVAILABLE_IN_ALL
WeftOperation    *weft_operation_new_splice       (const char    *attribute,
                                                   gint64         index,
                                                   gint64         delete_count,
                                                   JsonArray     *items,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftOperation    *weft_operation_new_set          (const char    *attribute,
                                                   JsonNode      *value,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftOperation    *weft_operation_new_unset        (const char    *attribute,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftOperationKind weft_operation_get_kind         (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
const char       *weft_operation_get_attribute    (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
gint64            weft_operation_get_index        (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
gint64            weft_operation_get_delete_count (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
JsonArray        *weft_operation_get_items        (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_operation_get_value        (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
WeftBlock        *weft_operation_apply            (WeftOperation *self,
                                                   WeftBlock     *base,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftOperation    *weft_operation_ref              (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
void              weft_operation_unref            (WeftOperation *self);
WEFT_AVAILABLE_IN_ALL
WeftOperation    *weft_operation_from_json        (JsonNode      *json,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_operation_to_json          (WeftOperation *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char             *weft_operation_to_string        (WeftOperation *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean          weft_operation_equal            (WeftOperation *a,
                                                   WeftOperation *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftOperation, weft_operation_unref)

G_END_DECLS
