/* test-repo-durability.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a storage repo tells while batches are on their way, and when they fail. A memory storage
 * stores in the next turn of the main loop, so what is asked in one turn is asked in between.
 */

#include "config.h"

#include <weft.h>

#include "../contract/weft-repo-asker.h"
#include "weft-memory-storage-private.h"

typedef struct
{
  WeftStorage *storage;
  WeftRepo *repo;
  WeftListener *listener;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  fixture->storage = weft_memory_storage_new ();
  fixture->repo = WEFT_REPO (weft_storage_repo_new (fixture->storage, clock));
  fixture->listener = weft_listener_new (fixture->repo);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  weft_listener_free (fixture->listener);
  g_assert_finalize_object (fixture->repo);
  weft_storage_close (fixture->storage, NULL);
  g_object_unref (fixture->storage);
}

static void
fail_after (Fixture *fixture,
            guint    n_batches)
{
  g_autoptr(GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_FAILED, "the disk is full");

  weft_memory_storage_fail_after (WEFT_MEMORY_STORAGE (fixture->storage), n_batches, error);
}

static void
work_again (Fixture *fixture)
{
  weft_memory_storage_fail_after (WEFT_MEMORY_STORAGE (fixture->storage), 0, NULL);
}

static void
test_failed_pend (Fixture       *fixture,
                  gconstpointer  data)
{
  WeftAsked *first, *second;

  g_test_summary ("A pend that was not stored, and its repeat, are told so; a later one succeeds");

  fail_after (fixture, 0);
  first = weft_ask (fixture->repo, PEND ("a1", INSERT ("b", "1")));
  second = weft_ask (fixture->repo, PEND ("a1", INSERT ("b", "1")));
  weft_asked_expect (first, "error unavailable");
  weft_asked_expect (second, "error unavailable");
  work_again (fixture);
  weft_expect (fixture->repo, GET ("'b'"), ABSENT ("b"));
  /* The same id may name another content now. */
  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "2"));
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "2", "1", REV ("a1", "1")));
}

static void
test_failed_commit (Fixture       *fixture,
                    gconstpointer  data)
{
  WeftAsked *commit, *repeat, *stale, *read;

  g_test_summary ("Nobody hears of a revision that was not stored: not its reader, not its rival");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_listener_expect (fixture->listener, "c [b] a1@1");

  fail_after (fixture, 0);
  commit = weft_ask (fixture->repo, COMMIT ("a2", "'b'", "2"));
  repeat = weft_ask (fixture->repo, COMMIT ("a2", "'b'", "2"));
  stale = weft_ask (fixture->repo, PEND ("a3", "'rev':2," UPDATE ("b", "3")));
  read = weft_ask (fixture->repo, GET ("'b'"));
  weft_asked_expect (commit, "error unavailable");
  weft_asked_expect (repeat, "error unavailable");
  weft_asked_expect (stale, "error unavailable");
  /* The reader reads again what is left. */
  weft_asked_expect (read,
                     "{'b':{'block':" BLOCK ("b", "1") ",'materializedRev':1,"
                     "'state':{'latest':" REV ("a1", "1") ",'pendings':['a2']}}}");
  weft_listener_expect (fixture->listener, "");

  work_again (fixture);
  weft_expect (fixture->repo, COMMIT ("a2", "'b'", "2"), DONE);
  weft_listener_expect (fixture->listener, "c [b] a2@2");
}

static void
test_failed_chain (Fixture       *fixture,
                   gconstpointer  data)
{
  WeftAsked *asked[4];

  g_test_summary ("What was built on a failed batch fails with it; what was before stays");

  fail_after (fixture, 1);
  asked[0] = weft_ask (fixture->repo, PEND ("a1", INSERT ("x", "1")));
  asked[1] = weft_ask (fixture->repo, PEND ("a2", INSERT ("b", "1")));
  asked[2] = weft_ask (fixture->repo, COMMIT ("a2", "'b'", "1"));
  asked[3] = weft_ask (fixture->repo, GET ("'b','x'"));
  weft_asked_expect (asked[0], PENDED ("'x'"));
  weft_asked_expect (asked[1], "error unavailable");
  weft_asked_expect (asked[2], "error unavailable");
  weft_asked_expect (asked[3], "{'b':{'state':{}},'x':{'state':{'pendings':['a1']}}}");
}

