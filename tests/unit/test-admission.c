/* test-admission.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cluster-fixture.h"
#include "weft-admission-private.h"
#include "weft-thresholds.h"

#define EXPECTED_MAX 5
#define OTHERS_MAX 2

/* A set of peers that is admitted: bits of those who are expected, then of those who are not. The
 * others of one set are never those of another: that is the worst. */
typedef struct
{
  guint members;
  guint n_others;
  guint promises;
  guint commits;
} Admitted;

/* Whether so many of the set can be such that none of those who are expected is in `forbidden`. */
static gboolean
can_avoid (const Admitted *set,
           guint           n_needed,
           guint           forbidden)
{
  return (guint) __builtin_popcount (set->members & ~forbidden) + set->n_others >= n_needed;
}

/* Whether any `n_needed` of one and any S of the other share somebody who is expected. */
static gboolean
do_meet (const Admitted *a,
         guint           n_needed,
         const Admitted *b)
{
  for (guint subset = 0; subset < 1u << EXPECTED_MAX; subset++)
    if ((subset & ~a->members) == 0 &&
        (guint) __builtin_popcount (subset) + a->n_others >= n_needed &&
        can_avoid (b, b->promises, subset))
      return FALSE;

  return TRUE;
}

static GArray *
list_admitted (guint n_expected)
{
  GArray *sets = g_array_new (FALSE, FALSE, sizeof (Admitted));

  for (guint members = 0; members < 1u << n_expected; members++)
    for (guint n_others = 0; n_others <= OTHERS_MAX; n_others++)
      {
        guint n_members = __builtin_popcount (members);
        guint n_peers = n_members + n_others;
        Admitted set = { members, n_others,
                         weft_thresholds_get_promises (n_peers, WEFT_SUPER_MAJORITY_DEFAULT),
                         weft_thresholds_get_commits (n_peers) };

        if (n_peers > 0 && weft_admission_is_safe (n_expected, n_expected - n_members, n_others,
                                                   WEFT_SUPER_MAJORITY_DEFAULT))
          g_array_append_val (sets, set);
      }

  return sets;
}

static void
test_meet (void)
{
  guint n_pairs = 0;

  g_test_summary ("Of any two sets of peers that are admitted for the same cluster, those who can "
                  "decide in one and those who can promise in the other have a member in common.");

  for (guint n_expected = 1; n_expected <= EXPECTED_MAX; n_expected++)
    {
      g_autoptr (GArray) sets = list_admitted (n_expected);

      for (guint i = 0; i < sets->len; i++)
        for (guint j = 0; j < sets->len; j++)
          {
            Admitted *a = &g_array_index (sets, Admitted, i);
            Admitted *b = &g_array_index (sets, Admitted, j);

            g_assert_true (do_meet (a, a->promises, b));
            g_assert_true (do_meet (a, a->commits, b));
            n_pairs++;
          }
    }
  g_test_message ("%u pairs of sets", n_pairs);
  g_assert_cmpuint (n_pairs, ==, 80);
}

static void
test_large (void)
{
  g_test_summary ("The same by counting, for clusters of any size.");

  for (guint n = 1; n <= 64; n++)
    {
      guint least_promises = n;
      guint least_commits = n;

      for (guint missing = 0; missing < n; missing++)
        for (guint others = 0; others <= n; others++)
          {
            guint n_peers = n - missing + others;

            if (!weft_admission_is_safe (n, missing, others, WEFT_SUPER_MAJORITY_DEFAULT))
              continue;
            least_promises = MIN (least_promises,
                                  weft_thresholds_get_promises (n_peers,
                                                                WEFT_SUPER_MAJORITY_DEFAULT)
                                      - others);
            least_commits = MIN (least_commits, weft_thresholds_get_commits (n_peers) - others);
          }
      g_assert_cmpuint (least_promises + least_commits, >, n);
      g_assert_cmpuint (2 * least_promises, >, n);
    }
}

/* Written out, with what may be different. */
static void
test_differences (void)
{
  static const struct
  {
    guint n_expected;
    guint n_missing;
    guint n_others;
    gboolean is_safe;
  } cases[] = {
    { 2, 0, 0, TRUE },  { 2, 0, 1, FALSE }, { 3, 0, 1, TRUE },   { 3, 1, 1, FALSE },
    { 4, 0, 0, TRUE },  { 4, 1, 0, FALSE }, { 4, 0, 1, FALSE },  { 5, 1, 0, TRUE },
    { 5, 1, 1, FALSE }, { 5, 2, 0, FALSE }, { 10, 1, 1, TRUE },  { 10, 2, 0, TRUE },
    { 10, 2, 1, FALSE }, { 10, 3, 0, FALSE },
  };

  g_test_summary ("Who sees one member less of four would decide without him who sees another one "
                  "less; of ten, two may be missing, or one be somebody else.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (weft_admission_is_safe (cases[i].n_expected, cases[i].n_missing,
                                             cases[i].n_others, WEFT_SUPER_MAJORITY_DEFAULT),
                     ==, cases[i].is_safe);
}

static void
test_lists (void)
{
  g_autoptr (GPtrArray) five = fixture_peers (5);
  g_autoptr (GPtrArray) four = fixture_peers (4);
  g_autoptr (GPtrArray) three = fixture_peers (3);
  g_autoptr (GPtrArray) none = fixture_peers (0);

  g_test_summary ("Lists of peers are compared by who is in them.");

  g_assert_true (weft_admission_check (five, five, WEFT_SUPER_MAJORITY_DEFAULT));
  g_assert_true (weft_admission_check (four, five, WEFT_SUPER_MAJORITY_DEFAULT));
  g_assert_false (weft_admission_check (three, five, WEFT_SUPER_MAJORITY_DEFAULT));
  g_assert_false (weft_admission_check (three, four, WEFT_SUPER_MAJORITY_DEFAULT));
  g_assert_true (weft_admission_check (four, three, WEFT_SUPER_MAJORITY_DEFAULT));
  g_assert_false (weft_admission_check (five, none, WEFT_SUPER_MAJORITY_DEFAULT));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/admission/meet", test_meet);
  g_test_add_func ("/admission/large", test_large);
  g_test_add_func ("/admission/differences", test_differences);
  g_test_add_func ("/admission/lists", test_lists);

  return g_test_run ();
}
