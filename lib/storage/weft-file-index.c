/* weft-file-index.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-index-private.h"

#include <string.h>

#include "weft-file-values-private.h"

struct _WeftFileIndex
{
  WeftFileShelf *shelf;
  WeftFileValues *values;
  WeftFileScope *node;
  GHashTable *blocks;  /* (element-type utf8 WeftFileScope) */
  GTree *ids;          /* (element-type utf8) of blocks that have something; NULL until listed */
  WeftFileScope *last; /* the scope replayed last, for the next is often the same */
};

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return strcmp (a, b);
}

WeftFileIndex *
weft_file_index_new (WeftFileLayer *layer,
                     gsize          cache_bytes_max)
{
  WeftFileIndex *self = g_new0 (WeftFileIndex, 1);

  self->shelf = weft_file_shelf_new (layer);
  self->values = weft_file_values_new (self->shelf, cache_bytes_max);
  self->node = weft_file_scope_new ("");
  self->blocks = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

static void
drop_entry (WeftFileEntry *entry,
            gpointer       user_data)
{
  WeftFileIndex *self = user_data;

  weft_file_values_drop (self->values, entry);
  g_free (entry);
}

void
weft_file_index_free (WeftFileIndex *self)
{
  GHashTableIter iter;
  WeftFileScope *scope;

  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &scope))
    weft_file_scope_free (scope, drop_entry, self);
  g_hash_table_unref (self->blocks);
  weft_file_scope_free (self->node, drop_entry, self);
  g_clear_pointer (&self->ids, g_tree_unref);
  weft_file_values_free (self->values);
  weft_file_shelf_free (self->shelf);
  g_free (self);
}

WeftFileShelf *
weft_file_index_get_shelf (WeftFileIndex *self)
{
  return self->shelf;
}

WeftFileScope *
weft_file_index_find (WeftFileIndex *self,
                      const char    *block_id)
{
  return *block_id != '\0' ? g_hash_table_lookup (self->blocks, block_id) : self->node;
}

WeftFileScope *
weft_file_index_hold (WeftFileIndex *self,
                      const char    *block_id)
{
  WeftFileScope *scope = weft_file_index_find (self, block_id);

  if (scope == NULL)
    {
      scope = weft_file_scope_new (block_id);
      g_hash_table_insert (self->blocks, scope->block_id, scope);
    }
  scope->n_holders++;

  return scope;
}

void
weft_file_index_release (WeftFileIndex *self,
                         WeftFileScope *scope)
{
  g_assert (scope->n_holders > 0);

  if (--scope->n_holders > 0 || scope->n_entries > 0 || scope == self->node)
    return;
  g_hash_table_remove (self->blocks, scope->block_id);
  weft_file_scope_free (scope, drop_entry, self);
}

WeftFileEntry *
weft_file_index_put (WeftFileIndex *self,
                     WeftFileScope *scope,
                     WeftFileEntry *entry)
{
  if (scope->n_entries == 0 && scope != self->node && self->ids != NULL)
    g_tree_replace (self->ids, scope->block_id, scope->block_id);

  return weft_file_scope_replace (scope, entry);
}

WeftFileEntry *
weft_file_index_remove (WeftFileIndex *self,
                        WeftFileScope *scope,
                        WeftFileKind   kind,
                        const char    *key)
{
  WeftFileEntry *before = weft_file_scope_remove (scope, kind, key);

  if (before != NULL && scope->n_entries == 0 && scope != self->node && self->ids != NULL)
    g_tree_remove (self->ids, scope->block_id);

  return before;
}

void
weft_file_index_forget (WeftFileIndex *self,
                        WeftFileEntry *entry)
{
  if (entry->segment != 0)
    weft_file_shelf_note_live (self->shelf, entry->segment, -(gssize) entry->length);
  drop_entry (entry, self);
}

void
weft_file_index_fill (WeftFileIndex *self,
                      WeftFileEntry *entry,
                      WeftStored    *stored)
{
  weft_file_values_set (self->values, entry, stored);
}

void
weft_file_index_place (WeftFileIndex *self,
                       WeftFileEntry *entry,
                       guint32        segment,
                       guint32        offset,
                       guint32        length)
{
  if (entry->segment != 0)
    weft_file_shelf_note_live (self->shelf, entry->segment, -(gssize) entry->length);
  entry->segment = segment;
  entry->offset = offset;
  entry->length = length;
  weft_file_shelf_note_live (self->shelf, segment, (gssize) length);
  weft_file_values_settle (self->values, entry);
}

