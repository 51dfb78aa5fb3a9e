/* ring-watch.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-truth.h"

G_BEGIN_DECLS

/* Watches what becomes known of crashes: for each how long it took until one of those who watched
 * that node noticed, and until none of them had it for a neighbour. */
typedef struct
{
  RingWorld *world;
  GArray *first_usec; /* (element-type gint64) */
  GArray *gone_usec;
} RingWatch;

void   ring_watch_init       (RingWatch  *self,
                              RingWorld  *world);
void   ring_watch_clear      (RingWatch  *self);
/* Lets @n_nodes crash at once that are nowhere near each other, runs the world for @usec, and
 * starts them again. */
void   ring_watch_crash      (RingWatch  *self,
                              guint       n_nodes,
                              gint64      usec);

/* Runs the world until @share of the neighbours are right; how long it took, -1 when it took longer
 * than @limit_usec. */
gint64 ring_watch_until      (RingWorld  *world,
                              double      share,
                              gint64      limit_usec);
/* Runs the world, and averages the share of right neighbours. */
double ring_watch_neighbours (RingWorld  *world,
                              gint64      usec,
                              guint       n_nodes);
/* How long it takes until a share of the nodes report a cut; -1 as above. */
gint64 ring_watch_alarms     (RingWorld  *world,
                              double      share,
                              gint64      limit_usec);
/* How many nodes think so now. */
guint  ring_watch_count_alarms (RingWorld *world);

/* The value below which @share of them are; NAN when there are none. Sorts. */
double ring_watch_quantile   (GArray     *values,
                              double      share);

G_END_DECLS
