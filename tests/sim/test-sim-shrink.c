/* test-sim-shrink.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A story in which much happens becomes the one that shows a bug, with the bug in the library. */

#include <string.h>
#include <weft-sim.h>

#include "weft-bug-private.h"
#include "weft-sim-shrink.h"

#define SEEDS 16

static const char story[] =
  "{\"name\":\"much\",\"summary\":\"Much happens.\",\"duration\":\"20 s\",\"heal\":\"30 s\","
  "\"buggify\":0.02,\"link\":{\"delay\":\"5 ms\"},"
  "\"workload\":{\"clients\":4,\"keys\":6,\"blocks\":3,\"rate\":8,\"duplicates\":0.05},"
  "\"timeline\":["
  "{\"fault\":\"slow-link\",\"at\":\"1 s\",\"every\":\"4 s\",\"times\":3},"
  "{\"fault\":\"failing-disk\",\"at\":[\"2 s\",\"5 s\"],\"every\":[\"4 s\",\"7 s\"],\"times\":4,"
  "\"for\":[\"200 ms\",\"3 s\"]},"
  "{\"fault\":\"reset\",\"at\":\"3 s\",\"every\":\"2 s\",\"times\":5},"
  "{\"fault\":\"kill\",\"at\":[\"8 s\",\"15 s\"],\"for\":[\"100 ms\",\"1 s\"]},"
  "{\"fault\":\"pause\",\"at\":\"12 s\"}]}";

/* Whether a seed shows that something was lost that was acknowledged. */
static gboolean
is_lost (WeftSimScenario *scenario,
         guint64          seed)
{
  g_autoptr(WeftSimRun) run = weft_sim_run_new (scenario, seed);
  WeftSimViolation violation;

  if (weft_sim_run_perform (run) != WEFT_SIM_VERDICT_VIOLATION)
    return FALSE;
  violation = weft_sim_history_get_violation (weft_sim_run_get_history (run));

  return violation == WEFT_SIM_VIOLATION_REGRESS || violation == WEFT_SIM_VIOLATION_LOST;
}

static gboolean
fails_cb (JsonNode *scenario,
          gpointer  user_data)
{
  guint *n_tried = user_data;
  g_autofree char *text = weft_json_to_string (scenario);
  g_autoptr(WeftSimScenario) tried = weft_sim_scenario_new_from_text (text, -1, NULL);

  for (guint64 seed = 1; tried != NULL && seed <= SEEDS; seed++)
    if (is_lost (tried, seed))
      {
        (*n_tried)++;
        return TRUE;
      }

  return FALSE;
}

static JsonNode *
shrink (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) json = weft_json_parse (story, -1, &error);
  guint n_smaller = 0;
  JsonNode *small;

  g_assert_no_error (error);
  g_assert_true (fails_cb (json, &n_smaller));
  small = weft_sim_shrink (json, fails_cb, &n_smaller);
  g_assert_cmpuint (n_smaller, >, 5);

  return small;
}

static void
test_bug (void)
{
  g_autoptr(JsonNode) small = NULL;
  g_autoptr(JsonNode) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *same = NULL;
  JsonObject *object;
  JsonArray *timeline;
  JsonObject *workload;
  guint n_tried = 0;

  g_test_summary ("Of five faults the failing disk is left, which happens once to one client; it "
                  "is the same each time, and passes without the bug");

  weft_bug_turn_on (WEFT_BUG_FAILED_BATCH_ACKNOWLEDGED);
  small = shrink ();
  again = shrink ();
  weft_bug_turn_on (WEFT_N_BUGS);

  text = weft_json_to_string (small);
  same = weft_json_to_string (again);
  g_test_message ("%s", text);
  g_assert_cmpstr (text, ==, same);
  object = json_node_get_object (small);
  timeline = json_object_get_array_member (object, "timeline");
  g_assert_cmpuint (json_array_get_length (timeline), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (timeline, 0),
                                                  "fault"), ==, "failing-disk");
  g_assert_false (json_object_has_member (json_array_get_object_element (timeline, 0), "times"));
  workload = json_object_get_object_member (object, "workload");
  g_assert_cmpint (json_object_get_int_member (workload, "clients"), ==, 1);
  g_assert_false (json_object_has_member (object, "buggify"));
  g_assert_false (json_object_has_member (object, "link"));
  g_assert_cmpuint (strlen (text), <, sizeof story / 2);
  g_assert_false (fails_cb (small, &n_tried));
}

/* What fails is told by its text alone. */
static gboolean
has_all_cb (JsonNode *scenario,
            gpointer  user_data)
{
  const char * const *parts = user_data;
  g_autofree char *text = weft_json_to_string (scenario);

  for (guint i = 0; parts[i] != NULL; i++)
    if (strstr (text, parts[i]) == NULL)
      return FALSE;

  return TRUE;
}

static void
test_needed (void)
{
  static const char *const parts[] = { "\"kill\"", "\"reset\"", "\"clients\":3", NULL };
  g_autoptr(JsonNode) json = weft_json_parse (story, -1, NULL);
  g_autoptr(JsonNode) changed = NULL;
  g_autoptr(JsonNode) small = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("What is needed together stays, however far apart, and nothing else");

  text = weft_json_to_string (json);
  memcpy (strstr (text, "\"clients\":4"), "\"clients\":3", strlen ("\"clients\":3"));
  changed = weft_json_parse (text, -1, NULL);
  small = weft_sim_shrink (changed, has_all_cb, (gpointer) parts);
  g_free (text);
  text = weft_json_to_string (small);
  g_assert_cmpstr (text, ==,
                   "{\"duration\":\"1 ms\",\"heal\":\"30 s\",\"name\":\"much\",\"summary\":"
                   "\"Much happens.\",\"timeline\":[{\"at\":\"3 s\",\"fault\":\"reset\"},"
                   "{\"at\":[\"8 s\",\"15 s\"],\"fault\":\"kill\","
                   "\"for\":[\"100 ms\",\"1 s\"]}],\"workload\":{\"blocks\":1,\"bytes\":0,"
                   "\"clients\":3,\"keys\":1,\"rate\":8}}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/shrink/bug", test_bug);
  g_test_add_func ("/sim/shrink/needed", test_needed);

  return g_test_run ();
}
