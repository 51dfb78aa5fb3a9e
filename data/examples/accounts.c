/* accounts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Accounts that are never overdrawn, whoever changes them: every node judges for itself. */

#include <weft.h>

/* By what it is given alone, and without effects: all nodes have to come to the same. */
static char *
validate (WeftStorageRepo   *repo,
          WeftCommitRequest *request,
          GPtrArray         *changes,
          gpointer           user_data)
{
  for (guint i = 0; i < changes->len; i++)
    {
      WeftBlockChange *change = g_ptr_array_index (changes, i);
      WeftBlock *after = weft_block_change_get_result (change);
      JsonNode *balance;

      if (after == NULL || g_strcmp0 (weft_block_get_block_type (after), "account") != 0)
        continue;
      balance = weft_block_get_attribute (after, "balance");
      if (balance == NULL || !JSON_NODE_HOLDS_VALUE (balance) || json_node_get_int (balance) < 0)
        return g_strdup_printf ("account %s would be overdrawn",
                                weft_block_change_get_block_id (change));
    }

  return NULL;
}

static WeftBlock *
account_new (int balance)
{
  g_autoptr(JsonObject) attributes = json_object_new ();

  json_object_set_int_member (attributes, "balance", balance);

  return weft_block_new ("account/1", "account", "accounts", attributes, NULL);
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      loop)
{
  g_autoptr(GError) error = NULL;

  if (weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &error))
    g_print ("done\n");
  else
    g_print ("refused: %s\n", error->message);
  g_main_loop_quit (loop);
}

int
main (void)
{
  static const int balances[] = { 10, -5 };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftStorageRepo) repo = weft_storage_repo_new (storage, clock);
  g_autoptr(WeftWriter) writer = weft_writer_new (WEFT_REPO (repo), clock, random);

  /* A node has its repo from the beginning: weft_node_get_repo(), before it starts. */
  weft_storage_repo_set_commit_validator (repo, validate, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (balances); i++)
    {
      g_autoptr(WeftBlock) account = account_new (balances[i]);

      weft_writer_put_async (writer, &account, 1, NULL, put_cb, loop);
      g_main_loop_run (loop);
    }

  return 0;
}
