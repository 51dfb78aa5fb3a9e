/* weft-sim-injector-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-host-private.h"
#include "weft-sim-network-private.h"
#include "weft-sim-plan-private.h"

G_BEGIN_DECLS

/* Makes the faults of a run happen, and ends them. What links, cuts and disks are like follows from
 * the faults that are active, so they can overlap and end in any order. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimNetwork *network;
  WeftSimScenario *scenario;
  GPtrArray *hosts;  /* (element-type WeftSimHost) */
  WeftSimAtlas *atlas; /* what may be lost */
  GArray *clients;   /* (element-type guint), their actors */
  GArray *plan;      /* (element-type WeftSimPlanned) */
  GArray *events;    /* (element-type guint64), those that wait */
  GPtrArray *active; /* (element-type WeftSimPlanned), the last to begin at the end */
  guint64 n_fired[WEFT_SIM_N_FAULT_KINDS];
} WeftSimInjector;

WeftSimInjector *weft_sim_injector_new   (WeftSimScenario *scenario,
                                          WeftSimWorld    *world,
                                          GPtrArray       *hosts,
                                          WeftSimAtlas    *atlas,
                                          GArray          *clients) G_GNUC_WARN_UNUSED_RESULT;
void             weft_sim_injector_free  (WeftSimInjector *self);
/* The plan counts from now on. */
void             weft_sim_injector_start (WeftSimInjector *self);
/* Ends all that is active, and forgets what was to come. */
void             weft_sim_injector_heal  (WeftSimInjector *self);

/* What is true of ways and disks, after somebody else has come in the place of a node. */
void             weft_sim_injector_renew (WeftSimInjector *self);

/* The ways between hosts, in weft-sim-injector-ways: what they are like now. */
void             weft_sim_injector_set_ways (WeftSimInjector *self);
/* Breaks the connections of a node with all others. */
void             weft_sim_injector_break (WeftSimInjector *self,
                                          guint            node,
                                          gboolean         is_told);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimInjector, weft_sim_injector_free)

G_END_DECLS
