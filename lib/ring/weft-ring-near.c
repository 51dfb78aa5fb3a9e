/* weft-ring-near.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* Of one reply to a probe: all that a node can lack after a crash of half of the network. */
#define MISSING_MAX 16

static guint64
first_word (WeftRingContact *contact)
{
  return weft_ring_contact_get_point (contact)->words[0];
}

static guint
count_alive (WeftRingMachine *self)
{
  guint n = 0;

  for (guint i = 0; i < weft_ring_table_get_size (self->table); i++)
    n += weft_ring_table_get (self->table, i)->liveness == WEFT_RING_ALIVE;

  return n;
}

/* Without others there is no gap, and before a first self-lookup nobody knows what is missing. */
static void
measure (WeftRingMachine *self,
         WeftRingNear    *near)
{
  guint n_near = near->n_after + near->n_before;
  double arc = ((double) near->after_limit + (double) near->before_limit) / 0x1p64;

  near->measure = (WeftRingMeasure) { 0 };
  if (!self->is_joined || !self->is_on_ring || near->n_after == 0)
    return;
  /* Both sides meet where there are no more than this. */
  if (n_near < 2 * self->n_side || arc >= 1.0)
    near->measure = (WeftRingMeasure) {
      .gaps = count_alive (self) + 1, .is_closed = TRUE, .arc = 1.0,
    };
  else
    near->measure = (WeftRingMeasure) { .gaps = n_near, .arc = arc };
}

const WeftRingNear *
weft_ring_get_near (WeftRingMachine *self)
{
  WeftRingEntry *entries[RING_SIDE_MAX];
  WeftRingNear *near = &self->near;
  guint64 version = weft_ring_table_get_version (self->table);
  guint64 home = first_word (self->own);

  if (!near->is_stale && near->table_version == version)
    return near;

  near->n_after = weft_ring_table_get_successors (self->table, entries, self->n_side);
  for (guint i = 0; i < near->n_after; i++)
    near->view[i] = entries[i]->prefix >> 32;
  near->after_limit = near->n_after == self->n_side ? entries[near->n_after - 1]->prefix - home
                                                    : G_MAXUINT64;
  near->n_before = weft_ring_table_get_predecessors (self->table, entries, self->n_side);
  for (guint i = 0; i < near->n_before; i++)
    near->view[near->n_after + i] = entries[i]->prefix >> 32;
  near->before_limit = near->n_before == self->n_side
                         ? home - entries[near->n_before - 1]->prefix
                         : G_MAXUINT64;
  measure (self, near);
  near->table_version = version;
  near->is_stale = FALSE;

  return near;
}

gboolean
weft_ring_is_near (WeftRingMachine     *self,
                   const WeftRingPoint *point)
{
  const WeftRingNear *near = weft_ring_get_near (self);
  guint64 home = first_word (self->own);

  return point->words[0] - home <= near->after_limit ||
         home - point->words[0] <= near->before_limit;
}

static gboolean
is_in_view (const guint32 *view,
            guint          n_view,
            guint32        word)
{
  for (guint i = 0; i < n_view; i++)
    if (view[i] == word)
      return TRUE;

  return FALSE;
}

/* Whether a peer is alive as far as we know, and was heard of lately enough to say so. */
static gboolean
is_worth_telling (WeftRingMachine *self,
                  WeftRingEntry   *entry)
{
  return entry->liveness == WEFT_RING_ALIVE && entry->failures_in_row == 0;
}

static gboolean
has_contact (WeftRingMessage *reply,
             WeftRingContact *contact)
{
  for (guint i = 0; reply->contacts != NULL && i < reply->contacts->len; i++)
    if (reply->contacts->pdata[i] == contact)
      return TRUE;

  return FALSE;
}

/* Walks from @point to one side, over as many as the asker wants there, and no farther than the
 * last it has where that side of its view is full. */
static void
add_side (WeftRingMachine     *self,
          WeftRingMessage     *reply,
          const guint32       *view,
          guint                n_view,
          const WeftRingPoint *point,
          gboolean             is_after)
{
  guint n_table = weft_ring_table_get_size (self->table);
  guint at = weft_ring_table_get_index (self->table, point);
  guint n_left = self->n_side;
  guint32 home = point->words[0] >> 32;
  guint32 limit = G_MAXUINT32;

  if (n_view >= self->n_side)
    limit = is_after ? view[n_view - 1] - home : home - view[n_view - 1];
  for (guint i = 0; i < n_table && n_left > 0; i++)
    {
      guint step = is_after ? at + i : at + n_table - 1 - i;
      WeftRingEntry *entry = weft_ring_table_get (self->table, step % n_table);
      guint32 word = entry->prefix >> 32;

      if ((is_after ? word - home : home - word) > limit)
        return;
      if (word == home || !is_worth_telling (self, entry))
        continue;
      n_left--;
      if (is_in_view (view, n_view, word) || has_contact (reply, entry->contact))
        continue;
      if (reply->contacts != NULL && reply->contacts->len >= MISSING_MAX)
        return;
      weft_ring_message_add_contact (reply, entry->contact);
    }
}

void
weft_ring_add_missing (WeftRingMachine       *self,
                       WeftRingMessage       *reply,
                       const WeftRingMessage *request,
                       const WeftRingPoint   *point)
{
  if (weft_ring_table_get_size (self->table) == 0)
    return;
  add_side (self, reply, request->view, request->n_after, point, TRUE);
  add_side (self, reply, request->view + request->n_after, request->n_view - request->n_after,
            point, FALSE);
}

void
weft_ring_add_samples (WeftRingMachine *self,
                       WeftRingMessage *reply,
                       guint            n,
                       WeftPeerId      *asker)
{
  guint n_table = weft_ring_table_get_size (self->table);

  n = MIN (n, n_table);
  for (guint i = 0; i < n; i++)
    {
      WeftRingEntry *entry = weft_ring_table_get (self->table,
                                                  weft_ring_draw (self) % n_table);

      if (reply->contacts != NULL && reply->contacts->len >= WEFT_RING_CONTACTS_MAX)
        return;
      if (is_worth_telling (self, entry) && !has_contact (reply, entry->contact) &&
          !weft_peer_id_equal (weft_ring_contact_get_peer_id (entry->contact), asker))
        weft_ring_message_add_contact (reply, entry->contact);
    }
}

/* Those around a key, from both sides by turns: the nearest @n that are worth telling. */
void
weft_ring_add_around (WeftRingMachine     *self,
                      WeftRingMessage     *reply,
                      const WeftRingPoint *point,
                      guint                n,
                      WeftPeerId          *asker)
{
  guint n_table = weft_ring_table_get_size (self->table);
  guint at = weft_ring_table_get_index (self->table, point);
  guint n_after = 0;
  guint n_before = 0;
  guint n_added = 0;

  while (n_added < n && n_after + n_before < n_table)
    {
      gboolean is_after = n_after <= n_before;
      guint step = is_after ? at + n_after++ : at + n_table - 1 - n_before++;
      WeftRingEntry *entry = weft_ring_table_get (self->table, step % n_table);

      if (!is_worth_telling (self, entry) || has_contact (reply, entry->contact) ||
          weft_peer_id_equal (weft_ring_contact_get_peer_id (entry->contact), asker))
        continue;
      weft_ring_message_add_contact (reply, entry->contact);
      n_added++;
    }
}
