/* weft-ring-fleet.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define RING_FLEET_MAX 16

/* Nodes in this process that find each other: each is told no more than where the first is. */
typedef struct
{
  guint n_nodes;
  guint replication;
  guint cluster_min;
  WeftClock *clock;
  WeftRandom *random;
  WeftIdentity *identities[RING_FLEET_MAX];
  WeftNode *nodes[RING_FLEET_MAX];       /* NULL while it is stopped */
  char *directory;                       /* NULL for storages in memory */
  char *bootstrap;                       /* where the first node began */
} WeftRingFleet;

WeftRingFleet      *weft_ring_fleet_new      (guint          n_nodes,
                                              guint          cluster_min,
                                              guint          replication,
                                              const char    *directory) G_GNUC_WARN_UNUSED_RESULT;
/* Without those whose bits are set in `late`, until they are started. */
WeftRingFleet      *weft_ring_fleet_new_part (guint          n_nodes,
                                              guint          late,
                                              guint          cluster_min,
                                              guint          replication,
                                              const char    *directory) G_GNUC_WARN_UNUSED_RESULT;
void                weft_ring_fleet_free     (WeftRingFleet *self);
/* At another address than before. */
void                weft_ring_fleet_start    (WeftRingFleet *self,
                                              guint          index);
/* With a goodbye. */
void                weft_ring_fleet_stop     (WeftRingFleet *self,
                                              guint          index);
/* Without one: it is gone from one moment to the next. */
void                weft_ring_fleet_kill     (WeftRingFleet *self,
                                              guint          index);
WeftRingKeyNetwork *weft_ring_fleet_get_ring (WeftRingFleet *self,
                                              guint          index);
WeftRepo           *weft_ring_fleet_get_repo (WeftRingFleet *self,
                                              guint          index);
/* Waits until each that runs knows each other that runs, and nobody else. */
void                weft_ring_fleet_converge (WeftRingFleet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingFleet, weft_ring_fleet_free)

G_END_DECLS
