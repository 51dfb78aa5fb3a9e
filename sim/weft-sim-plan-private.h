/* weft-sim-plan-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-scenario-private.h"

G_BEGIN_DECLS

/* One fault that will happen, with everything drawn. */
typedef struct
{
  guint number; /* which one of a plan it is */
  WeftSimFaultKind kind;
  gint64 at_usec;    /* from the beginning of the run */
  gint64 until_usec;
  WeftSimParty party; /* whom it is about */
  WeftSimDeath death;
  WeftSimDiskFate disk;
  gboolean is_drawn;  /* nobody asked for it by name: what it loses has to be allowed */
  gint64 span_usec;
  double amount;
  double chance;

  WeftSimCut cut;
  WeftSimLayout layout;
  guint n_first;
  gboolean is_for_nodes;
  guint16 places[WEFT_SIM_NODES_MAX]; /* where each node is in the shape */
  guint beside;       /* the node that the first client is beside of, and so on in turn */
  gint64 flap_usec;
  gboolean is_resting; /* it flaps, and is not there just now */

  gboolean is_directed;
  WeftSimParty from;
  WeftSimParty to;
  gboolean is_filtered;
  WeftSimFilter filter;
  guint64 queue_bytes;
} WeftSimPlanned;

/* (element-type WeftSimPlanned): what a scenario comes to with a seed, in no order. */
GArray *weft_sim_plan_draw (WeftSimScenario *scenario,
                            WeftSimPrng     *prng) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
