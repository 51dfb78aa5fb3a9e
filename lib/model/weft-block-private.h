/* weft-block-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block.h"

G_BEGIN_DECLS

WeftBlock  *weft_block_new_checked     (JsonObject  *object,
                                        gsize        bytes_bound,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;
gsize       weft_block_get_bytes_bound (WeftBlock   *self);
/* Immutable; do not take references, their count is not atomic. */
JsonObject *weft_block_get_object      (WeftBlock   *self);

G_END_DECLS
