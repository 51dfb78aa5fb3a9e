/* weft-block-cache.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-cache-private.h"

#include <string.h>

#include "weft-buggify-private.h"

#include "weft-block-private.h"
#include "weft-ids-private.h"

/* An entry and its links in the two lists, with short ids. */
#define ENTRY_BYTES 256
/* Of a block that somebody looked into: small values, each with a node and a place in a table,
 * weigh more than their text. */
#define BYTES_PER_CHARACTER 8

typedef struct
{
  const char *block_id;  /* in `names`, as the next is */
  const char *action_id;
  guint hash; /* of both */
  WeftBlock *block; /* (nullable): NULL once deleted */
  WeftBlockPlace place;
  WeftTransform *transform; /* (nullable): what made it, where it was only tried */
  gint64 base;              /* of the transform */
  gsize bytes;
  GList link;
  char names[];
} Entry;

struct _WeftBlockCache
{
  GHashTable *entries; /* (element-type Entry) (owned), a set */
  GQueue recent;       /* (element-type Entry) (unowned), the latest used first */
  gsize bytes;
  gsize bytes_max;
};

static guint
entry_hash (gconstpointer data)
{
  return ((const Entry *) data)->hash;
}

static gboolean
entry_equal (gconstpointer a,
             gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return g_str_equal (left->action_id, right->action_id)
         && g_str_equal (left->block_id, right->block_id);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->block, weft_block_unref);
  g_clear_pointer (&entry->transform, weft_transform_unref);
  g_free (entry);
}

WeftBlockCache *
weft_block_cache_new (gsize bytes_max)
{
  WeftBlockCache *self = g_new0 (WeftBlockCache, 1);

  self->entries = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  g_queue_init (&self->recent);
  self->bytes_max = bytes_max;

  return self;
}

void
weft_block_cache_free (WeftBlockCache *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static Entry *
find_entry (WeftBlockCache *self,
            const char     *block_id,
            const char     *action_id)
{
  const Entry key = {
    .block_id = block_id,
    .action_id = action_id,
    .hash = weft_ids_hash_action (block_id, action_id),
  };

  return g_hash_table_lookup (self->entries, &key);
}

static void
remove_entry (WeftBlockCache *self,
              Entry          *entry)
{
  g_assert (self->bytes >= entry->bytes);

  g_queue_unlink (&self->recent, &entry->link);
  self->bytes -= entry->bytes;
  g_hash_table_remove (self->entries, entry);
}

static void
touch (WeftBlockCache *self,
       Entry          *entry)
{
  g_queue_unlink (&self->recent, &entry->link);
  g_queue_push_head_link (&self->recent, &entry->link);
}

gboolean
weft_block_cache_lookup (WeftBlockCache  *self,
                         const char      *block_id,
                         const char      *action_id,
                         WeftBlock      **block,
                         WeftBlockPlace  *place)
{
  Entry *entry = find_entry (self, block_id, action_id);

  if (entry == NULL || WEFT_BUGGIFY ("block-cache-misses"))
    return FALSE;

  touch (self, entry);
  if (block != NULL)
    *block = entry->block != NULL ? weft_block_ref (entry->block) : NULL;
  if (place != NULL)
    *place = entry->place;

  return TRUE;
}

/* One piece of memory: they come and go with every change. */
static Entry *
entry_new (const char *block_id,
           const char *action_id)
{
  gsize block_id_size = strlen (block_id) + 1;
  gsize action_id_size = strlen (action_id) + 1;
  Entry *entry = g_malloc0 (sizeof *entry + block_id_size + action_id_size);

  entry->block_id = memcpy (entry->names, block_id, block_id_size);
  entry->action_id = memcpy (entry->names + block_id_size, action_id, action_id_size);
  entry->hash = weft_ids_hash_action (block_id, action_id);

  return entry;
}

static Entry *
add_entry (WeftBlockCache *self,
           const char     *block_id,
           const char     *action_id,
           WeftBlock      *block)
{
  gsize bytes = ENTRY_BYTES;
  Entry *entry;

  if (block != NULL)
    bytes += g_ref_string_length (weft_block_get_text (block)) * BYTES_PER_CHARACTER;
  if (bytes > self->bytes_max)
    return NULL;

  entry = entry_new (block_id, action_id);
  entry->block = block != NULL ? weft_block_ref (block) : NULL;
  entry->bytes = bytes;
  entry->link.data = entry;
  g_hash_table_add (self->entries, entry);
  g_queue_push_head_link (&self->recent, &entry->link);

  self->bytes += bytes;
  while (self->bytes > self->bytes_max)
    remove_entry (self, g_queue_peek_tail (&self->recent));

  return entry;
}

/* NULL when it is too large. What was tried mostly becomes a revision, and is the same then. */
static Entry *
ensure_entry (WeftBlockCache *self,
              const char     *block_id,
              const char     *action_id,
              WeftBlock      *block)
{
  Entry *entry = find_entry (self, block_id, action_id);

  if (entry != NULL && entry->block == block)
    {
      touch (self, entry);
      return entry;
    }
  if (entry != NULL)
    remove_entry (self, entry);

  return add_entry (self, block_id, action_id, block);
}

void
weft_block_cache_insert (WeftBlockCache       *self,
                         const char           *block_id,
                         const char           *action_id,
                         WeftBlock            *block,
                         const WeftBlockPlace *place)
{
  Entry *entry = ensure_entry (self, block_id, action_id, block);

  if (entry == NULL)
    return;

  entry->place = place != NULL ? *place : (WeftBlockPlace) { WEFT_POSITION_UNKNOWN, 0 };
  g_clear_pointer (&entry->transform, weft_transform_unref);
}

void
weft_block_cache_try (WeftBlockCache *self,
                      const char     *block_id,
                      const char     *action_id,
                      WeftBlock      *block,
                      WeftTransform  *transform,
                      gint64          base)
{
  Entry *entry;

  weft_block_cache_insert (self, block_id, action_id, block, NULL);
  entry = find_entry (self, block_id, action_id);
  if (entry == NULL)
    return;

  entry->transform = weft_transform_ref (transform);
  entry->base = base;
}

gboolean
weft_block_cache_made (WeftBlockCache  *self,
                       const char      *block_id,
                       const char      *action_id,
                       gint64           base,
                       WeftBlock      **block)
{
  Entry *entry = find_entry (self, block_id, action_id);

  return entry != NULL && (entry->transform == NULL || entry->base == base)
         && weft_block_cache_lookup (self, block_id, action_id, block, NULL);
}

gboolean
weft_block_cache_tried (WeftBlockCache *self,
                        const char     *block_id,
                        const char     *action_id,
                        WeftTransform  *transform,
                        gint64          base)
{
  Entry *entry = find_entry (self, block_id, action_id);

  return entry != NULL && entry->transform == transform && entry->base == base
         && !WEFT_BUGGIFY ("block-cache-misses");
}

void
weft_block_cache_remove (WeftBlockCache *self,
                         const char     *block_id,
                         const char     *action_id)
{
  Entry *entry = find_entry (self, block_id, action_id);

  if (entry != NULL)
    remove_entry (self, entry);
}

void
weft_block_cache_clear (WeftBlockCache *self)
{
  while (!g_queue_is_empty (&self->recent))
    remove_entry (self, g_queue_peek_tail (&self->recent));
}
