/* weft-repo-contract.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-repo-contract.h"

#include "weft-repo-asker.h"
#include "weft-repo-fixture.h"

static void
test_insert (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_test_summary ("A block is absent while it is only pending, and there once it is committed");

  weft_expect (fixture->repo, GET ("'b'"), ABSENT ("b"));
  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, GET ("'b'"), "{'b':{'state':{'pendings':['a1']}}}");
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "1"), DONE);
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "1", "1", REV ("a1", "1")));
}

static void
test_old_revisions (WeftRepoFixture *fixture,
                    gconstpointer    data)
{
  g_test_summary ("Each revision stays readable, and says which one it is, whatever was asked");

  LAND (fixture->repo, "a1", "b", "2", INSERT ("b", "1"));
  LAND (fixture->repo, "a2", "b", "4", UPDATE ("b", "2"));
  LAND (fixture->repo, "a3", "b", "7", UPDATE ("b", "3"));

  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "3", "7", REV ("a3", "7")));
  weft_expect (fixture->repo, GET_AT ("'b'", "2"), FOUND ("b", "1", "2", REV ("a3", "7")));
  weft_expect (fixture->repo, GET_AT ("'b'", "3"), FOUND ("b", "1", "2", REV ("a3", "7")));
  weft_expect (fixture->repo, GET_AT ("'b'", "4"), FOUND ("b", "2", "4", REV ("a3", "7")));
  weft_expect (fixture->repo, GET_AT ("'b'", "6"), FOUND ("b", "2", "4", REV ("a3", "7")));
  weft_expect (fixture->repo, GET_AT ("'b'", "9"), FOUND ("b", "3", "7", REV ("a3", "7")));
  /* Its insert stands on nothing: before it there was no block. */
  weft_expect (fixture->repo, GET_AT ("'b'", "1"),
               "{'b':{'state':{'latest':" REV ("a3", "7") "}}}");
}

static void
test_delete (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_test_summary ("A deleted block is absent at the latest revision, readable before, and can be "
                  "inserted again by who knows of its revisions");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  LAND (fixture->repo, "a2", "b", "2", DELETE ("b"));
  weft_expect (fixture->repo, GET ("'b'"), DELETED ("b", "2", REV ("a2", "2")));
  weft_expect (fixture->repo, GET_AT ("'b'", "1"), FOUND ("b", "1", "1", REV ("a2", "2")));

  weft_expect (fixture->repo, PEND ("a3", INSERT ("b", "3")),
               "{'success':false,'reason':'block b is at revision 2',"
               "'staleAt':{'blockId':'b','rev':2},'missing':["
               "{'actionId':'a1','rev':1,'transforms':{'inserts':{'b':" BLOCK ("b", "1") "},"
               "'updates':{},'deletes':[]}},"
               "{'actionId':'a2','rev':2,'transforms':{'inserts':{},'updates':{},"
               "'deletes':['b']}}]}");
  LAND (fixture->repo, "a4", "b", "3", "'rev':3," INSERT ("b", "4"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "4", "3", REV ("a4", "3")));
  weft_expect (fixture->repo, GET_AT ("'b'", "2"), DELETED ("b", "2", REV ("a4", "3")));
}

static void
test_update_deleted (WeftRepoFixture *fixture,
                     gconstpointer    data)
{
  g_test_summary ("An update of a deleted block has no base");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  LAND (fixture->repo, "a2", "b", "2", DELETE ("b"));
  weft_expect (fixture->repo, PEND ("a3", UPDATE ("b", "3")), PENDED ("'b'"));
  weft_expect (fixture->repo, COMMIT ("a3", "'b'", "3"), "error missing-base");
  weft_expect (fixture->repo, GET ("'b'"),
               "{'b':{'materializedRev':2,'state':{'latest':" REV ("a2", "2") ","
               "'pendings':['a3']}}}");
}

