/* weft-sim-swarm.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A run of its own for each seed. Where a number may differ by orders of magnitude its logarithm is
 * drawn, so that small ones are not rare.
 */

#include "weft-sim-math-private.h"
#include "weft-sim-scenario-private.h"

/* How likely it is that a kind of operation is left out of a mix. */
#define NO_SHARE 0.2
/* How likely a link has losses, or a bandwidth, where the scenario gives bounds for them. */
#define HAS_TROUBLE 0.5

static gint64
draw_integer (WeftSimPrng       *prng,
              const WeftSimSpan *span)
{
  return span->low < span->high ? weft_sim_prng_range (prng, span->low, span->high) : span->low;
}

static double
draw_scaled (WeftSimPrng        *prng,
             const WeftSimRange *range)
{
  double factor;

  if (range->low >= range->high || range->low <= 0)
    return range->low;
  factor = weft_sim_math_exp (weft_sim_prng_unit (prng) *
                              weft_sim_math_log (range->high / range->low));

  return MIN (range->low * factor, range->high);
}

static gint64
draw_scaled_integer (WeftSimPrng       *prng,
                     const WeftSimSpan *span)
{
  WeftSimRange range = { (double) span->low, (double) span->high };

  return (gint64) draw_scaled (prng, &range);
}

/* Any shape; the longest that are usual are within the bounds. */
static WeftSimDelay
draw_delay (WeftSimPrng       *prng,
            const WeftSimSpan *span)
{
  gint64 typical_usec = draw_scaled_integer (prng, span);
  WeftSimDelay delay = {
    .shape = weft_sim_prng_below (prng, WEFT_SIM_DELAY_SHAPE_PARETO + 1),
    .least_usec = span->low,
    .spread_usec = typical_usec - span->low,
    .tail = 1 + weft_sim_prng_unit (prng) * 2,
  };

  if (delay.shape == WEFT_SIM_DELAY_SHAPE_CONSTANT)
    delay.least_usec = typical_usec;
  if (delay.shape == WEFT_SIM_DELAY_SHAPE_LOG_NORMAL)
    delay.tail = weft_sim_prng_unit (prng);

  return delay;
}

static void
draw_mix (WeftSimWorkloadOptions *work,
          WeftSimPrng            *prng)
{
  double total = 0;

  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    {
      gboolean is_absent = weft_sim_prng_chance (prng, NO_SHARE);
      double share = weft_sim_prng_unit (prng);

      work->mix[i] = is_absent ? 0 : share;
      total += work->mix[i];
    }
  if (total <= 0)
    work->mix[WEFT_SIM_WORK_PUT] = 1;
}

static void
draw_work (WeftSimScenario           *self,
           const WeftSimSwarmOptions *swarm,
           WeftSimPrng               *prng)
{
  WeftSimWorkloadOptions *work = &self->workload;

  self->n_nodes = draw_integer (prng, &swarm->nodes);
  work->n_clients = draw_integer (prng, &swarm->clients);
  work->n_keys = draw_integer (prng, &swarm->keys);
  work->blocks_max = MIN (draw_integer (prng, &swarm->blocks), work->n_keys);
  work->value_bytes = draw_integer (prng, &swarm->bytes);
  work->timeout_usec = draw_scaled_integer (prng, &swarm->timeout_usec);
  work->rate = draw_scaled (prng, &swarm->rate);
  if (swarm->is_mix_drawn)
    draw_mix (work, prng);
}

static void
draw_machines (WeftSimScenario           *self,
               const WeftSimSwarmOptions *swarm,
               WeftSimPrng               *prng)
{
  if (swarm->delay_usec.high > 0)
    self->link = draw_delay (prng, &swarm->delay_usec);
  if (swarm->bandwidth.low < swarm->bandwidth.high)
    self->bandwidth = weft_sim_prng_chance (prng, HAS_TROUBLE)
                        ? draw_scaled_integer (prng, &swarm->bandwidth)
                        : 0;
  if (swarm->loss.low < swarm->loss.high && weft_sim_prng_chance (prng, HAS_TROUBLE))
    self->loss = swarm->loss.low + weft_sim_prng_unit (prng) * (swarm->loss.high - swarm->loss.low);
  if (swarm->sync_usec.high > 0)
    self->sync = draw_delay (prng, &swarm->sync_usec);
}

static WeftSimScenario *
copy (WeftSimScenario *self)
{
  WeftSimScenario *other = g_object_new (WEFT_TYPE_SIM_SCENARIO, NULL);

  other->json = self->json != NULL ? json_node_ref (self->json) : NULL;
  other->name = g_strdup (self->name);
  other->summary = g_strdup (self->summary);
  other->expects_violation = self->expects_violation;
  other->n_nodes = self->n_nodes;
  other->placement = self->placement;
  other->is_cluster = self->is_cluster;
  other->replication = self->replication;
  other->cluster_min = self->cluster_min;
  other->is_ring = self->is_ring;
  other->has_edges = self->has_edges;
  other->settle_usec = self->settle_usec;
  other->n_liars = self->n_liars;
  other->lie = self->lie;
  other->duration_usec = self->duration_usec;
  other->heal_usec = self->heal_usec;
  other->link = self->link;
  other->bandwidth = self->bandwidth;
  other->queue_bytes = self->queue_bytes;
  other->loss = self->loss;
  other->sync = self->sync;
  other->has_signatures = self->has_signatures;
  other->signatures = self->signatures;
  other->buggify = self->buggify;
  other->workload = self->workload;
  g_array_unref (other->timeline);
  other->timeline = g_array_ref (self->timeline);
  g_array_unref (other->churn);
  other->churn = g_array_ref (self->churn);
  other->swarm = self->swarm;

  return other;
}

WeftSimScenario *
weft_sim_scenario_draw (WeftSimScenario *self,
                        WeftSimPrng     *prng)
{
  WeftSimScenario *drawn;

  if (!self->swarm.is_there)
    return g_object_ref (self);

  drawn = copy (self);
  draw_work (drawn, &self->swarm, prng);
  draw_machines (drawn, &self->swarm, prng);

  return drawn;
}
