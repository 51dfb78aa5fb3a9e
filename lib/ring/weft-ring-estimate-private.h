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

/* (g - 1) / arc, which is unbiased for g contiguous gaps; 0 where it says nothing. */
double           weft_ring_measure_get_size (const WeftRingMeasure *self);
/* @own counts like another. Guarded by a weighted median: what is off it by more than three times
 * does not count. */
WeftRingEstimate weft_ring_estimate_pool    (const WeftRingMeasure *own,
                                             const WeftRingMeasure *others,
                                             guint                  n_others);

/* Whether the network seems to have been cut: a sequential test on the logarithm of the size over
 * two windows, the share of contacts that cannot be reached, and self-lookups that failed.
 * Goodbyes are not failures. */
typedef struct _WeftRingPartition WeftRingPartition;

WeftRingPartition *weft_ring_partition_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_ring_partition_free        (WeftRingPartition *self);
void               weft_ring_partition_note_size   (WeftRingPartition *self,
                                                    double             size,
                                                    double             confidence,
                                                    gint64             now_usec);
void               weft_ring_partition_note_contact (WeftRingPartition *self,
                                                     gboolean           is_reached,
                                                     gint64             now_usec);
void               weft_ring_partition_note_leave  (WeftRingPartition *self,
                                                    gint64             now_usec);
void               weft_ring_partition_note_self_lookup (WeftRingPartition *self,
                                                         gboolean           is_found,
                                                         gint64             now_usec);
gboolean           weft_ring_partition_is_suspected (WeftRingPartition *self,
                                                     gint64             now_usec);
/* Nullable: which evidence, in a few words, static. */
const char        *weft_ring_partition_get_reason  (WeftRingPartition *self,
                                                    gint64             now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingPartition, weft_ring_partition_free)

G_END_DECLS
