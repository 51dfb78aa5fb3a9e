/* ring-rig.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-rig.h"

#include <string.h>

static const char *const type_names[] = { "ping", "neighbours", "announce", "leave", "lookup" };

static void
send_clear (RingRigSend *self)
{
  g_clear_pointer (&self->message, weft_ring_message_unref);
  g_clear_pointer (&self->address, g_free);
}

void
ring_rig_init (RingRig *self,
               gboolean is_on_ring)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  WeftRingConfig config = {
    .peer_id = ring_fixture_peer_id (RING_RIG_SELF),
    .addresses = addresses,
    .network = RING_FIXTURE_NETWORK,
    .incarnation = 10,
    .is_on_ring = is_on_ring,
    .sign = ring_fixture_sign,
    .sign_data = ring_fixture_peer_id (RING_RIG_SELF),
    .verify = ring_fixture_verify,
  };

  *self = (RingRig) { .now_usec = 1000 * G_USEC_PER_SEC, .timer_usec = G_MAXINT64 };
  g_ptr_array_add (addresses, (char *) "/ip4/127.0.0.1/tcp/65");
  self->machine = weft_ring_machine_new (&config);
  weft_ring_effects_init (&self->effects);
  self->open = g_array_new (FALSE, FALSE, sizeof (RingRigSend));
  g_array_set_clear_func (self->open, (GDestroyNotify) send_clear);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_message_unref);
  self->found = g_ptr_array_new_with_free_func (g_free);
  self->counters = g_ptr_array_new ();
  self->told = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  for (guint i = 0; i < RING_FIXTURE_PEERS; i++)
    self->contacts[i] = ring_fixture_contact (i, 1);
}

void
ring_rig_clear (RingRig *self)
{
  g_clear_pointer (&self->machine, weft_ring_machine_free);
  weft_ring_effects_clear (&self->effects);
  g_clear_pointer (&self->open, g_array_unref);
  g_clear_pointer (&self->log, g_ptr_array_unref);
  g_clear_pointer (&self->answers, g_ptr_array_unref);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->counters, g_ptr_array_unref);
  g_clear_pointer (&self->told, g_ptr_array_unref);
  for (guint i = 0; i < RING_FIXTURE_PEERS; i++)
    g_clear_pointer (&self->contacts[i], weft_ring_contact_unref);
}

static guint
find_number (WeftPeerId *peer_id)
{
  for (guint i = 0; i < RING_FIXTURE_PEERS; i++)
    if (weft_peer_id_equal (ring_fixture_peer_id (i), peer_id))
      return i;

  return RING_FIXTURE_PEERS;
}

static void
log_send (RingRig              *self,
          const WeftRingEffect *effect)
{
  RingRigSend send = { .id = effect->id, .to = RING_FIXTURE_PEERS };
  const char *type = type_names[effect->message->type];

  g_assert_cmpint (effect->deadline_usec, >, self->now_usec);
  g_assert_cmpuint (effect->message->nonce, >, 0);
  if (effect->contact != NULL)
    send.to = find_number (weft_ring_contact_get_peer_id (effect->contact));
  send.address = g_strdup (effect->text);
  send.message = weft_ring_message_ref (effect->message);
  send.due_usec = effect->deadline_usec;
  if (send.to < RING_FIXTURE_PEERS && self->is_there[send.to] && effect->message->subject == NULL)
    {
      send.is_answered = TRUE;
      send.due_usec = self->now_usec + RING_RIG_RTT_USEC;
    }
  g_array_append_val (self->open, send);
  if (effect->contact == NULL)
    g_ptr_array_add (self->log, g_strdup_printf ("%s %s", type, effect->text));
  else if (effect->message->subject != NULL)
    g_ptr_array_add (self->log, g_strdup_printf ("ask about %u",
      find_number (weft_ring_contact_get_peer_id (effect->message->subject))));
  else
    g_ptr_array_add (self->log, g_strdup_printf ("%s %u", type, send.to));
}

static void
log_found (RingRig              *self,
           const WeftRingEffect *effect)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%" G_GUINT64_FORMAT ":", effect->token);
  for (guint i = 0; i < effect->contacts->len; i++)
    g_string_append_printf (text, " %u",
      find_number (weft_ring_contact_get_peer_id (effect->contacts->pdata[i])));
  g_string_append (text, effect->is_sure ? " sure" : "");
  g_ptr_array_add (self->found, g_string_free (text, FALSE));
}

void
ring_rig_step (RingRig       *self,
               WeftRingEvent *event)
{
  event->now_usec = self->now_usec;
  event->chance = ++self->n_steps * G_GUINT64_CONSTANT (0x2545f4914f6cdd1d);
  weft_ring_effects_reset (&self->effects);
  weft_ring_machine_step (self->machine, event, &self->effects);
  weft_ring_machine_check (self->machine);
  self->timer_usec = self->effects.deadline_usec;

  for (guint i = 0; i < self->effects.items->len; i++)
    {
      const WeftRingEffect *effect = &g_array_index (self->effects.items, WeftRingEffect, i);

      if (effect->type == WEFT_RING_EFFECT_SEND)
        log_send (self, effect);
      else if (effect->type == WEFT_RING_EFFECT_ANSWER)
        g_ptr_array_add (self->answers, weft_ring_message_ref (effect->message));
      else if (effect->type == WEFT_RING_EFFECT_FOUND)
        log_found (self, effect);
      else if (effect->type == WEFT_RING_EFFECT_REPORT)
        g_ptr_array_add (self->log,
                         g_strdup_printf ("report %u", find_number (effect->peer_id)));
      else if (effect->type == WEFT_RING_EFFECT_COUNT)
        g_ptr_array_add (self->counters, (char *) effect->counter);
    }
}

static void
add_told (RingRig         *self,
          WeftRingMessage *reply)
{
  for (guint i = 0; i < self->told->len; i++)
    weft_ring_message_add_contact (reply, self->told->pdata[i]);
}

/* The answer of a peer that is there, or a failure. */
static void
settle (RingRig     *self,
        RingRigSend *settled)
{
  RingRigSend send = *settled;
  g_autoptr (WeftRingMessage) reply = NULL;

  settled->message = NULL;
  settled->address = NULL;
  g_array_remove_index (self->open, settled - &g_array_index (self->open, RingRigSend, 0));
  if (!send.is_answered)
    ring_rig_step (self, &(WeftRingEvent) { .type = WEFT_RING_EVENT_FAILED, .id = send.id,
                                            .is_full = self->is_full });
  else
    {
      WeftRingContact *contact = self->contacts[send.to];

      reply = weft_ring_message_new_reply (send.message);
      reply->incarnation = weft_ring_contact_get_incarnation (contact);
      if (send.message->known != reply->incarnation)
        reply->sender = weft_ring_contact_ref (contact);
      add_told (self, reply);
      ring_rig_step (self, &(WeftRingEvent) {
        .type = WEFT_RING_EVENT_REPLY, .id = send.id, .message = reply,
        .peer_id = ring_fixture_peer_id (send.to) });
    }
  send_clear (&send);
}

