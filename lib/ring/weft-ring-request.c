/* weft-ring-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

#define LOOKUP_COUNT 8
#define LOOKUP_COUNT_MAX 24
#define SAMPLES_MAX 16
/* A lie about how far our incarnation is must not use it up. */
#define INCARNATION_STEP_MAX (1 << 20)
#define REFUTE_USEC (5 * G_TIME_SPAN_SECOND)
/* Who was heard from so lately is not probed again for a note. */
#define HEARD_USEC (300 * G_TIME_SPAN_MILLISECOND)

void
weft_ring_answer (WeftRingMachine *self,
                  guint64          token,
                  WeftRingMessage *reply)
{
  WeftRingEffect *effect = weft_ring_effects_add (self->effects, WEFT_RING_EFFECT_ANSWER);

  if (self->is_on_ring && !self->is_leaving)
    reply->incarnation = weft_ring_contact_get_incarnation (self->own);
  effect->token = token;
  effect->message = reply;
}

static void
refuse (WeftRingMachine       *self,
        const WeftRingEvent   *event,
        WeftRingRefusal        refusal,
        const char            *counter)
{
  WeftRingMessage *reply;

  weft_ring_count (self, counter);
  /* What is no request has no reply of its own type. */
  reply = weft_ring_message_new (event->message->type);
  reply->is_reply = TRUE;
  reply->nonce = event->message->nonce;
  reply->is_refused = TRUE;
  reply->reason = weft_ring_refusals[refusal];
  weft_ring_answer (self, event->token, reply);
}

void
weft_ring_refute (WeftRingMachine *self,
                  guint64          incarnation,
                  gboolean         is_proved)
{
  guint64 own = weft_ring_contact_get_incarnation (self->own);

  if (!self->is_on_ring || self->is_leaving || incarnation < own ||
      (!is_proved && incarnation >= own + INCARNATION_STEP_MAX) ||
      incarnation >= WEFT_LIMIT_INTEGER_MAX || self->now_usec < self->refuted_usec)
    return;
  self->refuted_usec = self->now_usec + REFUTE_USEC;
  weft_ring_contact_unref (self->own);
  self->own = weft_ring_contact_new (self->peer_id, self->addresses, incarnation + 1,
                                     self->metadata, self->network, self->sign, self->sign_data);
  for (guint i = 0; i < weft_ring_table_get_size (self->table); i++)
    weft_ring_table_get (self->table, i)->flags &= ~RING_TOLD;
  weft_ring_count (self, "ring-refuted");
  weft_ring_heat (self);
}

/* It left, and says so itself over its own connection. */
static void
handle_left (WeftRingMachine    *self,
             const WeftRingNote *note,
             WeftPeerId         *from)
{
  WeftRingEntry *entry = weft_ring_table_find (self->table, note->peer_id);
  g_autoptr (GBytes) text = NULL;

  if (entry == NULL || note->incarnation < weft_ring_contact_get_incarnation (entry->contact))
    return;
  text = weft_ring_leave_text (self->network, note->peer_id, note->incarnation);
  if (!self->verify (note->peer_id, text, note->signature, self->verify_data))
    {
      weft_ring_count (self, "ring-forged-leave");
      return;
    }
  /* Who was told of it by another asks: the goodbye may be an old one that somebody kept. */
  if (!weft_peer_id_equal (note->peer_id, from))
    {
      if (weft_ring_limit_notes (self))
        weft_ring_probe (self, entry->contact, TRUE);
      return;
    }
  weft_ring_partition_note_leave (self->partition, self->now_usec);
  weft_ring_drop (self, entry->contact, TRUE);
}

