/* test-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Nodes that keep blocks together: what one is told all have, whoever of them is away. */

#include <string.h>

#include "weft-fleet.h"
#include "weft-remove-all.h"
#include "weft-repo-asker.h"

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))

typedef struct
{
  char *directory;
  WeftFleet *fleet;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("weft-cluster-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->fleet, weft_fleet_free);
  weft_remove_all (fixture->directory);
  g_free (fixture->directory);
}

static void
test_commit (Fixture       *fixture,
             gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("What is committed through one node is read through the others, and is in the "
                  "store of each");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  LAND (weft_fleet_get_repo (fleet, 1), "a2", "b", "2", UPDATE ("b", "2"));
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("2"));

  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), LATEST ("2"));
}

static void
test_away (Fixture       *fixture,
           gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, fixture->directory);

  g_test_summary ("Two of three go on while one is away; when it comes back it catches up");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);
  weft_fleet_stop (fleet, 2);

  LAND (weft_fleet_get_repo (fleet, 0), "a2", "b", "2", UPDATE ("b", "2"));
  LAND (weft_fleet_get_repo (fleet, 1), "a3", "b", "3", UPDATE ("b", "3"));
  weft_expect (weft_fleet_get_repo (fleet, 0), GET ("'b'"), LATEST ("3"));

  weft_fleet_start (fleet, 2);
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'b'"), LATEST ("3"));
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), LATEST ("3"));

  LAND (weft_fleet_get_repo (fleet, 2), "a4", "b", "4", UPDATE ("b", "4"));
  weft_expect (weft_fleet_get_repo (fleet, 1), GET ("'b'"), LATEST ("4"));
}

static void
test_restart (Fixture       *fixture,
              gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, fixture->directory);

  g_test_summary ("What was committed and what is pending survives that all nodes stop");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  for (guint i = 0; i < 3; i++)
    weft_fleet_stop (fleet, i);
  for (guint i = 0; i < 3; i++)
    weft_fleet_start (fleet, i);

  weft_expect (weft_fleet_get_repo (fleet, 2), COMMIT ("a2", "'b'", "2"), DONE);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("2"));
}

static void
test_lacks_pend (Fixture       *fixture,
                 gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, fixture->directory);

  g_test_summary ("A member that was away for the pend gets it from the others, also when it "
                  "coordinates the commit");

  weft_fleet_stop (fleet, 2);
  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a2", INSERT ("c", "2")), PENDED ("'c'"));
  weft_fleet_start (fleet, 2);

  weft_expect (weft_fleet_get_repo (fleet, 1), COMMIT ("a1", "'b'", "1"), DONE);
  weft_expect (weft_fleet_get_repo (fleet, 2), COMMIT ("a2", "'c'", "1"), DONE);
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    {
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), LATEST ("1"));
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'c'"),
                   FOUND ("c", "2", "1", REV ("a2", "1")));
    }
}

static void
test_rivals (Fixture       *fixture,
             gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autofree char *done = weft_canonical (DONE);
  g_autofree char *with_y
      = weft_canonical ("{'success':true,'pending':[{'blockId':'b','actionId':'x'}],"
                        "'blockIds':['b']}");
  WeftAsked *asked[2];
  guint n_done = 0;

  g_test_summary ("Of two commits in one slot that race through different nodes one wins, and the "
                  "other is stale");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("x", "'bases':{'b':1}," UPDATE ("b", "2")),
               PENDED ("'b'"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PEND ("y", "'bases':{'b':1}," UPDATE ("b", "3")),
               with_y);

  asked[0] = weft_ask (weft_fleet_get_repo (fleet, 0), COMMIT ("x", "'b'", "2"));
  asked[1] = weft_ask (weft_fleet_get_repo (fleet, 1), COMMIT ("y", "'b'", "2"));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *answer = weft_asked_finish (asked[i]);

      if (g_str_equal (answer, done))
        n_done++;
      else
        g_assert_nonnull (strstr (answer, "\"staleAt\":{\"blockId\":\"b\",\"rev\":2}"));
    }
  g_assert_cmpuint (n_done, ==, 1);

  /* And all agree on which it was. */
  for (guint i = 1; i < 3; i++)
    {
      g_autofree char *first
          = weft_asked_finish (weft_ask (weft_fleet_get_repo (fleet, 0), GET_AT ("'b'", "2")));

      weft_expect (weft_fleet_get_repo (fleet, i), GET_AT ("'b'", "2"), first);
    }
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("A pending that is cancelled through one node is gone everywhere");

  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (weft_fleet_get_repo (fleet, 1), CANCEL ("a1", "'b'"), "{}");
  weft_expect (weft_fleet_get_repo (fleet, 1), CANCEL ("a1", "'b'"), "{}");
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_repo (fleet, i), GET ("'b'"), ABSENT ("b"));
}

