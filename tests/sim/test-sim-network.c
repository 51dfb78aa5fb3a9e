/* test-sim-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sim-pair.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define SECOND G_TIME_SPAN_SECOND

static gint64
ask_once (SimPair *pair,
          gsize    n_bytes)
{
  gint64 start_usec = weft_sim_world_get_time (pair->world);

  sim_pair_ask (pair, n_bytes, 0);
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);

  return pair->answered_usec - start_usec;
}

static void
test_delay (void)
{
  WeftSimLink there = { .delay = { .least_usec = 10 * MSEC } };
  WeftSimLink back = { .delay = { .least_usec = 25 * MSEC } };
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("A question and its answer take what their ways take.");

  weft_sim_network_set_link (pair->network, 1, 2, &there);
  weft_sim_network_set_link (pair->network, 2, 1, &back);
  sim_pair_connect (pair);
  g_assert_cmpint (ask_once (pair, 0), ==, 35 * MSEC);
}

static void
test_bandwidth (void)
{
  WeftSimLink slow = { .bytes_per_second = 10000 };
  g_autoptr(SimPair) pair = sim_pair_new (1);
  gint64 took_usec;

  g_test_summary ("A large message keeps a narrow way busy, and what is sent after it waits.");

  weft_sim_network_set_link (pair->network, 1, 2, &slow);
  sim_pair_connect (pair);
  took_usec = ask_once (pair, 20000);
  g_assert_cmpint (took_usec, >=, 2000 * MSEC);
  g_assert_cmpint (took_usec, <, 2100 * MSEC);
  sim_pair_ask (pair, 20000, 0);
  took_usec = ask_once (pair, 0);
  g_assert_cmpint (took_usec, >=, 2000 * MSEC);
}

static void
test_loss (void)
{
  WeftSimLink lossy;
  g_autoptr(SimPair) pair = sim_pair_new (1);
  gint64 longest_usec = 0;

  g_test_summary ("What is lost is sent again: answers come late, but they come.");

  weft_sim_link_init (&lossy);
  lossy.loss = 0.2;
  weft_sim_network_set_default_link (pair->network, &lossy);
  sim_pair_connect (pair);
  for (guint i = 0; i < 200; i++)
    {
      gint64 took_usec = ask_once (pair, 0);

      longest_usec = MAX (longest_usec, took_usec);
    }
  g_assert_cmpuint (pair->n_answered, ==, 200);
  g_assert_cmpuint (pair->n_requests, ==, 200);
  g_assert_cmpint (longest_usec, >=, 400 * MSEC);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-losses"), >, 50);
}

static void
test_lost_eight_times (void)
{
  WeftSimLink hopeless;
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("What is lost eight times breaks the connection.");

  sim_pair_connect (pair);
  weft_sim_link_init (&hopeless);
  hopeless.loss = 1;
  weft_sim_network_set_link (pair->network, 1, 2, &hopeless);
  sim_pair_ask (pair, 0, 0);
  sim_pair_wait (pair);
  g_assert_error (pair->error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-losses"), ==, 8);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-resets"), ==, 1);
}

static void
test_partition (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);
  gint64 start_usec;

  g_test_summary ("A partition lets nothing through; what was sent comes after it has healed.");

  sim_pair_connect (pair);
  start_usec = weft_sim_world_get_time (pair->world);
  weft_sim_network_isolate (pair->network, 2);
  g_assert_true (weft_sim_network_is_cut (pair->network, 1, 2));
  g_assert_true (weft_sim_network_is_cut (pair->network, 2, 1));
  sim_pair_ask (pair, 0, 0);
  weft_sim_world_run_for (pair->world, 5 * SECOND);
  g_assert_cmpuint (pair->n_requests, ==, 0);
  weft_sim_network_heal (pair->network);
  g_assert_false (weft_sim_network_is_cut (pair->network, 1, 2));
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);
  /* It was sent again 0.2, 0.6, 1.4, 3, and 6.2 seconds after the first time. */
  g_assert_cmpint (pair->answered_usec - start_usec, >=, 6200 * MSEC);
  g_assert_cmpint (pair->answered_usec - start_usec, <, 6210 * MSEC);
  g_assert_cmpuint (pair->n_went[0] + pair->n_went[1], ==, 0);
}

static void
test_one_way (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("With only the way back cut, the question arrives and the answer waits.");

  sim_pair_connect (pair);
  weft_sim_network_cut (pair->network, 2, 1);
  g_assert_false (weft_sim_network_is_cut (pair->network, 1, 2));
  sim_pair_ask (pair, 0, 0);
  weft_sim_world_run_for (pair->world, 5 * SECOND);
  g_assert_cmpuint (pair->n_requests, ==, 1);
  g_assert_cmpuint (pair->n_answered, ==, 0);
  weft_sim_network_mend (pair->network, 2, 1);
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);
}

static void
test_long_partition (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("Both sides of a long partition notice, and connect anew when it is over.");

  sim_pair_connect (pair);
  weft_sim_network_isolate (pair->network, 1);
  weft_sim_world_run_for (pair->world, 120 * SECOND);
  g_assert_cmpuint (pair->n_went[0], ==, 1);
  g_assert_cmpuint (pair->n_went[1], ==, 1);
  weft_sim_network_heal (pair->network);
  sim_pair_connect (pair);
  ask_once (pair, 0);
}

static void
test_dial_in_partition (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, 2);

  g_test_summary ("A dial into a partition gets through when that heals in time.");

  weft_sim_network_isolate (pair->network, 2);
  weft_sim_world_run_for (pair->world, SECOND);
  weft_sim_network_flap (pair->network, 1, 2, 500 * MSEC, 1);
  weft_sim_network_heal (pair->network);
  sim_pair_connect (pair);
  ask_once (pair, 0);
}

