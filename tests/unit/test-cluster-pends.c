/* test-cluster-pends.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Pends that nodes ask each other for without a record, several at a time. */

#include "config.h"

#include "../contract/weft-fleet.h"
#include "../contract/weft-repo-asker.h"

#define PENDED_BESIDE(id, other) \
  "{'success':true,'pending':[{'actionId':'" other "','blockId':'" id "'}],'blockIds':['" id "']}"

static WeftFleet *
fleet_new (void)
{
  WeftFleet *fleet = weft_fleet_new (3, 2, 0, NULL);
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);

  LAND (repo, "a1", "a", "1", INSERT ("a", "1"));
  LAND (repo, "b1", "b", "1", INSERT ("b", "1"));
  LAND (repo, "c1", "c", "1", INSERT ("c", "1"));
  weft_fleet_settle (fleet);
  /* New blocks have no history that says who keeps them. */
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pend-groups"), ==, 0);

  return fleet;
}

static void
expect_counts (WeftFleet *fleet,
               gint64     n_groups,
               gint64     n_grouped,
               gint64     n_apart)
{
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pend-groups"), ==, n_groups);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "grouped-pends"), ==, n_grouped);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pends-apart"), ==, n_apart);
}

static void
test_together (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);
  WeftAsked *asked[3];

  g_test_summary ("Pends of one turn share a request, are pending with all members, and can be "
                  "committed by any of them");

  asked[0] = weft_ask (repo, PEND ("a2", "'rev':2,'bases':{'a':1}," UPDATE ("a", "2")));
  asked[1] = weft_ask (repo, PEND ("b2", "'rev':2,'bases':{'b':1}," UPDATE ("b", "2")));
  asked[2] = weft_ask (repo, PEND ("c2", UPDATE ("c", "2")));
  weft_asked_expect (asked[0], PENDED ("'a'"));
  weft_asked_expect (asked[1], PENDED ("'b'"));
  weft_asked_expect (asked[2], PENDED ("'c'"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "grouped-pends"), ==, 3);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pend-groups"), <=, 2);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pends-apart"), ==, 0);

  weft_expect (weft_fleet_get_repo (fleet, 1), COMMIT ("a2", "'a'", "2"), DONE);
  weft_expect (weft_fleet_get_repo (fleet, 2), COMMIT ("b2", "'b'", "2"), DONE);
  weft_expect (repo, COMMIT ("c2", "'c'", "2"), DONE);
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'a'"), FOUND ("a", "2", "2", REV ("a2", "2")));
}

static void
test_each (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);
  WeftAsked *late;
  WeftAsked *good;

  g_test_summary ("One that comes too late is told what it missed, and the others are not held up");

  LAND (repo, "a2", "a", "2", UPDATE ("a", "2"));
  expect_counts (fleet, 1, 1, 0);
  late = weft_ask (repo, PEND ("x", "'rev':2,'bases':{'a':1}," UPDATE ("a", "3")));
  good = weft_ask (repo, PEND ("b2", "'rev':2,'bases':{'b':1}," UPDATE ("b", "2")));
  weft_asked_expect (good, PENDED ("'b'"));
  weft_asked_expect (late, "{'missing':[{'actionId':'a2','rev':2,'transforms':{'deletes':[],"
                           "'inserts':{},'updates':{'a':" SET ("2") "}}}],"
                           "'reason':'block a is at revision 2',"
                           "'staleAt':{'blockId':'a','rev':2},'success':false}");
  expect_counts (fleet, 2, 3, 1);
  weft_expect (repo, COMMIT ("b2", "'b'", "2"), DONE);
}

static void
test_beside (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);

  g_test_summary ("Of one block each has its turn, and the second is told of the first");

  weft_expect (repo, PEND ("x", "'bases':{'a':1}," UPDATE ("a", "2")), PENDED ("'a'"));
  weft_expect (repo, PEND ("y", "'bases':{'a':1}," UPDATE ("a", "3")), PENDED_BESIDE ("a", "x"));
  /* The same again is the same. */
  weft_expect (repo, PEND ("x", "'bases':{'a':1}," UPDATE ("a", "2")), PENDED_BESIDE ("a", "y"));
  weft_expect (repo, PEND ("x", "'bases':{'a':1}," UPDATE ("a", "9")),
               "error exists");
  expect_counts (fleet, 4, 4, 1);
  weft_expect (repo, COMMIT ("y", "'a'", "2"), DONE);
}

static void
test_without_one (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);

  g_test_summary ("As many members are enough as for a vote, and fewer are not");

  weft_fleet_stop (fleet, 2);
  LAND (repo, "a2", "a", "2", UPDATE ("a", "2"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pends-apart"), ==, 0);
  weft_fleet_stop (fleet, 1);
  {
    WeftAsked *asked = weft_ask (repo, PEND ("b2", "'bases':{'b':1}," UPDATE ("b", "2")));
    g_autofree char *answer = weft_asked_finish (asked);

    g_assert_true (g_str_equal (answer, "error unavailable"));
  }
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "pends-apart"), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/pends/together", test_together);
  g_test_add_func ("/cluster/pends/each", test_each);
  g_test_add_func ("/cluster/pends/beside", test_beside);
  g_test_add_func ("/cluster/pends/without-one", test_without_one);

  return g_test_run ();
}
