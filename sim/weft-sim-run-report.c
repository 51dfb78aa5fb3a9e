/* weft-sim-run-report.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-enum-types.h"
#include "weft-sim-run-private.h"
#include "weft-sim-tally-private.h"

const char * const weft_sim_verdict_names[] = { "pass", "violation", "undecided" };

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder,
            const char  *name,
            guint64      number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) MIN (number, (guint64) WEFT_LIMIT_INTEGER_MAX));
}

/* What the scenario asked for, by kind; and what came of it, as the world counted. */
static void
add_faults (WeftSimRun  *self,
            JsonBuilder *builder)
{
  g_autoptr(GVariant) counters = weft_sim_world_get_counters (self->world);
  GVariantIter iter;
  const char *name;
  guint64 number;

  json_builder_set_member_name (builder, "faults");
  json_builder_begin_object (builder);
  for (guint kind = 0; kind < WEFT_SIM_N_FAULT_KINDS; kind++)
    {
      if (self->injector != NULL && self->injector->n_fired[kind] > 0)
        add_number (builder, weft_sim_fault_names[kind], self->injector->n_fired[kind]);
    }
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "counters");
  json_builder_begin_object (builder);
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_loop (&iter, "{&st}", &name, &number))
    add_number (builder, name, number);
  json_builder_end_object (builder);
}

static void
add_tally (WeftSimRun  *self,
           JsonBuilder *builder)
{
  g_autoptr(GTree) tally = weft_sim_deployment_tally (self->deployment);

  json_builder_set_member_name (builder, "agreement");
  weft_sim_tally_report (tally, builder);
}

static void
add_churn (WeftSimRun  *self,
           JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "churn");
  json_builder_begin_object (builder);
  add_number (builder, "left", self->churn->n_left);
  add_number (builder, "returned", self->churn->n_returned);
  add_number (builder, "replaced", self->churn->n_replaced);
  json_builder_end_object (builder);
}

static void
add_decimal (JsonBuilder *builder,
             const char  *name,
             double       number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, number);
}

static void
add_delay (JsonBuilder        *builder,
           const char         *name,
           const WeftSimDelay *delay)
{
  g_autoptr(GEnumClass) shapes = g_type_class_ref (WEFT_TYPE_SIM_DELAY_SHAPE);

  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_text (builder, "shape", g_enum_get_value (shapes, (int) delay->shape)->value_nick);
  add_number (builder, "leastUsec", (guint64) delay->least_usec);
  add_number (builder, "spreadUsec", (guint64) delay->spread_usec);
  add_decimal (builder, "tail", delay->tail);
  json_builder_end_object (builder);
}

static void
add_planned (WeftSimRun           *self,
             JsonBuilder          *builder,
             const WeftSimPlanned *planned)
{
  json_builder_begin_object (builder);
  add_text (builder, "fault", weft_sim_fault_names[planned->kind]);
  add_number (builder, "atUsec", (guint64) planned->at_usec);
  add_number (builder, "untilUsec", (guint64) planned->until_usec);
  json_builder_set_member_name (builder, "nodes");
  json_builder_begin_array (builder);
  for (guint node = 0; node < self->scenario->n_nodes; node++)
    if (weft_sim_party_has_node (&planned->party, node))
      json_builder_add_int_value (builder, node);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* What the seed made of a swarm. */
static void
add_drawn (WeftSimRun  *self,
           JsonBuilder *builder)
{
  const WeftSimScenario *drawn = self->scenario;
  const WeftSimWorkloadOptions *work = &drawn->workload;

  json_builder_set_member_name (builder, "drawn");
  json_builder_begin_object (builder);
  add_number (builder, "nodes", drawn->n_nodes);
  add_number (builder, "clients", work->n_clients);
  add_number (builder, "keys", work->n_keys);
  add_number (builder, "blocks", work->blocks_max);
  add_number (builder, "bytes", work->value_bytes);
  add_number (builder, "timeoutUsec", (guint64) work->timeout_usec);
  add_decimal (builder, "rate", work->rate);
  json_builder_set_member_name (builder, "mix");
  json_builder_begin_object (builder);
  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    add_decimal (builder, weft_sim_work_names[i], work->mix[i]);
  json_builder_end_object (builder);
  add_delay (builder, "delay", &drawn->link);
  add_number (builder, "bandwidth", (guint64) drawn->bandwidth);
  add_decimal (builder, "loss", drawn->loss);
  add_delay (builder, "sync", &drawn->sync);
  json_builder_set_member_name (builder, "faults");
  json_builder_begin_array (builder);
  for (guint i = 0; self->injector != NULL && i < self->injector->plan->len; i++)
    add_planned (self, builder, &g_array_index (self->injector->plan, WeftSimPlanned, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/**
 * weft_sim_run_to_report:
 * @self: a run that was performed
 *
 * Tells of the run: `scenario`, `seed`, `verdict`, `asExpected`, `reason` unless nothing was
 * wrong, `signatures`, `hash` in hexadecimal, `events`, `simulatedUsec`, `operations` that were
 * checked, `requests` of clients and `failedRequests`, `faults` by kind and `counters`; what became
 * of the requests in `availability`; what nodes that keep blocks together counted in `agreement`;
 * of nodes that came and went the numbers in `churn`; and of a swarm what was `drawn`.
 *
 * Returns: (transfer full): a JSON object
 *
 * Since: 0.1
 */
JsonNode *
weft_sim_run_to_report (WeftSimRun *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autofree char *hash = NULL;

  g_return_val_if_fail (WEFT_IS_SIM_RUN (self), NULL);

  hash = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", weft_sim_world_get_hash (self->world));
  json_builder_begin_object (builder);
  add_text (builder, "scenario", weft_sim_scenario_get_name (self->scenario));
  add_number (builder, "seed", weft_sim_world_get_seed (self->world));
  add_text (builder, "verdict", weft_sim_verdict_names[self->verdict]);
  json_builder_set_member_name (builder, "asExpected");
  json_builder_add_boolean_value (builder, weft_sim_run_is_as_expected (self));
  if (weft_sim_run_get_reason (self) != NULL)
    add_text (builder, "reason", weft_sim_run_get_reason (self));
  add_text (builder, "signatures",
            weft_sim_signatures_names[weft_sim_world_get_signatures (self->world)]);
  add_text (builder, "hash", hash);
  add_number (builder, "events", weft_sim_world_get_n_events (self->world));
  add_number (builder, "simulatedUsec", (guint64) weft_sim_world_get_time (self->world));
  add_number (builder, "operations", weft_sim_history_get_n_operations (self->history));
  add_number (builder, "requests", self->workload != NULL ? self->workload->n_done : 0);
  add_number (builder, "failedRequests", self->workload != NULL ? self->workload->n_failed : 0);
  add_faults (self, builder);
  if (self->workload != NULL)
    {
      json_builder_set_member_name (builder, "availability");
      weft_sim_meter_report (self->workload->meter, builder);
    }
  if (self->deployment != NULL && self->scenario->is_cluster)
    add_tally (self, builder);
  if (self->churn != NULL && self->scenario->churn->len > 0)
    add_churn (self, builder);
  if (self->scenario->swarm.is_there)
    add_drawn (self, builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
