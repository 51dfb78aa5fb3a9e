/* explorer-store.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-json-private.h"

#include <string.h>

static const char *const block_ids[EXPLORER_BLOCKS] = { "a", "b", "c", "d", "e", "f" };

const char *
explorer_block_id (guint index)
{
  return block_ids[index];
}

int
explorer_block_index (const char *block_id)
{
  return block_id[0] - 'a';
}

int
explorer_find_action (Explorer   *self,
                      const char *action_id)
{
  int index = (int) g_ascii_strtoll (action_id + 1, NULL, 10);

  g_assert (index >= 0);
  g_assert ((guint) index < self->n_actions);

  return index;
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return strcmp (a, b);
}

ExplorerRecord *
explorer_record_new (char     *text,
                     gboolean  is_resolved)
{
  ExplorerRecord *self = g_new0 (ExplorerRecord, 1);

  self->n_refs = 1;
  self->text = text;
  self->is_resolved = is_resolved;

  return self;
}

void
explorer_record_unref (ExplorerRecord *self)
{
  if (--self->n_refs > 0)
    return;

  g_ref_string_release (self->text);
  g_clear_pointer (&self->tape, weft_tape_unref);
  g_free (self);
}

static WeftTape *
get_tape (ExplorerRecord *self)
{
  if (self->tape == NULL)
    self->tape = weft_tape_read_own (self->text, g_ref_string_length (self->text));

  return self->tape;
}

const WeftItem *
explorer_record_get_root (ExplorerRecord *self)
{
  return weft_tape_get_root (get_tape (self));
}

const WeftItem *
explorer_record_find (ExplorerRecord *self,
                      const char     *name)
{
  return self != NULL ? weft_item_find (explorer_record_get_root (self), name) : NULL;
}

gboolean
explorer_store_has_shared (ExplorerStore     *self,
                           WeftClusterRecord *record,
                           const char        *role)
{
  const char *hash = weft_cluster_record_get_message_hash (record);

  if (weft_cluster_record_get_slots (record)->len < 2)
    return FALSE;

  for (GTreeNode *node = g_tree_node_first (self->records); node != NULL;
       node = g_tree_node_next (node))
    {
      ExplorerRecord *kept = g_tree_node_value (node);
      const WeftItem *shared = explorer_record_find (kept, "shared");

      if (shared != NULL && g_str_equal (explorer_record_find (kept, "role")->string, role) &&
          g_str_equal (weft_item_find (shared, "messageHash")->string, hash))
        return TRUE;
    }

  return FALSE;
}

ExplorerStore *
explorer_store_new (void)
{
  ExplorerStore *self = g_new0 (ExplorerStore, 1);

  self->records = g_tree_new_full (compare, NULL, g_free, (GDestroyNotify) explorer_record_unref);
  return self;
}

ExplorerStore *
explorer_store_copy (ExplorerStore *self)
{
  ExplorerStore *copy = g_memdup2 (self, sizeof *self);

  copy->records = g_tree_new_full (compare, NULL, g_free, (GDestroyNotify) explorer_record_unref);
  for (GTreeNode *node = g_tree_node_first (self->records); node != NULL;
       node = g_tree_node_next (node))
    explorer_store_write (copy, g_tree_node_key (node), g_tree_node_value (node));

  return copy;
}

void
explorer_store_free (ExplorerStore *self)
{
  g_tree_unref (self->records);
  g_free (self);
}

void
explorer_store_write (ExplorerStore *self,
                      const char     *key,
                      ExplorerRecord *record)
{
  if (record == NULL)
    {
      g_tree_remove (self->records, key);
      return;
    }
  record->n_refs++;
  g_tree_replace (self->records, g_strdup (key), record);
}

/* What is visible and what is durable share what a batch leaves. */
static void
make_records (ExplorerBatch *batch)
{
  batch->records = g_ptr_array_new ();
  for (guint i = 0; i < batch->writes->len; i++)
    {
      WeftMemberWrite *write = batch->writes->pdata[i];

      ExplorerRecord *record = NULL;

      if (write->text != NULL)
        record = explorer_record_new (g_ref_string_acquire (write->text), write->is_resolved);
      g_ptr_array_add (batch->records, record);
    }
}

static void
apply_action (ExplorerStore *self,
              Explorer      *world,
              int            index)
{
  ExplorerAction *action = &world->actions[index];

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if ((action->blocks & (1 << i)) && self->revisions[i][action->rev] != index + 1)
      {
        self->revisions[i][action->rev] = index + 1;
        self->latest[i] = action->rev;
      }
  explorer_drop_pendings (world, self, index, action->blocks);
}

