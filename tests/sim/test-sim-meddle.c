/* test-sim-meddle.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Somebody who is not honest, as others see it. */

#include "sim-pair.h"

#define SECOND G_TIME_SPAN_SECOND
#define REPLIES "*/*/reply"

static void
ask (SimPair *pair,
     gsize    n_bytes)
{
  g_clear_error (&pair->error);
  g_clear_pointer (&pair->answer, g_free);
  sim_pair_ask (pair, n_bytes, SECOND);
  sim_pair_wait (pair);
}

static void
test_withhold (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("What is withheld is never answered; it is withheld from one host and no other");

  sim_pair_connect (pair);
  weft_sim_network_meddle (pair->network, 2, 1, WEFT_SIM_MEDDLING_WITHHOLD, REPLIES, 1);
  weft_sim_network_meddle (pair->network, 1, 7, WEFT_SIM_MEDDLING_WITHHOLD, "*/*/*", 1);
  ask (pair, 0);
  g_assert_error (pair->error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
  g_assert_cmpuint (pair->n_requests, ==, 1);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "meddling-withhold"), ==, 1);

  weft_sim_network_stop_meddling (pair->network, 2);
  ask (pair, 0);
  g_assert_no_error (pair->error);
}

static void
test_replay (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("A reply that is replayed says what an earlier one said");

  sim_pair_connect (pair);
  weft_sim_network_meddle (pair->network, 2, 0, WEFT_SIM_MEDDLING_REPLAY, REPLIES, 1);
  ask (pair, 1);
  g_assert_cmpstr (pair->answer, ==, "{\"x\":\"x\"}");
  ask (pair, 3);
  g_assert_cmpstr (pair->answer, ==, "{\"x\":\"x\"}");
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "meddling-replay"), ==, 2);

  weft_sim_network_stop_meddling (pair->network, 2);
  ask (pair, 3);
  g_assert_cmpstr (pair->answer, ==, "{\"x\":\"xxx\"}");
}

static void
test_forge (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("A reply that is forged is a reply in all its forms, with something else in it");

  sim_pair_connect (pair);
  weft_sim_network_meddle (pair->network, 2, 0, WEFT_SIM_MEDDLING_FORGE, REPLIES, 1);
  ask (pair, 1);
  g_assert_no_error (pair->error);
  g_assert_cmpstr (pair->answer, ==, "{\"x\":\"y\"}");
  g_assert_cmpuint (pair->n_went[0] + pair->n_went[1], ==, 0);
}

static void
test_truncate (void)
{
  g_test_summary ("Whoever gets half a message closes the connection, and the other side lives on");

  for (guint64 seed = 1; seed <= 50; seed++)
    {
      g_autoptr(SimPair) pair = sim_pair_new (seed);

      sim_pair_connect (pair);
      weft_sim_network_meddle (pair->network, 2, 0, WEFT_SIM_MEDDLING_TRUNCATE, REPLIES, 1);
      ask (pair, 100);
      g_assert_nonnull (pair->error);
      weft_sim_world_run_for (pair->world, SECOND);
      g_assert_cmpuint (pair->n_went[0], ==, 1);

      weft_sim_network_stop_meddling (pair->network, 2);
      g_clear_error (&pair->error);
      sim_pair_connect (pair);
      ask (pair, 100);
      g_assert_no_error (pair->error);
    }
}

static void
test_handshake (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("A filter may take the handshake too: half a proof convinces nobody");

  sim_pair_connect (pair);
  weft_sim_network_meddle (pair->network, 1, 0, WEFT_SIM_MEDDLING_TRUNCATE, "*/*/proof", 1);
  weft_sim_network_reset (pair->network, 1, 2);
  weft_sim_world_run_for (pair->world, SECOND);
  ask (pair, 0);
  g_assert_nonnull (pair->error);
  g_assert_cmpuint (pair->n_requests, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/meddle/withhold", test_withhold);
  g_test_add_func ("/sim/meddle/replay", test_replay);
  g_test_add_func ("/sim/meddle/forge", test_forge);
  g_test_add_func ("/sim/meddle/truncate", test_truncate);
  g_test_add_func ("/sim/meddle/handshake", test_handshake);

  return g_test_run ();
}
