/* weft-member-table.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-limits.h"

/* Open slots, by block. A record is looked at from many sides, each of which asks for all of its
 * slots, so that to find one has to be cheap; to list them in order is seldom wanted. */

#define BUCKETS_MIN 64

/* A block in which a slot is open, or that a batch changes. */
typedef struct _WeftMemberBlock
{
  WeftSlot *name;            /* one of its slots: the id, and the hash of that */
  struct _WeftMemberBlock *next; /* in the same bucket */
  WeftMemberSlot *first;     /* nullable: the open slots, by base */
  WeftMemberFlight *touched; /* nullable: the newest that changes it */
} WeftMemberBlock;

struct _WeftMemberTable
{
  WeftMemberBlock **buckets;
  guint n_buckets; /* a power of two */
  guint n_blocks;
  guint n_slots;
};

WeftMemberTable *
weft_member_table_new (void)
{
  WeftMemberTable *self = g_new0 (WeftMemberTable, 1);

  self->n_buckets = BUCKETS_MIN;
  self->buckets = g_new0 (WeftMemberBlock *, self->n_buckets);

  return self;
}

static void
slot_free (WeftMemberSlot *entry)
{
  weft_deadline_clear (&entry->deadline);
  g_clear_pointer (&entry->slot, weft_slot_unref);
  g_clear_pointer (&entry->prepared, weft_ballot_unref);
  g_clear_pointer (&entry->vote, weft_cluster_record_unref);
  g_clear_pointer (&entry->lock, weft_cluster_record_unref);
  g_clear_pointer (&entry->filling, weft_cluster_record_unref);
  g_clear_pointer (&entry->proof, weft_cluster_record_unref);
  g_free (entry);
}

static void
block_free (WeftMemberBlock *block)
{
  while (block->first != NULL)
    {
      WeftMemberSlot *entry = block->first;

      block->first = entry->next;
      slot_free (entry);
    }
  weft_slot_unref (block->name);
  g_free (block);
}

void
weft_member_table_free (WeftMemberTable *self)
{
  for (guint i = 0; i < self->n_buckets; i++)
    while (self->buckets[i] != NULL)
      {
        WeftMemberBlock *block = self->buckets[i];

        self->buckets[i] = block->next;
        block_free (block);
      }
  g_free (self->buckets);
  g_free (self);
}

/* Where the block is, or would be. */
static WeftMemberBlock **
find_place (WeftMemberTable *self,
            const char      *block_id,
            guint            hash)
{
  WeftMemberBlock **place = &self->buckets[hash & (self->n_buckets - 1)];

  for (; *place != NULL; place = &(*place)->next)
    {
      const char *other_id = weft_slot_get_block_id ((*place)->name);

      if (other_id == block_id
          || (weft_slot_get_block_hash ((*place)->name) == hash
              && g_str_equal (other_id, block_id)))
        break;
    }

  return place;
}

static WeftMemberBlock *
find_block (WeftMemberTable *self,
            WeftSlot        *slot)
{
  return *find_place (self, weft_slot_get_block_id (slot), weft_slot_get_block_hash (slot));
}

static void
grow (WeftMemberTable *self)
{
  g_autofree WeftMemberBlock **buckets = g_steal_pointer (&self->buckets);
  guint n_buckets = self->n_buckets;

  self->n_buckets *= 2;
  self->buckets = g_new0 (WeftMemberBlock *, self->n_buckets);
  for (guint i = 0; i < n_buckets; i++)
    while (buckets[i] != NULL)
      {
        WeftMemberBlock *block = buckets[i];
        guint place = weft_slot_get_block_hash (block->name) & (self->n_buckets - 1);

        buckets[i] = block->next;
        block->next = self->buckets[place];
        self->buckets[place] = block;
      }
}

static WeftMemberBlock *
ensure_block (WeftMemberTable *self,
              WeftSlot        *slot)
{
  WeftMemberBlock *block = find_block (self, slot);
  WeftMemberBlock **place;

  if (block != NULL)
    return block;

  if (self->n_blocks == self->n_buckets)
    grow (self);
  place = &self->buckets[weft_slot_get_block_hash (slot) & (self->n_buckets - 1)];
  block = g_new0 (WeftMemberBlock, 1);
  block->name = weft_slot_ref (slot);
  block->next = *place;
  *place = block;
  self->n_blocks++;

  return block;
}

/* Forgets the block if there is nothing of it. */
static void
drop_block (WeftMemberTable *self,
            WeftMemberBlock *block)
{
  WeftMemberBlock **place;

  if (block->first != NULL || block->touched != NULL)
    return;

  place = find_place (self, weft_slot_get_block_id (block->name),
                      weft_slot_get_block_hash (block->name));
  g_assert (*place == block);
  *place = block->next;
  self->n_blocks--;
  block_free (block);
}

/* The first at or above the base, or the end. */
static WeftMemberSlot **
find_from (WeftMemberBlock *block,
           gint64           base)
{
  WeftMemberSlot **place = &block->first;

  while (*place != NULL && weft_slot_get_base ((*place)->slot) < base)
    place = &(*place)->next;

  return place;
}

