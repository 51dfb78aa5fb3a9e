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

/* It answered, after @rtt_usec (negative: not known): it is alive, and no failure is in a row. */
void   weft_ring_entry_note_reply       (WeftRingEntry *self,
                                         gint64         rtt_usec,
                                         gint64         now_usec);
void   weft_ring_entry_note_failure     (WeftRingEntry *self);
/* RTT mean + 4 deviations, at least 200 ms; a second for who was never measured. */
gint64 weft_ring_entry_get_timeout_usec (WeftRingEntry *self);

/* The peers that one node knows first hand, ordered by point. The node itself is never one. */
typedef struct _WeftRingTable WeftRingTable;

/* @capacity has to be above 4 * @neighbours_per_side: neighbours never give way. */
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
WeftRingEntry *weft_ring_table_find_point      (WeftRingTable       *self,
                                                const WeftRingPoint *point);
/* The index of the first that is at @point or after it; the size where there is none. */
guint          weft_ring_table_get_index       (WeftRingTable       *self,
                                                const WeftRingPoint *point);
/* Adds it, or takes over a contact of a later life of the same peer. When full, the least useful of
 * the far peers of the fullest octave gives way; NULL when this one is the least useful, or is
 * ourselves. */
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
/* Whether it is one of those, or suspected and nearer than one of those. */
gboolean       weft_ring_table_is_neighbour    (WeftRingTable       *self,
                                                WeftPeerId          *peer_id);
/* All of these: (element-type WeftRingContact). */
GPtrArray     *weft_ring_table_list_neighbours (WeftRingTable       *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* The cohort of @point, @width wide: (element-type WeftRingContact), by turns the nearest successor
 * (at the point or after it) and the nearest predecessor, @own (nullable) included where it
 * belongs, @excluded (nullable, element-type WeftPeerId) left out. Who is suspected counts: a
 * suspicion must not move a block. A smaller one is a prefix of a wider. */
GPtrArray     *weft_ring_table_get_cohort      (WeftRingTable       *self,
                                                const WeftRingPoint *point,
                                                guint                width,
                                                WeftRingContact     *own,
                                                GPtrArray           *excluded)
    G_GNUC_WARN_UNUSED_RESULT;
/* At most @n that are nearest to @point by distance, nearest first, suspected or not; borrowed. */
guint          weft_ring_table_get_nearest     (WeftRingTable       *self,
                                                const WeftRingPoint *point,
                                                WeftRingEntry      **entries,
                                                guint                n);
/* Counts up with each change that may change a cohort. */
guint64        weft_ring_table_get_version     (WeftRingTable       *self);
void           weft_ring_table_check           (WeftRingTable       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingTable, weft_ring_table_free)

G_END_DECLS