static void
test_waits (Fixture       *fixture,
            gconstpointer  data)
{
  WeftAsked *commit, *same, *other;
  g_autofree char *answer = NULL;

  g_test_summary ("A read waits for the batches of its blocks, and for no others");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (fixture->repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  weft_listener_expect (fixture->listener, "c [b] a1@1");

  commit = weft_ask (fixture->repo, COMMIT ("a2", "'b'", "2"));
  same = weft_ask (fixture->repo, GET ("'b'"));
  other = weft_ask (fixture->repo, GET ("'x'"));
  g_assert_false (weft_asked_is_done (commit));
  g_assert_false (weft_asked_is_done (same));
  g_assert_false (weft_asked_is_done (other));
  weft_asked_expect (commit, DONE);
  /* Who asked is answered after who listens. */
  weft_listener_expect (fixture->listener, "c [b] a2@2");
  g_assert_true (weft_asked_is_done (same));
  weft_asked_expect (same, FOUND ("b", "2", "2", REV ("a2", "2")));
  weft_asked_expect (other, ABSENT ("x"));
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  GError **error = user_data;
  g_autoptr (WeftGetResult) answer = weft_repo_get_finish (WEFT_REPO (source), result, error);

  g_assert_null (answer);
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const char *block_ids[] = { "b", NULL };
  g_autoptr (WeftBlockGets) gets = weft_block_gets_new (block_ids, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A request that was cancelled before is not begun");

  g_cancellable_cancel (cancellable);
  weft_repo_get_async (fixture->repo, gets, cancellable, got_cb, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_damage (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftBlockMetadata) empty = weft_block_metadata_new ();
  g_autoptr (WeftActionRev) latest = weft_action_rev_new ("lost", 1, NULL);
  g_autoptr (WeftBlockMetadata) metadata = weft_block_metadata_with_latest (empty, latest);

  g_test_summary ("A damaged block is unavailable; others in the same get are not, and a change "
                  "of it is refused");

  LAND (fixture->repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_batch_put_metadata (batch, "torn", metadata);
  weft_batch_put_revision (batch, "torn", 1, "lost");
  weft_storage_submit (fixture->storage, batch, NULL, NULL);

  weft_expect (fixture->repo, GET ("'b','torn'"),
               "{'b':{'block':" BLOCK ("b", "1") ",'materializedRev':1,"
               "'state':{'latest':" REV ("a1", "1") "}},"
               "'torn':{'state':{},'unavailable':'corrupt: block torn: expected action lost of "
               "revision 1, found nothing'}}");
  weft_expect (fixture->repo,
               PEND ("a2", "'transforms':{'updates':{'b':" SET ("2") ",'torn':" SET ("2") "}}"),
               "error corrupt");
  weft_expect (fixture->repo, GET ("'b'"), FOUND ("b", "1", "1", REV ("a1", "1")));
}

static gboolean
validate (WeftStorageRepo *repo,
          WeftPendRequest *request,
          gpointer         user_data,
          GError         **error)
{
  guint *n_calls = user_data;

  (*n_calls)++;
  if (g_str_equal (weft_pend_request_get_action_id (request), "good"))
    return TRUE;

  g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_REFUSED, "expected a good transaction");
  return FALSE;
}

static void
test_validator (Fixture       *fixture,
                gconstpointer  data)
{
  guint n_calls = 0;

  g_test_summary ("A transaction is judged before anything is stored; other pends are not");

  weft_storage_repo_set_validator (WEFT_STORAGE_REPO (fixture->repo), validate, &n_calls, NULL);
  weft_expect (fixture->repo, PEND ("bad", "'transaction':{'id':'t'}," INSERT ("b", "1")),
               "error refused");
  weft_expect (fixture->repo, GET ("'b'"), ABSENT ("b"));
  weft_expect (fixture->repo, PEND ("good", "'transaction':{'id':'t'}," INSERT ("b", "1")),
               PENDED ("'b'"));
  g_assert_cmpuint (n_calls, ==, 2);
  weft_expect (fixture->repo, PEND ("bad", INSERT ("x", "1")), PENDED ("'x'"));
  g_assert_cmpuint (n_calls, ==, 2);
}

static void
test_room (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *last = NULL;

  g_test_summary ("A block has room for so many pending actions, and then for one that is known");

  for (guint i = 0; i < WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX; i++)
    {
      g_autofree char *pend = g_strdup_printf (PEND ("a%02u", INSERT ("b", "1")), i);

      g_free (last);
      last = weft_asked_finish (weft_ask (fixture->repo, pend));
      g_assert_true (g_str_has_prefix (last, "{\"blockIds\":[\"b\"]"));
    }
  weft_expect (fixture->repo, PEND ("more", INSERT ("b", "1")), "error unavailable");
  g_free (last);
  last = weft_asked_finish (weft_ask (fixture->repo, PEND ("a00", INSERT ("b", "1"))));
  g_assert_true (g_str_has_suffix (last, "\"success\":true}"));
}

static void
test_room_of_the_dead (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *last = NULL;

  g_test_summary ("What lost against a commit and was not cancelled makes room for others");

  for (guint i = 0; i < WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX; i++)
    {
      g_autofree char *pend = g_strdup_printf (PEND ("a%02u", INSERT ("b", "1")), i);

      g_free (last);
      last = weft_asked_finish (weft_ask (fixture->repo, pend));
      g_assert_true (g_str_has_prefix (last, "{\"blockIds\":[\"b\"]"));
    }
  weft_expect (fixture->repo, COMMIT ("a07", "'b'", "1"), DONE);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *pend = g_strdup_printf (PEND ("n%u", "'rev':2," UPDATE ("b", "2")), i);

      g_free (last);
      last = weft_asked_finish (weft_ask (fixture->repo, pend));
      g_assert_nonnull (strstr (last, "\"success\":true"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/repo-durability/failed-pend", test_failed_pend);
  ADD ("/repo-durability/failed-commit", test_failed_commit);
  ADD ("/repo-durability/failed-chain", test_failed_chain);
  ADD ("/repo-durability/waits", test_waits);
  ADD ("/repo-durability/cancelled", test_cancelled);
  ADD ("/repo-durability/damage", test_damage);
  ADD ("/repo-durability/validator", test_validator);
  ADD ("/repo-durability/room", test_room);
  ADD ("/repo-durability/room-of-the-dead", test_room_of_the_dead);

  return g_test_run ();
}
