/* weft-ring-estimate-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-message-private.h"

G_BEGIN_DECLS

/* How large the network is, pooled from what distinct peers measured around themselves. */
typedef struct
{
  double size;        /* peers, ourselves included; 1 at least */
  double confidence;  /* 0 to 1: 1 - the relative standard error, 1 where it was counted */
  guint n_reporters;
  gboolean is_exact;
} WeftRingEstimate;

/* 1 + (g - 1) / arc, which is unbiased for g contiguous gaps; 0 where it says nothing. */
double           weft_ring_measure_get_size (const WeftRingMeasure *self);
/* @own counts like another, but where it is closed it is all there is to say. Guarded by a weighted
 * median: what is off it by more than three times does not count. The confidence takes the arcs for
 * disjoint: reporters should be from all over the ring. */
WeftRingEstimate weft_ring_estimate_pool    (const WeftRingMeasure *own,
                                             const WeftRingMeasure *others,
                                             guint                  n_others);

G_END_DECLS
