/* test-cluster-views.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Nodes that do not agree on who keeps a block: a little is put up with, more is refused. */

#include <string.h>

#include "weft-fleet.h"
#include "weft-repo-asker.h"

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))
/* A node that is not known to an earlier one dials that. */
#define BIT(n)    (1u << (n))

static void
test_one_missing (void)
{
  const guint hidden[] = { 0, 0, 0, 0, 0, BIT (6), 0 };
  g_autoptr(WeftFleet) fleet = weft_fleet_new_blind (7, 3, hidden);

  g_test_summary ("Of seven, one that does not know of another coordinates, votes and reads with "
                  "the others");

  LAND (weft_fleet_get_repo (fleet, 5), "a1", "b", "1", INSERT ("b", "1"));
  LAND (weft_fleet_get_repo (fleet, 0), "a2", "b", "2", UPDATE ("b", "2"));
  LAND (weft_fleet_get_repo (fleet, 5), "a3", "b", "3", UPDATE ("b", "3"));
  for (guint i = 0; i < 7; i++)
    weft_expect (weft_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("3"));
  g_assert_cmpint (weft_fleet_count_all (fleet, "member/reject/not-admitted"), ==, 0);
  g_assert_cmpint (weft_fleet_count_all (fleet, "lies"), ==, 0);
}

static void
test_two_missing (void)
{
  const guint hidden[] = { 0, 0, 0, 0, BIT (5) | BIT (6), 0, 0 };
  g_autoptr(WeftFleet) fleet = weft_fleet_new_blind (7, 3, hidden);

  g_test_summary ("Five of seven are not admitted for the seven, who keep nothing of it and go on");

  weft_expect (weft_fleet_get_repo (fleet, 4), PEND ("a9", INSERT ("b", "1")), "error refused");
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "member/reject/not-admitted"), ==, 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 1, "member/reject/not-admitted"), ==, 1);
  for (guint i = 0; i < 4; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), ABSENT ("b"));

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 4, "member/reject/not-admitted"), >, 0);
  weft_expect (weft_fleet_get_repo (fleet, 5), GET ("'b'"), LATEST ("1"));
}

static WeftAsked *
begin (WeftRepo   *repo,
       const char *name,
       guint       rev)
{
  g_autofree char *pend = g_strdup_printf (PEND ("%s%u", "'bases':{'b':%u}," UPDATE ("b", "%u")),
                                           name, rev, rev - 1, rev);
  g_autofree char *commit = g_strdup_printf (COMMIT ("%s%u", "'b'", "%u"), name, rev, rev);

  g_free (weft_asked_finish (weft_ask (repo, pend)));

  return weft_ask (repo, commit);
}

/* Who became the revision, as this node tells; "x" or "y". */
static char *
find_winner (WeftRepo *repo,
             guint     rev)
{
  g_autofree char *get = g_strdup_printf (GET_AT ("'b'", "%u"), rev);
  g_autofree char *answer = weft_asked_finish (weft_ask (repo, get));
  g_autofree char *found = g_strdup_printf ("\"rev\":%u}", rev);
  const char *action = strstr (answer, "\"latest\":{\"actionId\":\"");

  g_assert_nonnull (strstr (answer, found));
  g_assert_nonnull (action);

  return g_strndup (action + strlen ("\"latest\":{\"actionId\":\""), 1);
}

static void
test_rivals (void)
{
  const guint hidden[] = { BIT (5), 0, 0, 0, BIT (6), 0, 0 };
  g_autoptr(WeftFleet) fleet = weft_fleet_new_blind (7, 3, hidden);

  g_test_summary ("Two coordinators who do not see the same members race for the same slots, and "
                  "all agree on who won");

  LAND (weft_fleet_get_repo (fleet, 1), "a1", "b", "1", INSERT ("b", "1"));
  for (guint rev = 2; rev < 8; rev++)
    {
      WeftAsked *x = begin (weft_fleet_get_repo (fleet, 0), "x", rev);
      WeftAsked *y = begin (weft_fleet_get_repo (fleet, 4), "y", rev);
      g_autofree char *winner = NULL;

      g_free (weft_asked_finish (x));
      g_free (weft_asked_finish (y));
      winner = find_winner (weft_fleet_get_repo (fleet, 2), rev);
      for (guint j = 0; j < 7; j++)
        {
          g_autofree char *told = find_winner (weft_fleet_get_repo (fleet, j), rev);

          g_assert_cmpstr (told, ==, winner);
        }
    }
}

/* Three keep the block, and one more comes to see two of them and not the third. */
static WeftFleet *
fleet_new_with_stranger (void)
{
  const guint hidden[] = { BIT (3), BIT (3), BIT (3), BIT (0) };
  WeftFleet *fleet = weft_fleet_new_blind (4, 3, hidden);

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  LAND (weft_fleet_get_repo (fleet, 1), "a2", "b", "2", UPDATE ("b", "2"));
  weft_fleet_settle (fleet);

  return fleet;
}

static void
test_vouched (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new_with_stranger ();

  g_test_summary ("One who was not there when a block began, and sees another cluster for it, "
                  "takes it over as others vouch for its first revision; the second follows from "
                  "that");

  weft_expect (weft_fleet_get_repo (fleet, 3), GET ("'b'"), LATEST ("2"));
  weft_expect (weft_fleet_get_store (fleet, 3), GET ("'b'"), LATEST ("2"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 3, "vouched"), ==, 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 3, "vouchings-failed"), ==, 0);
  g_assert_cmpint (weft_fleet_count_all (fleet, "lies"), ==, 0);
}

static void
test_not_vouched (void)
{
  const guint last = BIT (3) | BIT (4) | BIT (5);
  const guint first = BIT (0) | BIT (1);
  const guint hidden[] = { last, last, last, first, first, first };
  g_autoptr(WeftFleet) fleet = NULL;

  g_test_summary ("Of four, one may lie: what only one of them has is not believed");

  fleet = weft_fleet_new_blind (6, 3, hidden);
  LAND (weft_fleet_get_repo (fleet, 2), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);

  weft_expect (weft_fleet_get_repo (fleet, 3), GET ("'b'"), ABSENT ("b"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 3, "vouched"), ==, 0);
  g_assert_cmpint (weft_fleet_get_count (fleet, 3, "vouchings-failed"), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/views/one-missing", test_one_missing);
  g_test_add_func ("/cluster/views/two-missing", test_two_missing);
  g_test_add_func ("/cluster/views/rivals", test_rivals);
  g_test_add_func ("/cluster/views/vouched", test_vouched);
  g_test_add_func ("/cluster/views/not-vouched", test_not_vouched);

  return g_test_run ();
}
