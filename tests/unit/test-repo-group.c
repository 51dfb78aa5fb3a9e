/* test-repo-group.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a member of a cluster does with several actions at a time: all of it or nothing. */

#include "config.h"

#include "decided-repo.h"
#include "weft-repo-message-private.h"

#define CLUSTER "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define SOON (g_get_real_time () / 1000 + 60000)

/* (element-type WeftCommitRequest): "a1 b 1" is action a1 as revision 1 of b. */
static GPtrArray *
make_commits (const char *const *lines)
{
  GPtrArray *commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 3);
      const char *block_ids[] = { words[1], NULL };

      g_ptr_array_add (commits,
                       weft_commit_request_new (words[0], block_ids,
                                                g_ascii_strtoll (words[2], NULL, 10), NULL));
    }

  return commits;
}

static void
expect_applied (DecidedRepo       *fixture,
                const char *const *lines)
{
  g_autoptr (GPtrArray) commits = make_commits (lines);
  g_autoptr (GError) error = NULL;
  gboolean is_applied = decided_repo_apply (fixture, commits, CLUSTER, &error);

  g_assert_no_error (error);
  g_assert_true (is_applied);
}

static void
expect_refused (DecidedRepo       *fixture,
                const char *const *lines,
                int                code)
{
  g_autoptr (GPtrArray) commits = make_commits (lines);
  g_autoptr (GError) error = NULL;

  g_assert_false (decided_repo_apply (fixture, commits, CLUSTER, &error));
  g_assert_error (error, WEFT_ERROR, code);
}

