/* test-ring-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdlib.h>

#include "ring-hostile.h"
#include "ring-rows.h"
#include "ring-truth.h"

/* All that can happen, for as long as it takes. */
static guint64
run_storm (guint64  seed,
           gboolean with_json,
           guint64 *n_bytes)
{
  g_autoptr (RingWorld) world = ring_world_new (&(RingSettings) {
    .seed = seed, .n_nodes = 40, .n_remembered = 8, .loss = 0.02, .forwarder_share = 0.1,
    .liar_share = 0.1, .slow_share = 0.1, .session_usec = RING_SECONDS (30),
    .with_json = with_json, .with_check = TRUE });

  world->meddle = ring_hostile_meddle;
  ring_world_begin (world);
  ring_world_run (world, RING_SECONDS (10));
  ring_churn_begin (world);
  ring_lookup_begin (world, 20, 1);
  ring_world_run (world, RING_SECONDS (30));
  *n_bytes = world->tally.n_bytes;

  return world->trace;
}

static void
test_same_seed (void)
{
  guint64 n_bytes;
  guint64 n_again;
  guint64 trace;

  g_test_summary ("The same seed gives the same trace, whether messages are written or not, while "
                  "nodes come, go, are slow and lie, and machines are checked after each step.");

  trace = run_storm (1, FALSE, &n_bytes);
  g_assert_cmpuint (n_bytes, >, 0);
  g_assert_cmphex (run_storm (1, FALSE, &n_again), ==, trace);
  g_assert_cmpuint (n_again, ==, n_bytes);
  g_assert_cmphex (run_storm (1, TRUE, &n_again), ==, trace);
  g_assert_cmpuint (n_again, ==, n_bytes);
  g_assert_cmphex (run_storm (2, FALSE, &n_again), !=, trace);
}

static void
test_few (void)
{
  g_test_summary ("Networks of 2 to 20 nodes know each other.");

  for (guint n = 2; n <= 20; n++)
    {
      g_autoptr (RingWorld) world = ring_world_new (&(RingSettings) {
        .seed = n, .n_nodes = n, .with_check = TRUE });

      ring_world_begin (world);
      ring_world_run (world, RING_SECONDS (20));
      g_assert_cmpfloat (ring_truth_share (world, 0), ==, 1);
    }
}

static void
test_join (void)
{
  g_autoptr (RingWorld) world = ring_world_new (&(RingSettings) {
    .seed = 3, .n_nodes = 3, .n_spare = 47, .with_check = TRUE });

  g_test_summary ("Forty-seven join three, one after the other, through an address each.");

  ring_world_begin (world);
  ring_world_run (world, RING_SECONDS (5));
  for (guint i = 3; i < 50; i++)
    {
      ring_node_start (world, &world->nodes[i], 1);
      ring_world_run (world, RING_SECONDS (1));
    }
  ring_world_run (world, RING_SECONDS (15));
  g_assert_cmpuint (world->n_up, ==, 50);
  g_assert_cmpfloat (ring_truth_share (world, 0), ==, 1);
}

static void
test_comings_and_goings (void)
{
  g_autoptr (RingWorld) world = ring_world_new (&(RingSettings) {
    .seed = 4, .n_nodes = 50, .with_check = TRUE });
  RingNode *crashed;
  RingNode *left;

  g_test_summary ("One crashes, one says goodbye; both return, one with another address.");

  ring_world_begin (world);
  ring_world_run (world, RING_SECONDS (20));
  crashed = &world->nodes[10];
  left = &world->nodes[20];
  ring_node_crash (world, crashed);
  ring_node_leave (world, left);
  ring_world_run (world, RING_SECONDS (20));
  g_assert_cmpfloat (ring_truth_share (world, 0), ==, 1);
  ring_node_move (world, crashed);
  ring_node_start (world, crashed, 0);
  ring_node_start (world, left, 0);
  ring_world_run (world, RING_SECONDS (20));
  g_assert_cmpuint (world->n_up, ==, 50);
  g_assert_cmpfloat (ring_truth_share (world, 0), ==, 1);
}

static void
test_split_and_merge (void)
{
  g_autoptr (RingWorld) world = ring_world_new (&(RingSettings) {
    .seed = 6, .n_nodes = 60, .with_check = TRUE });

  g_test_summary ("Halves close their own rings, and become one again.");

  ring_world_begin (world);
  ring_world_run (world, RING_SECONDS (20));
  for (guint i = 0; i < world->n_nodes; i++)
    world->nodes[i].side = i % 2;
  world->is_cut = TRUE;
  ring_world_run (world, RING_SECONDS (60));
  g_assert_cmpfloat (ring_truth_share (world, 0), ==, 1);
  world->is_cut = FALSE;
  ring_world_run (world, RING_SECONDS (60));
  g_assert_cmpfloat (ring_truth_share (world, 0), ==, 1);
}

