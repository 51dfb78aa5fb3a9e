/* weft-fleet.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define FLEET_MAX 8

/* Some nodes of one network in this process, over the loopback transport, which keep blocks
 * together. */
typedef struct
{
  guint n_nodes;
  guint cluster_min;
  guint replication;
  char *directory;                        /* (nullable): NULL to keep nothing */
  WeftClock *clock;
  WeftRandom *random;
  WeftIdentity *identities[FLEET_MAX];
  WeftFixedKeyNetwork *networks[FLEET_MAX];
  guint64 numbers[FLEET_MAX];             /* of their addresses, which they keep; 0 at first */
  guint hidden[FLEET_MAX];                /* bits of the nodes that a network does not know */
  WeftNode *nodes[FLEET_MAX];             /* NULL for one that does not run */
  WeftStorage *storages[FLEET_MAX];       /* (nullable) (unowned): to be used from its next start */
} WeftFleet;

WeftFleet *weft_fleet_new       (guint       n_nodes,
                                 guint       cluster_min,
                                 guint       replication,
                                 const char *directory) G_GNUC_WARN_UNUSED_RESULT;
/* The same, where each network knows all but those whose bits are set in its `hidden`. */
WeftFleet *weft_fleet_new_blind (guint        n_nodes,
                                 guint        cluster_min,
                                 const guint *hidden) G_GNUC_WARN_UNUSED_RESULT;
void       weft_fleet_free      (WeftFleet  *self);
/* Starts a node and waits until it is connected to all that run. */
void       weft_fleet_start     (WeftFleet  *self,
                                 guint       index);
void       weft_fleet_stop      (WeftFleet  *self,
                                 guint       index);
/* To read and write through a node. */
WeftRepo  *weft_fleet_get_repo  (WeftFleet  *self,
                                 guint       index);
/* What a node keeps itself. */
WeftRepo  *weft_fleet_get_store (WeftFleet  *self,
                                 guint       index);
/* Waits until nothing is undecided and everybody was told. */
void       weft_fleet_settle    (WeftFleet  *self);
/* A counter of the status of a node, 0 where there is none. */
gint64     weft_fleet_get_count (WeftFleet  *self,
                                 guint       index,
                                 const char *counter);
/* Of all that are running together. */
gint64     weft_fleet_count_all (WeftFleet  *self,
                                 const char *counter);
/* What a node keeps itself; 0 when it has no such block. */
gint64     weft_fleet_get_latest (WeftFleet  *self,
                                 guint       index,
                                 const char *block_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFleet, weft_fleet_free)

G_END_DECLS
