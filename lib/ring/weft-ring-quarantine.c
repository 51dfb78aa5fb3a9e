/* weft-ring-quarantine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-machine-internal-private.h"

/* One that did not answer is not asked again for so long, and twice as long each time. */
#define RETRY_USEC (15 * G_TIME_SPAN_SECOND)

static WeftRingCandidate *
get_candidate (WeftRingMachine *self,
               guint            index)
{
  return &g_array_index (self->candidates, WeftRingCandidate, index);
}

/* The first at @prefix or after it. */
static guint
search (WeftRingMachine *self,
        guint64          prefix)
{
  guint from = 0;
  guint to = self->candidates->len;

  while (from < to)
    {
      guint middle = (from + to) / 2;

      if (get_candidate (self, middle)->prefix < prefix)
        from = middle + 1;
      else
        to = middle;
    }

  return from;
}

static guint16 *
get_share (WeftRingMachine *self,
           guint32          source)
{
  return &self->shares[source % RING_SHARES];
}

static void
remove_at (WeftRingMachine *self,
           guint            index)
{
  guint16 *share = get_share (self, get_candidate (self, index)->source);

  g_assert (*share > 0);
  (*share)--;
  g_array_remove_index (self->candidates, index);
}

static void
keep (WeftRingMachine *self,
      WeftRingContact *contact,
      guint32          source)
{
  guint64 prefix = weft_ring_contact_get_point (contact)->words[0];
  WeftRingCandidate candidate = { .prefix = prefix, .source = source };
  guint index = search (self, prefix);

  if (index < self->candidates->len && get_candidate (self, index)->prefix == prefix)
    {
      WeftRingCandidate *known = get_candidate (self, index);

      if (weft_ring_contact_get_incarnation (known->contact) <
          weft_ring_contact_get_incarnation (contact))
        {
          weft_ring_contact_unref (known->contact);
          known->contact = weft_ring_contact_ref (contact);
        }
      return;
    }
  /* One teller does not fill it. */
  if (source != 0 && *get_share (self, source) >= RING_QUARANTINE_SHARE)
    return;
  if (self->candidates->len >= RING_QUARANTINE_MAX)
    remove_at (self, weft_ring_draw (self) % self->candidates->len);
  (*get_share (self, source))++;
  candidate.contact = weft_ring_contact_ref (contact);
  index = search (self, prefix);
  g_array_insert_val (self->candidates, index, candidate);
}

/* Whether it is worth a question: not of a life that is over, nor one that was asked just now. */
static gboolean
is_open (WeftRingMachine *self,
         WeftRingContact *contact,
         gboolean         is_own_word)
{
  WeftRingTombstone *tombstone;

  tombstone = weft_ring_find_tombstone (self, weft_ring_contact_get_point (contact)->words[0]);
  if (tombstone == NULL || weft_ring_contact_get_incarnation (contact) > tombstone->incarnation)
    return TRUE;
  if (tombstone->has_left)
    return FALSE;

  return is_own_word || self->now_usec >= tombstone->retry_usec;
}

/* Of a later life than this one, if we said so: we have to be above it to be believed. */
static gboolean
hear_own (WeftRingMachine *self,
          WeftRingContact *contact)
{
  guint64 incarnation = weft_ring_contact_get_incarnation (contact);

  if (incarnation <= weft_ring_contact_get_incarnation (self->own))
    return TRUE;
  if (!weft_ring_contact_verify (contact, self->network, self->verify, self->verify_data))
    {
      weft_ring_count (self, "ring-forged-contact");
      return FALSE;
    }
  weft_ring_refute (self, incarnation, TRUE);

  return TRUE;
}