WeftMemberSlot *
weft_member_find_slot (WeftMemberMachine *self,
                       WeftSlot          *slot)
{
  WeftMemberBlock *block = find_block (self->table, slot);
  gint64 base = weft_slot_get_base (slot);
  WeftMemberSlot *entry = block != NULL ? *find_from (block, base) : NULL;

  return entry != NULL && weft_slot_get_base (entry->slot) == base ? entry : NULL;
}

WeftMemberSlot *
weft_member_ensure_slot (WeftMemberMachine *self,
                         WeftSlot          *slot)
{
  WeftMemberBlock *block = ensure_block (self->table, slot);
  gint64 base = weft_slot_get_base (slot);
  WeftMemberSlot **place = find_from (block, base);
  WeftMemberSlot *entry = *place;

  if (entry != NULL && weft_slot_get_base (entry->slot) == base)
    return entry;

  entry = g_new0 (WeftMemberSlot, 1);
  weft_deadline_init (&entry->deadline, ++self->last_slot);
  entry->slot = weft_slot_ref (slot);
  entry->held_usec = G_MAXINT64;
  entry->next = *place;
  *place = entry;
  self->table->n_slots++;

  return entry;
}

void
weft_member_remove_slot (WeftMemberMachine *self,
                         WeftMemberSlot    *entry)
{
  WeftMemberBlock *block = find_block (self->table, entry->slot);
  WeftMemberSlot **place = find_from (block, weft_slot_get_base (entry->slot));

  g_assert (entry->filling == NULL);
  g_assert (*place == entry);

  weft_member_drop (self, entry->vote, FALSE);
  weft_member_drop (self, entry->lock, TRUE);
  *place = entry->next;
  slot_free (entry);
  self->table->n_slots--;
  drop_block (self->table, block);
}

WeftMemberSlot *
weft_member_first_slot (WeftMemberMachine *self,
                        const char        *block_id,
                        gint64             base)
{
  WeftMemberBlock *block = *find_place (self->table, block_id, g_str_hash (block_id));

  return block != NULL ? *find_from (block, base) : NULL;
}

WeftMemberSlot *
weft_member_next_slot (WeftMemberSlot *entry)
{
  return entry->next;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  return weft_slot_compare ((*(WeftMemberSlot *const *) a)->slot,
                            (*(WeftMemberSlot *const *) b)->slot);
}

GPtrArray *
weft_member_list_slots (WeftMemberMachine *self)
{
  WeftMemberTable *table = self->table;
  GPtrArray *entries = g_ptr_array_sized_new (table->n_slots);

  for (guint i = 0; i < table->n_buckets; i++)
    for (WeftMemberBlock *block = table->buckets[i]; block != NULL; block = block->next)
      for (WeftMemberSlot *entry = block->first; entry != NULL; entry = entry->next)
        g_ptr_array_add (entries, entry);
  g_ptr_array_sort (entries, compare_entries);

  return entries;
}

guint
weft_member_machine_get_n_slots (WeftMemberMachine *self)
{
  return self->table->n_slots;
}

gboolean
weft_member_has_room (WeftMemberMachine *self,
                      GPtrArray         *slots)
{
  guint n_new = 0;

  if (self->table->n_slots + slots->len <= WEFT_LIMIT_OPEN_SLOTS_MAX)
    return TRUE;

  for (guint i = 0; i < slots->len; i++)
    if (weft_member_find_slot (self, g_ptr_array_index (slots, i)) == NULL)
      n_new++;

  return self->table->n_slots + n_new <= WEFT_LIMIT_OPEN_SLOTS_MAX;
}

void
weft_member_touch (WeftMemberMachine *self,
                   WeftSlot          *slot,
                   WeftMemberFlight  *flight)
{
  ensure_block (self->table, slot)->touched = flight;
}

void
weft_member_untouch (WeftMemberMachine *self,
                     WeftSlot          *slot)
{
  WeftMemberBlock *block = find_block (self->table, slot);

  g_assert (block != NULL);

  block->touched = NULL;
  drop_block (self->table, block);
}

WeftMemberFlight *
weft_member_get_toucher (WeftMemberMachine *self,
                         WeftSlot          *slot)
{
  WeftMemberBlock *block = find_block (self->table, slot);

  return block != NULL ? block->touched : NULL;
}

guint64
weft_member_find_touched (WeftMemberMachine *self,
                          const char        *block_id)
{
  WeftMemberBlock *block = *find_place (self->table, block_id, g_str_hash (block_id));

  return block != NULL && block->touched != NULL ? block->touched->id : 0;
}

guint64
weft_member_find_newest (WeftMemberMachine *self,
                         GPtrArray         *slots)
{
  guint64 newest = 0;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberFlight *flight = weft_member_get_toucher (self, g_ptr_array_index (slots, i));

      newest = MAX (newest, flight != NULL ? flight->id : 0);
    }

  return newest;
}
