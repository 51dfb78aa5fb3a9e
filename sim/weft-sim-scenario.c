/* weft-sim-scenario.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-scenario-private.h"

#include <string.h>

/**
 * WeftSimScenario:
 *
 * The story of a run, apart from chance: how many nodes and clients there are, what they do, what
 * breaks and when. With a seed it is a run, the same whenever and wherever it is done again.
 *
 * People write scenarios as JSON. The page on scenarios describes every member.
 *
 * Since: 0.1
 */
const char * const weft_sim_signatures_names[] = { "simulated", "real", NULL };

G_DEFINE_FINAL_TYPE (WeftSimScenario, weft_sim_scenario, G_TYPE_OBJECT)

static void
weft_sim_scenario_finalize (GObject *object)
{
  WeftSimScenario *self = WEFT_SIM_SCENARIO (object);

  g_clear_pointer (&self->json, json_node_unref);
  g_free (self->name);
  g_free (self->summary);
  g_array_unref (self->timeline);
  g_array_unref (self->churn);

  G_OBJECT_CLASS (weft_sim_scenario_parent_class)->finalize (object);
}

static void
weft_sim_scenario_class_init (WeftSimScenarioClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_scenario_finalize;
}

static void
weft_sim_scenario_init (WeftSimScenario *self)
{
  self->n_nodes = 1;
  self->cluster_min = 1;
  self->heal_usec = G_TIME_SPAN_MINUTE;
  self->link = (WeftSimDelay) {
    .shape = WEFT_SIM_DELAY_SHAPE_UNIFORM,
    .least_usec = G_TIME_SPAN_MILLISECOND,
    .spread_usec = 4 * G_TIME_SPAN_MILLISECOND,
  };
  self->sync = (WeftSimDelay) {
    .shape = WEFT_SIM_DELAY_SHAPE_UNIFORM,
    .least_usec = G_TIME_SPAN_MILLISECOND,
    .spread_usec = 9 * G_TIME_SPAN_MILLISECOND,
  };
  self->workload = (WeftSimWorkloadOptions) {
    .n_clients = 4,
    .n_keys = 8,
    .blocks_max = 1,
    .value_bytes = 64,
    .n_attempts = 5,
    .rate = 5,
    .timeout_usec = 5 * G_TIME_SPAN_SECOND,
    .mix = { [WEFT_SIM_WORK_READ] = 5, [WEFT_SIM_WORK_PUT] = 3, [WEFT_SIM_WORK_DELETE] = 1,
             [WEFT_SIM_WORK_RAW] = 1, [WEFT_SIM_WORK_PAST] = 1 },
  };
  self->timeline = g_array_new (FALSE, FALSE, sizeof (WeftSimFault));
  self->churn = g_array_new (FALSE, FALSE, sizeof (WeftSimChurnOptions));
}

/**
 * weft_sim_scenario_new_from_text:
 * @text: JSON
 * @length: its length in bytes, or -1 when it ends with a zero
 * @error: return location for an error
 *
 * Reads a scenario.
 *
 * Fails with [error@Weft.Error.INVALID] and a message that names the line and the member, with
 * [error@Weft.Error.TOO_LARGE] above [const@WeftSim.SCENARIO_BYTES_MAX] bytes, and as
 * [func@Weft.json_parse] does.
 *
 * Returns: (transfer full): the scenario
 *
 * Since: 0.1
 */
WeftSimScenario *
weft_sim_scenario_new_from_text (const char  *text,
                                 gssize       length,
                                 GError     **error)
{
  g_autoptr(WeftSimScenario) self = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *copy = NULL;
  WeftSimReader reader = { NULL };
  WeftSimPlace root;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (length < 0)
    length = strlen (text);
  if (length > WEFT_SIM_SCENARIO_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected a scenario of at most %d bytes, got %" G_GSSIZE_FORMAT,
                   WEFT_SIM_SCENARIO_BYTES_MAX, length);
      return NULL;
    }
  node = weft_json_parse (text, length, error);
  if (node == NULL)
    return NULL;

  copy = g_strndup (text, length);
  reader.text = copy;
  root = weft_sim_place_root (&reader, node);
  self = g_object_new (WEFT_TYPE_SIM_SCENARIO, NULL);
  weft_sim_scenario_read (self, &root);
  if (reader.error != NULL)
    {
      g_propagate_error (error, reader.error);
      return NULL;
    }

  json_node_seal (node);
  self->json = g_steal_pointer (&node);

  return g_steal_pointer (&self);
}

/**
 * weft_sim_scenario_to_json:
 * @self: a scenario
 *
 * Gets the scenario as it was read, without the spaces that people put into it.
 *
 * Returns: (transfer full): an immutable JSON object
 *
 * Since: 0.1
 */
JsonNode *
weft_sim_scenario_to_json (WeftSimScenario *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_SCENARIO (self), NULL);

  return json_node_ref (self->json);
}

/**
 * weft_sim_scenario_set_signatures:
 * @self: a scenario
 * @signatures: what the identities of its world sign with
 *
 * Chooses the signatures, whatever the scenario says. It changes the scenario as if it had been
 * written so: [method@WeftSim.Scenario.to_json] says it too.
 *
 * Since: 0.1
 */
void
weft_sim_scenario_set_signatures (WeftSimScenario   *self,
                                  WeftSimSignatures  signatures)
{
  g_autoptr(JsonObject) object = NULL;
  JsonObject *old;
  JsonNode *json;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  g_return_if_fail (WEFT_IS_SIM_SCENARIO (self));

  old = json_node_get_object (self->json);
  object = json_object_new ();
  json_object_iter_init_ordered (&iter, old);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    json_object_set_member (object, name, json_node_ref (member));
  json_object_set_string_member (object, "signatures", weft_sim_signatures_names[signatures]);
  json = json_node_init_object (json_node_alloc (), object);
  json_node_seal (json);
  json_node_unref (self->json);
  self->json = json;
  self->has_signatures = TRUE;
  self->signatures = signatures;
}

/**
 * weft_sim_scenario_get_name:
 * @self: a scenario
 *
 * Gets the word by which the scenario is known.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
weft_sim_scenario_get_name (WeftSimScenario *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_SCENARIO (self), NULL);

  return self->name;
}

/**
 * weft_sim_scenario_get_summary:
 * @self: a scenario
 *
 * Gets the story in a sentence.
 *
 * Returns: the summary
 *
 * Since: 0.1
 */
const char *
weft_sim_scenario_get_summary (WeftSimScenario *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_SCENARIO (self), NULL);

  return self->summary;
}

/**
 * weft_sim_scenario_expects_violation:
 * @self: a scenario
 *
 * Tells whether something happens in it that no database can withstand, so that it only passes
 * when the checker notices.
 *
 * Returns: whether a violation is expected
 *
 * Since: 0.1
 */
gboolean
weft_sim_scenario_expects_violation (WeftSimScenario *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_SCENARIO (self), FALSE);

  return self->expects_violation;
}

/**
 * weft_sim_scenario_get_duration:
 * @self: a scenario
 *
 * Gets how long clients work and faults happen, before all is healed.
 *
 * Returns: the time in microseconds
 *
 * Since: 0.1
 */
gint64
weft_sim_scenario_get_duration (WeftSimScenario *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_SCENARIO (self), 0);

  return self->duration_usec;
}
