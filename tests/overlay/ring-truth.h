/* ring-truth.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-world.h"

G_BEGIN_DECLS

/* The oracle: knows who is there, and where, and compares with it what the nodes believe. */

/* Sorts all nodes, once. */
void      ring_truth_init       (RingWorld           *world);
/* Whether @node was there at @since_usec and had settled, and still is; or, @until_end FALSE, was
 * until then at least. */
gboolean  ring_truth_has        (RingWorld           *world,
                                 RingNode            *node,
                                 gint64               since_usec,
                                 gboolean             until_end);
/* The nearest on one side of @node that it can see, nearest first. */
guint     ring_truth_neighbours (RingWorld           *world,
                                 RingNode            *node,
                                 gboolean             is_clockwise,
                                 RingNode           **nodes,
                                 guint                n);
/* Those around @point, seen from @from, as of @since_usec; alternating. */
guint     ring_truth_cohort     (RingWorld           *world,
                                 RingNode            *from,
                                 const WeftRingPoint *point,
                                 gint64               since_usec,
                                 gboolean             until_end,
                                 RingNode           **nodes,
                                 guint                width);
RingNode *ring_truth_nearest    (RingWorld           *world,
                                 RingNode            *from,
                                 const WeftRingPoint *point,
                                 gint64               since_usec);
/* How many neighbours @node should have, and how many of these it has. */
void      ring_truth_compare    (RingWorld           *world,
                                 RingNode            *node,
                                 guint               *n_wanted,
                                 guint               *n_right);
/* The share that is right over all nodes that settled, or about @n_nodes of them by chance. */
double    ring_truth_share      (RingWorld           *world,
                                 guint                n_nodes);

G_END_DECLS
