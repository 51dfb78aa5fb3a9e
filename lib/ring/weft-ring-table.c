/* weft-ring-table.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-ring-table-eviction-private.h"

#define ROOM_STEP_MIN 16

WeftRingTable *
weft_ring_table_new (const WeftRingPoint *self_point,
                     guint                capacity,
                     guint                neighbours_per_side)
{
  WeftRingTable *self;

  g_assert (neighbours_per_side > 0);
  g_assert (capacity > 4 * neighbours_per_side);
  g_assert (capacity <= G_MAXUINT16);

  self = g_new0 (WeftRingTable, 1);
  self->self_point = *self_point;
  self->capacity = capacity;
  self->neighbours_per_side = neighbours_per_side;
  self->version = 1;

  return self;
}

void
weft_ring_table_free (WeftRingTable *self)
{
  for (guint i = 0; i < self->n_entries; i++)
    weft_ring_contact_unref (self->entries[i].contact);
  g_free (self->entries);
  g_free (self);
}

guint
weft_ring_table_get_size (WeftRingTable *self)
{
  return self->n_entries;
}

WeftRingEntry *
weft_ring_table_get (WeftRingTable *self,
                     guint          index)
{
  g_assert (index < self->n_entries);

  return &self->entries[index];
}

static int
compare_entry (const WeftRingEntry *entry,
               const WeftRingPoint *point)
{
  if (entry->prefix != point->words[0])
    return entry->prefix < point->words[0] ? -1 : 1;

  return weft_ring_point_compare (weft_ring_contact_get_point (entry->contact), point);
}

/* Places are hashes: where points are evenly apart, one is about where its bits say. */
static guint
guess (guint64 prefix,
       guint   from,
       guint   to)
{
  guint64 share = (prefix << (64 - WEFT_RING_TABLE_PART_SHIFT)) >> 32;

  return from + (guint) ((to - from) * share >> 32);
}

guint
weft_ring_table_search (WeftRingTable       *self,
                        const WeftRingPoint *point)
{
  guint part = point->words[0] >> WEFT_RING_TABLE_PART_SHIFT;
  guint from = self->starts[part];
  guint to = self->starts[part + 1];
  guint middle = guess (point->words[0], from, to);

  for (guint step = 1; from < to; step *= 2)
    {
      if (compare_entry (&self->entries[middle], point) < 0)
        {
          from = middle + 1;
          middle = from + MIN (step - 1, (to - from) / 2);
        }
      else
        {
          to = middle;
          middle = to - MIN (step, (to - from + 1) / 2);
        }
    }

  return from;
}

/* No two peers have one place: it is a hash of all that there is of a peer id. */
static gboolean
is_at (WeftRingTable       *self,
       guint                index,
       const WeftRingPoint *point)
{
  return index < self->n_entries && compare_entry (&self->entries[index], point) == 0;
}

static void
place (WeftPeerId    *peer_id,
       WeftRingPoint *point)
{
  guint8 key[WEFT_RING_KEY_LENGTH];

  weft_ring_key_for_peer (peer_id, key);
  weft_ring_point_from_key (point, key);
}

WeftRingEntry *
weft_ring_table_find (WeftRingTable *self,
                      WeftPeerId    *peer_id)
{
  WeftRingPoint point;

  place (peer_id, &point);

  return weft_ring_table_find_point (self, &point);
}

WeftRingEntry *
weft_ring_table_find_point (WeftRingTable       *self,
                            const WeftRingPoint *point)
{
  guint index = weft_ring_table_search (self, point);

  return is_at (self, index, point) ? &self->entries[index] : NULL;
}

guint
weft_ring_table_get_index (WeftRingTable       *self,
                           const WeftRingPoint *point)
{
  return weft_ring_table_search (self, point);
}

/* An entry with that prefix was added or removed. */
static void
move_starts (WeftRingTable *self,
             guint64        prefix,
             int            n)
{
  guint part = prefix >> WEFT_RING_TABLE_PART_SHIFT;

  for (guint i = part + 1; i <= WEFT_RING_TABLE_PARTS; i++)
    self->starts[i] += n;
}

static void
remove_at (WeftRingTable *self,
           guint          index)
{
  move_starts (self, self->entries[index].prefix, -1);
  weft_ring_contact_unref (self->entries[index].contact);
  memmove (&self->entries[index], &self->entries[index + 1],
           (self->n_entries - index - 1) * sizeof *self->entries);
  self->n_entries--;
  if (index < self->home)
    self->home--;
}

