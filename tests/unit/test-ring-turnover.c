/* test-ring-turnover.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-turnover-private.h"

static void
test_begins (void)
{
  WeftRingTurnover turnover;

  g_test_summary ("Who knows nothing fills its table; half a minute of neighbours says more.");

  weft_ring_turnover_init (&turnover);
  g_assert_cmpfloat (weft_ring_turnover_get_worth (&turnover), ==, 2048);

  /* Sixteen neighbours, of whom four go. */
  for (guint i = 0; i < 60; i++)
    weft_ring_turnover_note (&turnover, 8 * G_USEC_PER_SEC, i % 15 == 14);
  g_assert_cmpfloat_with_epsilon (weft_ring_turnover_get_worth (&turnover), (512 + 480) / 4.25,
                                  1e-9);
}

static double
settle (gint64 session_seconds)
{
  WeftRingTurnover turnover;

  weft_ring_turnover_init (&turnover);
  for (gint64 second = 1; second <= 100000; second++)
    weft_ring_turnover_note (&turnover, G_USEC_PER_SEC, second % session_seconds == 0);

  return weft_ring_turnover_get_worth (&turnover);
}

static void
test_settles (void)
{
  g_test_summary ("So many peers are worth having as a session has seconds.");

  g_assert_cmpfloat_with_epsilon (settle (120), 120, 2);
  g_assert_cmpfloat_with_epsilon (settle (600), 600, 30);
  g_assert_cmpfloat_with_epsilon (settle (3600), 3600, 1000);
}

static void
test_forgets (void)
{
  WeftRingTurnover turnover;

  g_test_summary ("After bad times, good ones count; and the other way round.");

  weft_ring_turnover_init (&turnover);
  for (guint i = 0; i < 1000; i++)
    weft_ring_turnover_note (&turnover, 10 * G_USEC_PER_SEC, TRUE);
  g_assert_cmpfloat (weft_ring_turnover_get_worth (&turnover), <, 12);
  for (guint i = 0; i < 20; i++)
    weft_ring_turnover_note (&turnover, G_TIME_SPAN_HOUR, FALSE);
  g_assert_cmpfloat (weft_ring_turnover_get_worth (&turnover), >, 2048);
  for (guint i = 0; i < 2000; i++)
    weft_ring_turnover_note (&turnover, 100 * G_USEC_PER_SEC, TRUE);
  g_assert_cmpfloat_with_epsilon (weft_ring_turnover_get_worth (&turnover), 100, 1);

  /* A clock that stood still is no harm. */
  weft_ring_turnover_note (&turnover, 0, TRUE);
  g_assert_cmpfloat (weft_ring_turnover_get_worth (&turnover), >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring-turnover/begins", test_begins);
  g_test_add_func ("/ring-turnover/settles", test_settles);
  g_test_add_func ("/ring-turnover/forgets", test_forgets);

  return g_test_run ();
}
