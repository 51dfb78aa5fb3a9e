/* weft-ring-table-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-contact-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_RING_ALIVE,
  WEFT_RING_SUSPECT,
} WeftRingLiveness;

/* One peer that answered us itself. Kept small: large networks are simulated with millions. */
typedef struct
{
  guint64 prefix; /* the first word of its point, for searching */
  WeftRingContact *contact;
  gint64 heard_usec; /* when it answered last */
  float rtt_mean;    /* microseconds */
  float rtt_deviation;
  guint16 successes; /* both are halved when one would overflow */
  guint16 failures;
  guint8 failures_in_row;
  guint8 liveness; /* WeftRingLiveness */
  guint8 flags;
} WeftRingEntry;

/* The peers that one node knows first hand, ordered by point. The node itself is never one. */
typedef struct _WeftRingTable WeftRingTable;

WeftRingTable *weft_ring_table_new             (const WeftRingPoint *self_point,
                                                guint                capacity,
                                                guint                neighbours_per_side)
    G_GNUC_WARN_UNUSED_RESULT;
void           weft_ring_table_free            (WeftRingTable       *self);
guint          weft_ring_table_get_size        (WeftRingTable       *self);
/* Valid until the table changes. */
WeftRingEntry *weft_ring_table_get             (WeftRingTable       *self,
                                                guint                index);
WeftRingEntry *weft_ring_table_find            (WeftRingTable       *self,
                                                WeftPeerId          *peer_id);
/* Adds it, or takes over a newer contact of the same peer. When full, the least useful of the far
 * peers of the fullest octave gives way; NULL when this one is the least useful. */
WeftRingEntry *weft_ring_table_add             (WeftRingTable       *self,
                                                WeftRingContact     *contact,
                                                gint64               now_usec);
gboolean       weft_ring_table_remove          (WeftRingTable       *self,
                                                WeftPeerId          *peer_id);
/* The nearest that are alive on one side of ourselves, nearest first; borrowed. */
guint          weft_ring_table_get_successors  (WeftRingTable       *self,
                                                WeftRingEntry      **entries,
                                                guint                n);
guint          weft_ring_table_get_predecessors (WeftRingTable      *self,
                                                 WeftRingEntry     **entries,
                                                 guint               n);
gboolean       weft_ring_table_is_neighbour    (WeftRingTable       *self,
                                                WeftPeerId          *peer_id);
/* The cohort of @point, @width wide, alternating nearest successor and predecessor of the point,
 * @own (nullable) included where it belongs: (element-type WeftRingContact), nearest first. With
 * @excluded (nullable, element-type WeftPeerId) left out. A smaller one is a prefix of a wider. */
GPtrArray     *weft_ring_table_get_cohort      (WeftRingTable       *self,
                                                const WeftRingPoint *point,
                                                guint                width,
                                                WeftRingContact     *own,
                                                GPtrArray           *excluded)
    G_GNUC_WARN_UNUSED_RESULT;
/* At most @n that are nearest to @point by distance, nearest first. */
guint          weft_ring_table_get_nearest     (WeftRingTable       *self,
                                                const WeftRingPoint *point,
                                                WeftRingEntry      **entries,
                                                guint                n);
/* Counts up with each change that may change a cohort. */
guint64        weft_ring_table_get_version     (WeftRingTable       *self);
void           weft_ring_table_check           (WeftRingTable       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingTable, weft_ring_table_free)

G_END_DECLS