static WeftRingEntry *
insert_at (WeftRingTable   *self,
           guint            index,
           WeftRingContact *contact,
           gint64           now_usec)
{
  const WeftRingPoint *point = weft_ring_contact_get_point (contact);
  WeftRingEntry *entry;

  if (self->n_entries == self->n_room)
    {
      self->n_room += MAX (ROOM_STEP_MIN, self->n_room / 4);
      self->n_room = MIN (self->n_room, self->capacity);
      self->entries = g_renew (WeftRingEntry, self->entries, self->n_room);
    }

  entry = &self->entries[index];
  memmove (entry + 1, entry, (self->n_entries - index) * sizeof *entry);
  self->n_entries++;
  move_starts (self, point->words[0], 1);
  if (weft_ring_point_compare (point, &self->self_point) < 0)
    self->home++;

  *entry = (WeftRingEntry) {
    .prefix = point->words[0],
    .contact = weft_ring_contact_ref (contact),
    .heard_usec = now_usec,
  };

  return entry;
}

WeftRingEntry *
weft_ring_table_add (WeftRingTable   *self,
                     WeftRingContact *contact,
                     gint64           now_usec)
{
  const WeftRingPoint *point = weft_ring_contact_get_point (contact);
  guint index = weft_ring_table_search (self, point);

  if (is_at (self, index, point))
    {
      WeftRingEntry *entry = &self->entries[index];

      entry->heard_usec = now_usec;
      if (weft_ring_contact_get_incarnation (contact)
          > weft_ring_contact_get_incarnation (entry->contact))
        {
          weft_ring_contact_unref (entry->contact);
          entry->contact = weft_ring_contact_ref (contact);
          self->version++;
        }
      return entry;
    }
  if (weft_ring_point_compare (point, &self->self_point) == 0)
    return NULL;

  if (self->n_entries == self->capacity)
    {
      guint victim;

      if (!weft_ring_table_choose_victim (self, point, now_usec, &victim))
        return NULL;
      remove_at (self, victim);
      if (victim < index)
        index--;
    }
  self->version++;

  return insert_at (self, index, contact, now_usec);
}

gboolean
weft_ring_table_remove (WeftRingTable *self,
                        WeftPeerId    *peer_id)
{
  WeftRingPoint point;
  guint index;

  place (peer_id, &point);
  index = weft_ring_table_search (self, &point);
  if (!is_at (self, index, &point))
    return FALSE;

  remove_at (self, index);
  self->version++;

  return TRUE;
}

/* The entry @steps clockwise from ourselves, the next being 0. */
static WeftRingEntry *
get_by_rank (WeftRingTable *self,
             guint          steps)
{
  guint index = self->home + steps;

  return &self->entries[index < self->n_entries ? index : index - self->n_entries];
}

guint
weft_ring_table_get_successors (WeftRingTable  *self,
                                WeftRingEntry **entries,
                                guint           n)
{
  guint n_found = 0;

  for (guint i = 0; i < self->n_entries && n_found < n; i++)
    {
      WeftRingEntry *entry = get_by_rank (self, i);

      if (entry->liveness == WEFT_RING_ALIVE)
        entries[n_found++] = entry;
    }

  return n_found;
}

guint
weft_ring_table_get_predecessors (WeftRingTable  *self,
                                  WeftRingEntry **entries,
                                  guint           n)
{
  guint n_found = 0;

  for (guint i = self->n_entries; i-- > 0 && n_found < n;)
    {
      WeftRingEntry *entry = get_by_rank (self, i);

      if (entry->liveness == WEFT_RING_ALIVE)
        entries[n_found++] = entry;
    }

  return n_found;
}

gboolean
weft_ring_table_is_neighbour (WeftRingTable *self,
                              WeftPeerId    *peer_id)
{
  WeftRingEntry *entry = weft_ring_table_find (self, peer_id);
  guint index;
  guint rank;

  if (entry == NULL)
    return FALSE;

  index = entry - self->entries;
  rank = index >= self->home ? index - self->home : index + self->n_entries - self->home;

  return rank < weft_ring_table_count_after (self)
         || self->n_entries - 1 - rank < weft_ring_table_count_before (self);
}