static void
test_get_many (WeftRepoFixture *fixture,
               gconstpointer    data)
{
  g_test_summary ("A get answers for each distinct block");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (fixture->repo, GET ("'x','b'"),
               "{'x':{'state':{}},'b':{'block':" BLOCK ("b", "1") ",'materializedRev':1,"
               "'state':{'latest':" REV ("a1", "1") "}}}");
}

static void
test_repeat_pend (WeftRepoFixture *fixture,
                  gconstpointer    data)
{
  WeftAsked *first, *second;

  g_test_summary ("Pending an action again succeeds, also when it is on its way or committed; the "
                  "same id with another content does not");

  first = weft_ask (fixture->repo, PEND ("a1", INSERT ("b", "1")));
  second = weft_ask (fixture->repo, PEND ("a1", INSERT ("b", "1")));
  weft_asked_expect (first, PENDED ("'b'"));
  weft_asked_expect (second, PENDED ("'b'"));
  weft_expect (fixture->repo, PEND_POLICY ("a1", "f", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "2")), "error exists");
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "1"), DONE);

  /* Never pending and committed at once. */
  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "1", "1", REV ("a1", "1")));
}

static void
test_repeat_commit (WeftRepoFixture *fixture,
                    gconstpointer    data)
{
  WeftAsked *first, *second;

  g_test_summary ("Committing an action again at its revision succeeds; at another it does not");

  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  first = weft_ask (fixture->repo, COMMIT ("a1", "'b'", "2"));
  second = weft_ask (fixture->repo, COMMIT ("a1", "'b'", "2"));
  weft_asked_expect (first, DONE);
  weft_asked_expect (second, DONE);
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "2"), DONE);

  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "3"), "error not-found");
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "1"),
               "{'success':false,'reason':'block b is at revision 2',"
               "'staleAt':{'blockId':'b','rev':2},'missing':["
               "{'actionId':'a1','rev':2,'transforms':{'inserts':{'b':" BLOCK ("b", "1") "},"
               "'updates':{},'deletes':[]}}]}");
}

static void
test_policies (WeftRepoFixture *fixture,
               gconstpointer    data)
{
  g_test_summary ("Rivals stop a pend by policy: c goes on, f names them, r tells what they do");

  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, PEND_POLICY ("a2", "f", INSERT ("b", "2")),
               "{'success':false,'reason':'other actions are pending',"
               "'pending':[{'blockId':'b','actionId':'a1'}]}");
  weft_expect (fixture->repo, PEND_POLICY ("a2", "r", INSERT ("b", "2")),
               "{'success':false,'reason':'other actions are pending',"
               "'pending':[{'blockId':'b','actionId':'a1',"
               "'transform':{'insert':" BLOCK ("b", "1") "}}]}");
  weft_expect (fixture->repo, GET ("'b'"), "{'b':{'state':{'pendings':['a1']}}}");
  weft_expect (fixture->repo, PEND_POLICY ("a2", "c", INSERT ("b", "2")),
               "{'success':true,'blockIds':['b'],'pending':[{'blockId':'b','actionId':'a1'}]}");
  weft_expect (fixture->repo, GET ("'b'"), "{'b':{'state':{'pendings':['a1','a2']}}}");
}

static void
test_cancel (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_test_summary ("Cancelling drops what is pending, can be repeated, and undoes no commit");

  weft_expect (fixture->repo, CANCEL ("a1", "'b'"), "{}");
  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, CANCEL ("a1", "'b','never'"), "{}");
  weft_expect (fixture->repo, CANCEL ("a1", "'b'"), "{}");
  weft_expect (fixture->repo, GET ("'b'"), ABSENT ("b"));
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "1"), "error not-found");

  /* The id is free again, for another content. */
  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "2"));
  weft_expect (fixture->repo, CANCEL ("a1", "'b'"), "{}");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "1", REV ("a1", "1")));
}

static void
test_missing_base (WeftRepoFixture *fixture,
                   gconstpointer    data)
{
  g_test_summary ("An update of a block that is not here is kept, but not committed");

  weft_expect (fixture->repo, PEND ("a1", "'bases':{'b':4}," UPDATE ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "6"), "error missing-base");
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("x", "1")), PENDED ("'x'"));
  weft_expect (fixture->repo, COMMIT ("a2", "'x'", "6"), "error missing-base");
  weft_expect (fixture->repo, GET ("'b','x'"),
               "{'b':{'state':{'pendings':['a1']}},'x':{'state':{'pendings':['a2']}}}");
}

