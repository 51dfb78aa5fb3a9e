/* weft-route-cache.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-key.h"

#include "weft-buggify-private.h"
#include "weft-route-cache-private.h"

#include <string.h>

typedef struct
{
  guint8 key[WEFT_RING_KEY_LENGTH];
  WeftRemoteRoute *route;
  GList link; /* in `used`; its data is the entry */
} Entry;

struct _WeftRouteCache
{
  GHashTable *entries; /* Entry, by its own key; only looked up, never walked */
  GQueue used;         /* the last used first */
  guint entries_max;
};

/* A ring key is a digest, so any part of it is as good a hash as the whole. */
static guint
entry_hash (gconstpointer data)
{
  const Entry *entry = data;
  guint hash;

  memcpy (&hash, entry->key, sizeof hash);

  return hash;
}

static gboolean
entry_equal (gconstpointer a,
             gconstpointer b)
{
  return memcmp (((const Entry *) a)->key, ((const Entry *) b)->key, WEFT_RING_KEY_LENGTH) == 0;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  weft_remote_route_unref (entry->route);
  g_free (entry);
}

WeftRouteCache *
weft_route_cache_new (guint entries_max)
{
  WeftRouteCache *self = g_new0 (WeftRouteCache, 1);

  g_assert (entries_max > 0);

  self->entries = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  self->entries_max = entries_max;
  g_queue_init (&self->used);

  return self;
}

void
weft_route_cache_free (WeftRouteCache *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static Entry *
find (WeftRouteCache *self,
      const char     *block_id)
{
  Entry wanted;

  weft_ring_key_for_block (block_id, wanted.key);

  return g_hash_table_lookup (self->entries, &wanted);
}

static void
drop (WeftRouteCache *self,
      Entry          *entry)
{
  g_queue_unlink (&self->used, &entry->link);
  g_hash_table_remove (self->entries, entry);
}

/* NULL when nothing is known. The route belongs to the cache. */
WeftRemoteRoute *
weft_route_cache_lookup (WeftRouteCache *self,
                         const char     *block_id)
{
  Entry *entry;

  /* Most repos are never redirected, and then no digest is needed. */
  if (g_queue_is_empty (&self->used))
    return NULL;

  entry = find (self, block_id);
  if (entry == NULL || WEFT_BUGGIFY ("redirect-is-not-known"))
    return NULL;

  g_queue_unlink (&self->used, &entry->link);
  g_queue_push_head_link (&self->used, &entry->link);

  return entry->route;
}

void
weft_route_cache_insert (WeftRouteCache  *self,
                         const char      *block_id,
                         WeftRemoteRoute *route)
{
  Entry *entry = find (self, block_id);

  if (entry != NULL)
    drop (self, entry);
  else if (self->used.length == self->entries_max)
    drop (self, self->used.tail->data);

  entry = g_new0 (Entry, 1);
  weft_ring_key_for_block (block_id, entry->key);
  entry->route = weft_remote_route_ref (route);
  entry->link.data = entry;
  g_queue_push_head_link (&self->used, &entry->link);
  g_hash_table_add (self->entries, entry);

  g_assert (self->used.length <= self->entries_max);
}

void
weft_route_cache_remove (WeftRouteCache *self,
                         const char     *block_id)
{
  Entry *entry = find (self, block_id);

  if (entry != NULL)
    drop (self, entry);
}

guint
weft_route_cache_count (WeftRouteCache *self)
{
  return self->used.length;
}
