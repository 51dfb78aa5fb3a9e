/* weft-sim-injector-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-host-private.h"
#include "weft-sim-network.h"
#include "weft-sim-plan-private.h"

G_BEGIN_DECLS

/* Makes the faults of a run happen, and ends them. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimNetwork *network;
  WeftSimScenario *scenario;
  GPtrArray *hosts; /* (element-type WeftSimHost) */
  GArray *clients;  /* (element-type guint), their actors */
  GArray *plan;     /* (element-type WeftSimPlanned) */
  GArray *events;   /* (element-type guint64), those that wait */
  guint n_active[WEFT_SIM_N_FAULT_KINDS];
  WeftSimPlanned last[WEFT_SIM_N_FAULT_KINDS]; /* to begin, of those that are active */
  guint64 n_fired[WEFT_SIM_N_FAULT_KINDS];
} WeftSimInjector;

WeftSimInjector *weft_sim_injector_new   (WeftSimScenario *scenario,
                                          WeftSimWorld    *world,
                                          GPtrArray       *hosts,
                                          GArray          *clients) G_GNUC_WARN_UNUSED_RESULT;
void             weft_sim_injector_free  (WeftSimInjector *self);
/* The plan counts from now on. */
void             weft_sim_injector_start (WeftSimInjector *self);
/* Ends all that is active, and forgets what was to come. */
void             weft_sim_injector_heal  (WeftSimInjector *self);
void             weft_sim_injector_set_links (WeftSimInjector *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimInjector, weft_sim_injector_free)

G_END_DECLS