static void
test_bad_update (WeftRepoFixture *fixture,
                 gconstpointer    data)
{
  g_test_summary ("An update that cannot be applied is refused when it is pended");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (fixture->repo, PEND ("a2", "'transforms':{'updates':{'b':[['n',0,0,['x']]]}}"),
               "error invalid");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "1", "1", REV ("a1", "1")));
}

static void
test_not_pending (WeftRepoFixture *fixture,
                  gconstpointer    data)
{
  g_test_summary ("A commit of what is not pending everywhere does nothing anywhere");

  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "1"), "error not-found");
  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, COMMIT ("a1", "'b','x'", "1"), "error not-found");
  weft_expect (fixture->repo, GET ("'b'"), "{'b':{'state':{'pendings':['a1']}}}");
}

static void
test_overlapping (WeftRepoFixture *fixture,
                  gconstpointer    data)
{
  WeftAsked *asked[4];

  g_test_summary ("Commits of overlapping blocks in opposite orders, all at once: one wins");
  if (fixture->factory->is_shared)
    {
      g_test_skip ("others decide");
      return;
    }

  weft_expect (fixture->repo,
               PEND ("a1", "'transforms':{'inserts':{'x':" BLOCK ("x", "1") ","
                           "'y':" BLOCK ("y", "1") "}}"), PENDED ("'x','y'"));
  weft_expect (fixture->repo,
               PEND ("a2", "'transforms':{'inserts':{'y':" BLOCK ("y", "2") ","
                           "'x':" BLOCK ("x", "2") "}}"),
               "{'success':true,'blockIds':['x','y'],'pending':["
               "{'blockId':'x','actionId':'a1'},{'blockId':'y','actionId':'a1'}]}");
  asked[0] = weft_ask (fixture->repo, COMMIT ("a1", "'x','y'", "1"));
  asked[1] = weft_ask (fixture->repo, COMMIT ("a2", "'y','x'", "1"));
  asked[2] = weft_ask (fixture->repo, COMMIT ("a2", "'x','y'", "2"));
  asked[3] = weft_ask (fixture->repo, GET ("'y'"));

  weft_asked_expect (asked[3],
                     "{'y':{'block':" BLOCK ("y", "1") ",'materializedRev':1,"
                     "'state':{'latest':" REV ("a1", "1") ",'pendings':['a2']}}}");
  for (guint i = 1; i <= 2; i++)
    weft_asked_expect (asked[i],
                       "{'success':false,'reason':'block x is at revision 1',"
                       "'staleAt':{'blockId':'x','rev':1},'missing':["
                       "{'actionId':'a1','rev':1,'transforms':{'inserts':{"
                       "'x':" BLOCK ("x", "1") ",'y':" BLOCK ("y", "1") "},"
                       "'updates':{},'deletes':[]}}]}");
  weft_asked_expect (asked[0], DONE);
}

static void
test_context_pending (WeftRepoFixture *fixture,
                      gconstpointer    data)
{
  g_test_summary ("A reader sees its own pending action on top, on the blocks it touches");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  LAND (fixture->repo, "a2", "x", "2", INSERT ("x", "1"));
  weft_expect (fixture->repo, PEND ("a3", UPDATE ("b", "3")), PENDED ("'b'"));
  weft_expect (fixture->repo,
               GET_WITH ("'b','x'", "{'committed':[],'rev':2,'actionId':'a3'}"),
               "{'b':{'block':" BLOCK ("b", "3") ",'materializedRev':1,"
               "'state':{'latest':" REV ("a1", "1") ",'pendings':['a3']}},"
               "'x':{'block':" BLOCK ("x", "1") ",'materializedRev':2,"
               "'state':{'latest':" REV ("a2", "2") "}}}");
  weft_expect (fixture->repo, GET_WITH ("'b','x'", "{'committed':[],'rev':2,'actionId':'a4'}"),
               "error not-found");
  /* A new block is there for who made it. */
  weft_expect (fixture->repo, PEND ("a5", INSERT ("y", "5")), PENDED ("'y'"));
  weft_expect (fixture->repo, GET_WITH ("'y'", "{'committed':[],'rev':0,'actionId':'a5'}"),
               "{'y':{'block':" BLOCK ("y", "5") ",'state':{'pendings':['a5']}}}");
}

