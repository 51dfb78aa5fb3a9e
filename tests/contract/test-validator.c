/* test-validator.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What an application says against a commit, alone and in a cluster. */

#include <string.h>

#include "weft-fleet.h"
#include "weft-repo-asker.h"

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))

typedef struct
{
  guint n_asked;
  guint n_destroyed;
  gint64 base_rev;  /* of what was judged last */
  gint64 base;      /* the number in the block, -1 for none */
  gint64 result;
} Judge;

static gint64
get_number (WeftBlock *block)
{
  JsonNode *number = block != NULL ? weft_block_get_attribute (block, "n") : NULL;

  return number != NULL ? json_node_get_int (number) : -1;
}

/* Numbers do not go down. */
static char *
validate (WeftStorageRepo   *repo,
          WeftCommitRequest *request,
          GPtrArray         *changes,
          gpointer           user_data)
{
  Judge *judge = user_data;

  judge->n_asked++;
  g_assert_cmpuint (changes->len, >, 0);
  for (guint i = 0; i < changes->len; i++)
    {
      WeftBlockChange *change = g_ptr_array_index (changes, i);

      judge->base_rev = weft_block_change_get_base_rev (change);
      judge->base = get_number (weft_block_change_get_base (change));
      judge->result = get_number (weft_block_change_get_result (change));
      if (judge->result >= 0 && judge->result < judge->base)
        return g_strdup_printf ("%s went down",
                                weft_block_change_get_block_id (change));
    }

  return NULL;
}

static void
destroy (gpointer data)
{
  ((Judge *) data)->n_destroyed++;
}

static char *
fail (WeftStorageRepo   *repo,
      WeftCommitRequest *request,
      GPtrArray         *changes,
      gpointer           user_data)
{
  return g_strdup (user_data);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **where = user_data;

  *where = g_object_ref (result);
}

/* The error of a commit that is refused. */
static char *
commit_refused (WeftRepo   *repo,
                const char *action_id,
                gint64      rev)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr(WeftCommitRequest) request
      = weft_commit_request_new (action_id, block_ids, rev, NULL);
  g_autoptr(WeftCommitResult) committed = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  weft_repo_commit_async (repo, request, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  committed = weft_repo_commit_finish (repo, result, &error);
  g_assert_null (committed);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED);

  return g_strdup (error->message);
}

static void
test_alone (void)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftStorageRepo) store = weft_storage_repo_new (storage, clock);
  WeftRepo *repo = WEFT_REPO (store);
  g_autofree char *text = NULL;
  Judge judge = { 0 };

  g_test_summary ("A repo on its own asks before it commits, with the block before and after");

  weft_storage_repo_set_commit_validator (store, validate, &judge, destroy);
  LAND (repo, "a5", "b", "5", INSERT ("b", "5"));
  g_assert_cmpint (judge.base_rev, ==, 0);
  g_assert_cmpint (judge.base, ==, -1);
  g_assert_cmpint (judge.result, ==, 5);

  weft_expect (repo, PEND ("a6", "'bases':{'b':5}," UPDATE ("b", "4")), PENDED ("'b'"));
  g_assert_cmpuint (judge.n_asked, ==, 1);
  text = commit_refused (repo, "a6", 6);
  g_assert_cmpstr (text, ==, "b went down");
  g_assert_cmpint (judge.base_rev, ==, 5);
  g_assert_cmpint (judge.base, ==, 5);
  g_assert_cmpint (judge.result, ==, 4);
  weft_expect (repo, CANCEL ("a6", "'b'"), "{}");
  weft_expect (repo, GET ("'b'"), LATEST ("5"));

  /* What is committed is not judged again. */
  g_assert_cmpuint (judge.n_asked, ==, 2);
  weft_expect (repo, COMMIT ("a5", "'b'", "5"), DONE);
  g_assert_cmpuint (judge.n_asked, ==, 2);

  LAND (repo, "a7", "b", "7", DELETE ("b"));
  g_assert_cmpint (judge.base, ==, 5);
  g_assert_cmpint (judge.result, ==, -1);
  weft_storage_repo_set_commit_validator (store, NULL, NULL, NULL);
  g_assert_cmpuint (judge.n_destroyed, ==, 1);
}

