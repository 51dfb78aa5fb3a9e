/* test-ring-estimate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "weft-ring-estimate-private.h"

#define N_TRIES 1000
#define GAPS 16
#define N_OTHERS 16

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

static double *
draw_ring (guint n)
{
  double *places = g_new (double, n);

  for (guint i = 0; i < n; i++)
    places[i] = g_test_rand_double ();
  qsort (places, n, sizeof *places, compare_doubles);

  return places;
}

/* What a peer sees that knows those next to it. */
static WeftRingMeasure
measure (const double *places,
         guint         n,
         guint         from)
{
  double arc = places[(from + GAPS) % n] - places[from];

  return (WeftRingMeasure) { .gaps = GAPS, .arc = arc < 0 ? arc + 1 : arc };
}

static void
test_one (void)
{
  WeftRingMeasure measure = { .gaps = 16, .arc = 0.15 };

  g_test_summary ("One measure is (g - 1) / arc and the one who measures; bad ones say nothing.");

  g_assert_cmpfloat_with_epsilon (weft_ring_measure_get_size (&measure), 101, 1e-9);
  measure.arc = 0;
  g_assert_cmpfloat (weft_ring_measure_get_size (&measure), ==, 0);
  measure.arc = NAN;
  g_assert_cmpfloat (weft_ring_measure_get_size (&measure), ==, 0);
  measure.arc = 1.5;
  g_assert_cmpfloat (weft_ring_measure_get_size (&measure), ==, 0);
  measure = (WeftRingMeasure) { .gaps = 1, .arc = 0.1 };
  g_assert_cmpfloat (weft_ring_measure_get_size (&measure), ==, 0);
  measure = (WeftRingMeasure) { .gaps = 5, .is_closed = TRUE, .arc = 1 };
  g_assert_cmpfloat (weft_ring_measure_get_size (&measure), ==, 5);
}

static void
test_exact (void)
{
  const WeftRingMeasure own = { .gaps = 7, .is_closed = TRUE, .arc = 1 };
  const WeftRingMeasure alone = { .is_closed = TRUE, .gaps = 1, .arc = 1 };
  const WeftRingMeasure nothing = { 0 };
  const WeftRingMeasure other = { .gaps = 16, .arc = 0.01 };
  WeftRingEstimate estimate = weft_ring_estimate_pool (&own, &other, 1);

  g_test_summary ("Where the chains meet it was counted, whatever others say; nothing is one.");

  g_assert_true (estimate.is_exact);
  g_assert_cmpfloat (estimate.size, ==, 7);
  g_assert_cmpfloat (estimate.confidence, ==, 1);

  estimate = weft_ring_estimate_pool (&alone, NULL, 0);
  g_assert_true (estimate.is_exact);
  g_assert_cmpfloat (estimate.size, ==, 1);

  estimate = weft_ring_estimate_pool (&nothing, NULL, 0);
  g_assert_false (estimate.is_exact);
  g_assert_cmpfloat (estimate.size, ==, 1);
  g_assert_cmpfloat (estimate.confidence, ==, 0);
}

static void
test_unbiased (void)
{
  static const guint sizes[] = { 20, 100, 1000 };

  g_test_summary ("Over many rings, the mean of one peer's measure is the size.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint n_rings = 20000 / sqrt (sizes[i]);
      double sum = 0;

      for (guint j = 0; j < n_rings; j++)
        {
          g_autofree double *places = draw_ring (sizes[i]);
          WeftRingMeasure one = measure (places, sizes[i], g_test_rand_int_range (0, sizes[i]));

          sum += weft_ring_measure_get_size (&one) / sizes[i];
        }
      /* Four standard errors of the mean. */
      g_assert_cmpfloat_with_epsilon (sum / n_rings, 1, 4 * 0.27 / sqrt (n_rings));
    }
}

/* Errors of the pool of 16 reporters from all over a ring, sorted. */
static double *
collect_errors (guint  n,
                guint  n_liars,
                double factor)
{
  double *errors = g_new (double, N_TRIES);

  for (guint i = 0; i < N_TRIES; i++)
    {
      g_autofree double *places = draw_ring (n);
      WeftRingMeasure own = measure (places, n, 0);
      WeftRingMeasure others[N_OTHERS];
      WeftRingEstimate estimate;

      for (guint j = 0; j < N_OTHERS; j++)
        {
          others[j] = measure (places, n, (j + 1) * n / (N_OTHERS + 1));
          if (j < n_liars)
            others[j].arc /= factor;
        }
      estimate = weft_ring_estimate_pool (&own, others, N_OTHERS);
      errors[i] = fabs (estimate.size / n - 1);
      g_assert_cmpuint (estimate.n_reporters, <=, N_OTHERS + 1);
    }
  qsort (errors, N_TRIES, sizeof *errors, compare_doubles);

  return errors;
}

static void
test_error (void)
{
  static const guint sizes[] = { 400, 1000, 3000 };

  g_test_summary ("With 16 reporters and our own: median 5 %, one in twenty above 12 %.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree double *errors = collect_errors (sizes[i], 0, 1);

      g_test_message ("%u: median %.1f %%, p95 %.1f %%", sizes[i], 100 * errors[N_TRIES / 2],
                      100 * errors[N_TRIES * 95 / 100]);
      g_assert_cmpfloat (errors[N_TRIES / 2], <=, 0.05);
      g_assert_cmpfloat (errors[N_TRIES * 95 / 100], <=, 0.13);
    }
}

static void
test_liars (void)
{
  static const double factors[] = { 10, 0.1, 1e6 };

  g_test_summary ("Where one in five lies, one in twenty is off by more than 15 %.");

  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    {
      g_autofree double *errors = collect_errors (1000, 3, factors[i]);

      g_test_message ("lies of %g: median %.1f %%, p95 %.1f %%", factors[i],
                      100 * errors[N_TRIES / 2], 100 * errors[N_TRIES * 95 / 100]);
      g_assert_cmpfloat (errors[N_TRIES * 95 / 100], <=, 0.15);
    }
}

static void
test_loud (void)
{
  WeftRingMeasure own = { .gaps = 16, .arc = 0.15 };
  WeftRingMeasure others[9];
  WeftRingEstimate estimate;

  g_test_summary ("Who claims to have seen a great many gaps counts for two, no more.");

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = own;
  others[4] = (WeftRingMeasure) { .gaps = 290, .is_closed = TRUE, .arc = 1 };
  others[5] = (WeftRingMeasure) { .gaps = 290000, .arc = 0.001 };
  estimate = weft_ring_estimate_pool (&own, others, G_N_ELEMENTS (others));

  g_assert_cmpuint (estimate.n_reporters, ==, 9);
  g_assert_cmpfloat (estimate.size, >, 100);
  g_assert_cmpfloat (estimate.size, <, 130);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring/estimate/one", test_one);
  g_test_add_func ("/ring/estimate/exact", test_exact);
  g_test_add_func ("/ring/estimate/unbiased", test_unbiased);
  g_test_add_func ("/ring/estimate/error", test_error);
  g_test_add_func ("/ring/estimate/liars", test_liars);
  g_test_add_func ("/ring/estimate/loud", test_loud);

  return g_test_run ();
}
