/* weft-operation-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-operation.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* Reads the operation again, for the value that it sets or the array of items that it inserts:
 * `value`, NULL for an unset, is of the tape. */
WeftTape *weft_operation_open (WeftOperation   *self,
                               const WeftItem **value) G_GNUC_WARN_UNUSED_RESULT;
/* The canonical text of the value that it sets, which does not end there. */
const char *weft_operation_get_value_text (WeftOperation *self,
                                           gsize         *length);
/* Of its canonical text. */
gsize weft_operation_get_length (WeftOperation *self);

G_END_DECLS
