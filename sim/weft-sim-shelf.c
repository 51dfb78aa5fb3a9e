/* weft-sim-shelf.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-shelf-private.h"

#include <string.h>

WeftSimShelf *
weft_sim_shelf_new (const char *block_id)
{
  WeftSimShelf *self = g_new0 (WeftSimShelf, 1);

  self->block_id = g_strdup (block_id);
  self->revisions = g_ptr_array_new ();
  self->pendings = g_ptr_array_new ();
  self->unresolved = g_ptr_array_new ();
  self->others = g_ptr_array_new ();

  return self;
}

void
weft_sim_shelf_free (WeftSimShelf *self)
{
  g_free ((char *) self->block_id);
  g_ptr_array_unref (self->revisions);
  g_ptr_array_unref (self->pendings);
  g_ptr_array_unref (self->unresolved);
  g_ptr_array_unref (self->others);
  g_free (self);
}

guint
weft_sim_shelf_seek_revision (WeftSimShelf *self,
                              gint64        rev)
{
  guint low = 0;
  guint high = self->revisions->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (((WeftSimRecord *) self->revisions->pdata[middle])->rev < rev)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static guint
seek_key (GPtrArray  *records,
          const char *key)
{
  guint low = 0;
  guint high = records->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (((WeftSimRecord *) records->pdata[middle])->key, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

WeftSimRecord *
weft_sim_shelf_find (WeftSimShelf *self,
                     WeftSimTable  table,
                     gint64        rev,
                     const char   *key)
{
  guint place;

  g_assert (weft_sim_table_is_listed (table));

  if (table == WEFT_SIM_TABLE_BLOCK)
    return self->block;
  if (table == WEFT_SIM_TABLE_REVISION)
    {
      place = weft_sim_shelf_seek_revision (self, rev);
      if (place < self->revisions->len
          && ((WeftSimRecord *) self->revisions->pdata[place])->rev == rev)
        return self->revisions->pdata[place];
      return NULL;
    }

  place = seek_key (self->pendings, key);
  if (place < self->pendings->len
      && g_str_equal (((WeftSimRecord *) self->pendings->pdata[place])->key, key))
    return self->pendings->pdata[place];

  return NULL;
}

static gboolean
is_unresolved (const WeftSimRecord *record)
{
  return record->table == WEFT_SIM_TABLE_RECORD && !record->is_resolved;
}

void
weft_sim_shelf_add (WeftSimShelf  *self,
                    WeftSimRecord *record)
{
  if (record->table == WEFT_SIM_TABLE_BLOCK)
    self->block = record;
  else if (record->table == WEFT_SIM_TABLE_REVISION)
    g_ptr_array_insert (self->revisions, (int) weft_sim_shelf_seek_revision (self, record->rev),
                        record);
  else if (record->table == WEFT_SIM_TABLE_PENDING)
    g_ptr_array_insert (self->pendings, (int) seek_key (self->pendings, record->key), record);
  else
    {
      record->position = self->others->len;
      g_ptr_array_add (self->others, record);
    }
  if (is_unresolved (record))
    g_ptr_array_insert (self->unresolved, (int) seek_key (self->unresolved, record->key), record);
}

static void
remove_at (GPtrArray     *records,
           guint          place,
           WeftSimRecord *record)
{
  g_assert (place < records->len && records->pdata[place] == record);

  g_ptr_array_remove_index (records, place);
}

void
weft_sim_shelf_remove (WeftSimShelf  *self,
                       WeftSimRecord *record)
{
  if (is_unresolved (record))
    remove_at (self->unresolved, seek_key (self->unresolved, record->key), record);

  if (record->table == WEFT_SIM_TABLE_BLOCK)
    self->block = NULL;
  else if (record->table == WEFT_SIM_TABLE_REVISION)
    remove_at (self->revisions, weft_sim_shelf_seek_revision (self, record->rev), record);
  else if (record->table == WEFT_SIM_TABLE_PENDING)
    remove_at (self->pendings, seek_key (self->pendings, record->key), record);
  else
    {
      WeftSimRecord *last = self->others->pdata[self->others->len - 1];

      self->others->pdata[record->position] = last;
      last->position = record->position;
      g_ptr_array_set_size (self->others, (int) self->others->len - 1);
    }
}

static int
compare_others (gconstpointer a,
                gconstpointer b)
{
  const WeftSimRecord *left = *(WeftSimRecord *const *) a;
  const WeftSimRecord *right = *(WeftSimRecord *const *) b;

  if (left->table != right->table)
    return left->table < right->table ? -1 : 1;

  return strcmp (left->key, right->key);
}

GPtrArray *
weft_sim_shelf_sort (WeftSimShelf *self)
{
  GPtrArray *sorted = g_ptr_array_new ();
  g_autoptr (GPtrArray) others = g_ptr_array_copy (self->others, NULL, NULL);

  if (self->block != NULL)
    g_ptr_array_add (sorted, self->block);
  g_ptr_array_extend (sorted, self->revisions, NULL, NULL);
  g_ptr_array_extend (sorted, self->pendings, NULL, NULL);
  g_ptr_array_sort (others, compare_others);
  g_ptr_array_extend (sorted, others, NULL, NULL);

  return sorted;
}