void
weft_ring_handle_notes (WeftRingMachine       *self,
                        const WeftRingMessage *message,
                        WeftPeerId            *from)
{
  for (guint i = 0; i < message->notes->len; i++)
    {
      const WeftRingNote *note = &g_array_index (message->notes, WeftRingNote, i);
      WeftRingEntry *entry;

      if (weft_peer_id_equal (note->peer_id, self->peer_id))
        {
          if (note->type == WEFT_RING_NOTE_DEAD)
            weft_ring_refute (self, note->incarnation, FALSE);
          continue;
        }
      if (note->type == WEFT_RING_NOTE_LEFT)
        {
          handle_left (self, note, from);
          continue;
        }
      entry = weft_ring_table_find (self->table, note->peer_id);
      if (entry != NULL &&
          note->incarnation >= weft_ring_contact_get_incarnation (entry->contact) &&
          self->now_usec - entry->heard_usec > HEARD_USEC &&
          weft_ring_is_near (self, weft_ring_contact_get_point (entry->contact)) &&
          weft_ring_limit_notes (self))
        weft_ring_probe (self, entry->contact, TRUE);
    }
}

/* The sender itself is direct contact of one side: what it says of itself waits for an answer. */
static WeftRingEntry *
meet (WeftRingMachine     *self,
      const WeftRingEvent *event,
      WeftRingEntry       *entry)
{
  const WeftRingMessage *message = event->message;

  if (entry != NULL && message->incarnation >= weft_ring_contact_get_incarnation (entry->contact))
    {
      if (entry->liveness != WEFT_RING_ALIVE)
        self->near.is_stale = TRUE;
      entry->liveness = WEFT_RING_ALIVE;
      entry->failures_in_row = 0;
      weft_ring_turnover_note (&self->turnover, self->now_usec - entry->heard_usec, FALSE);
      entry->heard_usec = self->now_usec;
      weft_ring_case_close (self, entry->contact);
    }
  if (message->sender != NULL)
    {
      weft_ring_hear (self, message->sender, event->peer_id, TRUE);
      entry = weft_ring_table_find (self->table, event->peer_id);
    }

  return entry;
}

static void
answer_ping (WeftRingMachine     *self,
             const WeftRingEvent *event,
             const WeftRingEntry *entry,
             WeftRingMessage     *reply)
{
  const WeftRingMessage *message = event->message;
  WeftRingPoint point;

  reply->measure = weft_ring_get_near (self)->measure;
  if (message->has_view)
    {
      if (entry != NULL)
        point = *weft_ring_contact_get_point (entry->contact);
      else
        {
          guint8 key[WEFT_RING_KEY_LENGTH];

          weft_ring_key_for_peer (event->peer_id, key);
          weft_ring_point_from_key (&point, key);
        }
      weft_ring_add_missing (self, reply, message, &point);
    }
  if (message->count > 0)
    weft_ring_add_samples (self, reply, MIN (message->count, SAMPLES_MAX), event->peer_id);
}

static void
answer_around (WeftRingMachine     *self,
               const WeftRingEvent *event,
               WeftRingMessage     *reply)
{
  const WeftRingMessage *message = event->message;
  const WeftRingPoint *point = message->has_key ? &message->key
                                                : weft_ring_contact_get_point (self->own);
  guint count = message->count > 0 ? MIN (message->count, LOOKUP_COUNT_MAX) : LOOKUP_COUNT;

  reply->measure = weft_ring_get_near (self)->measure;
  weft_ring_add_around (self, reply, point, count, event->peer_id);
  if (message->type == WEFT_RING_NEIGHBOURS)
    weft_ring_add_samples (self, reply, SAMPLES_MAX, event->peer_id);
}

/* Asks the subject for another; the answer waits for its. */
static gboolean
help (WeftRingMachine     *self,
      const WeftRingEvent *event)
{
  WeftRingContact *subject = event->message->subject;
  WeftRingOp *op;

  if (weft_ring_point_compare (weft_ring_contact_get_point (subject),
                               weft_ring_contact_get_point (self->own)) == 0 ||
      !weft_ring_contact_verify (subject, self->network, self->verify, self->verify_data) ||
      !weft_ring_send (self, RING_OP_HELP, event->token, subject, NULL,
                       weft_ring_make_ping (self, 0), weft_ring_get_timeout (self, subject)))
    return FALSE;
  op = weft_ring_get_last_op (self);
  op->message = weft_ring_message_ref (event->message);

  return TRUE;
}

