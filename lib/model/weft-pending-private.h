/* weft-pending-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-pending.h"

G_BEGIN_DECLS

/* Appends the canonical text of weft_pending_to_json(). */
void weft_pending_append (WeftPending *self,
                          GString     *text);

G_END_DECLS
