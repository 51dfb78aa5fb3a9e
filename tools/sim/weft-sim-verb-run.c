/* weft-sim-verb-run.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-availability.h"
#include "weft-sim-determinism.h"
#include "weft-sim-recording.h"
#include "weft-sim-report.h"
#include "weft-sim-scenarios.h"

static struct
{
  char *seed;
  char *trace;
  char *html;
  char *mermaid;
  char *signatures;
  gboolean check_determinism;
} options;

static void
print_run (WeftSimTool   *tool,
           WeftSimReport *report,
           WeftSimRun    *run,
           JsonNode      *node)
{
  WeftSimWorld *world = weft_sim_run_get_world (run);

  if (tool->json)
    {
      weft_sim_tool_print (node);
      return;
    }
  weft_sim_report_print (report, 0);
  weft_sim_availability_print (node);
  g_print ("hash %016" G_GINT64_MODIFIER "x\n", weft_sim_world_get_hash (world));
  if (weft_sim_run_get_reason (run) != NULL && report->failures->len == 0)
    g_print ("as expected: %s\n", weft_sim_run_get_reason (run));
}

static WeftSimExit
run_run (WeftSimTool  *tool,
         char        **arguments)
{
  g_autoptr(WeftSimScenario) scenario = NULL;
  g_autoptr(WeftSimRun) run = NULL;
  g_autoptr(WeftSimReport) report = weft_sim_report_new ();
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *reproduce = NULL;
  g_autoptr(WeftSimRecording) recording = NULL;
  const WeftSimPictures pictures = { options.html, options.mermaid };
  const WeftSimFailure *failure;
  guint64 seed = 1;
  guint64 last = 1;
  GError *error = NULL;

  if (options.seed != NULL && (!weft_sim_tool_parse_seeds (options.seed, &seed, &last, &error)))
    return weft_sim_tool_fail (error);
  if (seed != last)
    return weft_sim_tool_usage ("expected one seed, got “%s”; “weft-sim swarm” takes many",
                                options.seed);
  scenario = weft_sim_scenarios_load (arguments[0], &error);
  if (scenario == NULL || !weft_sim_tool_set_signatures (scenario, options.signatures, &error))
    return weft_sim_tool_fail (error);
  run = weft_sim_run_new (scenario, seed);
  recording = weft_sim_recording_start (run, options.trace, &pictures, &error);
  if (recording == NULL)
    return weft_sim_tool_fail (error);
  weft_sim_run_perform (run);
  reproduce = weft_sim_report_reproduce (arguments[0], seed, "", options.signatures);
  if (!weft_sim_recording_finish (recording, reproduce, &error))
    return weft_sim_tool_fail (error);

  node = weft_sim_determinism_report (run, scenario, seed, options.check_determinism);
  report->signatures = options.signatures;
  failure = weft_sim_report_add_run (report, arguments[0], node);
  if (failure != NULL)
    weft_sim_failure_print (failure);
  print_run (tool, report, run, node);

  return weft_sim_report_get_exit (report);
}

static const GOptionEntry entries[] = {
  { "seed", 's', 0, G_OPTION_ARG_STRING, &options.seed, "The seed (default: 1)", "N" },
  { "trace", 't', 0, G_OPTION_ARG_FILENAME, &options.trace,
    "Write every event as a line of JSON; - for standard output", "FILE" },
  { "html", 0, 0, G_OPTION_ARG_FILENAME, &options.html,
    "Write a page that shows the run; - for standard output", "FILE" },
  { "mermaid", 0, 0, G_OPTION_ARG_FILENAME, &options.mermaid,
    "Write a Mermaid sequence diagram; - for standard output", "FILE" },
  { "signatures", 0, 0, G_OPTION_ARG_STRING, &options.signatures,
    "Whether signatures are simulated or real (default: real with each 16th seed)", "KIND" },
  { "check-determinism", 'd', 0, G_OPTION_ARG_NONE, &options.check_determinism,
    "Do it twice, and find the first event that differs", NULL },
  G_OPTION_ENTRY_NULL
};

const WeftSimVerb weft_sim_verb_run = {
  .name = "run",
  .arguments = "SCENARIO",
  .summary = "do one run",
  .description = "SCENARIO is a file, or a name that “weft-sim list” prints. Examples:\n\n"
                 "  weft-sim run lossy-link --seed 7 --check-determinism\n"
                 "  weft-sim run lossy-link --seed 7 --html run.html\n"
                 "  weft-sim run ./mine.json --trace - | less",
  .options = entries,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run_run,
};
