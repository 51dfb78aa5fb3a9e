/* weft-ring-probe.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* Between suspicion and the second round: time to be heard for one who was only slow. */
#define PAUSE_USEC (500 * G_TIME_SPAN_MILLISECOND)
#define FAR_PAUSE_USEC (1 * G_TIME_SPAN_SECOND)
#define HEALTH_MAX 7
/* Hearsay of one that is gone is not looked into before. */
#define RETRY_USEC (15 * G_TIME_SPAN_SECOND)
/* A far peer is unreachable after so many failures in a row. */
#define FAR_FAILURES 3
/* Without helpers there are so many rounds, each of one probe. */
#define ROUNDS_ALONE 4
#define ROUNDS 2
/* Notes: how many a second, and how many at once. */
#define TELL_RATE 32
#define TELL_BURST 160
/* Some of those who are told may be gone themselves. */
#define SPARE_LISTENERS 2

static WeftRingCase *
get_case (WeftRingMachine *self,
          guint64          serial)
{
  for (guint i = 0; i < self->cases->len; i++)
    if (g_array_index (self->cases, WeftRingCase, i).serial == serial)
      return &g_array_index (self->cases, WeftRingCase, i);

  return NULL;
}

WeftRingCase *
weft_ring_find_case (WeftRingMachine *self,
                     WeftRingContact *contact)
{
  const WeftRingPoint *point = weft_ring_contact_get_point (contact);

  for (guint i = 0; i < self->cases->len; i++)
    {
      WeftRingCase *found = &g_array_index (self->cases, WeftRingCase, i);

      if (weft_ring_point_compare (weft_ring_contact_get_point (found->contact), point) == 0)
        return found;
    }

  return NULL;
}

static void
close_case (WeftRingMachine *self,
            WeftRingCase    *closed)
{
  g_array_remove_index_fast (self->cases,
                             closed - &g_array_index (self->cases, WeftRingCase, 0));
}

static void
ask (WeftRingMachine *self,
     WeftRingCase    *asked)
{
  gboolean is_sent = weft_ring_send (self, RING_OP_PROBE, asked->serial, asked->contact, NULL,
                                     weft_ring_make_ping (self, self->n_samples),
                                     weft_ring_get_timeout (self, asked->contact));

  asked->n_open += is_sent;
}

/* Others that live, the nearest to the subject first: they reach it in other ways, and are asked
 * for each of their own neighbours. */
static guint
choose_helpers (WeftRingMachine *self,
                WeftRingCase    *asked,
                WeftRingContact *helpers[RING_HELPERS])
{
  WeftRingEntry *near[2 * RING_SIDE_MAX];
  const WeftRingPoint *point = weft_ring_contact_get_point (asked->contact);
  guint n_near = weft_ring_table_get_nearest (self->table, point, near, 2 * self->n_side);
  guint n = 0;

  /* Not always the same three. */
  for (guint i = n_near; i > 1; i--)
    {
      guint other = weft_ring_draw (self) % i;
      WeftRingEntry *entry = near[i - 1];

      near[i - 1] = near[other];
      near[other] = entry;
    }
  for (guint i = 0; i < n_near && n < RING_HELPERS; i++)
    if (near[i]->liveness == WEFT_RING_ALIVE && near[i]->failures_in_row == 0 &&
        weft_ring_point_compare (weft_ring_contact_get_point (near[i]->contact), point) != 0)
      helpers[n++] = near[i]->contact;

  return n;
}

static guint
ask_helpers (WeftRingMachine *self,
             WeftRingCase    *asked)
{
  WeftRingContact *helpers[RING_HELPERS];
  guint n = choose_helpers (self, asked, helpers);

  for (guint i = 0; i < n; i++)
    {
      WeftRingMessage *message = weft_ring_message_new (WEFT_RING_PING);

      message->subject = weft_ring_contact_ref (asked->contact);
      asked->n_open += weft_ring_send (self, RING_OP_INDIRECT, asked->serial, helpers[i], NULL,
                                       message,
                                       weft_ring_get_timeout (self, helpers[i]) +
                                         weft_ring_get_timeout (self, asked->contact));
    }

  return n;
}

void
weft_ring_probe (WeftRingMachine *self,
                 WeftRingContact *contact,
                 gboolean         was_told)
{
  WeftRingCase fresh = { .serial = ++self->serial, .was_told = was_told };
  WeftRingCase *known = weft_ring_find_case (self, contact);

  if (known != NULL)
    {
      known->was_told |= was_told;
      return;
    }
  if (self->cases->len >= RING_CASES_MAX)
    {
      weft_ring_count (self, "ring-busy");
      return;
    }
  fresh.contact = weft_ring_contact_ref (contact);
  g_array_append_val (self->cases, fresh);
  known = &g_array_index (self->cases, WeftRingCase, self->cases->len - 1);
  ask (self, known);
  if (known->n_open == 0)
    close_case (self, known);
}

