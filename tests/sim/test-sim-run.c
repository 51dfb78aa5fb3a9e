/* test-sim-run.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

#include <string.h>

static WeftSimScenario *
read_scenario (const char *text)
{
  g_autoptr(GError) error = NULL;
  WeftSimScenario *scenario = weft_sim_scenario_new_from_text (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (scenario);

  return scenario;
}

static void
test_same_seed (void)
{
  g_autoptr(WeftSimScenario) scenario = NULL;
  g_autoptr(WeftSimRun) one = NULL;
  g_autoptr(WeftSimRun) same = NULL;
  g_autoptr(WeftSimRun) other = NULL;
  WeftSimHistory *history;
  guint64 hash;

  g_test_summary ("A scenario with a seed is one run; with another seed it is another");

  scenario = read_scenario ("{\"name\":\"s\",\"summary\":\"A story.\",\"duration\":\"3 s\","
                            "\"timeline\":[{\"fault\":\"kill\",\"at\":\"1 s\"}]}");
  g_assert_cmpstr (weft_sim_scenario_get_name (scenario), ==, "s");
  g_assert_cmpstr (weft_sim_scenario_get_summary (scenario), ==, "A story.");
  g_assert_cmpint (weft_sim_scenario_get_duration (scenario), ==, 3 * G_TIME_SPAN_SECOND);

  one = weft_sim_run_new (scenario, 7);
  g_assert_cmpint (weft_sim_run_perform (one), ==, WEFT_SIM_VERDICT_PASS);
  g_assert_true (weft_sim_run_is_as_expected (one));
  g_assert_null (weft_sim_run_get_reason (one));
  history = weft_sim_run_get_history (one);
  g_assert_cmpuint (weft_sim_history_get_n_operations (history), >, 20);
  g_assert_cmpint (weft_sim_world_get_time (weft_sim_run_get_world (one)), >=,
                   3 * G_TIME_SPAN_SECOND);

  same = weft_sim_run_new (scenario, 7);
  g_assert_cmpint (weft_sim_run_perform (same), ==, WEFT_SIM_VERDICT_PASS);
  hash = weft_sim_world_get_hash (weft_sim_run_get_world (one));
  g_assert_cmpuint (weft_sim_world_get_hash (weft_sim_run_get_world (same)), ==, hash);
  other = weft_sim_run_new (scenario, 8);
  g_assert_cmpint (weft_sim_run_perform (other), ==, WEFT_SIM_VERDICT_PASS);
  g_assert_cmpuint (weft_sim_world_get_hash (weft_sim_run_get_world (other)), !=, hash);
}

static void
test_lost_disk (void)
{
  g_autoptr(WeftSimScenario) scenario = NULL;
  g_autoptr(WeftSimRun) run = NULL;
  g_autoptr(JsonNode) report = NULL;
  JsonObject *object;

  g_test_summary ("A disk that is lost is a violation, and the reason says of which block");

  scenario = read_scenario ("{\"name\":\"s\",\"summary\":\"A story.\",\"duration\":\"4 s\","
                            "\"workload\":{\"keys\":1,\"mix\":{\"put\":1}},\"timeline\":["
                            "{\"fault\":\"kill\",\"at\":\"3 s\",\"disk\":\"lost\"}]}");
  run = weft_sim_run_new (scenario, 1);
  g_assert_cmpint (weft_sim_run_perform (run), ==, WEFT_SIM_VERDICT_VIOLATION);
  g_assert_cmpint (weft_sim_run_perform (run), ==, WEFT_SIM_VERDICT_VIOLATION);
  g_assert_false (weft_sim_run_is_as_expected (run));
  g_assert_nonnull (g_strstr_len (weft_sim_run_get_reason (run), -1, "block “item-0”"));

  report = weft_sim_run_to_report (run);
  object = json_node_get_object (report);
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "violation");
  g_assert_false (json_object_get_boolean_member (object, "asExpected"));
  object = json_object_get_object_member (object, "faults");
  g_assert_cmpint (json_object_get_int_member (object, "kill"), ==, 1);
}

static void
test_swarm (void)
{
  g_autoptr(WeftSimScenario) scenario = NULL;
  guint n_nodes_seen = 0;

  g_test_summary ("Each seed of a swarm draws a world within the bounds, and reports it");

  scenario = read_scenario ("{\"name\":\"s\",\"summary\":\"A story.\",\"duration\":\"1 s\","
                            "\"swarm\":{\"nodes\":[2,4],\"clients\":3,\"keys\":[5,7],"
                            "\"rate\":[1,2],\"faults\":[\"kill\",\"partition\"],\"least\":3}}");
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      g_autoptr(WeftSimRun) run = weft_sim_run_new (scenario, seed);
      g_autoptr(JsonNode) report = NULL;
      JsonObject *drawn;
      gint64 n_nodes;

      g_assert_cmpint (weft_sim_run_perform (run), ==, WEFT_SIM_VERDICT_PASS);
      report = weft_sim_run_to_report (run);
      drawn = json_object_get_object_member (json_node_get_object (report), "drawn");
      n_nodes = json_object_get_int_member (drawn, "nodes");
      g_assert_cmpint (n_nodes, >=, 2);
      g_assert_cmpint (n_nodes, <=, 4);
      n_nodes_seen |= 1u << n_nodes;
      g_assert_cmpint (json_object_get_int_member (drawn, "clients"), ==, 3);
      g_assert_cmpint (json_object_get_int_member (drawn, "keys"), >=, 5);
      g_assert_cmpint (json_object_get_int_member (drawn, "keys"), <=, 7);
      g_assert_cmpfloat (json_object_get_double_member (drawn, "rate"), <=, 2);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (drawn, "faults")), >=,
                        3);
    }
  g_assert_cmpuint (n_nodes_seen, ==, 1u << 2 | 1u << 3 | 1u << 4);
}

static void
test_never_performed (void)
{
  g_autoptr(WeftSimScenario) scenario = NULL;
  g_autoptr(WeftSimRun) run = NULL;

  g_test_summary ("A run that is never done leaves nothing behind");

  scenario = read_scenario ("{\"name\":\"s\",\"summary\":\"A story.\",\"duration\":\"1 s\"}");
  run = weft_sim_run_new (scenario, 1);
  g_assert_cmpint (weft_sim_world_get_time (weft_sim_run_get_world (run)), ==, 0);
}

static void
test_too_large (void)
{
  const char *document = "{\"name\":\"s\",\"summary\":\"A story.\",\"duration\":\"1 s\"}";
  g_autofree char *text = g_strnfill (WEFT_SIM_SCENARIO_BYTES_MAX + 1, ' ');
  g_autoptr(WeftSimScenario) scenario = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A scenario at the limit is read, one past it is not");

  scenario = weft_sim_scenario_new_from_text (text, -1, &error);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_assert_null (scenario);
  g_clear_error (&error);

  text[WEFT_SIM_SCENARIO_BYTES_MAX] = '\0';
  memcpy (text, document, strlen (document));
  scenario = weft_sim_scenario_new_from_text (text, -1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (scenario);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/same-seed-same-run", test_same_seed);
  g_test_add_func ("/run/lost-disk-is-a-violation", test_lost_disk);
  g_test_add_func ("/run/swarm-draws-worlds", test_swarm);
  g_test_add_func ("/run/never-performed", test_never_performed);
  g_test_add_func ("/scenario/size-limit", test_too_large);

  return g_test_run ();
}
