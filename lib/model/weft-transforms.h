/* weft-transforms.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-transform.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_TRANSFORMS (weft_transforms_get_type ())

typedef struct _WeftTransforms WeftTransforms;

WEFT_AVAILABLE_IN_ALL
GType           weft_transforms_get_type       (void);
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_new_for_blocks (GPtrArray          *blocks,
                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_new_for_block  (const char         *block_id,
                                                WeftTransform      *transform,
                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_concat         (GPtrArray          *parts)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_merge          (WeftTransforms     *self,
                                                WeftTransforms     *later)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char          **weft_transforms_get_block_ids  (WeftTransforms     *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
guint           weft_transforms_get_n_blocks   (WeftTransforms     *self);
WEFT_AVAILABLE_IN_ALL
gboolean        weft_transforms_contains       (WeftTransforms     *self,
                                                const char         *block_id);
WEFT_AVAILABLE_IN_ALL
WeftTransform  *weft_transforms_lookup         (WeftTransforms     *self,
                                                const char         *block_id)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_subset         (WeftTransforms     *self,
                                                const char * const *block_ids)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_ref            (WeftTransforms     *self);
WEFT_AVAILABLE_IN_ALL
void            weft_transforms_unref          (WeftTransforms     *self);
WEFT_AVAILABLE_IN_ALL
WeftTransforms *weft_transforms_from_json      (JsonNode           *json,
                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode       *weft_transforms_to_json        (WeftTransforms     *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char           *weft_transforms_to_string      (WeftTransforms     *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean        weft_transforms_equal          (WeftTransforms     *a,
                                                WeftTransforms     *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftTransforms, weft_transforms_unref)

G_END_DECLS
