/* weft-sim-verb-swarm.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-scenarios.h"
#include "weft-sim-swarm.h"

/* More than the processors of any machine this was tried on. */
#define JOBS_MAX 1024

static struct
{
  char *seeds;
  char *signatures;
  int n_jobs;
  gboolean keeps_going;
  gboolean check_determinism;
} options;

static WeftSimExit
run_swarm (WeftSimTool  *tool,
           char        **arguments)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftSimReport) report = weft_sim_report_new ();
  WeftSimSwarm swarm = {
    .scenarios = arguments,
    .n_scenarios = g_strv_length (arguments),
    .first = 1,
    .last = 100,
    .n_jobs = options.n_jobs > 0 ? (guint) options.n_jobs : g_get_num_processors (),
    .keeps_going = options.keeps_going,
    .check_determinism = options.check_determinism,
    .signatures = options.signatures,
  };
  WeftProgress progress;
  gboolean is_done;
  double seconds;
  GError *error = NULL;

  if (options.n_jobs < 0 || options.n_jobs > JOBS_MAX)
    return weft_sim_tool_usage ("expected from 1 to %d jobs, got %d", JOBS_MAX, options.n_jobs);
  if (options.seeds != NULL &&
      !weft_sim_tool_parse_seeds (options.seeds, &swarm.first, &swarm.last, &error))
    return weft_sim_tool_fail (error);
  /* The processes read them again; here somebody sees what is wrong with them. */
  for (guint i = 0; i < swarm.n_scenarios; i++)
    {
      g_autoptr(WeftSimScenario) scenario = weft_sim_scenarios_load (arguments[i], &error);

      if (scenario == NULL || !weft_sim_tool_set_signatures (scenario, options.signatures, &error))
        return weft_sim_tool_fail (error);
    }

  report->signatures = options.signatures;
  weft_progress_begin (&progress, clock, "runs", tool->quiet);
  is_done = weft_sim_swarm_perform (&swarm, report, &progress, &error);
  seconds = weft_progress_seconds (&progress);
  weft_progress_end (&progress);
  if (!is_done)
    return weft_sim_tool_fail (error);

  if (tool->json)
    {
      g_autoptr(JsonNode) node = weft_sim_report_to_json (report);

      weft_sim_tool_print (node);
    }
  else
    weft_sim_report_print (report, seconds);

  return weft_sim_report_get_exit (report);
}

static const GOptionEntry entries[] = {
  { "seeds", 's', 0, G_OPTION_ARG_STRING, &options.seeds, "The seeds (default: 1..100)", "A..B" },
  { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.n_jobs,
    "How many processes (default: one for each processor)", "J" },
  { "keep-going", 'k', 0, G_OPTION_ARG_NONE, &options.keeps_going,
    "Do not stop at the first failure", NULL },
  { "signatures", 0, 0, G_OPTION_ARG_STRING, &options.signatures,
    "Whether signatures are simulated or real (default: real with each 16th seed)", "KIND" },
  { "check-determinism", 'd', 0, G_OPTION_ARG_NONE, &options.check_determinism,
    "Do each run twice, and find the first event that differs", NULL },
  G_OPTION_ENTRY_NULL
};

const WeftSimVerb weft_sim_verb_swarm = {
  .name = "swarm",
  .arguments = "SCENARIO…",
  .summary = "do runs with many seeds, in several processes",
  .description = "SCENARIO is a file, or a name that “weft-sim list” prints. Example:\n\n"
                 "  weft-sim swarm lossy-link full-disk --seeds 1..1000 --jobs 4 --keep-going",
  .options = entries,
  .arguments_min = 1,
  .arguments_max = -1,
  .run = run_swarm,
};
