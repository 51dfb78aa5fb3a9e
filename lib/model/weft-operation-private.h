/* weft-operation-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-operation.h"

G_BEGIN_DECLS

/* An upper bound of what the operation can add to the canonical text of a block. */
gsize weft_operation_get_bytes_bound (WeftOperation *self);

G_END_DECLS