void
explorer_store_apply (ExplorerStore *self,
                      Explorer      *world,
                      ExplorerBatch *batch)
{
  if (batch->writes != NULL && batch->records == NULL)
    make_records (batch);
  for (guint i = 0; batch->writes != NULL && i < batch->writes->len; i++)
    explorer_store_write (self, ((WeftMemberWrite *) batch->writes->pdata[i])->key,
                          batch->records->pdata[i]);
  for (guint rev = 1; batch->restored_block >= 0 && rev < EXPLORER_REVS_MAX; rev++)
    if (batch->restored[rev] > 0)
      {
        self->revisions[batch->restored_block][rev] = batch->restored[rev];
        self->latest[batch->restored_block] = rev;
        explorer_drop_pendings (world, self, batch->restored[rev] - 1,
                                1 << batch->restored_block);
      }
  for (ExplorerActions left = batch->applied; left != 0; left &= left - 1)
    apply_action (self, world, __builtin_ctzll (left));
  if (batch->action < 0)
    return;
  if (batch->pended != 0)
    {
      explorer_drop_pendings (world, self, batch->action, batch->pended);
      self->pendings[batch->action] |= batch->pended;
      self->spoiled[batch->action] = 0;
      return;
    }
  explorer_drop_pendings (world, self, batch->action, world->actions[batch->action].blocks);
}

void
explorer_batch_free (ExplorerBatch *batch)
{
  for (guint i = 0; batch->records != NULL && i < batch->records->len; i++)
    if (batch->records->pdata[i] != NULL)
      explorer_record_unref (batch->records->pdata[i]);
  g_clear_pointer (&batch->records, g_ptr_array_unref);
  g_clear_pointer (&batch->certificate, weft_cluster_record_unref);
  g_clear_pointer (&batch->writes, g_ptr_array_unref);
  g_clear_pointer (&batch->held, g_ptr_array_unref);
  g_free (batch);
}

static gint64
read_latest (gpointer    data,
             const char *block_id,
             char      **action_id)
{
  ExplorerReader *reader = data;
  guint block = explorer_block_index (block_id);
  gint64 latest = reader->node->visible->latest[block];
  int action = reader->node->visible->revisions[block][latest];

  if (action_id != NULL)
    *action_id = latest == 0 ? NULL : g_strdup (reader->world->actions[action - 1].id);

  return latest;
}

static char *
read_revision (gpointer    data,
               const char *block_id,
               gint64      rev)
{
  ExplorerReader *reader = data;
  int action = rev < EXPLORER_REVS_MAX
                   ? reader->node->visible->revisions[explorer_block_index (block_id)][rev]
                   : 0;

  return action > 0 ? g_strdup (reader->world->actions[action - 1].id) : NULL;
}

static gboolean
read_pending (gpointer    data,
              const char *block_id,
              const char *action_id,
              char      **digest,
              gint64     *base)
{
  ExplorerReader *reader = data;
  guint block = explorer_block_index (block_id);
  int action = explorer_find_pending (reader->world, reader->node->visible,
                                      explorer_find_action (reader->world, action_id), block);

  if (action < 0)
    return FALSE;
  if (digest != NULL)
    *digest = reader->node->visible->spoiled[action]
                  ? weft_sha256_base64url ("spoiled", 7)
                  : g_strdup (reader->world->actions[action].digests[block]);
  if (base != NULL)
    *base = reader->world->actions[action].bases[block];

  return TRUE;
}

static WeftTape *
read_record (gpointer    data,
             const char *key)
{
  ExplorerReader *reader = data;
  ExplorerRecord *record = g_tree_lookup (reader->node->visible->records, key);

  return record != NULL ? weft_tape_ref (get_tape (record)) : NULL;
}

void
explorer_get_facts (Explorer        *self,
                    ExplorerNode    *node,
                    WeftMemberFacts *facts)
{
  static ExplorerReader readers[EXPLORER_NODES_MAX];

  readers[node->place].world = self;
  readers[node->place].node = node;
  facts->read_latest = read_latest;
  facts->read_revision = read_revision;
  facts->read_pending = read_pending;
  facts->read_record = read_record;
  explorer_get_pin_facts (facts);
  facts->data = &readers[node->place];
}