static void
test_put (void)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftStorageRepo) store = weft_storage_repo_new (storage, clock);
  WeftRepo *repo = WEFT_REPO (store);
  Judge judge = { 0 };

  g_test_summary ("A put is judged once, and nothing of one that is refused stays");

  weft_storage_repo_set_commit_validator (store, validate, &judge, destroy);
  weft_expect (repo, PUT ("a1", INSERT ("b", "5")), MADE ("1"));
  weft_expect (repo, PUT ("a2", UPDATE ("b", "4")), "error refused");
  g_assert_cmpint (judge.base_rev, ==, 1);
  g_assert_cmpint (judge.base, ==, 5);
  g_assert_cmpint (judge.result, ==, 4);
  weft_expect (repo, GET ("'b'"), FOUND ("b", "5", "1", REV ("a1", "1")));
  weft_expect (repo, PUT ("a1", INSERT ("b", "5")), MADE ("1"));
  g_assert_cmpuint (judge.n_asked, ==, 2);
  /* The id is free, as there was never anything of that name. */
  weft_expect (repo, PUT ("a2", UPDATE ("b", "6")), MADE ("2"));
  weft_expect (repo, GET ("'b'"), FOUND ("b", "6", "2", REV ("a2", "2")));
}

static void
test_put_by_members (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);
  Judge judges[3] = { { 0 } };

  g_test_summary ("Members judge a put by what came along with it, and refuse it together");

  for (guint i = 1; i < 3; i++)
    weft_storage_repo_set_commit_validator (weft_node_get_repo (fleet->nodes[i]), validate,
                                            &judges[i], destroy);
  weft_expect (repo, PUT ("a1", INSERT ("b", "5")), MADE ("1"));
  for (guint i = 1; i < 3; i++)
    g_assert_cmpint (judges[i].result, ==, 5);
  weft_expect (repo, PUT ("a2", UPDATE ("b", "4")), "error refused");
  for (guint i = 1; i < 3; i++)
    g_assert_cmpint (judges[i].result, ==, 4);
  /* Nobody has to cancel it. */
  for (guint i = 1; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"),
                 FOUND ("b", "5", "1", REV ("a1", "1")));
  weft_expect (repo, PUT ("a3", UPDATE ("b", "6")), MADE ("2"));
}

static void
test_long_text (void)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftStorageRepo) store = weft_storage_repo_new (storage, clock);
  g_autofree char *fits = g_strnfill (WEFT_LIMIT_OBJECTION_BYTES_MAX, 'x');
  g_autofree char *too_long = g_strnfill (WEFT_LIMIT_OBJECTION_BYTES_MAX + 1, 'x');
  const char *const said[] = { fits, too_long };

  g_test_summary ("What it says is cut where it is too long to travel");

  weft_expect (WEFT_REPO (store), PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autofree char *text = NULL;

      weft_storage_repo_set_commit_validator (store, fail, (gpointer) said[i], NULL);
      text = commit_refused (WEFT_REPO (store), "a1", 1);
      g_assert_cmpstr (text, ==, fits);
    }
}

static void
test_members (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftRepo *repo = weft_fleet_get_repo (fleet, 0);
  g_autofree char *text = NULL;
  Judge judges[3] = { { 0 } };

  g_test_summary ("Members that object refuse a commit, and whoever asked is told why");

  /* The coordinator itself has nothing against it. */
  for (guint i = 1; i < 3; i++)
    weft_storage_repo_set_commit_validator (weft_node_get_repo (fleet->nodes[i]), validate,
                                            &judges[i], destroy);
  LAND (repo, "a5", "b", "5", INSERT ("b", "5"));
  for (guint i = 1; i < 3; i++)
    g_assert_cmpint (judges[i].result, ==, 5);

  weft_expect (repo, PEND ("a6", "'bases':{'b':5}," UPDATE ("b", "4")), PENDED ("'b'"));
  text = commit_refused (repo, "a6", 6);
  g_assert_nonnull (strstr (text, "validator: b went down"));
  for (guint i = 1; i < 3; i++)
    g_assert_cmpint (weft_fleet_get_count (fleet, i, "member/reject/validator"), >, 0);

  weft_expect (repo, CANCEL ("a6", "'b'"), "{}");
  LAND (weft_fleet_get_repo (fleet, 1), "a7", "b", "7", "'bases':{'b':5}," UPDATE ("b", "7"));
  weft_fleet_settle (fleet);
  /* The coordinator held on to its vote until the slot was filled. */
  weft_expect (repo, CANCEL ("a6", "'b'"), "{}");
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_repo (fleet, i), GET_AT ("'b'", "7"), LATEST ("7"));
}

static void
test_one_objects (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("What the others decided is kept by one that would have objected");

  weft_storage_repo_set_commit_validator (weft_node_get_repo (fleet->nodes[2]), fail,
                                          (gpointer) "no", NULL);
  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), LATEST ("1"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/validator/alone", test_alone);
  g_test_add_func ("/validator/put", test_put);
  g_test_add_func ("/validator/put-by-members", test_put_by_members);
  g_test_add_func ("/validator/long-text", test_long_text);
  g_test_add_func ("/validator/members", test_members);
  g_test_add_func ("/validator/one-objects", test_one_objects);

  return g_test_run ();
}
