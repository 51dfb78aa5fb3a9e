/* test-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-repo.h"

/* A repo that keeps the question until the test answers it. */
struct _FakeRepo
{
  GObject parent_instance;

  WeftRepoMessage *message;
  WeftRepoDoneFunc done;
  gpointer user_data;
};

#define FAKE_TYPE_REPO (fake_repo_get_type ())
G_DECLARE_FINAL_TYPE (FakeRepo, fake_repo, FAKE, REPO, GObject)

static void
fake_repo_perform (WeftRepo        *repo,
                   WeftRepoMessage *message,
                   GCancellable    *cancellable,
                   WeftRepoDoneFunc done,
                   gpointer         user_data)
{
  FakeRepo *self = FAKE_REPO (repo);

  self->message = weft_repo_message_ref (message);
  self->done = done;
  self->user_data = user_data;
}

static void
fake_repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = fake_repo_perform;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeRepo, fake_repo, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, fake_repo_iface_init))

static void
fake_repo_finalize (GObject *object)
{
  FakeRepo *self = FAKE_REPO (object);

  g_clear_pointer (&self->message, weft_repo_message_unref);

  G_OBJECT_CLASS (fake_repo_parent_class)->finalize (object);
}

static void
fake_repo_class_init (FakeRepoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_repo_finalize;
}

static void
fake_repo_init (FakeRepo *self)
{
}

typedef struct
{
  FakeRepo *fake;
  WeftRepo *repo;
  WeftActionBlocks *action;
  GCancellable *cancellable;
  GAsyncResult *result;
} Fixture;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer user_data)
{
  static const char *const block_ids[] = { "a", "b", NULL };
  g_autoptr(GError) error = NULL;

  fixture->fake = g_object_new (FAKE_TYPE_REPO, NULL);
  fixture->repo = WEFT_REPO (fixture->fake);
  fixture->action = weft_action_blocks_new ("a1", block_ids, &error);
  fixture->cancellable = g_cancellable_new ();
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer user_data)
{
  g_clear_object (&fixture->result);
  g_assert_finalize_object (fixture->cancellable);
  weft_action_blocks_unref (fixture->action);
  g_assert_finalize_object (fixture->fake);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

static void
wait_result (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
cancel_action (Fixture *fixture)
{
  weft_repo_cancel_async (fixture->repo, fixture->action, fixture->cancellable, result_cb, fixture);
}

static void
test_repo_reply (Fixture      *fixture,
                 gconstpointer user_data)
{
  g_autoptr(WeftRepoReply) reply = weft_repo_reply_new_cancel ();
  g_autoptr(GError) error = NULL;

  g_test_summary ("A call that is awaited asks with one message, and ends with its reply.");

  cancel_action (fixture);
  g_assert_cmpint (weft_repo_message_get_operation (fixture->fake->message), ==,
                   WEFT_REPO_OPERATION_CANCEL);
  g_assert_true (weft_action_blocks_equal (weft_repo_message_get_cancel (fixture->fake->message),
                                           fixture->action));
  fixture->fake->done (fixture->repo, reply, NULL, fixture->fake->user_data);
  wait_result (fixture);
  g_assert_true (weft_repo_cancel_finish (fixture->repo, fixture->result, &error));
  g_assert_no_error (error);
}

static void
test_repo_get (Fixture      *fixture,
               gconstpointer user_data)
{
  static const char *const block_ids[] = { "a", NULL };
  g_autoptr(WeftBlockGets) gets = weft_block_gets_new (block_ids, NULL, NULL);
  g_autoptr(GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "nobody is there");
  g_autoptr(GError) got = NULL;

  g_test_summary ("An error of the repo is the error of the call.");

  weft_repo_get_async (fixture->repo, gets, NULL, result_cb, fixture);
  g_assert_true (weft_block_gets_equal (weft_repo_message_get_get (fixture->fake->message), gets));
  fixture->fake->done (fixture->repo, NULL, error, fixture->fake->user_data);
  wait_result (fixture);
  g_assert_null (weft_repo_get_finish (fixture->repo, fixture->result, &got));
  g_assert_error (got, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
  g_assert_cmpstr (got->message, ==, "nobody is there");
}

static void
test_repo_cancelled (Fixture      *fixture,
                     gconstpointer user_data)
{
  g_autoptr(GError) error = NULL;

  g_test_summary ("What was cancelled before it began is never asked.");

  g_cancellable_cancel (fixture->cancellable);
  cancel_action (fixture);
  g_assert_null (fixture->result);
  wait_result (fixture);
  g_assert_false (weft_repo_cancel_finish (fixture->repo, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (fixture->fake->message);
}

static void
test_repo_late_cancel (Fixture      *fixture,
                       gconstpointer user_data)
{
  g_autoptr(WeftRepoReply) reply = weft_repo_reply_new_cancel ();
  g_autoptr(GError) error = NULL;

  g_test_summary ("A cancel that comes after the answer does not hide that it was done.");

  cancel_action (fixture);
  fixture->fake->done (fixture->repo, reply, NULL, fixture->fake->user_data);
  g_cancellable_cancel (fixture->cancellable);
  wait_result (fixture);
  g_assert_true (weft_repo_cancel_finish (fixture->repo, fixture->result, &error));
  g_assert_no_error (error);
}

static void
committed_cb (WeftRepo   *repo,
              const char *collection_id,
              GStrv       block_ids,
              const char *action_id,
              gint64      rev,
              gpointer    user_data)
{
  g_autofree char *ids = g_strjoinv (",", block_ids);

  g_string_append_printf (user_data, "%s %s %s %" G_GINT64_FORMAT, collection_id, ids, action_id,
                          rev);
}

static void
test_repo_committed (Fixture      *fixture,
                     gconstpointer user_data)
{
  g_autoptr(GString) story = g_string_new (NULL);

  g_test_summary ("A commit is told with its collection, blocks, action and revision.");

  g_signal_connect (fixture->repo, "committed", G_CALLBACK (committed_cb), story);
  weft_repo_emit_committed (fixture->repo, "addresses",
                            weft_action_blocks_get_block_ids (fixture->action), "a1",
                            G_GINT64_CONSTANT (9007199254740991));
  g_assert_cmpstr (story->str, ==, "addresses a,b a1 9007199254740991");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/repo/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("reply", test_repo_reply);
  ADD ("get", test_repo_get);
  ADD ("cancelled", test_repo_cancelled);
  ADD ("late-cancel", test_repo_late_cancel);
  ADD ("committed", test_repo_committed);

  return g_test_run ();
}
