/* weft-sim-churn-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-deployment-private.h"
#include "weft-sim-injector-private.h"

G_BEGIN_DECLS

/* Nodes that come and go while a run lasts. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimDeployment *deployment; /* unowned */
  WeftSimInjector *injector;     /* unowned */
  WeftSimPrng *prng;             /* of the world */
  gint64 begun_usec;
  GArray *events;                /* (element-type guint64), those that wait */
  gboolean is_over;
  guint64 n_left;                /* sessions that ended, with or without a goodbye */
  guint64 n_returned;
  guint64 n_replaced;
} WeftSimChurn;

WeftSimChurn *weft_sim_churn_new   (WeftSimDeployment *deployment,
                                    WeftSimInjector   *injector) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_churn_free  (WeftSimChurn      *self);
/* What the scenario says counts from now on. */
void          weft_sim_churn_start (WeftSimChurn      *self);
/* Who is away comes back, and nobody goes any more. */
void          weft_sim_churn_stop  (WeftSimChurn      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimChurn, weft_sim_churn_free)

G_END_DECLS
