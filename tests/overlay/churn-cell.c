/* churn-cell.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <time.h>

#include "churn-cell.h"

/* As in the networks of ring machines: who leaves is away for a tenth of its session in the mean,
 * within these, and one of five says goodbye. */
#define AWAY_SECONDS_MIN 10
#define AWAY_SECONDS_MAX 60
#define GOODBYES 0.2
/* The first nodes stay, so that there is always somebody to come in by. */
#define SPARED 3
/* The larger part of a network that is split. */
#define SPLIT_PERCENT 60
#define SPLIT_SECONDS 60
#define REPLACED_EVERY_SECONDS 30

const ChurnKind churn_kinds[] = {
  { "calm", "everybody stays", 0, FALSE, FALSE, FALSE },
  { "60", "sessions of 60 minutes", 60, FALSE, FALSE, FALSE },
  { "10", "sessions of 10 minutes", 10, FALSE, FALSE, FALSE },
  { "2", "sessions of 2 minutes", 2, FALSE, FALSE, FALSE },
  { "gone60", "after 60 minutes a node is gone for good, and a new one comes", 60, TRUE, FALSE,
    FALSE },
  { "gone10", "after 10 minutes", 10, TRUE, FALSE, FALSE },
  { "split", "three fifths do not hear the others for a minute", 0, FALSE, TRUE, FALSE },
  { "replaced", "those that keep a block go for good, one each 30 s", 0, FALSE, FALSE, TRUE },
};
const guint churn_n_kinds = G_N_ELEMENTS (churn_kinds);

static void
append_sessions (GString         *text,
                 const ChurnKind *kind)
{
  int away = CLAMP (kind->session_minutes * 60 / 10, AWAY_SECONDS_MIN, AWAY_SECONDS_MAX);

  g_string_append_printf (text,
                          ",\"churn\":[{\"session\":\"%d min\",\"goodbyes\":%.1f,\"spare\":%d",
                          kind->session_minutes, GOODBYES, SPARED);
  if (kind->is_for_good)
    g_string_append (text, ",\"away\":\"for good\"");
  else
    g_string_append_printf (text, ",\"away\":[\"%d s\",\"%d s\"]", away / 5, away * 9 / 5);
  g_string_append (text, "}]");
}

char *
churn_cell_make_scenario (const ChurnCell *self)
{
  guint n_first = self->n_nodes * SPLIT_PERCENT / 100;
  GString *text = g_string_new (NULL);

  g_string_append_printf (
    text,
    "{\"name\":\"churn-%s-%u-of-%u\",\"summary\":\"%s\",\"nodes\":%u,"
    "\"cluster\":{\"replication\":%u,\"minimum\":%u,\"peers\":\"found\",\"edges\":true},"
    "\"settle\":\"%" G_GINT64_FORMAT " s\",\"duration\":\"%" G_GINT64_FORMAT " s\","
    "\"heal\":\"%" G_GINT64_FORMAT " s\","
    "\"workload\":{\"clients\":%u,\"keys\":%u,\"rate\":%.3f,\"timeout\":\"5 s\","
    "\"mix\":{\"read\":5,\"put\":4,\"raw\":1}}",
    self->kind->name, self->cluster, self->n_nodes, self->kind->summary, self->n_nodes,
    self->cluster, self->cluster / 2 + 1, self->settle_seconds, self->seconds, self->heal_seconds,
    self->n_clients, self->n_blocks, self->rate);
  if (self->kind->session_minutes > 0)
    append_sessions (text, self->kind);
  if (self->kind->is_split)
    g_string_append_printf (text,
                            ",\"timeline\":[{\"fault\":\"partition\",\"shape\":\"split\","
                            "\"sizes\":[%u,%u],\"at\":\"20 s\",\"for\":\"%d s\"}]",
                            n_first, self->n_nodes - n_first, SPLIT_SECONDS);
  if (self->kind->is_replaced)
    g_string_append_printf (text,
                            ",\"churn\":[{\"cluster\":0,\"every\":\"%d s\",\"from\":\"10 s\"}]",
                            REPLACED_EVERY_SECONDS);
  g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

static WeftSimScenario *
make_scenario (const ChurnCell *self)
{
  g_autofree char *text = churn_cell_make_scenario (self);
  g_autoptr(GError) error = NULL;
  WeftSimScenario *scenario = weft_sim_scenario_new_from_text (text, -1, &error);

  g_assert_no_error (error);

  return scenario;
}

WeftSimRun *
churn_cell_set_up (const ChurnCell *self)
{
  ChurnCell calm = *self;
  g_autoptr(WeftSimScenario) scenario = NULL;
  WeftSimRun *run;

  calm.kind = &churn_kinds[0];
  scenario = make_scenario (&calm);
  run = weft_sim_run_new (scenario, self->seed);
  weft_sim_run_set_up (run);

  return run;
}

static JsonNode *
perform (WeftSimRun *run)
{
  clock_t begun = clock ();
  JsonNode *report;

  weft_sim_run_perform (run);
  report = weft_sim_run_to_report (run);
  json_object_set_int_member (json_node_get_object (report), "processorUsec",
                              (gint64) (clock () - begun) * G_USEC_PER_SEC / CLOCKS_PER_SEC);

  return report;
}

JsonNode *
churn_cell_go_on (const ChurnCell *self,
                  WeftSimRun      *run)
{
  g_autoptr(WeftSimScenario) scenario = make_scenario (self);

  weft_sim_run_set_scenario (run, scenario);

  return perform (run);
}

JsonNode *
churn_cell_run (const ChurnCell *self)
{
  g_autoptr(WeftSimScenario) scenario = make_scenario (self);
  g_autoptr(WeftSimRun) run = weft_sim_run_new (scenario, self->seed);

  return perform (run);
}
