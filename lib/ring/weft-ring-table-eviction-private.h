/* weft-ring-table-eviction-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-table-private.h"

G_BEGIN_DECLS

/* The ring in parts, by the first bits of a point. */
#define WEFT_RING_TABLE_PARTS 256
#define WEFT_RING_TABLE_PART_SHIFT 56

struct _WeftRingTable
{
  WeftRingPoint self_point;
  WeftRingEntry *entries; /* (owned), sorted by point */
  guint n_entries;
  guint n_room;
  guint home; /* where we would be among them: the first after us */
  guint capacity;
  guint neighbours_per_side;
  guint64 version;
  /* The first entry in each part or after it. A search begins between two of them: that touches
   * half as much memory as one through all entries, which counts where there are thousands of
   * tables. */
  guint16 starts[WEFT_RING_TABLE_PARTS + 1];
};

/* The first entry at @point or after it. */
guint    weft_ring_table_search        (WeftRingTable       *self,
                                        const WeftRingPoint *point);
/* How many of the next entries on a side go up to the last neighbour. */
guint    weft_ring_table_count_after   (WeftRingTable       *self);
guint    weft_ring_table_count_before  (WeftRingTable       *self);
/* Which entry has to go so that a full table can take the newcomer; FALSE: rather the newcomer. */
gboolean weft_ring_table_choose_victim (WeftRingTable       *self,
                                        const WeftRingPoint *newcomer,
                                        gint64               now_usec,
                                        guint               *victim);

G_END_DECLS
