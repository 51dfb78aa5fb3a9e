/* weft-sim-run-report.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-run-private.h"

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

/**
 * weft_sim_run_to_report:
 * @self: a run that was performed
 *
 * Tells of the run: `scenario`, `seed`, `verdict`, `asExpected`, `reason` unless nothing was
 * wrong, `signatures`, `hash` in hexadecimal, `events`, `simulatedUsec`, `operations` that were
 * checked, `requests` of clients and `failedRequests`, `faults` by kind and `counters`.
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
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
