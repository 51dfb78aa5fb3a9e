/* weft-sim-verb-list.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-scenarios.h"
#include "weft-sim-tool.h"

static JsonNode *
describe (WeftSimScenario *scenario)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "expect");
  json_builder_add_string_value (builder, weft_sim_scenario_expects_violation (scenario)
                                              ? "violation" : "pass");
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, weft_sim_scenario_get_name (scenario));
  json_builder_set_member_name (builder, "summary");
  json_builder_add_string_value (builder, weft_sim_scenario_get_summary (scenario));
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static WeftSimExit
run_list (WeftSimTool  *tool,
          char        **arguments)
{
  GError *error = NULL;
  g_autoptr(GPtrArray) scenarios = weft_sim_scenarios_list (&error);
  int width = 0;

  if (scenarios == NULL)
    return weft_sim_tool_fail (error);

  for (guint i = 0; i < scenarios->len; i++)
    width = MAX (width, (int) g_utf8_strlen (weft_sim_scenario_get_name (scenarios->pdata[i]), -1));
  for (guint i = 0; i < scenarios->len; i++)
    {
      g_autoptr(JsonNode) node = describe (scenarios->pdata[i]);

      if (tool->json)
        weft_sim_tool_print (node);
      else
        g_print ("%-*s  %s\n", width, weft_sim_scenario_get_name (scenarios->pdata[i]),
                 weft_sim_scenario_get_summary (scenarios->pdata[i]));
    }

  return WEFT_SIM_EXIT_PASS;
}

const WeftSimVerb weft_sim_verb_list = {
  .name = "list",
  .arguments = NULL,
  .summary = "list the scenarios that come with Weft",
  .description = "With --json, prints a line {\"expect\",\"name\",\"summary\"} for each. The\n"
                 "directory can be another one, by the environment variable WEFT_SCENARIOS.",
  .run = run_list,
};
