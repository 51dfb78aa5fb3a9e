/* weft-sim-verb-work.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a swarm runs in other processes: it is told a scenario and a seed on a line of standard
 * input, and answers with a line on standard output. So it is known what a process died of.
 */

#include "config.h"

#include "weft-sim-determinism.h"
#include "weft-sim-scenarios.h"
#include "weft-sim-tool.h"

#include <stdio.h>

static gboolean check_determinism;
static char *signatures;

static void
answer (WeftSimScenario *scenario,
        guint64          seed)
{
  g_autoptr(WeftSimRun) run = weft_sim_run_new (scenario, seed);
  g_autoptr(JsonNode) node = NULL;

  weft_sim_run_perform (run);
  node = weft_sim_determinism_report (run, scenario, seed, check_determinism);
  weft_sim_tool_print (node);
  fflush (stdout);
}

static WeftSimExit
run_work (WeftSimTool  *tool,
          char        **arguments)
{
  g_autoptr(GPtrArray) scenarios = g_ptr_array_new_with_free_func (g_object_unref);
  char line[64];
  GError *error = NULL;

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      WeftSimScenario *scenario = weft_sim_scenarios_load (arguments[i], &error);

      if (scenario == NULL || !weft_sim_tool_set_signatures (scenario, signatures, &error))
        return weft_sim_tool_fail (error);
      g_ptr_array_add (scenarios, scenario);
    }

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      unsigned position = 0;
      guint64 seed = 0;

      if (sscanf (line, "%u %" G_GINT64_MODIFIER "u", &position, &seed) != 2 ||
          position >= scenarios->len)
        return weft_sim_tool_usage ("expected the number of a scenario and a seed, got “%s”", line);
      answer (scenarios->pdata[position], seed);
    }

  return WEFT_SIM_EXIT_PASS;
}

static const GOptionEntry entries[] = {
  { "check-determinism", 'd', 0, G_OPTION_ARG_NONE, &check_determinism, "Do all twice", NULL },
  { "signatures", 0, 0, G_OPTION_ARG_STRING, &signatures, "Simulated or real", "KIND" },
  G_OPTION_ENTRY_NULL
};

const WeftSimVerb weft_sim_verb_work = {
  .name = "work",
  .arguments = "SCENARIO…",
  .options = entries,
  .arguments_min = 1,
  .arguments_max = -1,
  .run = run_work,
};
