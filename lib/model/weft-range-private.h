/* weft-range-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* The end of a range that goes on for ever. */
#define WEFT_RANGE_OPEN G_MAXINT64

/* Revisions from start, which is at least 1, up to end, which is not part of the range. */
typedef struct
{
  gint64 start;
  gint64 end;
} WeftRange;

gboolean weft_range_read   (const WeftItem      *item,
                            WeftRange           *range,
                            const WeftJsonPath  *path,
                            GError             **error);
/* Appends its canonical text. */
void     weft_range_append (const WeftRange     *range,
                            GString             *text);

G_END_DECLS