gboolean
weft_ring_hear (WeftRingMachine *self,
                WeftRingContact *contact,
                WeftPeerId      *source,
                gboolean         is_own_word)
{
  const WeftRingPoint *point = weft_ring_contact_get_point (contact);
  WeftRingOrigin origin = source != NULL ? RING_HEARSAY : RING_MEMORY;
  WeftRingEntry *entry;

  if (weft_ring_point_compare (point, weft_ring_contact_get_point (self->own)) == 0)
    return hear_own (self, contact);
  entry = weft_ring_table_find_point (self->table, point);
  if (entry != NULL && weft_ring_contact_get_incarnation (entry->contact) >=
                         weft_ring_contact_get_incarnation (contact))
    return TRUE;
  if (!is_open (self, contact, is_own_word))
    return TRUE;

  /* A later life of one we know, or a neighbour that we lack: at once. */
  if ((entry != NULL || weft_ring_is_near (self, point)) &&
      weft_ring_find_case (self, contact) == NULL)
    {
      WeftRingTry result = weft_ring_try (self, contact, origin);

      if (result != RING_TRY_LATER)
        return result != RING_FORGED;
    }
  keep (self, contact, source != NULL ? weft_peer_id_hash (source) | 1 : 0);

  return TRUE;
}

/* Honest peers tell of those only who answered them: who tells of one that is forged is at fault,
 * and is not listened to any further. */
void
weft_ring_hear_all (WeftRingMachine *self,
                    GPtrArray       *contacts,
                    WeftPeerId      *source)
{
  for (guint i = 0; contacts != NULL && i < contacts->len; i++)
    if (!weft_ring_hear (self, contacts->pdata[i], source, FALSE))
      {
        WeftRingEffect *effect = weft_ring_effects_add (self->effects, WEFT_RING_EFFECT_REPORT);

        effect->peer_id = weft_peer_id_ref (source);
        effect->text = g_strdup ("told of a contact that its peer did not sign");
        return;
      }
}

static gboolean
is_being_tried (WeftRingMachine *self,
                WeftRingContact *contact)
{
  WeftPeerId *peer_id = weft_ring_contact_get_peer_id (contact);

  for (guint i = 0; self->n_tries > 0 && i < self->ops->len; i++)
    {
      WeftRingOp *op = &g_array_index (self->ops, WeftRingOp, i);

      if (op->kind == RING_OP_TRY &&
          (op->contact == contact ||
           (weft_ring_contact_get_point (op->contact)->words[0] ==
              weft_ring_contact_get_point (contact)->words[0] &&
            weft_peer_id_equal (weft_ring_contact_get_peer_id (op->contact), peer_id))))
        return TRUE;
    }

  return FALSE;
}

WeftRingTry
weft_ring_try (WeftRingMachine *self,
               WeftRingContact *contact,
               WeftRingOrigin   origin)
{
  WeftRingMessage *ping;
  WeftRingTombstone *tombstone;

  if (is_being_tried (self, contact))
    return RING_TRIED;
  if (self->n_tries >= RING_TRIES_MAX)
    return RING_TRY_LATER;
  if (!weft_ring_contact_verify (contact, self->network, self->verify, self->verify_data))
    {
      weft_ring_count (self, "ring-forged-contact");
      return RING_FORGED;
    }

  ping = weft_ring_make_ping (self, origin == RING_LOST ? 0 : self->n_samples);
  /* So that it can refute. */
  tombstone = weft_ring_find_tombstone (self, weft_ring_contact_get_point (contact)->words[0]);
  if (origin == RING_LOST && tombstone != NULL && tombstone->is_dead)
    weft_ring_message_add_note (ping, WEFT_RING_NOTE_DEAD, weft_ring_contact_get_peer_id (contact),
                                tombstone->incarnation, NULL);

  return weft_ring_send (self, RING_OP_TRY, origin, contact, NULL, ping,
                         weft_ring_get_timeout (self, contact)) ? RING_TRIED : RING_TRY_LATER;
}

void
weft_ring_try_failed (WeftRingMachine *self,
                      WeftRingContact *contact,
                      WeftRingOrigin   origin)
{
  guint64 prefix = weft_ring_contact_get_point (contact)->words[0];
  WeftRingTombstone *tombstone = weft_ring_find_tombstone (self, prefix);
  guint n_tries = tombstone != NULL ? tombstone->n_tries : 0;
  WeftRingEntry *entry;

  /* It may have answered something else meanwhile. */
  entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (contact));
  if (entry != NULL && weft_ring_contact_get_incarnation (entry->contact) >=
                         weft_ring_contact_get_incarnation (contact))
    return;
  /* Those of our memory may be starting as we are. */
  if (origin == RING_MEMORY && entry == NULL)
    weft_ring_lose (self, contact);
  weft_ring_bury (self, contact, self->now_usec + (RETRY_USEC << MIN (n_tries, 5)), FALSE);
}

