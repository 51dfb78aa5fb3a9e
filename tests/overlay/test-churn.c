/* test-churn.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "churn-table.h"

static const ChurnKind *
find_kind (const char *name)
{
  for (guint i = 0; i < churn_n_kinds; i++)
    if (g_str_equal (churn_kinds[i].name, name))
      return &churn_kinds[i];

  g_assert_not_reached ();
}

/* Fourteen nodes, each block with four of them. What is not right is told with all there is. */
static JsonNode *
run (const char *kind,
     gint64      seconds,
     guint64     seed)
{
  ChurnCell cell = {
    .kind = find_kind (kind), .n_nodes = 14, .cluster = 4, .n_blocks = 8, .n_clients = 4,
    .rate = 2, .settle_seconds = 20, .seconds = seconds, .heal_seconds = 120, .seed = seed,
  };
  JsonNode *report = churn_cell_run (&cell);
  const char *verdict
    = json_object_get_string_member (json_node_get_object (report), "verdict");

  if (!g_str_equal (verdict, "pass"))
    {
      g_autofree char *text = json_to_string (report, TRUE);
      g_autofree char *scenario = churn_cell_make_scenario (&cell);

      g_test_message ("%s\nof %s", text, scenario);
    }
  g_assert_cmpstr (verdict, ==, "pass");

  return report;
}

static void
test_calm (void)
{
  g_autoptr(JsonNode) report = NULL;

  g_test_summary ("Where nothing is wrong, nothing is refused");

  report = run ("calm", 30, 1);
  g_assert_cmpint (churn_table_count (report, FALSE, "asked"), >, 80);
  g_assert_cmpint (churn_table_count (report, FALSE, "refused"), ==, 0);
  g_assert_cmpint (churn_table_count (report, TRUE, "asked"), >, 80);
  g_assert_cmpint (churn_table_count (report, TRUE, "refused"), ==, 0);
}

static void
test_split (void)
{
  g_autoptr(JsonNode) report = NULL;

  g_test_summary ("A network is split for a minute: what is refused is counted, what is told is "
                  "true, and afterwards all goes on");

  report = run ("split", 90, 1);
  g_assert_cmpint (churn_table_count (report, FALSE, "succeeded"), >, 80);
  g_assert_cmpint (churn_table_count (report, FALSE, "refused"), >, 0);
  g_assert_cmpint (churn_table_count (report, TRUE, "succeeded"), >, 80);
  g_assert_cmpint (churn_table_count (report, TRUE, "refused"), >, 0);
}

static void
test_sessions (void)
{
  g_autoptr(JsonNode) report = NULL;

  g_test_summary ("Nodes come and go all the time: nothing is lost or told wrong, and in the end "
                  "everybody who should has everything");

  report = run ("2", 45, 1);
  g_assert_cmpint (churn_table_count (report, FALSE, "succeeded"), >, 80);
  g_assert_cmpint (churn_table_count (report, TRUE, "succeeded"), >, 80);
}

static void
test_replaced (void)
{
  g_autoptr(JsonNode) report = NULL;

  g_test_summary ("Those that keep a block go for good, one after the other, and it stays");

  report = run ("replaced", 120, 1);
  g_assert_cmpint (churn_table_count (report, FALSE, "succeeded"), >, 160);
  g_assert_cmpint (churn_table_count (report, TRUE, "succeeded"), >, 160);
}

static void
test_reproduced (void)
{
  g_autofree char *text = NULL;
  ChurnCell cell = {
    .kind = find_kind ("replaced"), .n_nodes = 50, .cluster = 7, .n_blocks = 1, .n_clients = 2,
    .rate = 0.5, .settle_seconds = 5, .seconds = 60, .heal_seconds = 30, .seed = 3,
  };

  g_test_summary ("A cell is a scenario that weft-sim runs");

  text = churn_cell_make_scenario (&cell);
  g_assert_cmpstr (
    text, ==,
    "{\"name\":\"churn-replaced-7-of-50\",\"summary\":\"those that keep a block go for good, one "
    "each 30 s\",\"nodes\":50,\"cluster\":{\"replication\":7,\"minimum\":4,\"peers\":\"found\","
    "\"edges\":true},\"settle\":\"5 s\",\"duration\":\"60 s\",\"heal\":\"30 s\",\"workload\":"
    "{\"clients\":2,\"keys\":1,\"rate\":0.500,\"timeout\":\"5 s\",\"mix\":{\"read\":5,\"put\":4,"
    "\"raw\":1}},\"churn\":[{\"cluster\":0,\"every\":\"30 s\",\"from\":\"10 s\"}]}");
}

static char *
get_hash (JsonNode *report)
{
  return g_strdup (json_object_get_string_member (json_node_get_object (report), "hash"));
}

static void
test_goes_on (void)
{
  ChurnCell cell = {
    .kind = find_kind ("split"), .n_nodes = 8, .cluster = 4, .n_blocks = 4, .n_clients = 2,
    .rate = 2, .settle_seconds = 5, .seconds = 25, .heal_seconds = 120, .seed = 5,
  };
  g_autoptr(JsonNode) alone = churn_cell_run (&cell);
  g_autoptr(WeftSimRun) settled = NULL;
  g_autoptr(JsonNode) later = NULL;
  g_autofree char *hash_alone = get_hash (alone);
  g_autofree char *hash_later = NULL;

  g_test_summary ("What happens to nodes that have settled is what would have happened anyway");

  settled = churn_cell_set_up (&cell);
  later = churn_cell_go_on (&cell, settled);
  hash_later = get_hash (later);
  g_assert_cmpstr (hash_later, ==, hash_alone);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/churn/calm", test_calm);
  g_test_add_func ("/churn/split", test_split);
  g_test_add_func ("/churn/sessions", test_sessions);
  g_test_add_func ("/churn/replaced", test_replaced);
  g_test_add_func ("/churn/cell-is-a-scenario", test_reproduced);
  g_test_add_func ("/churn/goes-on", test_goes_on);

  return g_test_run ();
}