static void
replay_promote (WeftFileIndex         *self,
                WeftFileScope         *scope,
                const WeftFileMention *mention)
{
  WeftFileEntry *pending = weft_file_scope_remove (scope, mention->kind, mention->key);

  /* Its text may have been moved to where the log is only read later. */
  if (pending == NULL)
    return;
  pending->kind = WEFT_FILE_KIND_ACTION;
  weft_file_scope_replace (scope, pending);
}

void
weft_file_index_replay (WeftFileIndex         *self,
                        guint32                segment,
                        const WeftFileMention *mention)
{
  WeftFileScope *scope = self->last;
  WeftFileEntry *before = NULL;

  if (scope == NULL || !g_str_equal (scope->block_id, mention->block_id))
    {
      scope = weft_file_index_hold (self, mention->block_id);
      if (self->last != NULL)
        weft_file_index_release (self, self->last);
      self->last = scope;
    }

  switch (mention->verb)
    {
    case WEFT_FILE_DO_PUT:
      {
        WeftFileEntry *entry = weft_file_entry_new (mention->kind, mention->key);

        weft_file_index_place (self, entry, segment, mention->offset, mention->length);
        before = weft_file_scope_replace (scope, entry);
        break;
      }

    case WEFT_FILE_DO_DELETE:
      before = weft_file_scope_remove (scope, mention->kind, mention->key);
      break;

    case WEFT_FILE_DO_PROMOTE:
      replay_promote (self, scope, mention);
      break;

    default:
      g_assert_not_reached ();
    }
  if (before != NULL)
    weft_file_index_forget (self, before);
}

WeftStored *
weft_file_index_read (WeftFileIndex *self,
                      WeftFileScope *scope,
                      WeftFileKind   kind,
                      const char    *key,
                      GError       **error)
{
  WeftFileEntry *entry = weft_file_scope_find (scope, kind, key);
  WeftFileValue *value = NULL;

  if (entry != NULL && entry->kind == kind)
    value = weft_file_values_get (self->values, scope, entry, error);

  return value != NULL ? weft_stored_ref (value->stored) : NULL;
}

JsonNode *
weft_file_index_read_json (WeftFileIndex *self,
                           WeftFileScope *scope,
                           WeftFileKind   kind,
                           const char    *key,
                           GError       **error)
{
  g_autoptr (WeftStored) stored = weft_file_index_read (self, scope, kind, key, error);

  return stored != NULL ? json_node_ref (weft_stored_get_json (stored)) : NULL;
}

WeftTape *
weft_file_index_read_tape (WeftFileIndex  *self,
                           WeftFileScope  *scope,
                           WeftFileKind    kind,
                           const char     *key,
                           GError        **error)
{
  g_autoptr (WeftStored) stored = weft_file_index_read (self, scope, kind, key, error);

  return stored != NULL ? weft_stored_get_tape (stored) : NULL;
}

gpointer
weft_file_index_read_value (WeftFileIndex         *self,
                            WeftFileScope         *scope,
                            WeftFileKind           kind,
                            const char            *key,
                            const WeftStoredType  *type,
                            GError               **error)
{
  WeftFileEntry *entry = weft_file_scope_find (scope, kind, key);
  g_autoptr (GError) reason = NULL;
  WeftFileValue *value;
  gpointer typed;

  if (entry == NULL || entry->kind != kind)
    return NULL;
  value = weft_file_values_get (self->values, scope, entry, error);
  if (value == NULL || weft_stored_is_null (value->stored))
    return NULL;

  typed = weft_stored_get_value (value->stored, type, &reason);
  if (typed == NULL)
    weft_file_values_set_corrupt (self->values, scope, entry, reason->message, error);
  else
    weft_file_values_keep_typed (value, type, typed);

  return typed;
}

static void
load_ids (WeftFileIndex *self)
{
  GHashTableIter iter;
  WeftFileScope *scope;

  if (self->ids != NULL)
    return;
  self->ids = g_tree_new (compare_ids);
  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &scope))
    if (scope->n_entries > 0)
      g_tree_insert (self->ids, scope->block_id, scope->block_id);
}

char **
weft_file_index_list_blocks (WeftFileIndex *self,
                             const char    *after,
                             guint          max)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GTreeNode *node;
  guint n_ids = 0;

  load_ids (self);
  node = g_tree_upper_bound (self->ids, after != NULL ? after : "");
  for (; node != NULL && (max == 0 || n_ids < max); node = g_tree_node_next (node), n_ids++)
    g_strv_builder_add (builder, g_tree_node_key (node));

  return g_strv_builder_end (builder);
}