/* Distances by which far peers are chosen have even logarithms: as many near as far. */
static guint
choose (WeftRingMachine *self)
{
  guint64 home = weft_ring_contact_get_point (self->own)->words[0];
  double bits = 2.0 + weft_ring_draw_fraction (self) * 20.0;
  guint64 way = (guint64) exp2 (64.0 - bits) * 2;
  guint64 place = weft_ring_draw (self) & 1 ? home + way : home - way;
  guint n = self->candidates->len;
  guint after = search (self, place) % n;
  guint before = (after + n - 1) % n;

  if (get_candidate (self, after)->prefix - place < place - get_candidate (self, before)->prefix)
    return after;

  return before;
}

/* The nearest after and before our place, while they are near: the first that is not ends it. */
void
weft_ring_try_near (WeftRingMachine *self)
{
  guint64 home = weft_ring_contact_get_point (self->own)->words[0];

  for (guint side = 0; side < 2; side++)
    while (self->candidates->len > 0 && self->n_tries < RING_TRIES_MAX)
      {
        guint n = self->candidates->len;
        guint index = (search (self, home) + (side == 0 ? 0 : n - 1)) % n;
        g_autoptr (WeftRingContact) contact = NULL;
        WeftRingOrigin origin;

        contact = weft_ring_contact_ref (get_candidate (self, index)->contact);
        origin = get_candidate (self, index)->source != 0 ? RING_HEARSAY : RING_MEMORY;
        if (!weft_ring_is_near (self, weft_ring_contact_get_point (contact)))
          break;
        remove_at (self, index);
        if (is_open (self, contact, FALSE) &&
            weft_ring_try (self, contact, origin) == RING_TRY_LATER)
          break;
      }
}

guint
weft_ring_try_some (WeftRingMachine *self,
                    guint            n)
{
  guint n_tried = 0;

  while (n_tried < n && self->candidates->len > 0 && self->n_tries < RING_TRIES_MAX)
    {
      guint index = choose (self);
      g_autoptr (WeftRingContact) contact = NULL;
      WeftRingOrigin origin;
      WeftRingEntry *entry;

      contact = weft_ring_contact_ref (get_candidate (self, index)->contact);
      origin = get_candidate (self, index)->source != 0 ? RING_HEARSAY : RING_MEMORY;
      remove_at (self, index);
      entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (contact));
      if (entry != NULL && weft_ring_contact_get_incarnation (entry->contact) >=
                             weft_ring_contact_get_incarnation (contact))
        continue;
      if (!is_open (self, contact, FALSE))
        continue;
      if (weft_ring_try (self, contact, origin) == RING_TRY_LATER)
        break;
      n_tried++;
    }

  return n_tried;
}

WeftRingEntry *
weft_ring_admit (WeftRingMachine *self,
                 WeftRingContact *contact,
                 gint64           rtt_usec)
{
  const WeftRingPoint *point = weft_ring_contact_get_point (contact);
  guint64 prefix = point->words[0];
  WeftRingTombstone *tombstone = weft_ring_find_tombstone (self, prefix);
  WeftRingEntry *entry;
  guint index = search (self, prefix);

  if (tombstone != NULL && tombstone->has_left &&
      weft_ring_contact_get_incarnation (contact) <= tombstone->incarnation)
    return NULL;
  if (weft_ring_point_compare (point, weft_ring_contact_get_point (self->own)) == 0)
    return NULL;
  if (!weft_ring_contact_verify (contact, self->network, self->verify, self->verify_data))
    {
      weft_ring_count (self, "ring-forged-contact");
      return NULL;
    }
  if (index < self->candidates->len && get_candidate (self, index)->prefix == prefix)
    remove_at (self, index);
  if (tombstone != NULL)
    weft_ring_exhume (self, prefix);
  weft_ring_find_again (self, contact);

  entry = weft_ring_table_add (self->table, contact, self->now_usec);
  if (entry != NULL)
    {
      entry->flags |= RING_TOLD;
      weft_ring_entry_note_reply (entry, rtt_usec, self->now_usec);
    }

  return entry;
}