static void
test_minority (Fixture       *fixture,
               gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autofree char *local = NULL;

  g_test_summary ("One of three alone refuses to write, and says that it cannot tell what is "
                  "there; what it has itself it tells who asks for that");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);
  weft_fleet_stop (fleet, 1);
  weft_fleet_stop (fleet, 2);

  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a2", "'bases':{'b':1}," UPDATE ("b", "2")),
               "error unavailable");
  weft_expect (weft_fleet_get_repo (fleet, 0), GET ("'b'"),
               "{'b':{'state':{},'unavailable':'cohort-unreachable'}}");
  local = weft_asked_finish (weft_ask (weft_fleet_get_repo (fleet, 0),
                                       "{'get':{'blockIds':['b'],'consistency':'local'}}"));
  g_assert_true (g_str_has_prefix (local, "{\"b\":{\"asOf\":"));
  g_assert_nonnull (strstr (local, "\"n\":1}"));
}

static void
test_small (Fixture       *fixture,
            gconstpointer  data)
{
  g_test_summary ("One or two nodes form a cluster when they are told that they may");

  for (guint n_nodes = 1; n_nodes <= 2; n_nodes++)
    {
      g_autoptr(WeftFleet) fleet = weft_fleet_new (n_nodes, n_nodes, 0, NULL);

      LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
      LAND (weft_fleet_get_repo (fleet, n_nodes - 1), "a2", "b", "2", UPDATE ("b", "2"));
      for (guint i = 0; i < n_nodes; i++)
        weft_expect (weft_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("2"));
    }
}

static void
test_too_small (Fixture       *fixture,
                gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (2, 3, 0, NULL);

  g_test_summary ("Two nodes form no cluster by themselves, and say why");

  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a1", INSERT ("b", "1")), "error refused");
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "refused-cluster-too-small"), ==, 1);
}

static void
test_impossible (Fixture       *fixture,
                 gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("What no member could apply is not decided, and the block goes on");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  LAND (weft_fleet_get_repo (fleet, 0), "a2", "b", "2", DELETE ("b"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PEND ("a3", UPDATE ("b", "3")), PENDED ("'b'"));
  weft_expect (weft_fleet_get_repo (fleet, 1), COMMIT ("a3", "'b'", "3"), "error missing-base");
  weft_expect (weft_fleet_get_repo (fleet, 1), CANCEL ("a3", "'b'"), "{}");
  LAND (weft_fleet_get_repo (fleet, 1), "a4", "b", "3", "'rev':3," INSERT ("b", "4"));
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'b'"),
               FOUND ("b", "4", "3", REV ("a4", "3")));
}

static void
test_forgotten (Fixture       *fixture,
                gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, fixture->directory);

  g_test_summary ("A member that forgot what it was told is told again, and the change goes on");

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "requests-unknown"), ==, 0);

  for (guint i = 1; i < 3; i++)
    {
      weft_fleet_stop (fleet, i);
      weft_fleet_start (fleet, i);
    }
  LAND (weft_fleet_get_repo (fleet, 0), "a2", "b", "2", UPDATE ("b", "2"));
  weft_fleet_settle (fleet);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "requests-unknown"), ==, 2);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), LATEST ("2"));
}

static void
test_later (Fixture       *fixture,
            gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *slow;
  WeftAsked *fast;

  g_test_summary ("A member that has to fetch something for one request answers the others of its "
                  "message first, and that one when it is asked again");

  weft_fleet_stop (fleet, 2);
  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_fleet_start (fleet, 2);
  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a2", INSERT ("c", "2")), PENDED ("'c'"));
  weft_fleet_settle (fleet);

  slow = weft_ask (weft_fleet_get_repo (fleet, 0), COMMIT ("a1", "'b'", "1"));
  fast = weft_ask (weft_fleet_get_repo (fleet, 0), PEND ("a3", INSERT ("d", "3")));
  weft_asked_expect (slow, DONE);
  weft_asked_expect (fast, PENDED ("'d'"));
  weft_expect (weft_fleet_get_repo (fleet, 0), COMMIT ("a2", "'c'", "1"), DONE);
  weft_fleet_settle (fleet);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "requests-later"), >=, 1);
  for (guint i = 0; i < 3; i++)
    {
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), LATEST ("1"));
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'c'"),
                   FOUND ("c", "2", "1", REV ("a2", "1")));
    }
}

static void
test_past (Fixture       *fixture,
           gconstpointer  data)
{
  WeftFleet *fleet = fixture->fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("The store of a member takes no changes past its cluster");

  weft_expect (weft_fleet_get_store (fleet, 0), PEND ("a1", INSERT ("b", "1")), "error refused");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/cluster/" path, Fixture, NULL, set_up, func, tear_down)

  ADD ("commit", test_commit);
  ADD ("away", test_away);
  ADD ("restart", test_restart);
  ADD ("lacks-pend", test_lacks_pend);
  ADD ("rivals", test_rivals);
  ADD ("minority", test_minority);
  ADD ("small", test_small);
  ADD ("too-small", test_too_small);
  ADD ("cancel", test_cancel);
  ADD ("impossible", test_impossible);
  ADD ("forgotten", test_forgotten);
  ADD ("later", test_later);
  ADD ("past", test_past);

  return g_test_run ();
}
