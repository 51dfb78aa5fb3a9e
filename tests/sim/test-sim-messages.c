/* test-sim-messages.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What ways do to single messages, and to some messages only. */

#include "sim-pair.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define SECOND G_TIME_SPAN_SECOND

static void
test_late_reset (void)
{
  WeftSimLink link;
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("A request arrives and breaks the connection: who asked does not know, and asks "
                  "a second time");

  sim_pair_connect (pair);
  weft_sim_link_init (&link);
  link.late_reset = 1;
  weft_sim_network_set_filtered_link (pair->network, 1, 2, "*/*/request", &link);
  sim_pair_ask (pair, 0, 0);
  sim_pair_wait (pair);
  g_assert_error (pair->error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  g_assert_cmpuint (pair->n_requests, ==, 1);
  g_clear_error (&pair->error);

  weft_sim_network_set_filtered_link (pair->network, 1, 2, "*/*/request", NULL);
  sim_pair_connect (pair);
  sim_pair_ask (pair, 0, 0);
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);
  g_assert_cmpuint (pair->n_requests, ==, 2);
}

static void
test_dropped_replies (void)
{
  WeftSimLink link;
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("Only replies are swallowed: the connection lives on without them, until what "
                  "swallowed them goes away");

  sim_pair_connect (pair);
  weft_sim_link_init (&link);
  link.drop = 1;
  weft_sim_network_set_filtered_link (pair->network, 2, 1, "*/*/reply", &link);
  sim_pair_ask (pair, 0, SECOND);
  sim_pair_wait (pair);
  g_assert_error (pair->error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
  g_assert_cmpuint (pair->n_requests, ==, 1);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-drops"), ==, 1);
  weft_sim_world_run_for (pair->world, 5 * SECOND);
  g_assert_cmpuint (pair->n_went[0] + pair->n_went[1], ==, 0);

  weft_sim_network_set_filtered_link (pair->network, 2, 1, "*/*/reply", NULL);
  weft_sim_world_run_for (pair->world, SECOND);
  g_assert_cmpuint (pair->n_went[0], ==, 1);
  g_assert_cmpuint (pair->n_went[1], ==, 1);
}

static void
test_other_messages (void)
{
  WeftSimLink link;
  g_autoptr(SimPair) pair = sim_pair_new (1);
  static const char *const others[] = { "repo/*/request", "*/*/message", "*/*/reply", "*/get/*" };

  g_test_summary ("What a filter does not name goes as before");

  weft_sim_link_init (&link);
  link.drop = 1;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    weft_sim_network_set_filtered_link (pair->network, 1, 2, others[i], &link);
  sim_pair_connect (pair);
  sim_pair_ask (pair, 0, SECOND);
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-drops"), ==, 0);
}

static void
test_hold (void)
{
  WeftSimLink link;
  g_autoptr(SimPair) pair = sim_pair_new (1);
  gint64 start_usec;

  g_test_summary ("A message that is held up comes that much later");

  sim_pair_connect (pair);
  weft_sim_link_init (&link);
  link.hold = 1;
  link.hold_usec = 3 * SECOND;
  weft_sim_network_set_link (pair->network, 1, 2, &link);
  start_usec = weft_sim_world_get_time (pair->world);
  sim_pair_ask (pair, 0, 0);
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);
  g_assert_cmpint (pair->answered_usec - start_usec, ==, 3 * SECOND + 500);
}

static void
test_queue (void)
{
  WeftSimLink link;
  g_autoptr(SimPair) pair = sim_pair_new (1);

  g_test_summary ("What finds the queue of a narrow way full is sent again, and arrives");

  sim_pair_connect (pair);
  weft_sim_link_init (&link);
  link.bytes_per_second = 10000;
  link.queue_bytes = 4000;
  weft_sim_network_set_link (pair->network, 1, 2, &link);
  /* Alone it is let through, although it is larger than the queue. */
  sim_pair_ask (pair, 6000, 0);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-overflows"), ==, 0);
  /* It takes 0.2 seconds and more until there is room behind the first. */
  sim_pair_ask (pair, 1000, 0);
  g_assert_cmpuint (weft_sim_world_get_counter (pair->world, "network-overflows"), ==, 2);
  sim_pair_wait (pair);
  g_assert_no_error (pair->error);
  g_assert_cmpuint (pair->n_answered, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/messages/late-reset", test_late_reset);
  g_test_add_func ("/sim/messages/dropped-replies", test_dropped_replies);
  g_test_add_func ("/sim/messages/others-go-as-before", test_other_messages);
  g_test_add_func ("/sim/messages/hold", test_hold);
  g_test_add_func ("/sim/messages/full-queue", test_queue);

  return g_test_run ();
}