static void
test_sybils (void)
{
  g_autoptr (RingWorld) world = ring_world_new (&(RingSettings) {
    .seed = 8, .n_nodes = 100, .n_spare = 32, .n_sybils = 32, .n_remembered = 20,
    .with_check = TRUE });

  g_test_summary ("Thirty-two that settle around a node are all that is near it, and still it "
                  "finds the others over several paths.");

  world->meddle = ring_hostile_meddle;
  ring_world_begin (world);
  ring_world_run (world, RING_SECONDS (20));
  for (guint i = 0; i < 32; i++)
    ring_node_start (world, &world->nodes[100 + i], 3);
  ring_world_run (world, RING_SECONDS (60));
  ring_world_tally (world);
  for (guint i = 0; i < 100; i++)
    {
      const WeftRingPoint *key = &world->nodes[1 + i % 99].point;

      ring_node_lookup (world, &world->nodes[0], key, 1, 4);
      ring_world_run (world, G_USEC_PER_SEC);
    }
  ring_world_run (world, RING_SECONDS (10));
  g_assert_cmpuint (world->tally.n_lookups, ==, 100);
  g_assert_cmpuint (world->tally.n_found, >=, 95);
}

/* The rows that hold, in a short form; the bench has all. */
static void
assert_rows (guint              n_nodes,
             const char *const *names,
             const RingBar     *bars,
             guint              n_bars)
{
  const RingEffort effort = {
    .warm_usec = RING_SECONDS (30), .span_usec = RING_SECONDS (30), .n_lookups = 2000,
    /* Of fewer, the one that 95 of a hundred are below is chance. */
    .n_crashes = 100, .n_forgeries = n_nodes <= 100 ? 1000 : 100,
  };
  RingFigures figures;

  ring_figures_init (&figures, n_nodes, 1);
  for (guint i = 0; names[i] != NULL; i++)
    ring_rows_find (names[i])->run (&figures, &effort);
  for (guint i = 0; i < n_bars; i++)
    {
      g_test_message ("%s: %g, bar %g", ring_bar_get_name (bars[i]), figures.figures[bars[i]],
                      ring_bar_get (bars[i], n_nodes));
      if (!ring_figures_holds (&figures, bars[i]))
        {
          g_test_message ("%s is past its bar", ring_bar_get_name (bars[i]));
          g_test_fail ();
        }
    }
}

static void
test_hundred (void)
{
  const char *const names[] = { "calm", "slow", "small", "detect", "churn60", "churn10", "churn2",
                                "crash", "loss1", "loss5", "liars", "cut", "hostile", "joining",
                                "forged", "flood", NULL };
  const RingBar bars[] = {
    RING_BAR_LOOKUP_CALM, RING_BAR_LOOKUP_60, RING_BAR_LOOKUP_10, RING_BAR_LOOKUP_2,
    RING_BAR_HOPS, RING_BAR_NEIGHBOURS_60, RING_BAR_NEIGHBOURS_10, RING_BAR_NEIGHBOURS_2,
    RING_BAR_COHORT_60, RING_BAR_COHORT_10, RING_BAR_COHORT_2, RING_BAR_CRASH_30,
    RING_BAR_CRASH_50, RING_BAR_DETECTED_P50, RING_BAR_DETECTED_P95, RING_BAR_GONE_P50,
    RING_BAR_GONE_P95, RING_BAR_FALSE_DEATHS_1, RING_BAR_FALSE_DEATHS_5, RING_BAR_IDLE_MESSAGES,
    RING_BAR_IDLE_MESSAGES_SLOW, RING_BAR_IDLE_BYTES, RING_BAR_IDLE_BYTES_SLOW,
    RING_BAR_SIZE_P50, RING_BAR_SIZE_P95, RING_BAR_SIZE_LIARS, RING_BAR_CUT_REPORTED,
    RING_BAR_FALSE_ALARMS, RING_BAR_MERGED, RING_BAR_HOSTILE_4, RING_BAR_HOSTILE_8,
    RING_BAR_JOINED, RING_BAR_JOINED_LIAR, RING_BAR_ASTRAY, RING_BAR_FORGED, RING_BAR_REMOVED,
    RING_BAR_FLOODED, RING_BAR_MESSAGES_2,
  };

  g_test_summary ("A hundred nodes reach what an overlay has to.");

  assert_rows (100, names, bars, G_N_ELEMENTS (bars));
}

static void
test_thousand (void)
{
  const char *const names[] = { "calm", "small", "detect", "churn10", "crash", NULL };
  const RingBar bars[] = {
    RING_BAR_LOOKUP_CALM, RING_BAR_LOOKUP_10, RING_BAR_HOPS, RING_BAR_HOPS_64,
    RING_BAR_NEIGHBOURS_10, RING_BAR_COHORT_10, RING_BAR_CRASH_30, RING_BAR_CRASH_50,
    RING_BAR_IDLE_MESSAGES, RING_BAR_IDLE_BYTES, RING_BAR_FALSE_ALARMS,
    RING_BAR_DETECTED_P50, RING_BAR_DETECTED_P95, RING_BAR_GONE_P50, RING_BAR_GONE_P95,
  };

  g_test_summary ("A thousand nodes reach what an overlay has to.");

  assert_rows (1000, names, bars, G_N_ELEMENTS (bars));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-network/same-seed", test_same_seed);
  g_test_add_func ("/ring-network/few", test_few);
  g_test_add_func ("/ring-network/join", test_join);

  g_test_add_func ("/ring-network/comings-and-goings", test_comings_and_goings);
  g_test_add_func ("/ring-network/split-and-merge", test_split_and_merge);
  g_test_add_func ("/ring-network/sybils", test_sybils);
  g_test_add_func ("/ring-network/hundred", test_hundred);
  g_test_add_func ("/ring-network/thousand", test_thousand);

  return g_test_run ();
}
