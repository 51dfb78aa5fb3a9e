/* weft-memory-tables.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-memory-tables-private.h"

#include <string.h>

#include "weft-error.h"

/* How to take one change back: what was there, or NULL with the place of what is new. */
typedef struct
{
  WeftMemoryEntry *before;
  WeftMemoryEntry *after;
} Undo;

struct _WeftMemoryTables
{
  GTree *entries;    /* (element-type WeftMemoryEntry) both key and value */
  GHashTable *index; /* the same ones, to be found without going down the tree */
};

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const WeftMemoryEntry *x = a;
  const WeftMemoryEntry *y = b;
  int order = strcmp (x->block_id, y->block_id);

  if (order == 0)
    order = (x->table > y->table) - (x->table < y->table);
  if (order == 0)
    order = (x->rev > y->rev) - (x->rev < y->rev);
  if (order == 0)
    order = strcmp (x->key, y->key);

  return order;
}

static guint
hash_entry (gconstpointer data)
{
  const WeftMemoryEntry *entry = data;

  return g_str_hash (entry->block_id) * 33 + g_str_hash (entry->key) + (guint) entry->rev * 8
         + (guint) entry->table;
}

static gboolean
equal_entries (gconstpointer a,
               gconstpointer b)
{
  return compare_entries (a, b, NULL) == 0;
}

static void
entry_clear (gpointer data)
{
  WeftMemoryEntry *self = data;

  g_clear_pointer (&self->stored, weft_stored_unref);
}

static void
entry_unref (gpointer data)
{
  g_rc_box_release_full (data, entry_clear);
}

/* One piece of memory, for there are many, and what is compared is near. @action_id: (nullable) */
static WeftMemoryEntry *
entry_new (const char      *block_id,
           WeftMemoryTable  table,
           gint64           rev,
           const char      *key,
           const char      *action_id)
{
  gsize block_id_size = strlen (block_id) + 1;
  gsize key_size = strlen (key) + 1;
  gsize action_id_size = action_id != NULL ? strlen (action_id) + 1 : 0;
  WeftMemoryEntry *self
      = g_rc_box_alloc0 (sizeof *self + block_id_size + key_size + action_id_size);

  self->block_id = memcpy (self->names, block_id, block_id_size);
  self->table = table;
  self->rev = rev;
  self->key = memcpy (self->names + block_id_size, key, key_size);
  if (action_id != NULL)
    self->action_id = memcpy (self->names + block_id_size + key_size, action_id, action_id_size);

  return self;
}

static void
undo_clear (gpointer data)
{
  Undo *undo = data;

  g_clear_pointer (&undo->before, entry_unref);
  g_clear_pointer (&undo->after, entry_unref);
}

WeftMemoryTables *
weft_memory_tables_new (void)
{
  WeftMemoryTables *self = g_new0 (WeftMemoryTables, 1);

  self->entries = g_tree_new_full (compare_entries, NULL, NULL, entry_unref);
  self->index = g_hash_table_new (hash_entry, equal_entries);

  return self;
}

void
weft_memory_tables_free (WeftMemoryTables *self)
{
  g_hash_table_unref (self->index);
  g_tree_unref (self->entries);
  g_free (self);
}

WeftMemoryEntry *
weft_memory_tables_find (WeftMemoryTables *self,
                         const char       *block_id,
                         WeftMemoryTable   table,
                         gint64            rev,
                         const char       *key)
{
  const WeftMemoryEntry wanted = {
    .block_id = block_id, .table = table, .rev = rev, .key = key,
  };

  return g_hash_table_lookup (self->index, &wanted);
}

GTreeNode *
weft_memory_tables_seek (WeftMemoryTables *self,
                         const char       *block_id,
                         WeftMemoryTable   table,
                         gint64            rev,
                         const char       *key)
{
  const WeftMemoryEntry wanted = {
    .block_id = block_id, .table = table, .rev = rev, .key = key,
  };

  return g_tree_lower_bound (self->entries, &wanted);
}

GTreeNode *
weft_memory_tables_first (WeftMemoryTables *self)
{
  return g_tree_node_first (self->entries);
}

GTreeNode *
weft_memory_tables_last (WeftMemoryTables *self)
{
  return g_tree_node_last (self->entries);
}

/* Takes the entry, in place of one of the same place. */
static void
enter (WeftMemoryTables *self,
       WeftMemoryEntry  *entry)
{
  g_hash_table_add (self->index, entry);
  g_tree_replace (self->entries, entry, entry);
}

static void
leave (WeftMemoryTables *self,
       WeftMemoryEntry  *entry)
{
  g_hash_table_remove (self->index, entry);
  g_tree_remove (self->entries, entry);
}

static void
put_entry (WeftMemoryTables *self,
           GArray           *undos,
           WeftMemoryEntry  *entry)
{
  WeftMemoryEntry *before = g_hash_table_lookup (self->index, entry);
  const Undo undo = {
    .before = before != NULL ? g_rc_box_acquire (before) : NULL,
    .after = g_rc_box_acquire (entry),
  };

  g_array_append_val (undos, undo);
  enter (self, entry);
}

static void
delete_entry (WeftMemoryTables *self,
              GArray           *undos,
              const char       *block_id,
              WeftMemoryTable   table,
              const char       *key)
{
  WeftMemoryEntry *before = weft_memory_tables_find (self, block_id, table, 0, key);
  Undo undo = { NULL };

  if (before == NULL)
    return;

  undo.before = g_rc_box_acquire (before);
  g_array_append_val (undos, undo);
  leave (self, before);
}

