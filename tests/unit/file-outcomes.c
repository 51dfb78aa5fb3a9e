/* file-outcomes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "file-outcomes.h"

#include <string.h>

void
file_outcomes_write (WeftStorage *storage,
                     WeftBatch   *batch)
{
  g_autoptr (GError) error = NULL;

  weft_storage_contract_write (storage, batch, &error);
  g_assert_no_error (error);
}

void
file_outcomes_fill_block (WeftStorage *storage,
                          const char  *block_id)
{
  for (gint64 rev = 1; rev <= 2; rev++)
    {
      const char *action_id = rev == 1 ? "one" : "two";
      g_autoptr (WeftBatch) pend = weft_batch_new ();
      g_autoptr (WeftBatch) commit = weft_batch_new ();
      g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, action_id);

      weft_batch_put_pending (pend, block_id, action_id, pending);
      weft_batch_put_pending (pend, block_id, "three", pending);
      file_outcomes_write (storage, pend);
      weft_storage_contract_commit (commit, block_id, action_id, rev, action_id);
      file_outcomes_write (storage, commit);
    }
}

void
file_outcomes_fill_node (WeftStorage *storage)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), "node");

  weft_batch_put_record (batch, "first", node, FALSE);
  weft_batch_put_record (batch, "second", node, TRUE);
  weft_batch_put_value (batch, "first", node);
  file_outcomes_write (storage, batch);
}

/* What one read said: its value, "absent", or its error. */
static void
note (GPtrArray *outcomes,
      JsonNode  *json,
      GError    *error)
{
  if (error != NULL)
    {
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
      g_assert_null (json);
      g_ptr_array_add (outcomes, g_strconcat ("! ", error->message, NULL));
      g_error_free (error);
    }
  else
    {
      g_ptr_array_add (outcomes, json != NULL ? weft_json_to_string (json) : g_strdup ("absent"));
    }
  g_clear_pointer (&json, json_node_unref);
}

static JsonNode *
join (char **ids)
{
  g_autofree char *text = ids != NULL ? g_strjoinv (" ", ids) : NULL;

  g_strfreev (ids);

  return text != NULL ? json_node_init_string (json_node_alloc (), text) : NULL;
}

static void
read_lists (WeftStorage *storage,
            const char  *block_id,
            GPtrArray   *outcomes)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) revisions = NULL;
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  JsonNode *node = NULL;

  metadata = weft_storage_read_metadata (storage, block_id, &error);
  note (outcomes, metadata != NULL ? weft_block_metadata_to_json (metadata) : NULL,
        g_steal_pointer (&error));
  revisions = weft_storage_list_revisions (storage, block_id, 1, 9, 0, &error);
  if (revisions != NULL)
    node = json_node_init_int (json_node_alloc (), revisions->len);
  note (outcomes, node, g_steal_pointer (&error));
  node = join (weft_storage_list_pendings (storage, block_id, &error));
  note (outcomes, node, g_steal_pointer (&error));
}

static GPtrArray *
read_block (WeftStorage *storage,
            const char  *block_id)
{
  static const char * const action_ids[] = { "one", "two", "three", NULL };
  GPtrArray *outcomes = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;

  read_lists (storage, block_id, outcomes);
  for (guint i = 0; action_ids[i] != NULL; i++)
    {
      g_autoptr (WeftPending) pending = NULL;
      g_autoptr (WeftPending) action = NULL;
      g_autoptr (WeftBlock) block = NULL;
      char *rev;

      pending = weft_storage_read_pending (storage, block_id, action_ids[i], &error);
      note (outcomes, pending != NULL ? weft_pending_to_json (pending) : NULL,
            g_steal_pointer (&error));
      action = weft_storage_read_action (storage, block_id, action_ids[i], &error);
      note (outcomes, action != NULL ? weft_pending_to_json (action) : NULL,
            g_steal_pointer (&error));
      block = weft_storage_read_materialized (storage, block_id, action_ids[i], &error);
      note (outcomes, block != NULL ? weft_block_to_json (block) : NULL, g_steal_pointer (&error));
      rev = weft_storage_read_revision (storage, block_id, i + 1, &error);
      note (outcomes, rev != NULL ? json_node_init_string (json_node_alloc (), rev) : NULL,
            g_steal_pointer (&error));
      g_free (rev);
    }

  return outcomes;
}

static GPtrArray *
read_node (WeftStorage *storage)
{
  GPtrArray *outcomes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;
  JsonNode *node;

  node = weft_storage_read_record (storage, "first", &error);
  note (outcomes, node, g_steal_pointer (&error));
  node = weft_storage_read_record (storage, "second", &error);
  note (outcomes, node, g_steal_pointer (&error));
  node = weft_storage_read_value (storage, "first", &error);
  note (outcomes, node, g_steal_pointer (&error));
  records = weft_storage_list_unresolved_records (storage, &error);
  node = records != NULL ? json_node_init_int (json_node_alloc (), records->len) : NULL;
  note (outcomes, node, g_steal_pointer (&error));

  return outcomes;
}

guint
file_outcomes_check (GPtrArray  *found,
                     GPtrArray  *wanted,
                     const char *path)
{
  guint n_errors = 0;

  g_assert_cmpuint (found->len, ==, wanted->len);
  for (guint i = 0; i < wanted->len; i++)
    {
      const char *outcome = g_ptr_array_index (found, i);

      if (outcome[0] == '!')
        {
          g_assert_nonnull (strstr (outcome, path));
          n_errors++;
        }
      else
        {
          g_assert_cmpstr (outcome, ==, g_ptr_array_index (wanted, i));
        }
    }

  return n_errors;
}

void
file_outcomes_clear (FileOutcomes *self)
{
  g_ptr_array_unref (self->bad);
  g_ptr_array_unref (self->good);
  g_ptr_array_unref (self->node);
}

FileOutcomes
file_outcomes_read (WeftStorage *storage)
{
  return (FileOutcomes) { read_block (storage, "bad"), read_block (storage, "good"),
                          read_node (storage) };
}