void
ring_rig_run (RingRig *self,
              gint64   usec)
{
  gint64 until_usec = self->now_usec + usec;

  while (TRUE)
    {
      gint64 next_usec = self->timer_usec;
      RingRigSend *first = NULL;

      for (guint i = 0; i < self->open->len; i++)
        {
          RingRigSend *send = &g_array_index (self->open, RingRigSend, i);

          if (send->due_usec < next_usec)
            {
              first = send;
              next_usec = send->due_usec;
            }
        }
      if (next_usec > until_usec)
        break;
      self->now_usec = MAX (self->now_usec, next_usec);
      if (first != NULL)
        settle (self, first);
      else
        ring_rig_step (self, &(WeftRingEvent) { .type = WEFT_RING_EVENT_TIMEOUT });
    }
  self->now_usec = until_usec;
}

void
ring_rig_start (RingRig *self,
                guint    first,
                guint    last)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();

  for (guint i = first; i <= last; i++)
    if (i != RING_RIG_SELF)
      {
        self->is_there[i] = TRUE;
        g_ptr_array_add (contacts, self->contacts[i]);
      }
  ring_rig_step (self, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START, .contacts = contacts });
  ring_rig_run (self, 100 * G_USEC_PER_SEC);
  g_ptr_array_set_size (self->log, 0);
  g_ptr_array_set_size (self->counters, 0);
}

WeftRingMessage *
ring_rig_make_request (RingRig            *self,
                       guint               from,
                       WeftRingMessageType type)
{
  WeftRingMessage *message = weft_ring_message_new (type);

  message->nonce = 1 + self->n_steps;
  message->incarnation = weft_ring_contact_get_incarnation (self->contacts[from]);
  message->sender = weft_ring_contact_ref (self->contacts[from]);

  return message;
}

WeftRingMessage *
ring_rig_request (RingRig         *self,
                  guint            from,
                  WeftRingMessage *message)
{
  guint n_answers = self->answers->len;

  ring_rig_step (self, &(WeftRingEvent) {
    .type = WEFT_RING_EVENT_REQUEST, .token = self->n_steps, .message = message,
    .peer_id = ring_fixture_peer_id (from) });

  return self->answers->len > n_answers ? self->answers->pdata[n_answers] : NULL;
}

static WeftRingEntry *
find_entry (RingRig *self,
            guint    number)
{
  return weft_ring_table_find (weft_ring_machine_get_table (self->machine),
                               ring_fixture_peer_id (number));
}

gboolean
ring_rig_knows (RingRig *self,
                guint    number)
{
  return find_entry (self, number) != NULL;
}

gboolean
ring_rig_suspects (RingRig *self,
                   guint    number)
{
  WeftRingEntry *entry = find_entry (self, number);

  return entry != NULL && entry->liveness == WEFT_RING_SUSPECT;
}

static guint
count_lines (GPtrArray  *lines,
             const char *line)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += strcmp (lines->pdata[i], line) == 0;

  return n;
}

guint
ring_rig_count (RingRig    *self,
                const char *line)
{
  return count_lines (self->log, line);
}

guint
ring_rig_count_counter (RingRig    *self,
                        const char *counter)
{
  return count_lines (self->counters, counter);
}

RingRigSend *
ring_rig_find_open (RingRig *self,
                    guint    to)
{
  for (guint i = self->open->len; i-- > 0;)
    if (g_array_index (self->open, RingRigSend, i).to == to)
      return &g_array_index (self->open, RingRigSend, i);

  return NULL;
}