static void
test_context_promotes (WeftRepoFixture *fixture,
                       gconstpointer    data)
{
  g_test_summary ("What a context knows to be committed, and is pending here, becomes so: in order "
                  "of revision, and only where it fits");
  if (fixture->factory->is_shared)
    {
      g_test_skip ("others decide");
      return;
    }

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_expect (fixture->repo,
               GET_WITH ("'b'", "{'rev':3,'committed':[" REV ("a2", "3") "," REV ("a1", "1") ","
                                REV ("elsewhere", "2") "]}"),
               FOUND ("b", "2", "3", REV ("a2", "3")));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "3", REV ("a2", "3")));
  weft_expect (fixture->repo, COMMIT ("a2", "'b'", "3"), DONE);

  /* Made against revision 3, committed elsewhere at 5; here another came in between. */
  weft_expect (fixture->repo, PEND ("a3", UPDATE ("b", "3")), PENDED ("'b'"));
  weft_expect (fixture->repo, PEND ("a4", UPDATE ("b", "4")),
               "{'success':true,'blockIds':['b'],'pending':[{'blockId':'b','actionId':'a3'}]}");
  weft_expect (fixture->repo, COMMIT ("a4", "'b'", "4"), DONE);
  weft_expect (fixture->repo,
               GET_WITH ("'b'", "{'rev':5,'committed':[" REV ("a3", "5") "]}"),
               "{'b':{'state':{},'claimedRev':5,'unavailable':'missing-base: block b: expected "
               "revision 3 as the base of action a3, found 4'}}");
  weft_expect (fixture->repo, GET_AT ("'b'", "4"),
               "{'b':{'block':" BLOCK ("b", "4") ",'materializedRev':4,"
               "'state':{'latest':" REV ("a4", "4") ",'pendings':['a3']}}}");
}

static void
test_events (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_autoptr (WeftListener) listener = NULL;

  g_test_summary ("Each revision that lands is told once, by whatever way it came");

  if (!fixture->factory->has_events)
    {
      g_test_skip ("this repo emits no events");
      return;
    }

  listener = weft_listener_new (fixture->repo);
  weft_expect (fixture->repo,
               PEND ("a1", "'transforms':{'inserts':{'x':" BLOCK ("x", "1") ","
                           "'y':" BLOCK ("y", "1") "}}"), PENDED ("'x','y'"));
  weft_listener_expect (listener, "");
  weft_expect (fixture->repo, COMMIT ("a1", "'y','x'", "1"), DONE);
  weft_listener_expect (listener, "c [x,y] a1@1");
  weft_expect (fixture->repo, COMMIT ("a1", "'x','y'", "1"), DONE);
  weft_expect (fixture->repo, COMMIT ("a0", "'x'", "1"),
               "{'success':false,'reason':'block x is at revision 1',"
               "'staleAt':{'blockId':'x','rev':1},'missing':[{'actionId':'a1','rev':1,"
               "'transforms':{'inserts':{'x':" BLOCK ("x", "1") "},'updates':{},'deletes':[]}}]}");
  weft_listener_expect (listener, "");

  weft_expect (fixture->repo,
               PEND ("a2", "'transforms':{'updates':{'x':" SET ("2") "},'deletes':['y']}"),
               PENDED ("'x','y'"));
  g_free (weft_asked_finish (weft_ask (fixture->repo,
                                       GET_WITH ("'y'", "{'rev':2,'committed':["
                                                        REV ("a2", "2") "]}"))));
  weft_listener_expect (listener, "c [y] a2@2");
  weft_expect (fixture->repo, COMMIT ("a2", "'x','y'", "2"), DONE);
  weft_listener_expect (listener, "c [x] a2@2");
}

