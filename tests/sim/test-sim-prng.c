/* test-sim-prng.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

static void
test_vectors (void)
{
  g_autoptr (WeftSimPrng) network = weft_sim_prng_new (1, "network");
  g_autoptr (WeftSimPrng) longer = weft_sim_prng_new (42, "a stream with a longer name");

  g_test_summary ("A seed and a name give these numbers, on every machine.");

  g_assert_cmphex (weft_sim_prng_next (network), ==, G_GUINT64_CONSTANT (0xef07661238ca0d4d));
  g_assert_cmphex (weft_sim_prng_next (network), ==, G_GUINT64_CONSTANT (0x45d5d7f5acc25603));
  g_assert_cmphex (weft_sim_prng_next (network), ==, G_GUINT64_CONSTANT (0x6e02b05759bcdfbf));
  g_assert_cmphex (weft_sim_prng_next (longer), ==, G_GUINT64_CONSTANT (0xa54a25c265d2712a));
  g_assert_cmphex (weft_sim_prng_next (longer), ==, G_GUINT64_CONSTANT (0xf79cc50b0fb8e06c));
}

static void
test_bounds (void)
{
  g_autoptr (WeftSimPrng) prng = weft_sim_prng_new (1, "bounds");
  guint counts[7] = { 0 };
  double sum = 0;

  g_test_summary ("Numbers stay in their range, and none is preferred.");

  for (guint i = 0; i < 70000; i++)
    counts[weft_sim_prng_below (prng, 7)]++;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_cmpuint (counts[i], >, 9600);
      g_assert_cmpuint (counts[i], <, 10400);
    }
  for (guint i = 0; i < 10000; i++)
    {
      gint64 number = weft_sim_prng_range (prng, -3, 3);
      double unit = weft_sim_prng_unit (prng);

      g_assert_cmpint (number, >=, -3);
      g_assert_cmpint (number, <=, 3);
      g_assert_cmpfloat (unit, >=, 0);
      g_assert_cmpfloat (unit, <, 1);
      sum += unit;
    }
  g_assert_cmpfloat (sum / 10000, >, 0.49);
  g_assert_cmpfloat (sum / 10000, <, 0.51);
  g_assert_cmpuint (weft_sim_prng_below (prng, 1), ==, 0);
  g_assert_cmpint (weft_sim_prng_range (prng, 5, 5), ==, 5);
  weft_sim_prng_range (prng, G_MININT64, G_MAXINT64);
}

static void
test_chance (void)
{
  g_autoptr (WeftSimPrng) prng = weft_sim_prng_new (1, "chance");
  g_autoptr (WeftSimPrng) before = weft_sim_prng_copy (prng);
  guint n_heads = 0;

  g_test_summary ("A coin falls as often as asked for; one that never falls draws nothing.");

  g_assert_false (weft_sim_prng_chance (prng, 0));
  g_assert_cmphex (weft_sim_prng_next (prng), ==, weft_sim_prng_next (before));
  for (guint i = 0; i < 10000; i++)
    n_heads += weft_sim_prng_chance (prng, 0.25);
  g_assert_cmpuint (n_heads, >, 2350);
  g_assert_cmpuint (n_heads, <, 2650);
  g_assert_true (weft_sim_prng_chance (prng, 1));
}

static void
test_random (void)
{
  g_autoptr (WeftSimRandom) random = weft_sim_random_new (1, "node/1");
  g_autoptr (WeftSimRandom) again = weft_sim_random_new (1, "node/1");
  g_autoptr (WeftSimRandom) other = weft_sim_random_new (1, "node/2");
  g_autofree char *id = weft_random_new_id (WEFT_RANDOM (random), 16);
  g_autofree char *same = weft_random_new_id (WEFT_RANDOM (again), 16);
  g_autofree char *another = weft_random_new_id (WEFT_RANDOM (other), 16);

  g_test_summary ("Nodes have chance of their own, the same in every run.");

  g_assert_cmpstr (id, ==, same);
  g_assert_cmpstr (id, !=, another);
  g_assert_cmphex (weft_random_next (WEFT_RANDOM (random)), ==,
                   weft_random_next (WEFT_RANDOM (again)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/prng/vectors", test_vectors);
  g_test_add_func ("/sim/prng/bounds", test_bounds);
  g_test_add_func ("/sim/prng/chance", test_chance);
  g_test_add_func ("/sim/prng/random", test_random);

  return g_test_run ();
}
