/* weft-repo-contract-put.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>

#include "weft-repo-asker.h"
#include "weft-repo-fixture.h"

static void
test_put (WeftRepoFixture *fixture,
          gconstpointer    data)
{
  g_test_summary ("A put is a revision when it is answered: of a new block, of what is there, of "
                  "what was deleted");

  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "1", "1", REV ("a1", "1")));
  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));
  weft_expect (fixture->repo, PUT ("a3", "'bases':{'b':2}," DELETE ("b")), MADE ("3"));
  weft_expect (fixture->repo, GET ("'b'"), DELETED ("b", "3", REV ("a3", "3")));
  weft_expect (fixture->repo, PUT ("a4", "'bases':{'b':3}," INSERT ("b", "4")), MADE ("4"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "4", "4", REV ("a4", "4")));
  weft_expect (fixture->repo, GET_AT ("'b'", "2"), FOUND ("b", "2", "2", REV ("a4", "4")));
}

static void
test_rev (WeftRepoFixture *fixture,
          gconstpointer    data)
{
  g_test_summary ("A put becomes the revision that it names, which has to follow the base");

  weft_expect (fixture->repo, PUT ("a1", "'rev':4," INSERT ("b", "1")), MADE ("4"));
  weft_expect (fixture->repo, PUT ("a2", "'bases':{'b':4},'rev':9," UPDATE ("b", "2")), MADE ("9"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "9", REV ("a2", "9")));
  weft_expect (fixture->repo, PUT ("a3", "'bases':{'b':9},'rev':9," UPDATE ("b", "3")),
               "error invalid");
  weft_expect (fixture->repo, PUT ("a3", "'rev':5," UPDATE ("b", "3")),
               "{'success':false,'reason':'block b is at revision 9',"
               "'staleAt':{'blockId':'b','rev':9},'missing':["
               "{'actionId':'a2','rev':9,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("2") "}}}]}");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "9", REV ("a2", "9")));
}

static void
test_stale (WeftRepoFixture *fixture,
            gconstpointer    data)
{
  g_test_summary ("A put that names a base, or inserts, is told what came in between; nothing of "
                  "it is left");

  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, PUT ("a2", "'bases':{'b':1}," UPDATE ("b", "2")), MADE ("2"));
  weft_expect (fixture->repo, PUT ("a3", "'bases':{'b':1}," UPDATE ("b", "3")),
               "{'success':false,'reason':'block b is at revision 2',"
               "'staleAt':{'blockId':'b','rev':2},'missing':["
               "{'actionId':'a2','rev':2,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("2") "}}}]}");
  weft_expect (fixture->repo, PUT ("a4", INSERT ("b", "4")),
               "{'success':false,'reason':'block b is at revision 2',"
               "'staleAt':{'blockId':'b','rev':2},'missing':["
               "{'actionId':'a1','rev':1,'transforms':{'inserts':{'b':" BLOCK ("b", "1") "},"
               "'updates':{},'deletes':[]}},"
               "{'actionId':'a2','rev':2,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("2") "}}}]}");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));
}

static void
test_again (WeftRepoFixture *fixture,
            gconstpointer    data)
{
  WeftAsked *first, *second;

  g_test_summary ("A put that is asked again is done once, also when others followed it; the same "
                  "id with another content is refused");

  first = weft_ask (fixture->repo, PUT ("a1", INSERT ("b", "1")));
  second = weft_ask (fixture->repo, PUT ("a1", INSERT ("b", "1")));
  weft_asked_expect (first, MADE ("1"));
  weft_asked_expect (second, MADE ("1"));
  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (fixture->repo, PUT ("a3", UPDATE ("b", "3")), MADE ("3"));
  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (fixture->repo, PUT ("a2", "'rev':2,'bases':{'b':1}," UPDATE ("b", "2")), MADE ("2"));
  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, COMMIT ("a2", "'b'", "2"), DONE);
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "3", "3", REV ("a3", "3")));

  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "4")), "error exists");
  weft_expect (fixture->repo, PEND ("a4", UPDATE ("b", "4")), PENDED ("'b'"));
  weft_expect (fixture->repo, PUT ("a4", UPDATE ("b", "5")), "error exists");
}

static void
test_after_pend (WeftRepoFixture *fixture,
                 gconstpointer    data)
{
  g_test_summary ("What is pending is put as well, and is pending no more");

  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));

  weft_expect (fixture->repo, PEND ("a3", "'bases':{'b':2}," UPDATE ("b", "3")), PENDED ("'b'"));
  weft_expect (fixture->repo, PUT ("a4", UPDATE ("b", "4")), MADE ("3"));
  weft_expect (fixture->repo, PUT ("a3", "'bases':{'b':2}," UPDATE ("b", "3")),
               "{'success':false,'reason':'block b is at revision 3',"
               "'staleAt':{'blockId':'b','rev':3},'missing':["
               "{'actionId':'a4','rev':3,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("4") "}}}]}");
  weft_expect (fixture->repo, CANCEL ("a3", "'b'"), "{}");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "4", "3", REV ("a4", "3")));
}

static void
test_together (WeftRepoFixture *fixture,
               gconstpointer    data)
{
  g_test_summary ("A put of several blocks takes all of them or none, at one revision after all "
                  "bases");

  weft_expect (fixture->repo, PUT ("a1", "'rev':3," INSERT ("x", "1")), MADE ("3"));
  weft_expect (fixture->repo,
               PUT ("a2", "'transforms':{'updates':{'x':" SET ("2") "},"
                          "'inserts':{'y':" BLOCK ("y", "2") "}}"), MADE ("4"));
  weft_expect (fixture->repo, GET ("'x','y'"),
               "{'x':{'block':" BLOCK ("x", "2") ",'materializedRev':4,"
               "'state':{'latest':" REV ("a2", "4") "}},"
               "'y':{'block':" BLOCK ("y", "2") ",'materializedRev':4,"
               "'state':{'latest':" REV ("a2", "4") "}}}");

  weft_expect (fixture->repo,
               PUT ("a3", "'bases':{'x':3},'transforms':{'updates':{'x':" SET ("3") ","
                          "'y':" SET ("3") "}}"),
               "{'success':false,'reason':'block x is at revision 4',"
               "'staleAt':{'blockId':'x','rev':4},'missing':["
               "{'actionId':'a2','rev':4,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'x':" SET ("2") "}}}]}");
  weft_expect (fixture->repo, GET ("'y'"), FOUND ("y", "2", "4", REV ("a2", "4")));
}

static void
test_refused (WeftRepoFixture *fixture,
              gconstpointer    data)
{
  g_test_summary ("A put that makes no sense leaves nothing behind: its id is free for another");

  weft_expect (fixture->repo, PUT ("a1", UPDATE ("b", "1")), "error missing-base");
  weft_expect (fixture->repo, PUT ("a1", "'bases':{'b':4}," UPDATE ("b", "1")),
               "error missing-base");
  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, PUT ("a2", "'transforms':{'updates':{'b':[['n',0,0,['x']]]}}"),
               "error invalid");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "1", "1", REV ("a1", "1")));
  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
}

static void
test_policies (WeftRepoFixture *fixture,
               gconstpointer    data)
{
  g_test_summary ("Rivals that are pending stop a put by its policy, as they do a pend");

  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, PUT_POLICY ("a2", "f", INSERT ("b", "2")),
               "{'success':false,'reason':'other actions are pending',"
               "'pending':[{'blockId':'b','actionId':'a1'}]}");
  weft_expect (fixture->repo, GET ("'b'"), "{'b':{'state':{'pendings':['a1']}}}");
  weft_expect (fixture->repo, PUT_POLICY ("a2", "c", INSERT ("b", "2")), MADE ("1"));
  weft_expect (fixture->repo, CANCEL ("a1", "'b'"), "{}");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "1", REV ("a2", "1")));
}

static void
test_crowd (WeftRepoFixture *fixture,
            gconstpointer    data)
{
  WeftAsked *asked[8];
  g_autofree char *answers = NULL;

  g_test_summary ("Of puts of one block at once that name no base all are done, one after the "
                  "other");

  weft_expect (fixture->repo, PUT ("a", INSERT ("b", "0")), MADE ("1"));
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("a%u", UPDATE ("b", "%u")), i, i);

      asked[i] = weft_ask (fixture->repo, put);
    }
  for (guint rev = 0, i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *answer = weft_asked_finish (asked[i]);
      guint made = 0;

      g_assert_cmpint (sscanf (answer, "{\"rev\":%u,\"success\":true}", &made), ==, 1);
      g_assert_cmpuint (made, >=, 2);
      g_assert_cmpuint (made, <=, G_N_ELEMENTS (asked) + 1);
      g_assert_cmpuint (rev & (1u << made), ==, 0);
      rev |= 1u << made;
    }
}

static void
test_events (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_autoptr (WeftListener) listener = NULL;

  g_test_summary ("A put is told once, like any revision that lands");

  if (!fixture->factory->has_events)
    {
      g_test_skip ("this repo emits no events");
      return;
    }

  listener = weft_listener_new (fixture->repo);
  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_listener_expect (listener, "c [b] a1@1");
}

static void
test_reopen (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_test_summary ("What was put is there after a restart, and putting it again changes nothing");

  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  if (!weft_repo_fixture_reopen (fixture))
    {
      g_test_skip ("this repo forgets");
      return;
    }
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));
  weft_expect (fixture->repo, PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (fixture->repo, PUT ("a3", UPDATE ("b", "3")), MADE ("3"));
}

/* Only members tell each other of several commits at once. */
static void
test_one_operation (WeftRepoFixture *fixture,
                    gconstpointer    data)
{
  g_test_summary ("A message of several commits is not for callers");

  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  weft_expect (fixture->repo, PEND ("a2", INSERT ("x", "1")), PENDED ("'x'"));
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "1") "," COMMIT ("a2", "'x'", "1"),
               "error invalid");
  weft_expect (fixture->repo, GET ("'b'"), "{'b':{'state':{'pendings':['a1']}}}");
}

void
weft_repo_contract_add_put (const WeftRepoFactory *factory)
{
  static const WeftRepoTest tests[] = {
    { "put/made", test_put },
    { "put/rev", test_rev },
    { "put/stale", test_stale },
    { "put/again", test_again },
    { "put/after-pend", test_after_pend },
    { "put/together", test_together },
    { "put/refused", test_refused },
    { "put/policies", test_policies },
    { "put/crowd", test_crowd },
    { "put/events", test_events },
    { "put/reopen", test_reopen },
    { "put/one-operation", test_one_operation },
  };

  weft_repo_fixture_add_tests (factory, tests, G_N_ELEMENTS (tests));
}
