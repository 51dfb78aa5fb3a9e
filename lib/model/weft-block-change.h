/* weft-block-change.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include "weft-block.h"
#include "weft-transform.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_BLOCK_CHANGE (weft_block_change_get_type ())

typedef struct _WeftBlockChange WeftBlockChange;

WEFT_AVAILABLE_IN_ALL
GType            weft_block_change_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftBlockChange *weft_block_change_new           (const char      *block_id,
                                                  gint64           base_rev,
                                                  WeftBlock       *base,
                                                  WeftTransform   *transform,
                                                  GError         **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char      *weft_block_change_get_block_id  (WeftBlockChange *self);
WEFT_AVAILABLE_IN_ALL
gint64           weft_block_change_get_base_rev  (WeftBlockChange *self);
WEFT_AVAILABLE_IN_ALL
WeftBlock       *weft_block_change_get_base      (WeftBlockChange *self);
WEFT_AVAILABLE_IN_ALL
WeftTransform   *weft_block_change_get_transform (WeftBlockChange *self);
WEFT_AVAILABLE_IN_ALL
WeftBlock       *weft_block_change_get_result    (WeftBlockChange *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockChange *weft_block_change_ref           (WeftBlockChange *self);
WEFT_AVAILABLE_IN_ALL
void             weft_block_change_unref         (WeftBlockChange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlockChange, weft_block_change_unref)

G_END_DECLS
