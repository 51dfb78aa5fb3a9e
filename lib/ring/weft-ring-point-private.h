/* weft-ring-point-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-key.h"

G_BEGIN_DECLS

/* A place on the ring of 2^256 points, and a distance on it: a number modulo 2^256, its most
 * significant word first. Clockwise is upwards. */
typedef struct
{
  guint64 words[4];
} WeftRingPoint;

void          weft_ring_point_from_key    (WeftRingPoint       *self,
                                           const guint8         key[WEFT_RING_KEY_LENGTH]);
void          weft_ring_point_to_key      (const WeftRingPoint *self,
                                           guint8               key[WEFT_RING_KEY_LENGTH]);
int           weft_ring_point_compare     (const WeftRingPoint *a,
                                           const WeftRingPoint *b);
WeftRingPoint weft_ring_point_add         (const WeftRingPoint *a,
                                           const WeftRingPoint *b);
/* How far it is from @from to @to, clockwise. */
WeftRingPoint weft_ring_point_clockwise   (const WeftRingPoint *from,
                                           const WeftRingPoint *to);
/* min (clockwise, counter-clockwise): the one metric of nearness. */
WeftRingPoint weft_ring_point_distance    (const WeftRingPoint *a,
                                           const WeftRingPoint *b);
/* Whether @point is met on the way clockwise from @from (excluded) to @to (included). Where both
 * are one, the way is the whole ring. */
gboolean      weft_ring_point_is_between  (const WeftRingPoint *point,
                                           const WeftRingPoint *from,
                                           const WeftRingPoint *to);
/* A distance as a share of the ring, [0, 1). */
double        weft_ring_point_to_fraction (const WeftRingPoint *self);
void          weft_ring_point_from_fraction (WeftRingPoint     *self,
                                             double             fraction);
/* floor (log2 (distance)): 0 to 255; -1 for no distance. */
int           weft_ring_point_get_octave  (const WeftRingPoint *self);

G_END_DECLS
