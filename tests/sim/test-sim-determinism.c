/* test-sim-determinism.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What weft-sim says of a program that is another one in each run. */

#include <string.h>
#include <weft-sim.h>

#include "weft-bug-private.h"
#include "weft-sim-determinism.h"

#define EVENTS_PER_CHECKPOINT 4096

static const char story[] =
  "{\"name\":\"long\",\"summary\":\"Enough happens.\",\"duration\":\"90 s\","
  "\"workload\":{\"clients\":4,\"keys\":4,\"rate\":10}}";

static JsonObject *
check (JsonNode **report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftSimScenario) scenario = weft_sim_scenario_new_from_text (story, -1, &error);
  g_autoptr(WeftSimRun) run = NULL;

  g_assert_no_error (error);
  run = weft_sim_run_new (scenario, 1);
  g_assert_cmpint (weft_sim_run_perform (run), ==, WEFT_SIM_VERDICT_PASS);
  g_assert_cmpuint (weft_sim_world_get_n_events (weft_sim_run_get_world (run)), >,
                    2 * EVENTS_PER_CHECKPOINT);
  *report = weft_sim_determinism_report (run, scenario, 1, TRUE);

  return json_node_get_object (*report);
}

static void
test_same (void)
{
  g_autoptr(JsonNode) report = NULL;
  JsonObject *object;

  g_test_summary ("Two runs of one program with one seed are the same.");

  weft_bug_turn_on (WEFT_N_BUGS);
  object = check (&report);
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "pass");
  g_assert_false (json_object_has_member (object, "reason"));
}

static void
test_different (void)
{
  g_autoptr(JsonNode) report = NULL;
  g_autoptr(GRegex) pattern
    = g_regex_new ("^two runs differ after event ([0-9]+):\n  one: (\\{.*\\})\n  two: (\\{.*\\})$",
                   0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  g_autofree char *event = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  JsonObject *object;

  g_test_summary ("Where runs differ, the checkpoint before that is found, and both sides of the "
                  "first line that is not the same.");

  weft_bug_turn_on (WEFT_BUG_PROCESS_REMEMBERED);
  object = check (&report);
  weft_bug_turn_on (WEFT_N_BUGS);
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "non-determinism");
  g_assert_false (json_object_get_boolean_member (object, "asExpected"));
  g_test_message ("%s", json_object_get_string_member (object, "reason"));
  g_assert_true (g_regex_match (pattern, json_object_get_string_member (object, "reason"), 0,
                                &match));
  event = g_match_info_fetch (match, 1);
  one = g_match_info_fetch (match, 2);
  two = g_match_info_fetch (match, 3);
  g_assert_cmpuint (g_ascii_strtoull (event, NULL, 10), >=, EVENTS_PER_CHECKPOINT);
  g_assert_cmpuint (g_ascii_strtoull (event, NULL, 10) % EVENTS_PER_CHECKPOINT, ==, 0);
  g_assert_cmpstr (one, !=, two);
  /* It is the first message that one process writes otherwise than the other. */
  g_assert_nonnull (strstr (one, "\"kind\":\"deliver\""));
  g_assert_nonnull (strstr (two, "\"kind\":\"deliver\""));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/determinism/same", test_same);
  g_test_add_func ("/sim/determinism/different", test_different);

  return g_test_run ();
}