static void
test_hostile_ids (WeftRepoFixture *fixture,
                  gconstpointer    data)
{
  g_test_summary ("Ids are names, whatever they look like");

  LAND (fixture->repo, "../a:/1", "../b", "1", INSERT ("../b", "1"));
  LAND (fixture->repo, "a/B", "addresses/ann", "2", INSERT ("addresses/ann", "2"));
  LAND (fixture->repo, "a/b", "addresses/Ann", "3", INSERT ("addresses/Ann", "3"));
  LAND (fixture->repo, "ä…", "ж:*", "4", INSERT ("ж:*", "4"));
  weft_repo_fixture_reopen (fixture);
  weft_expect (fixture->repo, GET ("'../b'"), FOUND ("../b", "1", "1", REV ("../a:/1", "1")));
  weft_expect (fixture->repo, GET ("'addresses/ann'"),
               FOUND ("addresses/ann", "2", "2", REV ("a/B", "2")));
  weft_expect (fixture->repo, GET ("'addresses/Ann'"),
               FOUND ("addresses/Ann", "3", "3", REV ("a/b", "3")));
  weft_expect (fixture->repo, GET ("'ж:*'"), FOUND ("ж:*", "4", "4", REV ("ä…", "4")));
}

static void
test_reopen (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_test_summary ("All goes on where it was after a restart in the middle: pendings, revisions, "
                  "repeats");

  if (!fixture->factory->is_durable)
    {
      g_test_skip ("this repo forgets");
      return;
    }

  LAND (fixture->repo, "Zk9_wQ2-x1s0aB7dPq3LtA", "b", "1", INSERT ("b", "1"));
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_repo_fixture_reopen (fixture);
  weft_expect (fixture->repo, GET ("'b'"),
               "{'b':{'block':" BLOCK ("b", "1") ",'materializedRev':1,'state':{"
               "'latest':" REV ("Zk9_wQ2-x1s0aB7dPq3LtA", "1") ",'pendings':['a2']}}}");
  weft_expect (fixture->repo, PEND_POLICY ("a2", "f", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_expect (fixture->repo, COMMIT ("a2", "'b'", "2"), DONE);
  weft_repo_fixture_reopen (fixture);
  weft_expect (fixture->repo, COMMIT ("a2", "'b'", "2"), DONE);
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));
  weft_expect (fixture->repo, GET_AT ("'b'", "1"), FOUND ("b", "1", "1", REV ("a2", "2")));
  LAND (fixture->repo, "a3", "b", "3", DELETE ("b"));
  weft_repo_fixture_reopen (fixture);
  weft_expect (fixture->repo, GET ("'b'"), DELETED ("b", "3", REV ("a3", "3")));
}

void
weft_repo_contract_add (const WeftRepoFactory *factory)
{
  static const WeftRepoTest tests[] = {
    { "insert", test_insert },
    { "old-revisions", test_old_revisions },
    { "delete", test_delete },
    { "update-of-a-deleted-block", test_update_deleted },
    { "get-many", test_get_many },
    { "repeated-pend", test_repeat_pend },
    { "repeated-commit", test_repeat_commit },
    { "policies", test_policies },
    { "cancel", test_cancel },
    { "missing-base", test_missing_base },
    { "bad-update", test_bad_update },
    { "not-pending", test_not_pending },
    { "overlapping-commits", test_overlapping },
    { "context/pending-on-top", test_context_pending },
    { "context/promotes", test_context_promotes },
    { "events", test_events },
    { "hostile-ids", test_hostile_ids },
    { "reopen", test_reopen },
  };

  weft_repo_fixture_add_tests (factory, tests, G_N_ELEMENTS (tests));
  weft_repo_contract_add_put (factory);
  weft_repo_contract_add_stale (factory);
  weft_repo_contract_add_random (factory);
}
