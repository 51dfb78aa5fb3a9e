/* weft-storage-values.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-storage-contract.h"

/* Values to store, and a store as text: what the tests of storages share. */

typedef struct
{
  gboolean is_done;
  GError *error;
} Wait;

static void
wait_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Wait *wait = user_data;

  g_assert_false (wait->is_done);
  wait->is_done = TRUE;
  wait->error = error != NULL ? g_error_copy (error) : NULL;
}

gboolean
weft_storage_contract_write (WeftStorage *storage,
                             WeftBatch   *batch,
                             GError     **error)
{
  Wait wait = { FALSE, NULL };

  weft_storage_submit (storage, batch, wait_cb, &wait);
  g_assert_false (wait.is_done);
  while (!wait.is_done)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  if (wait.error == NULL)
    return TRUE;
  g_propagate_error (error, wait.error);

  return FALSE;
}

WeftBlock *
weft_storage_contract_block (const char *block_id,
                             const char *text)
{
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autoptr (GError) error = NULL;
  WeftBlock *block;

  json_object_set_string_member (attributes, "text", text);
  block = weft_block_new (block_id, "test", block_id, attributes, &error);
  g_assert_no_error (error);

  return block;
}

WeftPending *
weft_storage_contract_pending (const char *block_id,
                               const char *text)
{
  g_autoptr (WeftBlock) block = weft_storage_contract_block (block_id, text);
  g_autoptr (WeftTransform) transform = weft_transform_new (block, NULL, FALSE);

  return weft_pending_new (transform, 0, 0);
}

WeftBlockMetadata *
weft_storage_contract_metadata (const char *action_id,
                                gint64      rev)
{
  g_autoptr (WeftBlockMetadata) empty = weft_block_metadata_new ();
  g_autoptr (WeftActionRev) latest = NULL;
  g_autoptr (GError) error = NULL;

  if (action_id == NULL)
    return g_steal_pointer (&empty);

  latest = weft_action_rev_new (action_id, rev, &error);
  g_assert_no_error (error);

  return weft_block_metadata_with_latest (empty, latest);
}

void
weft_storage_contract_commit (WeftBatch  *batch,
                              const char *block_id,
                              const char *action_id,
                              gint64      rev,
                              const char *text)
{
  g_autoptr (WeftBlock) block = weft_storage_contract_block (block_id, text);
  g_autoptr (WeftBlockMetadata) metadata = weft_storage_contract_metadata (action_id, rev);

  weft_batch_put_materialized (batch, block_id, action_id, block);
  weft_batch_put_revision (batch, block_id, rev, action_id);
  weft_batch_promote_pending (batch, block_id, action_id);
  weft_batch_put_metadata (batch, block_id, metadata);
}

static void
dump_json (GString    *dump,
           const char *what,
           const char *name,
           JsonNode   *node)
{
  g_autofree char *text = NULL;

  if (node == NULL)
    return;
  text = weft_json_to_string (node);
  g_string_append_printf (dump, "  %s %s %s\n", what, name, text);
}

static void
dump_actions (GString            *dump,
              WeftStorage        *storage,
              const char         *block_id,
              const char * const *action_ids)
{
  for (guint i = 0; action_ids[i] != NULL; i++)
    {
      const char *action_id = action_ids[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftPending) pending = NULL;
      g_autoptr (WeftPending) action = NULL;
      g_autoptr (WeftBlock) block = NULL;
      g_autoptr (JsonNode) pending_json = NULL;
      g_autoptr (JsonNode) action_json = NULL;
      g_autoptr (JsonNode) block_json = NULL;

      pending = weft_storage_read_pending (storage, block_id, action_id, &error);
      g_assert_no_error (error);
      action = weft_storage_read_action (storage, block_id, action_id, &error);
      g_assert_no_error (error);
      block = weft_storage_read_materialized (storage, block_id, action_id, &error);
      g_assert_no_error (error);

      /* Never both. */
      g_assert_true (pending == NULL || action == NULL);
      pending_json = pending != NULL ? weft_pending_to_json (pending) : NULL;
      action_json = action != NULL ? weft_pending_to_json (action) : NULL;
      block_json = block != NULL ? weft_block_to_json (block) : NULL;
      dump_json (dump, "pending", action_id, pending_json);
      dump_json (dump, "action", action_id, action_json);
      dump_json (dump, "block", action_id, block_json);
    }
}

static void
dump_block (GString            *dump,
            WeftStorage        *storage,
            const char         *block_id,
            const char * const *action_ids)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  g_autoptr (JsonNode) metadata_json = NULL;
  g_autoptr (GPtrArray) revisions = NULL;
  g_auto (GStrv) pendings = NULL;

  g_string_append_printf (dump, "%s\n", block_id);
  metadata = weft_storage_read_metadata (storage, block_id, &error);
  g_assert_no_error (error);
  metadata_json = metadata != NULL ? weft_block_metadata_to_json (metadata) : NULL;
  dump_json (dump, "metadata", "", metadata_json);

  revisions = weft_storage_list_revisions (storage, block_id, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                           &error);
  g_assert_no_error (error);
  for (guint i = 0; i < revisions->len; i++)
    {
      WeftActionRev *revision = g_ptr_array_index (revisions, i);
      g_autofree char *action_id = NULL;

      action_id = weft_storage_read_revision (storage, block_id,
                                              weft_action_rev_get_rev (revision), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (action_id, ==, weft_action_rev_get_action_id (revision));
      g_string_append_printf (dump, "  revision %" G_GINT64_FORMAT " %s\n",
                              weft_action_rev_get_rev (revision), action_id);
    }

  pendings = weft_storage_list_pendings (storage, block_id, &error);
  g_assert_no_error (error);
  for (guint i = 0; pendings[i] != NULL; i++)
    g_string_append_printf (dump, "  listed %s\n", pendings[i]);
  dump_actions (dump, storage, block_id, action_ids);
}

char *
weft_storage_contract_dump (WeftStorage        *storage,
                            const char * const *action_ids,
                            const char * const *names)
{
  GString *dump = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) block_ids = weft_storage_list_blocks (storage, NULL, 0, &error);
  g_autoptr (GPtrArray) open = NULL;

  g_assert_no_error (error);
  for (guint i = 0; block_ids[i] != NULL; i++)
    dump_block (dump, storage, block_ids[i], action_ids);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (JsonNode) record = weft_storage_read_record (storage, names[i], &error);
      g_autoptr (JsonNode) value = NULL;
      g_autofree char *record_text = NULL;
      g_autofree char *same_text = NULL;

      g_assert_no_error (error);
      record_text = record != NULL ? weft_json_to_string (record) : NULL;
      same_text = weft_storage_read_record_text (storage, names[i], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (same_text, ==, record_text);
      value = weft_storage_read_value (storage, names[i], &error);
      g_assert_no_error (error);
      dump_json (dump, "record", names[i], record);
      dump_json (dump, "value", names[i], value);
    }

  open = weft_storage_list_unresolved_records (storage, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < open->len; i++)
    dump_json (dump, "unresolved", "", g_ptr_array_index (open, i));

  return g_string_free (dump, FALSE);
}
