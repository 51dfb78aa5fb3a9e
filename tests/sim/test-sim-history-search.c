/* test-sim-history-search.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "small-history.h"

/* The online checker against a search that tries all orders, on random small histories. */

/* The search is slow under a sanitizer. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_HISTORIES 10000
#else
#define N_HISTORIES 100000
#endif

static WeftSimViolation
check_agreement (const SmallHistory *small)
{
  g_autoptr (WeftSimHistory) history = small_history_feed (small);
  WeftSimViolation violation = weft_sim_history_get_violation (history);
  const char *words = weft_sim_history_get_words (history);

  g_assert_true ((violation == WEFT_SIM_VIOLATION_NONE) == (words == NULL));
  if ((violation == WEFT_SIM_VIOLATION_NONE) != small_history_search (small))
    {
      g_autofree char *story = small_history_tell (small);

      g_test_message ("checker: %s\n%s", words != NULL ? words : "all is well", story);
      g_test_fail ();
    }

  return violation;
}

static void
test_right (void)
{
  g_autoptr (WeftSimPrng) prng = weft_sim_prng_new (1, "right");

  g_test_summary ("What clients of a correct store are told is found right by both.");

  for (guint i = 0; i < N_HISTORIES / 4 && !g_test_failed (); i++)
    {
      SmallHistory small;

      small_history_draw (&small, i % 4 == 0, prng);
      g_assert_cmpint (check_agreement (&small), ==, WEFT_SIM_VIOLATION_NONE);
    }
}

static void
check_changed (gboolean     is_simple,
               const char  *stream,
               guint        n_histories,
               guint       *counts)
{
  g_autoptr (WeftSimPrng) prng = weft_sim_prng_new (1, stream);

  for (guint i = 0; i < n_histories && !g_test_failed (); i++)
    {
      SmallHistory small;
      guint n_mutations = 1 + weft_sim_prng_below (prng, 3);

      small_history_draw (&small, is_simple, prng);
      for (guint j = 0; j < n_mutations; j++)
        small_history_mutate (&small, prng);
      counts[check_agreement (&small)]++;
    }
}

static void
test_changed (void)
{
  guint counts[WEFT_SIM_VIOLATION_ORDER + 1] = { 0 };

  g_test_summary ("With something changed in it, a history gets the same verdict from both.");

  check_changed (FALSE, "changed", N_HISTORIES * 3 / 4, counts);

  /* The comparison says little of a violation that never comes; a few are rare. */
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *name = g_enum_to_string (WEFT_TYPE_SIM_VIOLATION, i);

      g_test_message ("%u times %s", counts[i], name);
      if (N_HISTORIES == 100000)
        g_assert_cmpuint (counts[i], >, 0);
    }
}

static void
test_online (void)
{
  guint counts[WEFT_SIM_VIOLATION_ORDER + 1] = { 0 };

  g_test_summary ("When each write is of one block, no sweep is needed for the right verdict.");

  check_changed (TRUE, "online", N_HISTORIES, counts);
  g_assert_cmpuint (counts[WEFT_SIM_VIOLATION_NONE], >, N_HISTORIES / 10);
  g_assert_cmpuint (counts[WEFT_SIM_VIOLATION_REGRESS], >, N_HISTORIES / 1000);
  g_assert_cmpuint (counts[WEFT_SIM_VIOLATION_NOT_ABOVE], >, N_HISTORIES / 1000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim-history-search/right", test_right);
  g_test_add_func ("/sim-history-search/changed", test_changed);
  g_test_add_func ("/sim-history-search/online", test_online);

  return g_test_run ();
}