static void
test_applied (DecidedRepo   *fixture,
              gconstpointer  data)
{
  WeftRepo *repo = WEFT_REPO (fixture->repo);

  g_test_summary ("Commits that were decided together become revisions together, each told of by "
                  "itself; one that is here already does no harm.");

  LAND (repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_listener_expect (fixture->listener, "c [b] a1@1");
  weft_expect (repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_expect (repo, PEND ("x1", INSERT ("x", "7")), PENDED ("'x'"));
  expect_applied (fixture, (const char *[]) { "a2 b 2", "x1 x 1", NULL });
  g_assert_true (decided_repo_is_marked (fixture));
  weft_listener_expect (fixture->listener, "c [b] a2@2; c [x] x1@1");
  weft_expect (repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));
  weft_expect (repo, GET ("'x'"), FOUND ("x", "7", "1", REV ("x1", "1")));

  weft_expect (repo, PEND ("y1", INSERT ("y", "8")), PENDED ("'y'"));
  expect_applied (fixture, (const char *[]) { "a2 b 2", "y1 y 1", "x1 x 1", NULL });
  weft_listener_expect (fixture->listener, "c [y] y1@1");
  weft_expect (repo, GET ("'b'"), FOUND ("b", "2", "2", REV ("a2", "2")));
  weft_expect (repo, GET ("'y'"), FOUND ("y", "8", "1", REV ("y1", "1")));
}

static void
test_refused (DecidedRepo   *fixture,
              gconstpointer  data)
{
  WeftRepo *repo = WEFT_REPO (fixture->repo);

  g_test_summary ("Where one of them is not possible, none of them happens.");

  weft_expect (repo, PEND ("b1", INSERT ("b", "1")), PENDED ("'b'"));
  expect_refused (fixture, (const char *[]) { "b1 b 1", "x1 x 1", NULL }, WEFT_ERROR_NOT_FOUND);
  expect_refused (fixture, (const char *[]) { "x1 x 1", "b1 b 1", NULL }, WEFT_ERROR_NOT_FOUND);
  g_assert_false (decided_repo_is_marked (fixture));
  g_assert_cmpuint (fixture->n_settled, ==, 0);
  weft_expect (repo, GET ("'b'"), "{'b':{'state':{'pendings':['b1']}}}");
  weft_listener_expect (fixture->listener, "");
}

static GPtrArray *
make_pends (const char *const *texts)
{
  GPtrArray *pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *text = weft_canonical (texts[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) json = weft_json_parse (text, -1, &error);
      WeftPendRequest *pend = weft_pend_request_from_json (json, &error);

      g_assert_no_error (error);
      g_ptr_array_add (pends, pend);
    }

  return pends;
}

#define PEND_REQUEST(action, rest) "{'actionId':'" action "','policy':'c'," rest "}"

/* What they are to be committed by. */
static WeftRepoMessage *
make_message (const char *const *lines)
{
  g_autoptr (GPtrArray) commits = make_commits (lines);

  return weft_repo_message_new_commits (commits, 0);
}

static gboolean
is_pending (DecidedRepo *fixture,
            const char  *block_id,
            const char  *action_id)
{
  g_autoptr (WeftPending) pending
      = weft_storage_read_pending (fixture->storage, block_id, action_id, NULL);

  return pending != NULL;
}

static void
test_pended (DecidedRepo   *fixture,
             gconstpointer  data)
{
  const char *texts[] = { PEND_REQUEST ("b1", INSERT ("b", "1")),
                          PEND_REQUEST ("x1", INSERT ("x", "7")), NULL };
  g_autoptr (GPtrArray) pends = make_pends (texts);
  g_autoptr (WeftRepoMessage) message
      = make_message ((const char *[]) { "b1 b 1", "x1 x 1", NULL });
  g_autoptr (WeftPendResult) stale = NULL;
  g_autoptr (GError) error = NULL;
  gint64 expiration_msec = SOON;
  gboolean is_good;

  g_test_summary ("What is pended at once can be read when the call returns, and is as any pending "
                  "from then on; pended again it stays as it is.");

  for (guint i = 0; i < 2; i++)
    {
      is_good = weft_storage_repo_pend_at_once (fixture->repo, message, pends, expiration_msec,
                                                &stale, &error);
      g_assert_no_error (error);
      g_assert_true (is_good);
      g_assert_null (stale);
      g_assert_true (is_pending (fixture, "b", "b1"));
      g_assert_true (is_pending (fixture, "x", "x1"));
    }
  expect_applied (fixture, (const char *[]) { "b1 b 1", "x1 x 1", NULL });
  weft_expect (WEFT_REPO (fixture->repo), GET ("'x'"),
               FOUND ("x", "7", "1", REV ("x1", "1")));
}

static void
test_pends_refused (DecidedRepo   *fixture,
                    gconstpointer  data)
{
  const char *late[] = { PEND_REQUEST ("b2", UPDATE ("b", "2")),
                         PEND_REQUEST ("x2", "'bases':{'x':0}," UPDATE ("x", "2")), NULL };
  const char *wrong[] = { PEND_REQUEST ("b2", UPDATE ("b", "2")),
                          PEND_REQUEST ("x9", UPDATE ("x", "9")), NULL };
  g_autoptr (GPtrArray) late_pends = make_pends (late);
  g_autoptr (GPtrArray) wrong_pends = make_pends (wrong);
  g_autoptr (WeftRepoMessage) late_message
      = make_message ((const char *[]) { "b2 b 2", "x2 x 2", NULL });
  g_autoptr (WeftRepoMessage) wrong_message
      = make_message ((const char *[]) { "b2 b 2", "x9 x 2", NULL });
  g_autoptr (WeftPendResult) stale = NULL;
  g_autoptr (WeftPendResult) none = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Where one came too late, or is not what its id stands for, none is pended.");

  LAND (WEFT_REPO (fixture->repo), "b1", "b", "1", INSERT ("b", "1"));
  LAND (WEFT_REPO (fixture->repo), "x1", "x", "1", INSERT ("x", "1"));
  g_assert_false (weft_storage_repo_pend_at_once (fixture->repo, late_message, late_pends,
                                                  SOON, &stale, &error));
  g_assert_no_error (error);
  g_assert_nonnull (stale);
  g_assert_false (weft_pend_result_is_success (stale));
  g_assert_false (is_pending (fixture, "b", "b2"));

  weft_expect (WEFT_REPO (fixture->repo), PEND ("x9", UPDATE ("x", "1")), PENDED ("'x'"));
  g_assert_false (weft_storage_repo_pend_at_once (fixture->repo, wrong_message, wrong_pends,
                                                  SOON, &none, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  g_assert_null (none);
  g_assert_false (is_pending (fixture, "b", "b2"));
}

#define ADD(name, function)                                                                      \
  g_test_add ("/repo/group/" name, DecidedRepo, NULL, decided_repo_set_up, function,             \
              decided_repo_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("applied", test_applied);
  ADD ("refused", test_refused);
  ADD ("pended", test_pended);
  ADD ("pends-refused", test_pends_refused);

  return g_test_run ();
}