static gboolean
is_sound (WeftRingMachine     *self,
          const WeftRingEvent *event)
{
  const WeftRingMessage *message = event->message;

  if (message->is_reply || message->nonce == 0 || message->nonce > WEFT_RING_NONCE_MAX ||
      (message->type == WEFT_RING_LOOKUP && !message->has_key) ||
      message->n_view > WEFT_RING_VIEW_MAX || message->n_after > message->n_view)
    {
      refuse (self, event, WEFT_RING_INVALID, "ring-invalid");
      return FALSE;
    }
  if (weft_peer_id_equal (event->peer_id, self->peer_id) ||
      (message->sender != NULL &&
       (!weft_peer_id_equal (weft_ring_contact_get_peer_id (message->sender), event->peer_id) ||
        weft_ring_contact_get_incarnation (message->sender) != message->incarnation)))
    {
      refuse (self, event, WEFT_RING_FOREIGN, "ring-foreign");
      return FALSE;
    }

  return TRUE;
}

static void
fill_reply (WeftRingMachine     *self,
            const WeftRingEvent *event,
            WeftRingEntry       *entry,
            WeftRingMessage     *reply)
{
  const WeftRingMessage *message = event->message;

  entry = meet (self, event, entry);
  if (message->notes != NULL)
    {
      weft_ring_handle_notes (self, message, event->peer_id);
      entry = NULL;
    }
  if (message->type == WEFT_RING_PING)
    {
      reply->is_unknown = entry == NULL && message->sender == NULL && message->notes == NULL &&
                          message->incarnation != 0;
      answer_ping (self, event, entry, reply);
    }
  else if (message->type == WEFT_RING_NEIGHBOURS || message->type == WEFT_RING_LOOKUP)
    answer_around (self, event, reply);
  else if (message->type == WEFT_RING_ANNOUNCE)
    weft_ring_hear_all (self, message->contacts, event->peer_id);
}

/* We believe that it is gone: with a higher incarnation it can say that it is not. */
static void
add_tombstone (WeftRingMachine     *self,
               const WeftRingEvent *event,
               WeftRingMessage     *reply)
{
  const WeftRingMessage *message = event->message;
  WeftRingTombstone *tombstone;

  if (message->sender == NULL || self->tombstones->len == 0)
    return;
  tombstone = weft_ring_find_tombstone (self,
                                        weft_ring_contact_get_point (message->sender)->words[0]);
  if (tombstone != NULL && tombstone->is_dead && !tombstone->has_left &&
      message->incarnation <= tombstone->incarnation)
    weft_ring_message_add_note (reply, WEFT_RING_NOTE_DEAD, event->peer_id,
                                tombstone->incarnation, NULL);
}

void
weft_ring_handle_request (WeftRingMachine     *self,
                          const WeftRingEvent *event)
{
  const WeftRingMessage *message = event->message;
  WeftRingMessage *reply;
  WeftRingEntry *entry;

  if (!is_sound (self, event))
    return;
  if (self->is_leaving)
    {
      refuse (self, event, WEFT_RING_LEAVING, "ring-leaving");
      return;
    }
  entry = weft_ring_table_find (self->table, event->peer_id);
  if (!weft_ring_limit (self, event->peer_id, entry != NULL))
    {
      refuse (self, event, WEFT_RING_LIMITED, "ring-limited");
      return;
    }
  if (message->sender != NULL &&
      !weft_ring_contact_verify (message->sender, self->network, self->verify, self->verify_data))
    {
      refuse (self, event, WEFT_RING_INVALID, "ring-forged-contact");
      return;
    }
  if (message->type == WEFT_RING_PING && message->subject != NULL)
    {
      if (!help (self, event))
        refuse (self, event, WEFT_RING_BUSY, "ring-busy");
      return;
    }

  reply = weft_ring_message_new_reply (message);
  add_tombstone (self, event, reply);
  fill_reply (self, event, entry, reply);
  if (self->is_on_ring &&
      message->known != weft_ring_contact_get_incarnation (self->own))
    reply->sender = weft_ring_contact_ref (self->own);
  weft_ring_answer (self, event->token, reply);
}
