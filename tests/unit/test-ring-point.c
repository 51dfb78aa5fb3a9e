/* test-ring-point.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-point-private.h"

#define N_TRIES 2000

static WeftRingPoint
make_point (guint64 a,
            guint64 b,
            guint64 c,
            guint64 d)
{
  return (WeftRingPoint) { { a, b, c, d } };
}

static guint64
draw_word (void)
{
  /* Words of only zeros or ones are where carries go wrong. */
  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      return 0;
    case 1:
      return G_MAXUINT64;
    default:
      return (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
    }
}

static WeftRingPoint
draw_point (void)
{
  guint64 a = draw_word ();
  guint64 b = draw_word ();
  guint64 c = draw_word ();

  return make_point (a, b, c, draw_word ());
}

static void
assert_point (WeftRingPoint point,
              WeftRingPoint expected)
{
  for (guint i = 0; i < G_N_ELEMENTS (point.words); i++)
    g_assert_cmphex (point.words[i], ==, expected.words[i]);
}

static void
test_known (void)
{
  const WeftRingPoint zero = make_point (0, 0, 0, 0);
  const WeftRingPoint one = make_point (0, 0, 0, 1);
  const WeftRingPoint last
      = make_point (G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64);
  const WeftRingPoint half = make_point (G_GUINT64_CONSTANT (1) << 63, 0, 0, 0);

  g_test_summary ("The ring closes after its last point, and half of it is the farthest.");

  assert_point (weft_ring_point_add (&last, &one), zero);
  assert_point (weft_ring_point_clockwise (&last, &zero), one);
  assert_point (weft_ring_point_clockwise (&zero, &last), last);
  assert_point (weft_ring_point_distance (&zero, &last), one);
  assert_point (weft_ring_point_distance (&zero, &half), half);
  assert_point (weft_ring_point_distance (&half, &zero), half);

  g_assert_cmpint (weft_ring_point_get_octave (&zero), ==, -1);
  g_assert_cmpint (weft_ring_point_get_octave (&one), ==, 0);
  g_assert_cmpint (weft_ring_point_get_octave (&half), ==, 255);
  g_assert_cmpint (weft_ring_point_get_octave (&last), ==, 255);

  g_assert_true (weft_ring_point_is_between (&zero, &last, &one));
  g_assert_true (weft_ring_point_is_between (&one, &last, &one));
  g_assert_false (weft_ring_point_is_between (&last, &last, &one));
  g_assert_false (weft_ring_point_is_between (&half, &last, &one));
  g_assert_true (weft_ring_point_is_between (&half, &one, &one));
}

static void
test_key (void)
{
  guint8 key[WEFT_RING_KEY_LENGTH] = { 1, 2, [31] = 255 };
  guint8 back[WEFT_RING_KEY_LENGTH];
  WeftRingPoint point;

  g_test_summary ("The first byte of a key weighs most, and nothing is lost on the way.");

  weft_ring_point_from_key (&point, key);
  assert_point (point, make_point (G_GUINT64_CONSTANT (0x0102000000000000), 0, 0, 255));
  weft_ring_point_to_key (&point, back);
  g_assert_cmpmem (back, sizeof back, key, sizeof key);
}

static void
test_metric (void)
{
  const WeftRingPoint zero = make_point (0, 0, 0, 0);

  g_test_summary ("The distance is one: symmetric, zero only to oneself, at most half a ring, and "
                  "no detour is shorter.");

  for (guint i = 0; i < N_TRIES; i++)
    {
      WeftRingPoint a = draw_point ();
      WeftRingPoint b = draw_point ();
      WeftRingPoint c = draw_point ();
      WeftRingPoint ab = weft_ring_point_distance (&a, &b);
      WeftRingPoint bc = weft_ring_point_distance (&b, &c);
      WeftRingPoint ac = weft_ring_point_distance (&a, &c);
      WeftRingPoint detour = weft_ring_point_add (&ab, &bc);

      assert_point (weft_ring_point_distance (&b, &a), ab);
      assert_point (weft_ring_point_distance (&a, &a), zero);
      g_assert_true ((weft_ring_point_compare (&ab, &zero) == 0)
                     == (weft_ring_point_compare (&a, &b) == 0));
      g_assert_cmpint (weft_ring_point_get_octave (&ab), <=, 255);
      g_assert_true (ab.words[0] <= G_GUINT64_CONSTANT (1) << 63);
      /* Two halves of a ring add up to nothing. */
      if (ab.words[0] >> 63 == 0 || bc.words[0] >> 63 == 0)
        g_assert_cmpint (weft_ring_point_compare (&ac, &detour), <=, 0);
    }
}

static void
test_clockwise (void)
{
  g_test_summary ("A way and the way back make a whole turn; a way taken ends where it should.");

  for (guint i = 0; i < N_TRIES; i++)
    {
      WeftRingPoint a = draw_point ();
      WeftRingPoint b = draw_point ();
      WeftRingPoint c = draw_point ();
      WeftRingPoint there = weft_ring_point_clockwise (&a, &b);
      WeftRingPoint back = weft_ring_point_clockwise (&b, &a);
      WeftRingPoint to_c = weft_ring_point_clockwise (&a, &c);

      assert_point (weft_ring_point_add (&a, &there), b);
      assert_point (weft_ring_point_add (&there, &back), make_point (0, 0, 0, 0));
      if (weft_ring_point_compare (&a, &b) != 0)
        g_assert_true (weft_ring_point_is_between (&c, &a, &b)
                       == (weft_ring_point_compare (&a, &c) != 0
                           && weft_ring_point_compare (&to_c, &there) <= 0));
      g_assert_true (weft_ring_point_is_between (&b, &a, &b));
    }
}

static void
test_fraction (void)
{
  static const double fractions[] = { 0, 0.25, 0.5, 0x1p-53, 0x1p-90, 0.7310585786300049 };
  const WeftRingPoint last
      = make_point (G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64);

  g_test_summary ("A share of the ring comes back as it was, and is never the whole.");

  for (guint i = 0; i < G_N_ELEMENTS (fractions); i++)
    {
      WeftRingPoint point;

      weft_ring_point_from_fraction (&point, fractions[i]);
      g_assert_cmpfloat (weft_ring_point_to_fraction (&point), ==, fractions[i]);
      if (fractions[i] > 0)
        g_assert_cmpint (weft_ring_point_get_octave (&point), ==,
                         256 + (int) floor (log2 (fractions[i])));
    }
  g_assert_cmpfloat (weft_ring_point_to_fraction (&last), <, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring/point/known", test_known);
  g_test_add_func ("/ring/point/key", test_key);
  g_test_add_func ("/ring/point/metric", test_metric);
  g_test_add_func ("/ring/point/clockwise", test_clockwise);
  g_test_add_func ("/ring/point/fraction", test_fraction);

  return g_test_run ();
}
