/* explorer-fetch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"
#include "weft-json-private.h"

ExplorerBatch *
explorer_batch_new (guint64 id)
{
  ExplorerBatch *batch = g_new0 (ExplorerBatch, 1);

  batch->id = id;
  batch->action = -1;
  batch->restored_block = -1;

  return batch;
}

static const WeftItem *
read_proof (ExplorerStore *store,
            WeftSlot      *slot,
            const char    *name)
{
  g_autofree char *key = weft_slot_make_key (slot);

  return explorer_record_find (g_tree_lookup (store->records, key), name);
}

/* Under its own slot, or with the first one of its record. */
static const WeftItem *
find_certificate (ExplorerStore *store,
                  WeftSlot      *slot)
{
  const WeftItem *certificate = read_proof (store, slot, "certificate");
  const WeftItem *with = read_proof (store, slot, "with");
  g_autoptr (WeftSlot) first = NULL;

  if (certificate != NULL || with == NULL)
    return certificate;
  first = weft_slot_read (with, NULL, NULL);

  return read_proof (store, first, "certificate");
}

WeftClusterRecord *
explorer_read_certificate (Explorer      *self,
                           ExplorerStore *source,
                           guint          block,
                           gint64         rev)
{
  int action = rev < EXPLORER_REVS_MAX ? source->revisions[block][rev] : 0;
  g_autoptr (WeftSlot) slot = NULL;
  const WeftItem *certificate;

  if (action == 0)
    return NULL;
  slot = weft_slot_new (explorer_block_id (block), self->actions[action - 1].bases[block]);
  certificate = find_certificate (source, slot);

  return certificate != NULL ? weft_cluster_record_read (certificate, NULL, NULL) : NULL;
}

/* The certificate of a revision goes under the slot of its own block, so that nothing that is held
 * in the other slots of its record is written over. */
static void
add_certificate (ExplorerBatch *batch,
                 ExplorerStore *source,
                 WeftSlot      *slot)
{
  const WeftItem *certificate = find_certificate (source, slot);
  g_autoptr (GString) text = NULL;
  WeftMemberWrite *write;

  if (certificate == NULL)
    return;

  text = g_string_new ("{\"certificate\":");
  weft_item_append (certificate, text);
  g_string_append_c (text, '}');
  write = weft_member_write_new (weft_slot_make_key (slot), text);
  write->is_resolved = TRUE;
  g_ptr_array_add (batch->writes, write);
}

/* Whose revisions are taken over one by one may have those of a chain in part for some time. */
static gint64
draw_last (Explorer      *self,
           ExplorerNode  *node,
           ExplorerStore *source,
           guint          block)
{
  gint64 last = source->latest[block];
  gint64 first = node->visible->latest[block] + 1;

  if (!self->is_chaining || self->is_over || last == first || !explorer_chance (self, 300))
    return last;
  last = first + explorer_draw (self, last - first);
  while (source->revisions[block][last] == 0)
    last++;

  return last;
}

gboolean
explorer_restore (Explorer      *self,
                  ExplorerNode  *node,
                  ExplorerStore *source,
                  guint          block)
{
  ExplorerBatch *batch;
  gint64 last;

  if (source->latest[block] <= node->visible->latest[block])
    return FALSE;
  last = draw_last (self, node, source, block);
  batch = explorer_batch_new (0);
  batch->restored_block = (int) block;
  batch->writes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_member_write_free);
  for (gint64 rev = node->visible->latest[block] + 1; rev <= last; rev++)
    {
      int action = source->revisions[block][rev];
      g_autoptr (WeftSlot) slot = NULL;

      if (action == 0)
        continue;
      batch->restored[rev] = action;
      slot = weft_slot_new (explorer_block_id (block), self->actions[action - 1].bases[block]);
      add_certificate (batch, source, slot);
    }
  explorer_node_submit (self, node, batch);

  return TRUE;
}

/* What is pending for another revision is the same change, and is made for this one again, also
 * where something is held on it, here or there. */
static gboolean
take_pending (Explorer      *self,
              ExplorerNode  *node,
              ExplorerStore *source,
              guint          block,
              int            action)
{
  int pending = explorer_find_pending (self, source, action, block);
  int own = explorer_find_pending (self, node->visible, action, block);

  if (own >= 0 && !node->visible->spoiled[own])
    {
      if (own != action)
        explorer_pend_again (self, node, action, 1 << block);
      return TRUE;
    }

  return pending >= 0 && !source->spoiled[pending]
         && explorer_pend_at (self, node, action, 1 << block);
}

/* Of a chain those that are there. */
static gboolean
take_pendings (Explorer          *self,
               ExplorerNode      *node,
               ExplorerStore     *source,
               guint              block,
               WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  gboolean is_found = FALSE;

  for (guint i = 0; i < slots->len; i++)
    if (explorer_block_index (weft_slot_get_block_id (slots->pdata[i])) == (int) block)
      is_found |= take_pending (self, node, source, block,
                                explorer_find_change (self, record, slots->pdata[i]));

  return is_found;
}

/* From the first that has it, of those who were named. */
void
explorer_node_fetched (Explorer      *self,
                       ExplorerNode  *node,
                       ExplorerEvent *event)
{
  guint block = explorer_block_index (event->text);
  guint first = explorer_draw (self, self->n_bodies);
  gboolean is_found = FALSE;
  g_autoptr (GError) error = NULL;
  WeftMemberEvent fetched = { .type = WEFT_MEMBER_EVENT_FETCHED, .id = event->id };

  for (guint i = 0; i < self->n_bodies && !is_found; i++)
    {
      ExplorerNode *other = &self->nodes[(first + i) % self->n_bodies];

      if (other == node || other->member == NULL || other->side != node->side ||
          !(event->from & (1u << other->number)))
        continue;
      is_found = event->rev > 0 ? explorer_restore (self, node, other->durable, block)
                                : take_pendings (self, node, other->durable, block,
                                                event->record);
    }
  if (!is_found && event->rev == 0)
    is_found = take_pendings (self, node, node->visible, block, event->record);
  if (!is_found)
    error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "nobody has it");
  fetched.error = error;
  explorer_node_step (self, node, &fetched);
}
