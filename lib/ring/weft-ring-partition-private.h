/* weft-ring-partition-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the network seems to have been cut: a sequential test on the logarithm of the size over
 * two windows, the share of contacts that cannot be reached, and self-lookups that failed.
 * Goodbyes are not failures. Once it is suspected, it is until the size is back; or until nothing
 * new spoke for it for ten minutes, and more are there than can be elsewhere. Times never go
 * back. */
typedef struct _WeftRingPartition WeftRingPartition;

WeftRingPartition *weft_ring_partition_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_ring_partition_free        (WeftRingPartition *self);
/* The estimate of now; wants to be told a few times in each ten seconds. */
void               weft_ring_partition_note_size   (WeftRingPartition *self,
                                                    double             size,
                                                    double             confidence,
                                                    gint64             now_usec);
/* What came of trying a peer: it answered, or it cannot be reached. A message that was lost on the
 * way to somebody who answers the next is no failure. */
void               weft_ring_partition_note_contact (WeftRingPartition *self,
                                                     gboolean           is_reached,
                                                     gint64             now_usec);
void               weft_ring_partition_note_leave  (WeftRingPartition *self,
                                                    gint64             now_usec);
/* @is_found: asked from elsewhere, our own place led to us or to nobody nearer that we lack. */
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
