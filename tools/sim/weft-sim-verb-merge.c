/* weft-sim-verb-merge.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-report.h"

static gboolean
merge_file (WeftSimReport  *report,
            const char     *path,
            GError        **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr(JsonNode) node = NULL;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  node = weft_json_parse (text, length, error);
  if (node == NULL || !weft_sim_report_merge (report, node, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }

  return TRUE;
}

static WeftSimExit
run_merge (WeftSimTool  *tool,
           char        **arguments)
{
  g_autoptr(WeftSimReport) report = weft_sim_report_new ();
  GError *error = NULL;

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      if (!merge_file (report, arguments[i], &error))
        return weft_sim_tool_fail (error);
    }

  if (tool->json)
    {
      g_autoptr(JsonNode) node = weft_sim_report_to_json (report);

      weft_sim_tool_print (node);
      return weft_sim_report_get_exit (report);
    }
  for (guint i = 0; i < report->failures->len; i++)
    weft_sim_failure_print (report->failures->pdata[i]);
  weft_sim_report_print (report, 0);

  return weft_sim_report_get_exit (report);
}

const WeftSimVerb weft_sim_verb_merge = {
  .name = "merge",
  .arguments = "REPORT…",
  .summary = "add reports of other runs together",
  .description = "The reports are what “run --json” and “swarm --json” print. Example, with the\n"
                 "seeds shared out by GNU parallel:\n\n"
                 "  parallel 'weft-sim --json swarm calm --seeds {}01..{}99 >{}.json' ::: 1 2 3\n"
                 "  weft-sim merge 1.json 2.json 3.json",
  .arguments_min = 1,
  .arguments_max = -1,
  .run = run_merge,
};