GPtrArray *
weft_ring_table_list_neighbours (WeftRingTable *self)
{
  GPtrArray *contacts
    = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  guint n_after = weft_ring_table_count_after (self);
  guint n_before = weft_ring_table_count_before (self);

  for (guint rank = 0; rank < self->n_entries; rank++)
    {
      /* Who is far on both sides is passed over. */
      if (rank == n_after && self->n_entries - rank > n_before)
        rank = self->n_entries - n_before;
      if (rank == self->n_entries)
        break;
      g_ptr_array_add (contacts, weft_ring_contact_ref (
        self->entries[(self->home + rank) % self->n_entries].contact));
    }

  return contacts;
}

static gboolean
is_excluded (GPtrArray       *excluded,
             WeftRingContact *contact)
{
  if (excluded == NULL)
    return FALSE;
  for (guint i = 0; i < excluded->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (excluded, i),
                            weft_ring_contact_get_peer_id (contact)))
      return TRUE;

  return FALSE;
}

GPtrArray *
weft_ring_table_get_cohort (WeftRingTable       *self,
                            const WeftRingPoint *point,
                            guint                width,
                            WeftRingContact     *own,
                            GPtrArray           *excluded)
{
  GPtrArray *cohort = g_ptr_array_new_full (width, (GDestroyNotify) weft_ring_contact_unref);
  guint n = self->n_entries + (own != NULL);
  guint start = weft_ring_table_search (self, point);
  guint n_after = 0;
  guint n_before = 0;
  gboolean is_before = FALSE;

  /* We stand at `home` among the entries, and whoever comes after that one further. */
  if (own != NULL && weft_ring_point_compare (point, &self->self_point) > 0)
    start++;

  while (cohort->len < width && n_after + n_before < n)
    {
      guint index = is_before ? start + n - ++n_before : start + n_after++;
      WeftRingContact *contact = own;

      index %= n;
      if (own == NULL || index < self->home)
        contact = self->entries[index].contact;
      else if (index > self->home)
        contact = self->entries[index - 1].contact;

      if (is_excluded (excluded, contact))
        continue;
      g_ptr_array_add (cohort, weft_ring_contact_ref (contact));
      is_before = !is_before;
    }

  return cohort;
}

/* By distance from @point, ties by peer id. */
static gboolean
is_nearer (const WeftRingEntry *a,
           const WeftRingEntry *b,
           const WeftRingPoint *point)
{
  WeftRingPoint a_distance
      = weft_ring_point_distance (weft_ring_contact_get_point (a->contact), point);
  WeftRingPoint b_distance
      = weft_ring_point_distance (weft_ring_contact_get_point (b->contact), point);
  int order = weft_ring_point_compare (&a_distance, &b_distance);

  if (order == 0)
    order = weft_peer_id_compare (weft_ring_contact_get_peer_id (a->contact),
                                  weft_ring_contact_get_peer_id (b->contact));

  return order < 0;
}

guint
weft_ring_table_get_nearest (WeftRingTable       *self,
                             const WeftRingPoint *point,
                             WeftRingEntry      **entries,
                             guint                n)
{
  guint n_entries = self->n_entries;
  guint start = weft_ring_table_search (self, point);
  guint n_after = 0;
  guint n_before = 0;

  n = MIN (n, n_entries);
  for (guint i = 0; i < n; i++)
    {
      WeftRingEntry *after = &self->entries[(start + n_after) % n_entries];
      WeftRingEntry *before = &self->entries[(start + n_entries - 1 - n_before) % n_entries];

      if (after == before || is_nearer (after, before, point))
        {
          entries[i] = after;
          n_after++;
        }
      else
        {
          entries[i] = before;
          n_before++;
        }
    }

  return n;
}

guint64
weft_ring_table_get_version (WeftRingTable *self)
{
  return self->version;
}

void
weft_ring_table_check (WeftRingTable *self)
{
  g_assert (self->n_entries <= self->capacity);
  g_assert (self->n_entries <= self->n_room);
  g_assert (self->starts[0] == 0);
  g_assert (self->starts[WEFT_RING_TABLE_PARTS] == self->n_entries);
  g_assert (self->home == weft_ring_table_search (self, &self->self_point));

  for (guint i = 0; i < self->n_entries; i++)
    {
      const WeftRingEntry *entry = &self->entries[i];
      const WeftRingPoint *point = weft_ring_contact_get_point (entry->contact);

      g_assert (entry->prefix == point->words[0]);
      g_assert (weft_ring_table_search (self, point) == i);
      g_assert (weft_ring_point_compare (point, &self->self_point) != 0);
      g_assert (entry->liveness <= WEFT_RING_SUSPECT);
      if (i > 0)
        g_assert (compare_entry (&self->entries[i - 1], point) < 0);
    }
}
