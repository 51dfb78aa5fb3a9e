/* weft-transform.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-block.h"
#include "weft-operation.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_TRANSFORM (weft_transform_get_type ())

typedef struct _WeftTransform WeftTransform;

WEFT_AVAILABLE_IN_ALL
GType          weft_transform_get_type    (void);
WEFT_AVAILABLE_IN_ALL
WeftTransform *weft_transform_new         (WeftBlock     *insert,
                                           GPtrArray     *updates,
                                           gboolean       is_delete) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlock     *weft_transform_get_insert  (WeftTransform *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray     *weft_transform_get_updates (WeftTransform *self);
WEFT_AVAILABLE_IN_ALL
gboolean       weft_transform_is_delete   (WeftTransform *self);
WEFT_AVAILABLE_IN_ALL
gboolean       weft_transform_needs_base  (WeftTransform *self);
WEFT_AVAILABLE_IN_ALL
gboolean       weft_transform_apply       (WeftTransform *self,
                                           WeftBlock     *base,
                                           WeftBlock    **result,
                                           GError       **error);
WEFT_AVAILABLE_IN_ALL
WeftTransform *weft_transform_ref         (WeftTransform *self);
WEFT_AVAILABLE_IN_ALL
void           weft_transform_unref       (WeftTransform *self);
WEFT_AVAILABLE_IN_ALL
WeftTransform *weft_transform_from_json   (JsonNode      *json,
                                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode      *weft_transform_to_json     (WeftTransform *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char          *weft_transform_to_string   (WeftTransform *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean       weft_transform_equal       (WeftTransform *a,
                                           WeftTransform *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftTransform, weft_transform_unref)

G_END_DECLS
