/* weft-sim-node-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-node.h"

G_BEGIN_DECLS

/* The class and its lives are in weft-sim-node.c, what it is made of in weft-sim-node-parts.c. */
struct _WeftSimNode
{
  GObject parent_instance;

  /* The machine. */
  WeftSimWorld *world;
  guint actor;
  WeftPeerRole role;
  WeftIdentity *identity;
  WeftMultiaddr *address;
  gint64 skew_usec; /* while it is down */
  int drift_ppm;
  WeftSimStorageFunc open;
  WeftSimCrashFunc crash;
  gpointer storage_data;
  GDestroyNotify storage_destroy;
  WeftSimKeyNetworkFunc make_network; /* NULL of one that keeps its blocks alone */
  guint cluster_min;
  gpointer network_data;
  GDestroyNotify network_destroy;

  /* The present life; NULL while it is down. */
  WeftSimClock *clock;
  WeftRandom *random;
  WeftTransport *transport;
  WeftStorage *storage;
  WeftNode *node;
  guint n_lives;
  WeftSimDeath death;        /* how it was killed last */
  GError *error;
};

/* Another machine with the identity and the address of one. */
WeftSimNode *weft_sim_node_new_like (WeftSimNode *other,
                                     const char  *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