static void
put_stored (WeftMemoryTables         *self,
            GArray                   *undos,
            WeftMemoryTable           table,
            const WeftBatchOperation *operation,
            WeftStored               *stored)
{
  const char *block_id = operation->block_id != NULL ? operation->block_id : "";
  const char *key = operation->key != NULL ? operation->key : "";
  WeftMemoryEntry *entry = entry_new (block_id, table, 0, key, NULL);

  entry->stored = weft_stored_ref (stored);
  entry->is_resolved = operation->is_resolved;
  put_entry (self, undos, entry);
}

static void
put_revision (WeftMemoryTables         *self,
              GArray                   *undos,
              const WeftBatchOperation *operation)
{
  put_entry (self, undos, entry_new (operation->block_id, WEFT_MEMORY_REVISION, operation->rev, "",
                                     operation->key));
}

static gboolean
promote (WeftMemoryTables          *self,
         GArray                    *undos,
         const WeftBatchOperation  *operation,
         GError                   **error)
{
  WeftMemoryEntry *pending;
  WeftMemoryEntry *action;

  pending = weft_memory_tables_find (self, operation->block_id, WEFT_MEMORY_PENDING, 0,
                                     operation->key);
  if (pending == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "action %s is not pending on block %s, so it cannot be promoted",
                   operation->key, operation->block_id);
      return FALSE;
    }

  action = entry_new (operation->block_id, WEFT_MEMORY_ACTION, 0, operation->key, NULL);
  action->stored = weft_stored_ref (pending->stored);
  put_entry (self, undos, action);
  delete_entry (self, undos, operation->block_id, WEFT_MEMORY_PENDING, operation->key);

  return TRUE;
}

/* An action is never both pending and committed on a block. */
static gboolean
check_not_committed (WeftMemoryTables          *self,
                     const WeftBatchOperation  *operation,
                     GError                   **error)
{
  if (weft_memory_tables_find (self, operation->block_id, WEFT_MEMORY_ACTION, 0,
                               operation->key) == NULL)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
               "action %s is committed on block %s, so it cannot be pending there",
               operation->key, operation->block_id);
  return FALSE;
}

static gboolean
apply_operation (WeftMemoryTables          *self,
                 GArray                    *undos,
                 const WeftBatchOperation  *operation,
                 WeftStored                *stored,
                 GError                   **error)
{
  switch (operation->kind)
    {
    case WEFT_BATCH_PUT_METADATA:
      put_stored (self, undos, WEFT_MEMORY_METADATA, operation, stored);
      break;

    case WEFT_BATCH_PUT_REVISION:
      put_revision (self, undos, operation);
      break;

    case WEFT_BATCH_PUT_PENDING:
      if (!check_not_committed (self, operation, error))
        return FALSE;
      put_stored (self, undos, WEFT_MEMORY_PENDING, operation, stored);
      break;

    case WEFT_BATCH_DELETE_PENDING:
      delete_entry (self, undos, operation->block_id, WEFT_MEMORY_PENDING, operation->key);
      return TRUE;

    case WEFT_BATCH_PROMOTE_PENDING:
      return promote (self, undos, operation, error);

    case WEFT_BATCH_PUT_ACTION:
      put_stored (self, undos, WEFT_MEMORY_ACTION, operation, stored);
      delete_entry (self, undos, operation->block_id, WEFT_MEMORY_PENDING, operation->key);
      break;

    case WEFT_BATCH_PUT_MATERIALIZED:
      put_stored (self, undos, WEFT_MEMORY_MATERIALIZED, operation, stored);
      break;

    case WEFT_BATCH_DELETE_MATERIALIZED:
      delete_entry (self, undos, operation->block_id, WEFT_MEMORY_MATERIALIZED, operation->key);
      return TRUE;

    case WEFT_BATCH_PUT_RECORD:
      put_stored (self, undos, WEFT_MEMORY_RECORD, operation, stored);
      return TRUE;

    case WEFT_BATCH_DELETE_RECORD:
      delete_entry (self, undos, "", WEFT_MEMORY_RECORD, operation->key);
      return TRUE;

    case WEFT_BATCH_PUT_VALUE:
      put_stored (self, undos, WEFT_MEMORY_VALUE, operation, stored);
      return TRUE;

    default:
      g_assert_not_reached ();
    }

  /* Whatever is put makes its block known, so that a listing is complete. */
  if (weft_memory_tables_find (self, operation->block_id, WEFT_MEMORY_METADATA, 0, "") == NULL)
    put_entry (self, undos, entry_new (operation->block_id, WEFT_MEMORY_METADATA, 0, "",
                                       NULL));

  return TRUE;
}

void
weft_memory_tables_take_back (WeftMemoryTables *self,
                              GArray           *undos)
{
  for (guint i = undos->len; i > 0; i--)
    {
      const Undo *undo = &g_array_index (undos, Undo, i - 1);

      if (undo->before != NULL)
        enter (self, g_rc_box_acquire (undo->before));
      else
        leave (self, undo->after);
    }
  g_array_set_size (undos, 0);
}

GArray *
weft_memory_tables_apply (WeftMemoryTables  *self,
                          WeftBatch         *batch,
                          GError           **error)
{
  g_autoptr (GArray) undos = g_array_new (FALSE, FALSE, sizeof (Undo));

  g_array_set_clear_func (undos, undo_clear);
  for (guint i = 0; i < weft_batch_get_n_operations (batch); i++)
    {
      WeftStored *stored;
      const WeftBatchOperation *operation = weft_batch_peek_operation (batch, i, &stored);

      if (!apply_operation (self, undos, operation, stored, error))
        {
          weft_memory_tables_take_back (self, undos);
          return NULL;
        }
    }

  return g_steal_pointer (&undos);
}