void
weft_ring_case_close (WeftRingMachine *self,
                      WeftRingContact *contact)
{
  WeftRingCase *found = self->cases->len > 0 ? weft_ring_find_case (self, contact) : NULL;

  if (found != NULL)
    close_case (self, found);
}

void
weft_ring_case_answered (WeftRingMachine *self,
                         guint64          serial,
                         gboolean         is_direct)
{
  WeftRingCase *found = get_case (self, serial);
  WeftRingEntry *entry;

  if (is_direct && self->health > 0)
    self->health--;
  if (found == NULL)
    return;

  /* Others reached it: it lives, and it is us who could not. */
  if (!is_direct && self->health < HEALTH_MAX)
    self->health++;
  entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (found->contact));
  if (entry != NULL)
    {
      if (entry->liveness != WEFT_RING_ALIVE)
        self->near.is_stale = TRUE;
      weft_ring_turnover_note (&self->turnover, self->now_usec - entry->heard_usec, FALSE);
      entry->liveness = WEFT_RING_ALIVE;
      entry->heard_usec = self->now_usec;
    }
  close_case (self, found);
}

void
weft_ring_tell (WeftRingMachine *self,
                WeftRingContact *contact,
                WeftRingMessage *message)
{
  WeftRingMessage *copy;

  if (self->tell_tokens == 0)
    {
      gint64 due = (self->now_usec - self->tell_usec) * TELL_RATE / G_USEC_PER_SEC;

      self->tell_tokens = CLAMP (due, 0, TELL_BURST);
      self->tell_usec = self->now_usec;
      if (self->tell_tokens == 0)
        return;
    }
  self->tell_tokens--;
  copy = weft_ring_message_new (WEFT_RING_ANNOUNCE);
  for (guint i = 0; i < message->notes->len; i++)
    {
      const WeftRingNote *note = &g_array_index (message->notes, WeftRingNote, i);

      weft_ring_message_add_note (copy, note->type, note->peer_id, note->incarnation,
                                  note->signature);
    }
  weft_ring_send (self, RING_OP_TELL, 0, contact, NULL, copy,
                  weft_ring_get_timeout (self, contact));
}

void
weft_ring_tell_around (WeftRingMachine *self,
                       WeftRingContact *subject,
                       WeftRingNoteType type)
{
  WeftRingContact *listeners[2 * (RING_SIDE_MAX + SPARE_LISTENERS) + 1];
  const WeftRingPoint *point = weft_ring_contact_get_point (subject);
  guint n_table = weft_ring_table_get_size (self->table);
  guint at = weft_ring_table_get_index (self->table, point);
  guint n_after = 0;
  guint n_before = 0;
  guint n = 0;
  g_autoptr (WeftRingMessage) message = weft_ring_message_new (WEFT_RING_ANNOUNCE);

  weft_ring_message_add_note (message, type, weft_ring_contact_get_peer_id (subject),
                              weft_ring_contact_get_incarnation (subject), NULL);
  listeners[n++] = subject;
  for (guint i = 0; i < n_table && n_after < self->n_side + SPARE_LISTENERS; i++)
    {
      WeftRingEntry *entry = weft_ring_table_get (self->table, (at + i) % n_table);

      if (entry->contact == subject || entry->liveness != WEFT_RING_ALIVE)
        continue;
      listeners[n++] = entry->contact;
      n_after++;
    }
  /* In a small network, the other side begins where this one ended. */
  for (guint i = 0; i + n_after < n_table && n_before < self->n_side + SPARE_LISTENERS; i++)
    {
      WeftRingEntry *entry = weft_ring_table_get (self->table, (at + n_table - 1 - i) % n_table);

      if (entry->contact == subject || entry->liveness != WEFT_RING_ALIVE)
        continue;
      listeners[n++] = entry->contact;
      n_before++;
    }
  for (guint i = 0; i < n; i++)
    weft_ring_tell (self, listeners[i], message);
}

void
weft_ring_drop (WeftRingMachine *self,
                WeftRingContact *contact,
                gboolean         has_left)
{
  g_autoptr (WeftRingContact) held = weft_ring_contact_ref (contact);
  gboolean is_near = weft_ring_table_is_neighbour (self->table,
                                                   weft_ring_contact_get_peer_id (held));
  WeftRingEntry *entry = weft_ring_table_find_point (self->table,
                                                     weft_ring_contact_get_point (held));

  if (entry != NULL)
    weft_ring_turnover_note (&self->turnover, self->now_usec - entry->heard_usec, TRUE);
  weft_ring_case_close (self, held);
  weft_ring_bury (self, held, self->now_usec + RETRY_USEC, has_left);
  if (!has_left)
    weft_ring_lose (self, held);
  weft_ring_table_remove (self->table, weft_ring_contact_get_peer_id (held));
  if (is_near)
    weft_ring_heat (self);
}

