/* weft-sim-verb-shrink.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-progress.h"
#include "weft-sim-scenarios.h"
#include "weft-sim-shrink.h"
#include "weft-sim-tool.h"

#include <glib/gstdio.h>
#include <string.h>

#define RUNS_MAX 1000000

static struct
{
  char *seed;
  char *output;
  char *signatures;
  int n_runs;
  int n_seeds;
} options = { .n_runs = 500, .n_seeds = 8 };

/* How a run ended: a violation is told from another by its first word, a death by its signal. */
typedef struct
{
  int code;
  char *kind; /* (nullable) */
} Ending;

typedef struct
{
  WeftProgress progress;
  char *path;        /* of the file that a run reads */
  Ending wanted;
  guint64 seed;      /* with which the best fails */
  guint n_runs;
  guint n_runs_max;
  guint n_seeds;     /* that are tried besides */
  JsonNode *failing; /* (nullable): the last that failed */
  GError *error;     /* (nullable): of the harness, which ends it */
} Search;

static void
ending_clear (Ending *self)
{
  g_clear_pointer (&self->kind, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ending, ending_clear)

/* What a report says went wrong, up to where it tells of this run alone. */
static char *
read_kind (const char *output)
{
  g_autoptr(JsonNode) node = output != NULL ? weft_json_parse (output, -1, NULL) : NULL;
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                                     : NULL;
  const char *reason
    = object != NULL ? json_object_get_string_member_with_default (object, "reason", "") : "";
  gsize length = strcspn (reason, " :");

  return g_strndup (reason, length);
}

/* One run, in a process of its own that may die. */
static gboolean
perform (Search  *self,
         guint64  seed,
         Ending  *ending)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  g_autoptr(GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr(GSubprocess) process = NULL;
  g_autofree char *output = NULL;

  g_ptr_array_add (arguments, "/proc/self/exe");
  g_ptr_array_add (arguments, "--json");
  g_ptr_array_add (arguments, "run");
  g_ptr_array_add (arguments, self->path);
  g_ptr_array_add (arguments, "--seed");
  g_ptr_array_add (arguments, text);
  if (options.signatures != NULL)
    {
      g_ptr_array_add (arguments, "--signatures");
      g_ptr_array_add (arguments, options.signatures);
    }
  g_ptr_array_add (arguments, NULL);
  self->n_runs++;
  process = g_subprocess_newv ((const char * const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &self->error);
  if (process == NULL
      || !g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &self->error))
    return FALSE;

  if (g_subprocess_get_if_signaled (process))
    ending->code = -g_subprocess_get_term_sig (process);
  else
    ending->code = g_subprocess_get_exit_status (process);
  if (ending->code == WEFT_SIM_EXIT_VIOLATION)
    ending->kind = read_kind (output);

  return TRUE;
}

static gboolean
ends_as_wanted (Search  *self,
                guint64  seed)
{
  g_auto(Ending) ending = { 0 };

  return perform (self, seed, &ending) && ending.code == self->wanted.code
         && g_strcmp0 (ending.kind, self->wanted.kind) == 0;
}

static gboolean
write_scenario (const char  *path,
                JsonNode    *scenario,
                GError     **error)
{
  g_autoptr(JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  json_generator_set_root (generator, scenario);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  line = g_strconcat (text, "\n", NULL);

  return g_file_set_contents (path, line, -1, error);
}

/* Other seeds, too, as what a seed draws depends on what there is to draw for. */
static gboolean
fails_cb (JsonNode *scenario,
          gpointer  user_data)
{
  Search *self = user_data;
  g_autofree char *text = weft_json_to_string (scenario);
  g_autoptr(WeftSimScenario) valid = NULL;

  if (self->error != NULL || self->n_runs >= self->n_runs_max || text == NULL)
    return FALSE;
  valid = weft_sim_scenario_new_from_text (text, -1, NULL);
  if (valid == NULL || !write_scenario (self->path, scenario, &self->error))
    return FALSE;

  for (guint i = 0; i <= self->n_seeds && self->n_runs < self->n_runs_max; i++)
    {
      guint64 seed = i == 0 ? self->seed : i;

      if (!ends_as_wanted (self, seed))
        continue;
      self->seed = seed;
      weft_progress_update (&self->progress, self->n_runs,
                            (double) self->n_runs / self->n_runs_max);
      return TRUE;
    }
  weft_progress_update (&self->progress, self->n_runs, (double) self->n_runs / self->n_runs_max);

  return FALSE;
}

static char *
describe (const Ending *ending)
{
  if (ending->code < 0)
    return g_strdup_printf ("signal %d", -ending->code);
  if (ending->kind != NULL)
    return g_strdup_printf ("violation %s", ending->kind);

  return g_strdup (ending->code == WEFT_SIM_EXIT_UNDECIDED ? "undecided" : "failure");
}

static WeftSimExit
tell (WeftSimTool *tool,
      Search      *search,
      JsonNode    *smallest)
{
  g_autofree char *ending = describe (&search->wanted);
  g_autofree char *before = weft_json_to_string (search->failing);
  g_autofree char *after = weft_json_to_string (smallest);

  if (tool->json)
    {
      JsonObject *object = json_object_new ();
      g_autoptr(JsonNode) node = NULL;

      json_object_set_member (object, "scenario", json_node_ref (smallest));
      json_object_set_int_member (object, "seed", (gint64) search->seed);
      json_object_set_string_member (object, "ending", ending);
      json_object_set_int_member (object, "runs", search->n_runs);
      json_object_set_boolean_member (object, "isDone", search->n_runs < search->n_runs_max);
      node = json_node_init_object (json_node_alloc (), object);
      json_object_unref (object);
      weft_sim_tool_print (node);
    }
  else
    {
      g_print ("%s, from %zu to %zu bytes in %u runs%s\n", ending, strlen (before),
               strlen (after), search->n_runs,
               search->n_runs < search->n_runs_max ? "" : ", which is all it had");
      g_print ("weft-sim run %s --seed %" G_GUINT64_FORMAT "\n", options.output, search->seed);
    }

  return WEFT_SIM_EXIT_PASS;
}

static WeftSimExit
shrink (WeftSimTool *tool,
        Search      *search,
        JsonNode    *scenario)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(JsonNode) smallest = NULL;

  search->failing = scenario;
  if (!write_scenario (search->path, scenario, &search->error)
      || !perform (search, search->seed, &search->wanted))
    return weft_sim_tool_fail (search->error);
  if (search->wanted.code == WEFT_SIM_EXIT_PASS || search->wanted.code == WEFT_SIM_EXIT_HARNESS)
    return weft_sim_tool_usage ("expected a run that fails, but with seed %" G_GUINT64_FORMAT
                                " it does not", search->seed);

  weft_progress_begin (&search->progress, clock, "runs", tool->quiet);
  smallest = weft_sim_shrink (scenario, fails_cb, search);
  weft_progress_end (&search->progress);
  if (search->error != NULL
      || (options.output != NULL && !write_scenario (options.output, smallest, &search->error)))
    return weft_sim_tool_fail (search->error);

  return tell (tool, search, smallest);
}

static WeftSimExit
run_shrink (WeftSimTool  *tool,
            char        **arguments)
{
  g_autoptr(WeftSimScenario) scenario = NULL;
  g_autoptr(JsonNode) node = NULL;
  Search search = { 0 };
  guint64 last = 1;
  WeftSimExit code;
  GError *error = NULL;
  int fd;

  if (options.seed == NULL || (options.output == NULL && !tool->json))
    return weft_sim_tool_usage ("“weft-sim shrink” needs --seed, and --output unless with --json");
  if (!weft_sim_tool_parse_seeds (options.seed, &search.seed, &last, &error))
    return weft_sim_tool_fail (error);
  if (search.seed != last)
    return weft_sim_tool_usage ("expected one seed, got “%s”", options.seed);
  if (options.n_runs < 1 || options.n_runs > RUNS_MAX || options.n_seeds < 0
      || options.n_seeds > RUNS_MAX)
    return weft_sim_tool_usage ("expected 1 to %d runs and 0 to %d seeds", RUNS_MAX, RUNS_MAX);
  scenario = weft_sim_scenarios_load (arguments[0], &error);
  if (scenario == NULL || !weft_sim_tool_set_signatures (scenario, options.signatures, &error))
    return weft_sim_tool_fail (error);
  fd = g_file_open_tmp ("weft-sim-XXXXXX.json", &search.path, &error);
  if (fd < 0)
    return weft_sim_tool_fail (error);

  g_close (fd, NULL);
  search.n_runs_max = (guint) options.n_runs;
  search.n_seeds = (guint) options.n_seeds;
  node = weft_sim_scenario_to_json (scenario);
  code = shrink (tool, &search, node);
  g_unlink (search.path);
  g_free (search.path);
  ending_clear (&search.wanted);

  return code;
}

static const GOptionEntry entries[] = {
  { "seed", 's', 0, G_OPTION_ARG_STRING, &options.seed, "The seed with which it fails", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the smaller scenario", "FILE" },
  { "runs", 0, 0, G_OPTION_ARG_INT, &options.n_runs, "At most this many runs (default: 500)",
    "N" },
  { "other-seeds", 0, 0, G_OPTION_ARG_INT, &options.n_seeds,
    "Try the seeds from 1 to this, too (default: 8)", "N" },
  { "signatures", 0, 0, G_OPTION_ARG_STRING, &options.signatures,
    "Whether signatures are simulated or real (default: real with each 16th seed)", "KIND" },
  G_OPTION_ENTRY_NULL
};

const WeftSimVerb weft_sim_verb_shrink = {
  .name = "shrink",
  .arguments = "SCENARIO",
  .summary = "find a smaller scenario that fails, too",
  .description = "Leaves out faults, nodes, clients and time for as long as a run fails in the\n"
                 "same way. The same question has the same answer. Example:\n\n"
                 "  weft-sim shrink everything --seed 7 --output small.json",
  .options = entries,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run_shrink,
};
