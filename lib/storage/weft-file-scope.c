/* weft-file-scope.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-scope-private.h"

#include <string.h>

/* The table is a power of two with a quarter of it free at least, so that a search ends. */
#define N_SLOTS_MIN 4

WeftFileEntry *
weft_file_entry_new (WeftFileKind kind,
                     const char  *key)
{
  gsize length = strlen (key);
  WeftFileEntry *self = g_malloc (sizeof (WeftFileEntry) + length + 1);

  *self = (WeftFileEntry) { .kind = kind };
  memcpy (self->key, key, length + 1);

  return self;
}

WeftFileScope *
weft_file_scope_new (const char *block_id)
{
  gsize length = strlen (block_id);
  WeftFileScope *self = g_malloc0 (sizeof (WeftFileScope) + length + 1);

  memcpy (self->block_id, block_id, length);

  return self;
}

void
weft_file_scope_free (WeftFileScope    *self,
                      WeftFileEntryFunc free_entry,
                      gpointer          user_data)
{
  for (guint32 i = 0; i < self->n_slots; i++)
    if (self->slots[i] != NULL)
      free_entry (self->slots[i], user_data);
  g_free (self->slots);
  g_clear_pointer (&self->open, g_ptr_array_unref);
  g_clear_pointer (&self->revs, g_array_unref);
  g_free (self);
}

/* The product makes what a difference does depend on bits that nobody outside knows. */
static guint64
step (guint64 hash,
      guint64 part)
{
  guint64 both = hash ^ part;

  return (both >> 32) * (both & G_MAXUINT32) + ((both << 23) | (both >> 41));
}

/* Eight characters a step, from a place that is another in each process, for peers choose many of
 * the keys. Then mixed, as the lowest bits choose the slot. */
static guint32
hash (WeftFileKind space,
      const char  *key)
{
  static gsize is_made = 0;
  static guint64 seed;
  gsize length = strlen (key);
  guint64 part = 0;
  guint64 hash;

  if (g_once_init_enter (&is_made))
    {
      seed = ((guint64) g_random_int () << 32) | g_random_int ();
      g_once_init_leave (&is_made, 1);
    }

  hash = step (seed, ((guint64) space << 32) + length);
  for (; length >= sizeof part; length -= sizeof part, key += sizeof part)
    {
      memcpy (&part, key, sizeof part);
      hash = step (hash, part);
    }
  part = 0;
  memcpy (&part, key, length);
  hash = step (hash, part) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  hash = (hash ^ (hash >> 32)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return (guint32) (hash >> 32);
}

static guint32
hash_entry (WeftFileEntry *entry)
{
  return hash (weft_file_kind_get_space (entry->kind), entry->key);
}

/* Of a hash, for the one byte beside each slot. */
static guint8
get_tag (guint32 hash)
{
  return (guint8) (hash >> 24);
}

/* The slot of what has this name, or the free one where it would be. An entry is looked at only
 * when its tag is right, for most are in no cache. */
static guint32
find_slot (WeftFileScope *self,
           WeftFileKind   space,
           const char    *key,
           guint32        key_hash)
{
  guint8 tag = get_tag (key_hash);
  guint32 slot = key_hash & (self->n_slots - 1);

  while (self->slots[slot] != NULL
         && (self->tags[slot] != tag
             || weft_file_kind_get_space (self->slots[slot]->kind) != space
             || !g_str_equal (self->slots[slot]->key, key)))
    slot = (slot + 1) & (self->n_slots - 1);

  return slot;
}

static void
fill_slot (WeftFileScope *self,
           guint32        slot,
           WeftFileEntry *entry,
           guint8         tag)
{
  self->slots[slot] = entry;
  self->tags[slot] = tag;
}

static void
resize (WeftFileScope *self,
        guint32        n_slots)
{
  g_autofree WeftFileEntry **slots = self->slots;
  guint32 n_before = self->n_slots;

  self->slots = g_malloc0 (n_slots * (sizeof (WeftFileEntry *) + 1));
  self->tags = (guint8 *) (self->slots + n_slots);
  self->n_slots = n_slots;
  for (guint32 i = 0; i < n_before; i++)
    if (slots[i] != NULL)
      {
        guint32 key_hash = hash_entry (slots[i]);
        guint32 slot = key_hash & (n_slots - 1);

        while (self->slots[slot] != NULL)
          slot = (slot + 1) & (n_slots - 1);
        fill_slot (self, slot, slots[i], get_tag (key_hash));
      }
}

WeftFileEntry *
weft_file_scope_find (WeftFileScope *self,
                      WeftFileKind   kind,
                      const char    *key)
{
  WeftFileKind space;

  if (self->n_entries == 0)
    return NULL;
  if (kind == WEFT_FILE_KIND_META && *key == '\0')
    return self->metadata;

  space = weft_file_kind_get_space (kind);
  return self->slots[find_slot (self, space, key, hash (space, key))];
}

guint
weft_file_scope_seek_rev (WeftFileScope *self,
                          gint64         rev)
{
  guint low = 0;
  guint high = self->revs->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->revs, gint64, middle) < rev)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Keeps what is beside the table true. */