/* Nobody reached it, twice. */
static void
find_dead (WeftRingMachine *self,
           WeftRingCase    *found)
{
  g_autoptr (WeftRingContact) contact = weft_ring_contact_ref (found->contact);
  gboolean was_told = found->was_told;
  WeftRingTombstone *tombstone;

  weft_ring_count (self, "ring-dead");
  weft_ring_drop (self, contact, FALSE);
  /* A later life that did not answer yet is not known to be over. */
  tombstone = weft_ring_find_tombstone (self, weft_ring_contact_get_point (contact)->words[0]);
  if (tombstone->incarnation == weft_ring_contact_get_incarnation (contact))
    tombstone->is_dead = TRUE;
  if (!was_told)
    weft_ring_tell_around (self, contact, WEFT_RING_NOTE_DEAD);
}

static void
pause_case (WeftRingMachine *self,
            WeftRingCase    *found,
            gint64           usec)
{
  found->stage = RING_STAGE_PAUSE;
  found->due_usec = self->now_usec + usec * (1 + self->health);
}

/* All that was asked in this round failed. */
static void
end_round (WeftRingMachine *self,
           WeftRingCase    *found,
           WeftRingEntry   *entry,
           gboolean         is_alone)
{
  guint n_rounds = is_alone ? ROUNDS_ALONE : ROUNDS;

  found->round++;
  if (found->round >= n_rounds)
    {
      find_dead (self, found);
      return;
    }
  if (entry->liveness == WEFT_RING_ALIVE)
    {
      entry->liveness = WEFT_RING_SUSPECT;
      self->near.is_stale = TRUE;
      weft_ring_count (self, "ring-suspect");
      pause_case (self, found, PAUSE_USEC);
      if (!found->was_told)
        weft_ring_tell_around (self, found->contact, WEFT_RING_NOTE_SUSPECT);
      return;
    }
  pause_case (self, found, PAUSE_USEC);
}

void
weft_ring_case_failed (WeftRingMachine *self,
                       guint64          serial,
                       WeftRingOpKind   kind)
{
  WeftRingCase *found = get_case (self, serial);
  WeftRingEntry *entry;
  WeftPeerId *peer_id;

  if (found == NULL)
    return;
  g_assert (found->n_open > 0);
  found->n_open--;
  if (found->n_open > 0)
    return;

  peer_id = weft_ring_contact_get_peer_id (found->contact);
  entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (found->contact));
  if (entry == NULL)
    {
      close_case (self, found);
      return;
    }
  if (!weft_ring_table_is_neighbour (self->table, peer_id))
    {
      if (entry->failures_in_row >= FAR_FAILURES)
        weft_ring_drop (self, found->contact, FALSE);
      else
        pause_case (self, found, FAR_PAUSE_USEC);
      return;
    }
  if (found->stage == RING_STAGE_DIRECT)
    {
      found->stage = RING_STAGE_INDIRECT;
      ask_helpers (self, found);
      if (found->n_open > 0)
        return;
      end_round (self, found, entry, TRUE);
      return;
    }
  end_round (self, found, entry, kind == RING_OP_PROBE && found->stage == RING_STAGE_DIRECT);
}

void
weft_ring_cases_step (WeftRingMachine *self)
{
  for (guint i = self->cases->len; i-- > 0;)
    {
      WeftRingCase *found;

      if (i >= self->cases->len)
        continue;
      found = &g_array_index (self->cases, WeftRingCase, i);
      if (found->stage != RING_STAGE_PAUSE || found->due_usec > self->now_usec)
        continue;
      if (weft_ring_table_find_point (self->table,
                                      weft_ring_contact_get_point (found->contact)) == NULL)
        {
          close_case (self, found);
          continue;
        }
      if (!weft_ring_table_is_neighbour (self->table,
                                         weft_ring_contact_get_peer_id (found->contact)))
        found->stage = RING_STAGE_DIRECT;
      else
        {
          found->stage = ask_helpers (self, found) > 0 ? RING_STAGE_AGAIN : RING_STAGE_DIRECT;
        }
      ask (self, found);
      /* Too much is under way: later. */
      if (found->n_open == 0)
        pause_case (self, found, PAUSE_USEC);
    }
}
