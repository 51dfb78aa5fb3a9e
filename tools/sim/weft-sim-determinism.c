/* weft-sim-determinism.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-determinism.h"

/* How far apart the checkpoints of a world are. */
#define EVENTS_PER_CHECKPOINT 4096

/* The lines of a trace from one checkpoint to the next. */
typedef struct
{
  WeftSimRun *run;
  GPtrArray *lines; /* (element-type utf8) */
  guint64 first_event;
  guint64 last_event;
} Window;

static void
note_line (const char *line,
           gpointer    user_data)
{
  Window *window = user_data;
  guint64 n_events = weft_sim_world_get_n_events (weft_sim_run_get_world (window->run));

  if (n_events >= window->first_event && n_events <= window->last_event)
    g_ptr_array_add (window->lines, g_strdup (line));
}

static GPtrArray *
trace_window (WeftSimScenario *scenario,
              guint64          seed,
              guint64          first_event)
{
  g_autoptr(WeftSimRun) run = weft_sim_run_new (scenario, seed);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Window window = { run, lines, first_event, first_event + EVENTS_PER_CHECKPOINT };

  weft_sim_world_set_trace (weft_sim_run_get_world (run), note_line, &window, NULL);
  weft_sim_run_perform (run);
  weft_sim_world_set_trace (weft_sim_run_get_world (run), NULL, NULL, NULL);

  return g_steal_pointer (&lines);
}

static const char *
get_line (GPtrArray *lines,
          guint      position)
{
  return position < lines->len ? lines->pdata[position] : "the end";
}

/* Checkpoints are equal up to the first difference and differ from there on, as each hash goes on
 * from the one before: a binary search finds the window. */
static guint
find_checkpoint (WeftSimWorld *a,
                 WeftSimWorld *b)
{
  guint low = 0;
  guint high = MIN (weft_sim_world_get_n_checkpoints (a), weft_sim_world_get_n_checkpoints (b));

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (weft_sim_world_get_checkpoint (a, middle) == weft_sim_world_get_checkpoint (b, middle))
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* NULL when there is no difference. */
static char *
find_difference (WeftSimRun      *run,
                 WeftSimScenario *scenario,
                 guint64          seed)
{
  WeftSimWorld *a = weft_sim_run_get_world (run);
  g_autoptr(WeftSimRun) again = weft_sim_run_new (scenario, seed);
  WeftSimWorld *b = weft_sim_run_get_world (again);
  g_autoptr(GPtrArray) a_lines = NULL;
  g_autoptr(GPtrArray) b_lines = NULL;
  guint64 first_event;
  guint position = 0;

  weft_sim_run_perform (again);
  if (weft_sim_world_get_hash (a) == weft_sim_world_get_hash (b) &&
      weft_sim_world_get_n_events (a) == weft_sim_world_get_n_events (b))
    return NULL;

  first_event = (guint64) find_checkpoint (a, b) * EVENTS_PER_CHECKPOINT;
  a_lines = trace_window (scenario, seed, first_event);
  b_lines = trace_window (scenario, seed, first_event);
  while (position < MAX (a_lines->len, b_lines->len) &&
         g_str_equal (get_line (a_lines, position), get_line (b_lines, position)))
    position++;
  if (position == MAX (a_lines->len, b_lines->len))
    return g_strdup_printf ("two runs differ after event %" G_GUINT64_FORMAT
                            ", and two more did not", first_event);

  return g_strdup_printf ("two runs differ after event %" G_GUINT64_FORMAT
                          ":\n  one: %s\n  two: %s", first_event, get_line (a_lines, position),
                          get_line (b_lines, position));
}

JsonNode *
weft_sim_determinism_report (WeftSimRun      *run,
                             WeftSimScenario *scenario,
                             guint64          seed,
                             gboolean         is_checked)
{
  g_autoptr(JsonNode) report = weft_sim_run_to_report (run);
  g_autofree char *difference = is_checked ? find_difference (run, scenario, seed) : NULL;

  if (difference != NULL)
    {
      JsonObject *object = json_node_get_object (report);

      json_object_set_boolean_member (object, "asExpected", FALSE);
      json_object_set_string_member (object, "verdict", "non-determinism");
      json_object_set_string_member (object, "reason", difference);
    }

  return g_steal_pointer (&report);
}
