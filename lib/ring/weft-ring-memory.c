/* weft-ring-memory.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* How long hearsay may last, anywhere. */
#define TOMBSTONE_USEC (10 * G_TIME_SPAN_MINUTE)
#define LOST_FIRST_USEC (4 * G_TIME_SPAN_SECOND)
#define ALONE_USEC (1 * G_TIME_SPAN_SECOND)
#define LOST_MAX_USEC (5 * G_TIME_SPAN_MINUTE)
#define LOST_TRIES_MAX 16

static guint
search (WeftRingMachine *self,
        guint64          prefix)
{
  guint from = 0;
  guint to = self->tombstones->len;

  while (from < to)
    {
      guint middle = (from + to) / 2;

      if (g_array_index (self->tombstones, WeftRingTombstone, middle).prefix < prefix)
        from = middle + 1;
      else
        to = middle;
    }

  return from;
}

WeftRingTombstone *
weft_ring_find_tombstone (WeftRingMachine *self,
                          guint64          prefix)
{
  guint index = search (self, prefix);
  WeftRingTombstone *tombstone;

  if (index >= self->tombstones->len)
    return NULL;
  tombstone = &g_array_index (self->tombstones, WeftRingTombstone, index);

  return tombstone->prefix == prefix ? tombstone : NULL;
}

/* Drops those that are old; where none is, the one that is nearest to its end. */
static void
make_room (WeftRingMachine *self)
{
  guint oldest = 0;
  guint n_kept = 0;
  GArray *all = self->tombstones;

  if (all->len < RING_TOMBSTONES_MAX)
    return;
  for (guint i = 0; i < all->len; i++)
    {
      WeftRingTombstone tombstone = g_array_index (all, WeftRingTombstone, i);

      if (tombstone.until_usec <= self->now_usec)
        continue;
      g_array_index (all, WeftRingTombstone, n_kept) = tombstone;
      if (tombstone.until_usec < g_array_index (all, WeftRingTombstone, oldest).until_usec)
        oldest = n_kept;
      n_kept++;
    }
  g_array_set_size (all, n_kept);
  if (n_kept >= RING_TOMBSTONES_MAX)
    g_array_remove_index (all, oldest);
}

WeftRingTombstone *
weft_ring_bury (WeftRingMachine *self,
                WeftRingContact *contact,
                gint64           retry_usec,
                gboolean         has_left)
{
  guint64 prefix = weft_ring_contact_get_point (contact)->words[0];
  guint64 incarnation = weft_ring_contact_get_incarnation (contact);
  WeftRingTombstone *tombstone = weft_ring_find_tombstone (self, prefix);

  if (tombstone == NULL)
    {
      WeftRingTombstone fresh = { .prefix = prefix };
      guint index;

      make_room (self);
      index = search (self, prefix);
      g_array_insert_val (self->tombstones, index, fresh);
      tombstone = &g_array_index (self->tombstones, WeftRingTombstone, index);
    }
  if (incarnation > tombstone->incarnation)
    {
      tombstone->incarnation = incarnation;
      tombstone->n_tries = 0;
      tombstone->has_left = FALSE;
      tombstone->is_dead = FALSE;
    }
  if (tombstone->n_tries < G_MAXUINT8)
    tombstone->n_tries++;
  tombstone->has_left |= has_left;
  tombstone->retry_usec = retry_usec;
  tombstone->until_usec = MAX (self->now_usec, retry_usec) + TOMBSTONE_USEC;

  return tombstone;
}

void
weft_ring_exhume (WeftRingMachine *self,
                  guint64          prefix)
{
  guint index = search (self, prefix);

  if (index < self->tombstones->len &&
      g_array_index (self->tombstones, WeftRingTombstone, index).prefix == prefix)
    g_array_remove_index (self->tombstones, index);
}

static int
find_lost (WeftRingMachine *self,
           WeftRingContact *contact)
{
  const WeftRingPoint *point = weft_ring_contact_get_point (contact);

  for (guint i = 0; i < self->lost->len; i++)
    {
      WeftRingContact *lost = g_array_index (self->lost, WeftRingLost, i).contact;

      if (weft_ring_point_compare (weft_ring_contact_get_point (lost), point) == 0)
        return (int) i;
    }

  return -1;
}

void
weft_ring_lose (WeftRingMachine *self,
                WeftRingContact *contact)
{
  WeftRingLost lost = { .next_usec = self->now_usec };

  if (find_lost (self, contact) >= 0)
    return;
  lost.next_usec += weft_ring_table_get_size (self->table) > 0 ? LOST_FIRST_USEC : ALONE_USEC;
  lost.contact = weft_ring_contact_ref (contact);
  if (self->lost->len < RING_LOST_MAX)
    {
      g_array_append_val (self->lost, lost);
      return;
    }
  /* By chance: those of long ago are not all forgotten for those of now. */
  g_array_remove_index_fast (self->lost, weft_ring_draw (self) % self->lost->len);
  g_array_append_val (self->lost, lost);
}

void
weft_ring_find_again (WeftRingMachine *self,
                      WeftRingContact *contact)
{
  int index = self->lost->len > 0 ? find_lost (self, contact) : -1;

  if (index < 0)
    return;
  g_array_remove_index_fast (self->lost, index);
  /* Where it was, there may be more of them. */
  weft_ring_heat (self);
  weft_ring_self_lookup (self, contact);
  for (guint i = 0; i < self->lost->len; i++)
    {
      WeftRingLost *lost = &g_array_index (self->lost, WeftRingLost, i);

      lost->n_tries /= 2;
      lost->next_usec = MIN (lost->next_usec, self->now_usec + LOST_FIRST_USEC);
    }
}

void
weft_ring_try_lost (WeftRingMachine *self)
{
  int best = -1;
  WeftRingLost *lost;

  for (guint i = 0; i < self->lost->len; i++)
    {
      lost = &g_array_index (self->lost, WeftRingLost, i);
      if (lost->next_usec <= self->now_usec &&
          (best < 0 ||
           lost->next_usec < g_array_index (self->lost, WeftRingLost, best).next_usec))
        best = (int) i;
    }
  if (best < 0)
    return;

  lost = &g_array_index (self->lost, WeftRingLost, best);
  if (lost->n_tries++ >= LOST_TRIES_MAX)
    {
      g_array_remove_index_fast (self->lost, best);
      return;
    }
  lost->next_usec = self->now_usec + MIN (LOST_FIRST_USEC << MIN (lost->n_tries, 10),
                                          LOST_MAX_USEC);
  weft_ring_try (self, lost->contact, RING_LOST);
}

void
weft_ring_machine_forget_missing (WeftRingMachine *self)
{
  g_assert (self->effects == NULL);

  g_array_set_size (self->lost, 0);
  weft_ring_partition_free (self->partition);
  self->partition = weft_ring_partition_new ();
}

gboolean
weft_ring_machine_has_left (WeftRingMachine *self,
                            WeftPeerId      *peer_id)
{
  guint8 key[WEFT_RING_KEY_LENGTH];
  WeftRingTombstone *tombstone;
  WeftRingPoint point;

  weft_ring_key_for_peer (peer_id, key);
  weft_ring_point_from_key (&point, key);
  tombstone = weft_ring_find_tombstone (self, point.words[0]);

  return tombstone != NULL && tombstone->has_left;
}
