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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-network/same-seed", test_same_seed);
  g_test_add_func ("/ring-network/few", test_few);
  g_test_add_func ("/ring-network/join", test_join);

  return g_test_run ();
}
