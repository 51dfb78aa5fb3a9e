/* test-ring-mark.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-mark-private.h"

#define MINUTE G_TIME_SPAN_MINUTE
#define WEEK (7 * 24 * 60)

/* For so many minutes, once in each. */
static void
watch (WeftRingMark *mark,
       double        size,
       gboolean      is_exact,
       guint         from,
       guint         minutes)
{
  for (guint i = 0; i <= minutes; i++)
    weft_ring_mark_note (mark, size, is_exact, FALSE, (from + i) * MINUTE);
}

static void
test_half_waits (void)
{
  WeftRingMark mark;

  g_test_summary ("No half of a cut network takes itself for the whole, however long it waits.");

  weft_ring_mark_init (&mark, 1);
  watch (&mark, 1000, FALSE, 0, 20);
  g_assert_cmpfloat (mark.size, ==, 1000);
  for (guint size = 400; size <= 590; size += 10)
    {
      watch (&mark, size, FALSE, 20, 3 * WEEK);
      g_assert_cmpfloat (mark.size, ==, 1000);
      g_assert_true (weft_ring_mark_is_small (&mark, size, FALSE));
    }

  /* Where all are counted, even one of two. */
  for (guint size = 2; size <= 12; size++)
    {
      weft_ring_mark_init (&mark, size);
      watch (&mark, size / 2, TRUE, 20, 3 * WEEK);
      g_assert_cmpfloat (mark.size, ==, size);
      g_assert_true (weft_ring_mark_is_small (&mark, size / 2, TRUE));
      g_assert_false (weft_ring_mark_is_small (&mark, size / 2 + 1, TRUE));
    }
  weft_ring_mark_init (&mark, 1);
  g_assert_false (weft_ring_mark_is_small (&mark, 1, TRUE));
  g_assert_false (weft_ring_mark_is_small (&mark, 1, FALSE));
}

static void
test_noise (void)
{
  WeftRingMark mark;

  g_test_summary ("A peak of an estimate is no size that the network had; a count is.");

  weft_ring_mark_init (&mark, 1);
  for (guint i = 0; i < WEEK; i++)
    weft_ring_mark_note (&mark, i % 3 == 0 ? 1000 : 1800, FALSE, FALSE, i * MINUTE / 2);
  g_assert_cmpfloat (mark.size, ==, 1000);
  weft_ring_mark_note (&mark, 1200, TRUE, FALSE, WEEK * MINUTE);
  g_assert_cmpfloat (mark.size, ==, 1200);
}

static void
test_most_goes_on (void)
{
  WeftRingMark mark;

  g_test_summary ("Most of a network is the network, once it has been for a week.");

  weft_ring_mark_init (&mark, 1000);
  watch (&mark, 700, FALSE, 0, WEEK - 1);
  g_assert_cmpfloat (mark.size, ==, 1000);
  g_assert_false (weft_ring_mark_is_small (&mark, 700, FALSE));
  watch (&mark, 700, FALSE, WEEK, 2);
  g_assert_cmpfloat (mark.size, ==, 700);

  /* The largest of that week counts, so that noise does not lower it step by step. */
  weft_ring_mark_init (&mark, 1000);
  for (guint i = 0; i < 10 * WEEK; i++)
    weft_ring_mark_note (&mark, i % 10 == 0 ? 1000 : 800, FALSE, FALSE, i * MINUTE);
  g_assert_cmpfloat (mark.size, ==, 1000);
}

static void
test_suspicion (void)
{
  WeftRingMark mark;

  g_test_summary ("While a cut is suspected, the mark stays; and the week begins again.");

  weft_ring_mark_init (&mark, 10);
  for (guint i = 0; i < 5 * WEEK; i++)
    weft_ring_mark_note (&mark, 8, TRUE, i % (WEEK - 1) == 0, i * MINUTE);
  g_assert_cmpfloat (mark.size, ==, 10);
  watch (&mark, 8, TRUE, 5 * WEEK, WEEK + 1);
  g_assert_cmpfloat (mark.size, ==, 8);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring-mark/half-waits", test_half_waits);
  g_test_add_func ("/ring-mark/noise", test_noise);
  g_test_add_func ("/ring-mark/most-goes-on", test_most_goes_on);
  g_test_add_func ("/ring-mark/suspicion", test_suspicion);

  return g_test_run ();
}
