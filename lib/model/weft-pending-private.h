/* weft-pending-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-pending.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

WeftPending *weft_pending_read       (const WeftItem      *item,
                                      const WeftJsonPath  *path,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* What weft_pending_digest() copies. */
const char  *weft_pending_get_digest (WeftPending         *self);
/* Appends the canonical text of weft_pending_to_json(). */
void         weft_pending_append     (WeftPending         *self,
                                      GString             *text);

G_END_DECLS
