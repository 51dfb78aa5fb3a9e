/* weft-block-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block.h"

G_BEGIN_DECLS

/* A block with the header of another one. Takes the canonical text over, a GRefString, of which all
 * else was checked. */
WeftBlock *weft_block_new_successor (WeftBlock *base,
                                     char      *text) G_GNUC_WARN_UNUSED_RESULT;
/* Its canonical text, a GRefString. */
char      *weft_block_get_text      (WeftBlock *self);

G_END_DECLS
