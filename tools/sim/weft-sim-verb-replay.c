/* weft-sim-verb-replay.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-tool.h"
#include "weft-sim-trace-file.h"

#include <string.h>

/* A run that is held against a trace while it happens. */
typedef struct
{
  WeftSimTraceFile *file;
  gboolean is_same_build;
  guint64 line;    /* the first that differs; 0 while none does */
  char *expected;  /* that line of the trace; NULL when the trace was over */
  char *got;       /* and of the run */
} Replay;

/* Other builds have another header, and so another checksum over it. */
static char *
strip_checksum (const char *line,
                gsize       length)
{
  g_autofree char *copy = g_strndup (line, length);
  char *checksum = strstr (copy, "\"sha256\":");
  const char *rest = checksum != NULL ? strchr (checksum, ',') : NULL;

  if (rest == NULL)
    return g_steal_pointer (&copy);
  *checksum = '\0';

  return g_strconcat (copy, rest + 1, NULL);
}

static gboolean
is_equal (Replay     *self,
          const char *expected,
          gsize       length,
          const char *got)
{
  g_autofree char *stripped_expected = NULL;
  g_autofree char *stripped_got = NULL;

  if (strlen (got) == length && memcmp (expected, got, length) == 0)
    return TRUE;
  if (self->is_same_build)
    return FALSE;
  if (self->file->n_lines == 1)
    return TRUE;
  stripped_expected = strip_checksum (expected, length);
  stripped_got = strip_checksum (got, strlen (got));

  return g_str_equal (stripped_expected, stripped_got);
}

static void
compare_line (const char *got,
              gpointer    user_data)
{
  Replay *self = user_data;
  const char *expected;
  gsize length = 0;

  if (self->line != 0)
    return;
  expected = weft_sim_trace_file_next (self->file, &length);
  if (expected != NULL && is_equal (self, expected, length, got))
    return;

  self->line = expected != NULL ? self->file->n_lines : self->file->n_lines + 1;
  self->expected = expected != NULL ? g_strndup (expected, length) : NULL;
  self->got = g_strdup (got);
}

static void
print_json (Replay *self)
{
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "equal", self->line == 0);
  json_object_set_string_member (object, "build", weft_sim_get_build ());
  json_object_set_string_member (object, "traceBuild", self->file->build);
  json_object_set_int_member (object, "lines", (gint64) self->file->n_lines);
  if (self->line != 0)
    {
      json_object_set_int_member (object, "line", (gint64) self->line);
      if (self->expected != NULL)
        json_object_set_string_member (object, "expected", self->expected);
      if (self->got != NULL)
        json_object_set_string_member (object, "got", self->got);
    }
  node = json_node_init_object (json_node_alloc (), object);
  weft_sim_tool_print (node);
  json_object_unref (object);
}

static WeftSimExit
finish (WeftSimTool *tool,
        Replay      *self)
{
  const char *expected;
  gsize length = 0;

  if (self->line == 0 && (expected = weft_sim_trace_file_next (self->file, &length)) != NULL)
    {
      self->line = self->file->n_lines;
      self->expected = g_strndup (expected, length);
    }
  if (!self->is_same_build)
    g_printerr ("weft-sim: the trace was written by build %s, this is build %s\n",
                self->file->build, weft_sim_get_build ());
  if (tool->json)
    print_json (self);
  else if (self->line == 0)
    g_print ("equal: %s with seed %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " lines\n",
             weft_sim_scenario_get_name (self->file->scenario), self->file->seed,
             self->file->n_lines);
  if (self->line != 0)
    g_printerr ("weft-sim: line %" G_GUINT64_FORMAT " differs:\n  trace: %s\n  again: %s\n",
                self->line, self->expected != NULL ? self->expected : "the end",
                self->got != NULL ? self->got : "the end");

  return self->line == 0 ? WEFT_SIM_EXIT_PASS : WEFT_SIM_EXIT_NON_DETERMINISM;
}

static WeftSimExit
run_replay (WeftSimTool  *tool,
            char        **arguments)
{
  g_autoptr(WeftSimTraceFile) file = NULL;
  g_autoptr(WeftSimRun) run = NULL;
  Replay replay = { NULL };
  WeftSimExit code;
  GError *error = NULL;

  file = weft_sim_trace_file_open (arguments[0], &error);
  if (file == NULL || !weft_sim_trace_file_is_whole (file, &error))
    return weft_sim_tool_fail (error);

  replay.file = file;
  replay.is_same_build = g_str_equal (file->build, weft_sim_get_build ());
  run = weft_sim_run_new (file->scenario, file->seed);
  weft_sim_world_set_trace (weft_sim_run_get_world (run), compare_line, &replay, NULL);
  weft_sim_run_perform (run);
  weft_sim_world_set_trace (weft_sim_run_get_world (run), NULL, NULL, NULL);

  code = finish (tool, &replay);
  g_free (replay.expected);
  g_free (replay.got);

  return code;
}

const WeftSimVerb weft_sim_verb_replay = {
  .name = "replay",
  .arguments = "TRACE",
  .summary = "do a run again and compare it with its trace",
  .description = "TRACE is what “run --trace” wrote. Exit codes: 0 equal, 3 some line differs\n"
                 "(the first is printed, with both sides), 4 this is no whole trace. Example:\n\n"
                 "  weft-sim run lossy-link --seed 7 --trace run.trace\n"
                 "  weft-sim replay run.trace",
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run_replay,
};
