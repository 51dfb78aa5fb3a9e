/* test-model-chains.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft.h"

#include "weft-repo-message-private.h"
#include "weft-slot-set-private.h"

/* Several commits of one block in one message. */

/* Each is "action:block@base", or "action:block+block@base"; the revision is the one above. */
static char *
make_text (const char *plan)
{
  g_auto (GStrv) commits = g_strsplit (plan, " ", 0);
  g_autoptr (GString) text = g_string_new ("{\"operations\":[");

  for (guint i = 0; commits[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit_set (commits[i], ":@", 3);
      g_auto (GStrv) blocks = g_strsplit (parts[1], "+", 0);
      g_autofree char *ids = g_strjoinv ("\",\"", blocks);
      gint64 base = g_ascii_strtoll (parts[2], NULL, 10);
      const char *more = strchr (parts[2], '!');

      g_string_append_printf (text, "%s{\"commit\":{\"actionId\":\"%s\",\"bases\":{",
                              i == 0 ? "" : ",", parts[0]);
      for (guint j = 0; blocks[j] != NULL; j++)
        g_string_append_printf (text, "%s\"%s\":%d", j == 0 ? "" : ",", blocks[j], (int) base);
      g_string_append_printf (text, "},\"blockIds\":[\"%s\"],\"rev\":%d,\"tailId\":\"%s\"}}", ids,
                              (int) base + (more != NULL ? 2 : 1), blocks[0]);
    }
  g_string_append (text, "]}");

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static WeftRepoMessage *
read_message (const char  *plan,
              GError     **error)
{
  g_autofree char *text = make_text (plan);
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, error);

  return json != NULL ? weft_repo_message_from_json (json, error) : NULL;
}

static const char *
get_action (WeftCommitRequest *commit)
{
  return commit != NULL ? weft_commit_request_get_action_id (commit) : NULL;
}

static void
test_chain (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftRepoMessage) message
      = read_message ("p:b@4 w:d@0 q:b@5 v:a+c@7 r:b@6", &error);
  g_autoptr (GPtrArray) commits = g_ptr_array_new ();
  g_autoptr (WeftRepoMessage) made = NULL;
  g_auto (GStrv) touched = NULL;
  g_autofree char *all = NULL;

  g_test_summary ("Commits of one block stand in one message, each on what the one before makes.");

  g_assert_no_error (error);
  g_assert_cmpstr (get_action (weft_repo_message_find_commit (message, "b")), ==, "p");
  g_assert_cmpstr (get_action (weft_repo_message_find_commit_at (message, "b", 4)), ==, "p");
  g_assert_cmpstr (get_action (weft_repo_message_find_commit_at (message, "b", 5)), ==, "q");
  g_assert_cmpstr (get_action (weft_repo_message_find_commit_at (message, "b", 6)), ==, "r");
  g_assert_cmpstr (get_action (weft_repo_message_find_commit_at (message, "c", 7)), ==, "v");
  g_assert_null (weft_repo_message_find_commit_at (message, "b", 3));
  g_assert_null (weft_repo_message_find_commit_at (message, "b", 7));
  g_assert_null (weft_repo_message_find_commit_at (message, "b", WEFT_LIMIT_INTEGER_MAX));
  g_assert_null (weft_repo_message_find_commit_at (message, "d", 1));
  g_assert_null (weft_repo_message_find_commit_at (message, "e", 0));

  g_assert_cmpstr (get_action (weft_repo_message_find_revision (message, "b", 5)), ==, "p");
  g_assert_cmpstr (get_action (weft_repo_message_find_revision (message, "b", 7)), ==, "r");
  g_assert_null (weft_repo_message_find_revision (message, "b", 4));
  g_assert_null (weft_repo_message_find_revision (message, "b", 8));

  touched = weft_repo_message_get_block_ids (message);
  all = g_strjoinv (" ", touched);
  g_assert_cmpstr (all, ==, "a b c d");

  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    g_ptr_array_add (commits, weft_repo_message_get_commit_at (message, i));
  made = weft_repo_message_new_commits (commits, 0);
  g_assert_true (weft_repo_message_equal (made, message));
}

static void
test_single (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftRepoMessage) message = read_message ("p:b+c@4", &error);

  g_test_summary ("A message of one commit is found by its bases, too.");

  g_assert_no_error (error);
  g_assert_cmpstr (get_action (weft_repo_message_find_commit_at (message, "c", 4)), ==, "p");
  g_assert_null (weft_repo_message_find_commit_at (message, "c", 5));
  g_assert_null (weft_repo_message_find_commit_at (message, "a", 4));
  g_assert_cmpstr (get_action (weft_repo_message_find_revision (message, "b", 5)), ==, "p");
  g_assert_null (weft_repo_message_find_revision (message, "b", 6));
}

static void
test_rejects (void)
{
  static const struct
  {
    const char *plan;
    const char *message;
  } bad[] = {
    { "p:b@4 q:b@6", "operations[1].commit.bases.b: expected 5, what the commit before it makes, "
                     "got 6" },
    { "p:b@4 q:b@4", "operations[1].commit.bases.b: expected 5, what the commit before it makes, "
                     "got 4" },
    { "p:b@5 q:b@4", "operations[1].commit.bases.b: expected 6, what the commit before it makes, "
                     "got 4" },
    { "p:b@4 w:a@1 q:b@5 r:b@5", "operations[3].commit.bases.b: expected 6, what the commit before "
                                 "it makes, got 5" },
    { "p:b@4 q:b+c@5", "operations[1].commit.blockIds: expected other blocks than b" },
    { "p:a+b@4 q:b@5", "operations[1].commit.blockIds: expected other blocks than b" },
    { "p:b@4! q:b@5", "operations[1].commit.rev: expected each of the commits of b to make the "
                      "revision above its base" },
    { "p:b@4 q:b@5!", "operations[1].commit.rev: expected each of the commits of b to make the "
                      "revision above its base" },
    { "p:b@4 p:b@5", "operations[1].commit.actionId: expected another action than p" },
  };

  g_test_summary ("A chain has no gap, no fork, and each of its commits changes the block alone.");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i].plan);
      g_assert_null (read_message (bad[i].plan, &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, bad[i].message);
    }
}

static void
test_followers (void)
{
  static const struct
  {
    const char *block_id;
    gint64 base;
    gboolean is_follower;
  } expected[] = {
    { "a", 3, FALSE }, { "b", 3, FALSE }, { "b", 4, TRUE },  { "b", 5, TRUE },
    { "b", 7, FALSE }, { "c", 8, FALSE }, { "d", 0, FALSE }, { "d", 1, TRUE },
  };
  g_autoptr (GPtrArray) slots
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_unref);

  g_test_summary ("A follower is on what the slot before it makes.");

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_ptr_array_add (slots, weft_slot_new (expected[i].block_id, expected[i].base));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (weft_slots_is_follower (slots, i), ==, expected[i].is_follower);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/chains/chain", test_chain);
  g_test_add_func ("/model/chains/single", test_single);
  g_test_add_func ("/model/chains/rejects", test_rejects);
  g_test_add_func ("/model/chains/followers", test_followers);

  return g_test_run ();
}
