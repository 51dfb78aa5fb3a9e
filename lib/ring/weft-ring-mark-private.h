/* weft-ring-mark-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How large the network was: what a part of it is measured by. Of the parts of a cut network only
 * one can be most of it, so only that may go on; whoever is less waits, however long it takes, or
 * until somebody says that the others are gone. */
typedef struct
{
  double size;          /* at least 1 */
  double lowest;        /* of this window */
  gint64 window_usec;   /* when it began; -1: not yet */
  double highest;       /* since it is most of it, all the time */
  gint64 most_usec;     /* since when; -1: it is not */
} WeftRingMark;

void     weft_ring_mark_init      (WeftRingMark       *self,
                                   double              size);
/* @is_exact: all were counted. @is_suspected: the network seems to be cut. */
void     weft_ring_mark_note      (WeftRingMark       *self,
                                   double              size,
                                   gboolean            is_exact,
                                   gboolean            is_suspected,
                                   gint64              now_usec);
/* Whether a part of this size may be no more than another. */
gboolean weft_ring_mark_is_small  (const WeftRingMark *self,
                                   double              size,
                                   gboolean            is_exact);
/* Whether it cannot. Of what is between the two, neither is sure. */
gboolean weft_ring_mark_is_most   (double              size_before,
                                   double              size,
                                   gboolean            is_exact);

G_END_DECLS
