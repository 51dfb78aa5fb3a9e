/* weft-sim-plan.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-plan-private.h"

#include <string.h>

/* Of the duration of a run, where a swarm puts faults: not before there is anything to lose, and
 * not so late that nobody works with what they leave. */
#define SWARM_FROM 0.05
#define SWARM_TO 0.85
/* How much weaker or stronger, shorter or longer than usual a fault of a swarm is. */
#define SWARM_LEAST 0.2
#define SWARM_MOST 2.5

static gint64
draw_span (WeftSimPrng *prng,
           WeftSimSpan  span)
{
  return span.low < span.high ? weft_sim_prng_range (prng, span.low, span.high) : span.low;
}

/* Who is where: any order is as likely as any other. */
static void
draw_layout (WeftSimPlanned     *planned,
             const WeftSimFault *fault,
             guint               n_nodes,
             WeftSimPrng        *prng)
{
  guint n_grouped = fault->layout == WEFT_SIM_LAYOUT_BRIDGE ? n_nodes - 1 : n_nodes;

  planned->layout = fault->layout;
  planned->is_for_nodes = fault->is_for_nodes;
  if (fault->layout == WEFT_SIM_LAYOUT_ISOLATE)
    return;

  planned->party = (WeftSimParty) { .client = WEFT_SIM_PARTY_NO_CLIENT };
  weft_sim_party_add_all (&planned->party, n_nodes);
  planned->n_first = fault->n_first > 0 ? fault->n_first
                                        : 1 + weft_sim_prng_below (prng, n_grouped - 1);
  planned->n_first = MIN (planned->n_first, n_grouped - 1);
  planned->beside = weft_sim_prng_below (prng, n_nodes);
  for (guint i = 0; i < n_nodes; i++)
    {
      guint other = weft_sim_prng_below (prng, i + 1);

      planned->places[i] = planned->places[other];
      planned->places[other] = i;
    }
}

static void
draw_ways (WeftSimPlanned     *planned,
           const WeftSimFault *fault,
           guint               n_nodes,
           WeftSimPrng        *prng)
{
  planned->is_filtered = fault->is_filtered;
  planned->filter = fault->filter;
  planned->queue_bytes = fault->queue_bytes;
  planned->is_directed = fault->is_directed;
  if (!fault->is_directed)
    return;

  planned->from = weft_sim_selector_draw (&fault->from, n_nodes, prng);
  planned->to = weft_sim_selector_draw (&fault->to, n_nodes, prng);
  memcpy (planned->party.nodes, planned->from.nodes, sizeof planned->party.nodes);
  weft_sim_party_add_nodes (&planned->party, &planned->to);
}

static void
add_fault (GArray             *plan,
           WeftSimScenario    *scenario,
           WeftSimPrng        *prng,
           const WeftSimFault *fault,
           gint64              at_usec)
{
  WeftSimPlanned planned = {
    .kind = fault->kind,
    .at_usec = at_usec,
    .until_usec = at_usec + draw_span (prng, fault->lasting_usec),
    .party = weft_sim_selector_draw (&fault->node, scenario->n_nodes, prng),
    .death = fault->death,
    .disk = fault->disk,
    .is_drawn = fault->is_drawn,
    .span_usec = draw_span (prng, fault->span_usec),
    .amount = fault->amount,
    .chance = fault->chance,
    .cut = fault->cut,
    .flap_usec = draw_span (prng, fault->flap_usec),
  };

  draw_layout (&planned, fault, scenario->n_nodes, prng);
  draw_ways (&planned, fault, scenario->n_nodes, prng);
  g_array_append_val (plan, planned);
}

static void
draw_timeline (GArray          *plan,
               WeftSimScenario *scenario,
               WeftSimPrng     *prng)
{
  for (guint i = 0; i < scenario->timeline->len; i++)
    {
      const WeftSimFault *fault = &g_array_index (scenario->timeline, WeftSimFault, i);
      gint64 at_usec = draw_span (prng, fault->at_usec);

      for (guint n = 0; n < fault->n_times && at_usec <= scenario->duration_usec; n++)
        {
          add_fault (plan, scenario, prng, fault, at_usec);
          at_usec += draw_span (prng, fault->every_usec);
        }
    }
}

/* Each seed has kinds of its own: some faults only show what they do when others do not. */
static guint
draw_kinds (WeftSimScenario  *scenario,
            WeftSimPrng      *prng,
            WeftSimFaultKind *kinds)
{
  guint n_kinds = 0;
  guint n_possible = 0;
  WeftSimFaultKind last = WEFT_SIM_FAULT_KILL;

  for (guint kind = 0; kind < WEFT_SIM_N_FAULT_KINDS; kind++)
    {
      /* Seeds of swarms that know nothing of the newer kinds stay what they were. */
      gboolean is_old = kind <= WEFT_SIM_FAULT_FAILING_DISK;
      gboolean is_drawn = (is_old || scenario->swarm.is_kind[kind])
                          && weft_sim_prng_chance (prng, 0.5);

      if (!scenario->swarm.is_kind[kind])
        continue;
      n_possible++;
      last = kind;
      if (is_drawn)
        kinds[n_kinds++] = kind;
    }
  if (n_kinds == 0 && n_possible > 0)
    kinds[n_kinds++] = last;

  return n_kinds;
}

static gint64
scale (WeftSimPrng *prng,
       double       number)
{
  double factor = SWARM_LEAST + weft_sim_prng_unit (prng) * (SWARM_MOST - SWARM_LEAST);

  return (gint64) (number * factor);
}

