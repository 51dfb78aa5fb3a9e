/* weft-repo-contract-stale.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-repo-asker.h"
#include "weft-repo-fixture.h"

static void
test_rev (WeftRepoFixture *fixture,
          gconstpointer    data)
{
  g_test_summary ("A pend for a revision that is taken is told what was done there, in full");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  LAND (fixture->repo, "a2", "b", "2", UPDATE ("b", "2"));
  LAND (fixture->repo, "a3", "b", "5", UPDATE ("b", "3"));
  weft_expect (fixture->repo, PEND ("a4", "'rev':2," UPDATE ("b", "4")),
               "{'success':false,'reason':'block b is at revision 5',"
               "'staleAt':{'blockId':'b','rev':5},'missing':["
               "{'actionId':'a2','rev':2,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("2") "}}},"
               "{'actionId':'a3','rev':5,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("3") "}}}]}");
  /* Nothing of it was stored. */
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "3", "5", REV ("a3", "5")));
}

static void
test_base (WeftRepoFixture *fixture,
           gconstpointer    data)
{
  g_test_summary ("A pend on a base that is not the latest is told what came after it");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  LAND (fixture->repo, "a2", "b", "3", UPDATE ("b", "2"));
  weft_expect (fixture->repo, PEND ("a3", "'bases':{'b':1}," UPDATE ("b", "3")),
               "{'success':false,'reason':'block b is at revision 3',"
               "'staleAt':{'blockId':'b','rev':3},'missing':["
               "{'actionId':'a2','rev':3,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'b':" SET ("2") "}}}]}");
  /* A base from the future: this node is behind, and has nothing to tell. */
  weft_expect (fixture->repo, PEND ("a3", "'bases':{'b':4}," UPDATE ("b", "3")),
               "{'success':false,'reason':'block b is at revision 3',"
               "'staleAt':{'blockId':'b','rev':3}}");
  LAND (fixture->repo, "a3", "b", "4", "'bases':{'b':3}," UPDATE ("b", "3"));
}

static void
test_groups (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  g_test_summary ("What was missed on several blocks is grouped by action");

  weft_expect (fixture->repo,
               PEND ("a1", "'transforms':{'inserts':{'x':" BLOCK ("x", "1") ","
                           "'y':" BLOCK ("y", "1") "}}"), PENDED ("'x','y'"));
  weft_expect (fixture->repo, COMMIT ("a1", "'x','y'", "1"), DONE);
  weft_expect (fixture->repo,
               PEND ("a2", "'transforms':{'updates':{'x':" SET ("2") "},'deletes':['y']}"),
               PENDED ("'x','y'"));
  weft_expect (fixture->repo,
               PEND ("a3", "'transforms':{'updates':{'x':" SET ("3") ",'y':" SET ("3") "}}"),
               "{'success':true,'blockIds':['x','y'],'pending':["
               "{'blockId':'x','actionId':'a2'},{'blockId':'y','actionId':'a2'}]}");
  weft_expect (fixture->repo, COMMIT ("a2", "'x','y'", "2"), DONE);

  weft_expect (fixture->repo, COMMIT ("a3", "'x','y'", "3"),
               "{'success':false,'reason':'block x is at revision 2',"
               "'staleAt':{'blockId':'x','rev':2},'missing':["
               "{'actionId':'a2','rev':2,'transforms':{'inserts':{},"
               "'updates':{'x':" SET ("2") "},'deletes':['y']}}]}");
}

static void
test_all_or_none (WeftRepoFixture *fixture,
                  gconstpointer    data)
{
  g_test_summary ("One stale block holds back the others of a pend and of a commit");

  LAND (fixture->repo, "a1", "x", "1", INSERT ("x", "1"));
  weft_expect (fixture->repo,
               PEND ("a2", "'transforms':{'updates':{'x':" SET ("2") "},"
                           "'inserts':{'y':" BLOCK ("y", "2") "}}"), PENDED ("'x','y'"));
  LAND (fixture->repo, "a3", "z", "2", INSERT ("z", "3"));
  weft_expect (fixture->repo,
               PEND ("a4", "'transforms':{'inserts':{'w':" BLOCK ("w", "4") ","
                           "'z':" BLOCK ("z", "4") "}}"),
               "{'success':false,'reason':'block z is at revision 2',"
               "'staleAt':{'blockId':'z','rev':2},'missing':["
               "{'actionId':'a3','rev':2,'transforms':{'inserts':{'z':" BLOCK ("z", "3") "},"
               "'updates':{},'deletes':[]}}]}");
  weft_expect (fixture->repo, GET ("'w'"), ABSENT ("w"));

  /* Another action overtakes on one of its blocks. */
  weft_expect (fixture->repo, PEND ("a5", UPDATE ("x", "5")),
               "{'success':true,'blockIds':['x'],'pending':[{'blockId':'x','actionId':'a2'}]}");
  weft_expect (fixture->repo, COMMIT ("a5", "'x'", "3"), DONE);
  weft_expect (fixture->repo, COMMIT ("a2", "'x','y'", "4"),
               "{'success':false,'reason':'block x is at revision 3',"
               "'staleAt':{'blockId':'x','rev':3},'missing':["
               "{'actionId':'a5','rev':3,'transforms':{'inserts':{},'deletes':[],"
               "'updates':{'x':" SET ("5") "}}}]}");
  weft_expect (fixture->repo, GET ("'y'"), "{'y':{'state':{'pendings':['a2']}}}");
}

static void
test_bounded (WeftRepoFixture *fixture,
              gconstpointer    data)
{
  g_autofree char *answer = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *missing;
  JsonObject *first, *last;

  g_test_summary ("Of more missed actions than an answer tells, the newest are told");

  LAND (fixture->repo, "a", "b", "1", INSERT ("b", "0"));
  for (guint i = 2; i <= WEFT_LIMIT_MISSING_ACTIONS_MAX + 2; i++)
    {
      g_autofree char *pend = g_strdup_printf (PEND ("a%u", UPDATE ("b", "%u")), i, i);
      g_autofree char *commit = g_strdup_printf (COMMIT ("a%u", "'b'", "%u"), i, i);

      weft_expect (fixture->repo, pend, PENDED ("'b'"));
      weft_expect (fixture->repo, commit, DONE);
    }

  answer = weft_asked_finish (weft_ask (fixture->repo, PEND ("z", INSERT ("b", "9"))));
  json = weft_json_parse (answer, -1, &error);
  g_assert_no_error (error);
  missing = json_object_get_array_member (json_node_get_object (json), "missing");
  g_assert_cmpuint (json_array_get_length (missing), ==, WEFT_LIMIT_MISSING_ACTIONS_MAX);
  first = json_array_get_object_element (missing, 0);
  last = json_array_get_object_element (missing, WEFT_LIMIT_MISSING_ACTIONS_MAX - 1);
  g_assert_cmpint (json_object_get_int_member (first, "rev"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (last, "rev"), ==,
                   WEFT_LIMIT_MISSING_ACTIONS_MAX + 2);
}

void
weft_repo_contract_add_stale (const WeftRepoFactory *factory)
{
  static const WeftRepoTest tests[] = {
    { "stale/rev", test_rev },
    { "stale/base", test_base },
    { "stale/grouped-by-action", test_groups },
    { "stale/all-or-none", test_all_or_none },
    { "stale/bounded", test_bounded },
  };

  weft_repo_fixture_add_tests (factory, tests, G_N_ELEMENTS (tests));
}
