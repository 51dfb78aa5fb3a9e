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
  WeftSimParty party;
  WeftSimDiskFate disk;
  WeftSimCut cut;
  gint64 span_usec;
  double amount;
} WeftSimPlanned;

/* (element-type WeftSimPlanned): what a scenario comes to with a seed, in no order. */
GArray *weft_sim_plan_draw (WeftSimScenario *scenario,
                            WeftSimPrng     *prng) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