static WeftSimSelector
draw_selector (WeftSimPrng *prng,
               guint        n_nodes)
{
  static const WeftSimPick picks[] = {
    WEFT_SIM_PICK_ANY, WEFT_SIM_PICK_ANY, WEFT_SIM_PICK_EACH, WEFT_SIM_PICK_MAJORITY,
    WEFT_SIM_PICK_MINORITY,
  };
  WeftSimPick pick = picks[weft_sim_prng_below (prng, G_N_ELEMENTS (picks))];

  if (pick == WEFT_SIM_PICK_MINORITY && n_nodes < WEFT_SIM_NODES_FOR_MINORITY)
    pick = WEFT_SIM_PICK_ANY;

  return (WeftSimSelector) { pick, 0 };
}

/* Any shape that these nodes can have; half of all partitions flap. */
static void
vary_partition (WeftSimFault *fault,
                WeftSimPrng  *prng,
                guint         n_nodes)
{
  WeftSimLayout layout = weft_sim_prng_below (prng, WEFT_SIM_N_LAYOUTS);

  if (n_nodes >= weft_sim_layout_get_nodes_min (layout))
    fault->layout = layout;
  if (fault->layout <= WEFT_SIM_LAYOUT_SPLIT)
    fault->cut = weft_sim_prng_below (prng, WEFT_SIM_CUT_OUT + 1);
  fault->is_for_nodes = weft_sim_prng_chance (prng, 0.2);
  if (weft_sim_prng_chance (prng, 0.5))
    fault->flap_usec = (WeftSimSpan) { 50 * G_TIME_SPAN_MILLISECOND, G_TIME_SPAN_SECOND };
}

static void
vary_link (WeftSimFault *fault,
           WeftSimPrng  *prng,
           guint         n_nodes)
{
  static const WeftSimFilter filters[] = {
    { NULL, NULL, "request" }, { NULL, NULL, "reply" }, { "repo", "commit", NULL },
    { "repo", "put", NULL }, { NULL, NULL, "ping" },
  };

  fault->node = draw_selector (prng, n_nodes);
  if (weft_sim_prng_chance (prng, 0.5))
    {
      WeftSimSelector others = { WEFT_SIM_PICK_ALL, 0 };
      gboolean is_from = weft_sim_prng_chance (prng, 0.5);

      fault->is_directed = TRUE;
      fault->from = is_from ? fault->node : others;
      fault->to = is_from ? others : fault->node;
    }
  if (weft_sim_prng_chance (prng, 0.3))
    {
      fault->is_filtered = TRUE;
      fault->filter = filters[weft_sim_prng_below (prng, G_N_ELEMENTS (filters))];
    }
  if (fault->kind == WEFT_SIM_FAULT_SLOW_LINK && weft_sim_prng_chance (prng, 0.5))
    fault->chance = 0.2;
  if (fault->kind == WEFT_SIM_FAULT_NARROW_LINK && weft_sim_prng_chance (prng, 0.5))
    fault->queue_bytes = 2 * (guint64) fault->amount + 1;
}

/* Whom it hits and in what way. */
static void
vary (WeftSimFault          *fault,
      const WeftSimScenario *scenario,
      WeftSimPrng           *prng)
{
  guint n_nodes = scenario->n_nodes;

  fault->is_drawn = TRUE;
  if (fault->kind == WEFT_SIM_FAULT_PARTITION)
    vary_partition (fault, prng, n_nodes);
  else if (weft_sim_fault_is_of_links (fault->kind))
    vary_link (fault, prng, n_nodes);
  else
    fault->node = draw_selector (prng, n_nodes);
  /* What a lying disk has not written is only gone when power is. */
  if (fault->kind == WEFT_SIM_FAULT_KILL && scenario->swarm.is_kind[WEFT_SIM_FAULT_LYING_DISK]
      && weft_sim_prng_chance (prng, 0.5))
    fault->death = WEFT_SIM_DEATH_POWER;
  if (fault->kind == WEFT_SIM_FAULT_KILL && weft_sim_prng_chance (prng, 0.3))
    fault->disk = weft_sim_prng_chance (prng, 0.5) ? WEFT_SIM_DISK_FATE_LOST
                                                   : WEFT_SIM_DISK_FATE_ROLLED_BACK;
}

static void
draw_swarm (GArray          *plan,
            WeftSimScenario *scenario,
            WeftSimPrng     *prng)
{
  WeftSimFaultKind kinds[WEFT_SIM_N_FAULT_KINDS];
  gint64 n_faults;
  guint n_kinds;

  /* Nothing is drawn, so that another plan can be made later. */
  if (!scenario->swarm.is_there)
    return;
  n_kinds = draw_kinds (scenario, prng, kinds);
  if (n_kinds == 0)
    return;
  n_faults = weft_sim_prng_range (prng, scenario->swarm.n_min, scenario->swarm.n_max);
  for (gint64 i = 0; i < n_faults; i++)
    {
      double at = SWARM_FROM + weft_sim_prng_unit (prng) * (SWARM_TO - SWARM_FROM);
      WeftSimFault fault;

      weft_sim_fault_init (&fault, kinds[weft_sim_prng_below (prng, n_kinds)]);
      fault.lasting_usec.low = scale (prng, (double) fault.lasting_usec.low);
      fault.lasting_usec.high = fault.lasting_usec.low;
      fault.amount = (double) scale (prng, fault.amount);
      if (fault.chance < 1)
        fault.chance = fault.chance * 2 * weft_sim_prng_unit (prng);
      vary (&fault, scenario, prng);
      add_fault (plan, scenario, prng, &fault, (gint64) ((double) scenario->duration_usec * at));
    }
}

GArray *
weft_sim_plan_draw (WeftSimScenario *scenario,
                    WeftSimPrng     *prng)
{
  GArray *plan = g_array_new (FALSE, FALSE, sizeof (WeftSimPlanned));

  draw_timeline (plan, scenario, prng);
  draw_swarm (plan, scenario, prng);

  return plan;
}