static void
note_added (WeftFileScope *self,
            WeftFileEntry *entry)
{
  if (entry->kind == WEFT_FILE_KIND_META && *entry->key == '\0')
    self->metadata = entry;
  else if (entry->kind == WEFT_FILE_KIND_PENDING || entry->kind == WEFT_FILE_KIND_RECORD_OPEN)
    {
      if (self->open == NULL)
        self->open = g_ptr_array_new ();
      entry->place = self->open->len & 0xffffff;
      g_ptr_array_add (self->open, entry);
    }
  else if (entry->kind == WEFT_FILE_KIND_REVISION && self->revs != NULL)
    {
      gint64 rev = g_ascii_strtoll (entry->key, NULL, 10);

      g_array_insert_val (self->revs, weft_file_scope_seek_rev (self, rev), rev);
    }
}

static void
note_removed (WeftFileScope *self,
              WeftFileEntry *entry)
{
  if (entry->kind == WEFT_FILE_KIND_META && *entry->key == '\0')
    self->metadata = NULL;
  else if (entry->kind == WEFT_FILE_KIND_PENDING || entry->kind == WEFT_FILE_KIND_RECORD_OPEN)
    {
      WeftFileEntry *last = g_ptr_array_index (self->open, self->open->len - 1);

      g_assert (self->open->pdata[entry->place] == entry);
      last->place = entry->place;
      g_ptr_array_remove_index_fast (self->open, entry->place);
      if (self->open->len == 0)
        g_clear_pointer (&self->open, g_ptr_array_unref);
    }
  else if (entry->kind == WEFT_FILE_KIND_REVISION && self->revs != NULL)
    {
      gint64 rev = g_ascii_strtoll (entry->key, NULL, 10);

      g_array_remove_index (self->revs, weft_file_scope_seek_rev (self, rev));
    }
}

WeftFileEntry *
weft_file_scope_replace (WeftFileScope *self,
                         WeftFileEntry *entry)
{
  guint32 key_hash = hash_entry (entry);
  guint32 slot;
  WeftFileEntry *before;

  if (self->n_entries + 1 > self->n_slots / 4 * 3)
    resize (self, MAX (N_SLOTS_MIN, self->n_slots * 2));
  slot = find_slot (self, weft_file_kind_get_space (entry->kind), entry->key, key_hash);
  before = self->slots[slot];
  if (before != NULL)
    note_removed (self, before);
  else
    self->n_entries++;
  fill_slot (self, slot, entry, get_tag (key_hash));
  note_added (self, entry);

  return before;
}

/* What stands behind a slot that became free may have been meant for it. */
static void
close_gap (WeftFileScope *self,
           guint32        gap)
{
  const guint32 mask = self->n_slots - 1;

  for (guint32 slot = (gap + 1) & mask; self->slots[slot] != NULL; slot = (slot + 1) & mask)
    {
      guint32 wanted = hash_entry (self->slots[slot]) & mask;

      if (((slot - wanted) & mask) < ((slot - gap) & mask))
        continue;
      fill_slot (self, gap, g_steal_pointer (&self->slots[slot]), self->tags[slot]);
      gap = slot;
    }
}

WeftFileEntry *
weft_file_scope_remove (WeftFileScope *self,
                        WeftFileKind   kind,
                        const char    *key)
{
  WeftFileKind space = weft_file_kind_get_space (kind);
  WeftFileEntry *before;
  guint32 slot;

  if (self->n_entries == 0)
    return NULL;
  slot = find_slot (self, space, key, hash (space, key));
  before = g_steal_pointer (&self->slots[slot]);
  if (before == NULL)
    return NULL;

  close_gap (self, slot);
  self->n_entries--;
  note_removed (self, before);

  return before;
}

static int
compare_revs (gconstpointer a,
              gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

GArray *
weft_file_scope_get_revs (WeftFileScope *self)
{
  if (self->revs != NULL)
    return self->revs;

  self->revs = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint32 i = 0; i < self->n_slots; i++)
    {
      const WeftFileEntry *entry = self->slots[i];

      if (entry != NULL && entry->kind == WEFT_FILE_KIND_REVISION)
        {
          const gint64 rev = g_ascii_strtoll (entry->key, NULL, 10);

          g_array_append_val (self->revs, rev);
        }
    }
  g_array_sort (self->revs, compare_revs);

  return self->revs;
}

char *
weft_file_scope_describe (WeftFileScope *self,
                          WeftFileEntry *entry)
{
  return g_strconcat (weft_file_kind_get_name (entry->kind), *entry->key != '\0' ? " " : "",
                      entry->key, *self->block_id != '\0' ? " of block " : "", self->block_id,
                      NULL);
}