static void
test_reset (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("After a reset both sides know, and the question may or may not have arrived.");

  sim_pair_connect (pair);
  sim_pair_ask (pair, 0, 0);
  weft_sim_world_run_for (pair->world, 100);
  g_assert_cmpuint (weft_sim_network_reset (pair->network, 2, 1), ==, 1);
  sim_pair_wait (pair);
  g_assert_error (pair->error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  weft_sim_world_run_for (pair->world, MSEC);
  g_assert_cmpuint (pair->n_went[0], ==, 1);
  g_assert_cmpuint (pair->n_went[1], ==, 1);
  g_assert_cmpuint (weft_sim_network_reset (pair->network, 1, 2), ==, 0);
}

static void
test_forget (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("Nobody is told of a connection that is forgotten; both sides find out.");

  sim_pair_connect (pair);
  g_assert_cmpuint (weft_sim_network_forget (pair->network, 1, 2), ==, 1);
  sim_pair_ask (pair, 0, 0);
  weft_sim_world_run_for (pair->world, 9 * SECOND);
  g_assert_cmpuint (pair->n_failed + pair->n_went[0] + pair->n_went[1], ==, 0);
  sim_pair_wait (pair);
  g_assert_error (pair->error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
  weft_sim_world_run_for (pair->world, 120 * SECOND);
  g_assert_cmpuint (pair->n_went[0], ==, 1);
  g_assert_cmpuint (pair->n_went[1], ==, 1);
}

static void
test_corruption (void)
{
  g_test_summary ("A flipped bit is noticed, or was in what may be anything; nothing breaks.");

  for (guint64 seed = 1; seed <= 100; seed++)
    {
      WeftSimLink dirty;
      g_autoptr(SimPair) pair = sim_pair_new (seed);

      sim_pair_connect (pair);
      weft_sim_link_init (&dirty);
      dirty.corruption = 1;
      weft_sim_network_set_link (pair->network, 1, 2, &dirty);
      sim_pair_ask (pair, 0, 0);
      sim_pair_wait (pair);
      g_assert_cmpuint (pair->n_answered + pair->n_failed, ==, 1);
      g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-corruptions"), >=, 1);
    }
}

static void
test_flap (void)
{
  g_autoptr(SimPair) pair = sim_pair_new (1);
  guint n_cut = 0;

  g_test_summary ("A flapping way is cut for a while, whole for a while, and whole at last.");

  weft_sim_network_flap (pair->network, 1, 2, SECOND, 3);
  for (guint i = 0; i < 10; i++)
    {
      weft_sim_world_run_for (pair->world, i == 0 ? SECOND / 2 : SECOND);
      n_cut += weft_sim_network_is_cut (pair->network, 1, 2);
    }
  g_assert_cmpuint (n_cut, ==, 3);
  g_assert_false (weft_sim_network_is_cut (pair->network, 2, 1));
}

static double
get_mean_msec (WeftSimDelay delay)
{
  g_autoptr(WeftSimPrng) prng = weft_sim_prng_new (1, "delay");
  double sum = 0;

  for (guint i = 0; i < 20000; i++)
    {
      gint64 usec = weft_sim_delay_draw (&delay, prng);

      g_assert_cmpint (usec, >=, delay.least_usec);
      sum += usec;
    }

  return sum / 20000 / MSEC;
}

static void
test_distributions (void)
{
  const struct
  {
    WeftSimDelay delay;
    double mean_msec;
  } cases[] = {
    { { WEFT_SIM_DELAY_SHAPE_CONSTANT, 10 * MSEC, 0, 0 }, 10 },
    { { WEFT_SIM_DELAY_SHAPE_UNIFORM, 10 * MSEC, 20 * MSEC, 0 }, 20 },
    { { WEFT_SIM_DELAY_SHAPE_EXPONENTIAL, 10 * MSEC, 20 * MSEC, 0 }, 30 },
    /* e to the half of the square of the deviation, above the median */
    { { WEFT_SIM_DELAY_SHAPE_LOG_NORMAL, 0, 20 * MSEC, 0.5 }, 22.66 },
    /* the spread over one less than the exponent */
    { { WEFT_SIM_DELAY_SHAPE_PARETO, 10 * MSEC, 20 * MSEC, 3 }, 20 },
  };

  g_test_summary ("Delays have the mean of their distribution, and are never below the least.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double mean_msec = get_mean_msec (cases[i].delay);

      g_assert_cmpfloat (mean_msec, >, 0.97 * cases[i].mean_msec);
      g_assert_cmpfloat (mean_msec, <, 1.03 * cases[i].mean_msec);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/network/delay", test_delay);
  g_test_add_func ("/sim/network/bandwidth", test_bandwidth);
  g_test_add_func ("/sim/network/loss", test_loss);
  g_test_add_func ("/sim/network/lost-eight-times", test_lost_eight_times);
  g_test_add_func ("/sim/network/partition", test_partition);
  g_test_add_func ("/sim/network/one-way", test_one_way);
  g_test_add_func ("/sim/network/long-partition", test_long_partition);
  g_test_add_func ("/sim/network/dial-in-partition", test_dial_in_partition);
  g_test_add_func ("/sim/network/reset", test_reset);
  g_test_add_func ("/sim/network/forget", test_forget);
  g_test_add_func ("/sim/network/corruption", test_corruption);
  g_test_add_func ("/sim/network/flap", test_flap);
  g_test_add_func ("/sim/network/distributions", test_distributions);

  return g_test_run ();
}
