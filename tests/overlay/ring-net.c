/* ring-net.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-world.h"

#include <stdio.h>
#include <string.h>

#include "weft-error.h"
#include "weft-json.h"

/* One way: what lies between two nodes is always the same, and each message takes a bit more. Their
 * mean is 40 ms. */
#define DISTANCE_MIN_USEC RING_MSEC (10)
#define DISTANCE_SPREAD_USEC RING_MSEC (50)
#define JITTER_MEAN_USEC RING_MSEC (5)

static gint64
draw_delay (RingWorld *self,
            RingNode  *from,
            RingNode  *to)
{
  guint64 low = MIN (from->index, to->index);
  guint64 high = MAX (from->index, to->index);
  guint64 pair = ring_chance_mix ((low << 32 | high) + self->keys.secret);

  return DISTANCE_MIN_USEC + (gint64) (pair % DISTANCE_SPREAD_USEC)
         + (gint64) ring_chance_exponential (&self->chance, JITTER_MEAN_USEC);
}

static gboolean
is_passing (RingWorld *self,
            RingNode  *from,
            RingNode  *to)
{
  gboolean is_lost = self->settings.loss > 0
                     && ring_chance_fraction (&self->chance) < self->settings.loss;

  return !is_lost && ring_node_may_see (self, from, to);
}

/* What a connection would have carried. */
static WeftRingMessage *
carry (RingWorld       *self,
       RingNode        *from,
       WeftRingMessage *message)
{
  gsize weight = weft_ring_message_get_weight (message);
  g_autoptr (WeftTape) tape = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;
  WeftRingMessage *read;

  self->tally.n_messages++;
  self->tally.n_bytes += weight;
  ring_world_trace (self, weight);
  if (!self->settings.with_json)
    return weft_ring_message_ref (message);

  text = g_string_sized_new (weight);
  weft_ring_message_append (message, text);
  tape = weft_tape_read_text (text->str, text->len, NULL, &error);
  g_assert_no_error (error);
  read = weft_ring_message_read (weft_tape_get_root (tape), &error);
  g_assert_no_error (error);

  return read;
}

static WeftRingMessage *
meddle (RingWorld       *self,
        RingNode        *node,
        WeftRingMessage *asked,
        WeftRingMessage *message)
{
  WeftRingMessage *other = NULL;

  if (node->role != RING_ROLE_HONEST && self->meddle != NULL)
    other = self->meddle (self, node, asked, message);

  return other != NULL ? other : weft_ring_message_ref (message);
}

static RingNode *
find_address (RingWorld  *self,
              const char *address)
{
  guint a;
  guint b;
  guint c;
  guint index;

  if (sscanf (address, "/ip4/10.%u.%u.%u/", &a, &b, &c) != 3)
    return NULL;
  index = (a << 16 | b << 8 | c) - 1;
  if (index >= self->n_nodes || strcmp (self->nodes[index].address, address) != 0)
    return NULL;

  return &self->nodes[index];
}

/* Whom a request gets to; NULL when there is nobody. */
static RingNode *
find_target (RingWorld            *self,
             const WeftRingEffect *effect)
{
  GPtrArray *addresses;
  RingNode *node;

  if (effect->contact == NULL)
    return find_address (self, effect->text);

  node = ring_world_find (self, weft_ring_contact_get_peer_id (effect->contact));
  if (node == NULL)
    return NULL;
  addresses = weft_ring_contact_get_addresses (effect->contact);
  for (guint i = 0; i < addresses->len; i++)
    if (strcmp (addresses->pdata[i], node->address) == 0)
      return node;

  return NULL;
}

static RingEvent *
add (RingWorld     *self,
     RingEventType  type,
     gint64         at_usec,
     guint          node,
     guint          life)
{
  RingEvent *event = ring_heap_add (&self->heap, at_usec);

  event->type = type;
  event->node = node;
  event->life = life;

  return event;
}

static void
fail (RingWorld *self,
      guint      node,
      guint      life,
      guint64    id,
      gint64     deadline_usec)
{
  RingEvent *event;

  if (id == 0)
    return;
  event = add (self, RING_EVENT_FAILED, MAX (deadline_usec, self->now_usec), node, life);
  event->id = id;
}

/* Somebody who is alive is called dead. */
static void
check_notes (RingWorld       *self,
             WeftRingMessage *message)
{
  for (guint i = 0; message->notes != NULL && i < message->notes->len; i++)
    {
      const WeftRingNote *note = &g_array_index (message->notes, WeftRingNote, i);
      RingNode *subject = ring_world_find (self, note->peer_id);
      g_autofree char *name = NULL;

      if (note->type != WEFT_RING_NOTE_DEAD || subject == NULL || !subject->is_up
          || weft_ring_contact_get_incarnation (weft_ring_machine_get_own (subject->machine))
               != note->incarnation)
        continue;
      name = g_strdup_printf ("%u %" G_GUINT64_FORMAT, subject->index, note->incarnation);
      if (g_hash_table_add (self->deaths, g_steal_pointer (&name)))
        self->tally.n_false_deaths++;
    }
}

void
ring_net_send (RingWorld            *self,
               RingNode             *node,
               const WeftRingEffect *effect)
{
  g_autoptr (WeftRingMessage) message = meddle (self, node, NULL, effect->message);
  g_autoptr (WeftRingMessage) carried = carry (self, node, message);
  RingNode *target = find_target (self, effect);
  gint64 at_usec;
  RingEvent *event;

  g_assert (effect->id != 0);
  g_assert (effect->deadline_usec >= self->now_usec);

  node->last_id = effect->id;
  node->last_nonce = message->nonce;
  node->last_type = message->type;
  node->last_target = target != NULL ? target->index : node->index;
  /* A probe may tell its subject what was thought of it; that is said to nobody else. */
  if (message->notes != NULL && message->type == WEFT_RING_ANNOUNCE)
    check_notes (self, message);
  if (effect->contact != NULL
      && g_hash_table_contains (self->ghosts, weft_ring_contact_get_peer_id (effect->contact)))
    self->tally.n_ghosts++;
  if (target == NULL || target == node || !is_passing (self, node, target))
    {
      fail (self, node->index, node->life, effect->id, effect->deadline_usec);
      return;
    }
  at_usec = self->now_usec + draw_delay (self, node, target);
  event = add (self, RING_EVENT_REQUEST, MAX (at_usec, target->paused_usec), target->index, 0);
  event->other = node->index;
  event->other_life = node->life;
  event->id = effect->id;
  event->deadline_usec = effect->deadline_usec;
  event->message = g_steal_pointer (&carried);
}

void
ring_net_inject (RingWorld       *self,
                 RingNode        *from,
                 RingNode        *to,
                 WeftRingMessage *message)
{
  RingEvent *event = add (self, RING_EVENT_REQUEST,
                          self->now_usec + draw_delay (self, from, to), to->index, 0);

  event->other = from->index;
  event->other_life = from->life;
  event->message = weft_ring_message_ref (message);
}

/* A request that waits for its answer, which may need those of others. */
typedef struct
{
  guint64 token;
  RingEvent event;
} Late;

static void
late_clear (Late *late)
{
  g_clear_pointer (&late->event.message, weft_ring_message_unref);
}

GArray *
ring_net_late_new (void)
{
  GArray *late = g_array_new (FALSE, FALSE, sizeof (Late));

  g_array_set_clear_func (late, (GDestroyNotify) late_clear);

  return late;
}

void
ring_net_drop_late (RingWorld *self,
                    RingNode  *node)
{
  for (guint i = self->late->len; i-- > 0;)
    {
      Late *late = &g_array_index (self->late, Late, i);

      if (late->event.node != node->index)
        continue;
      fail (self, late->event.other, late->event.other_life, late->event.id,
            late->event.deadline_usec);
      g_array_remove_index (self->late, i);
    }
}

static void
answer (RingWorld            *self,
        RingNode             *node,
        const RingEvent      *asking,
        const WeftRingEffect *effect)
{
  RingNode *asker = &self->nodes[asking->other];
  g_autoptr (WeftRingMessage) message = meddle (self, node, asking->message, effect->message);
  g_autoptr (WeftRingMessage) carried = carry (self, node, message);
  RingEvent *event;
  gint64 at_usec;

  if (node->is_flooded && asker->role != RING_ROLE_FLOODER)
    {
      self->tally.n_asked++;
      self->tally.n_refused += message->is_refused;
    }
  at_usec = self->now_usec + draw_delay (self, node, asker);
  at_usec = MAX (at_usec, asker->paused_usec);
  if (asking->id == 0)
    {
      self->is_refused = message->is_refused;
      return;
    }
  if (!is_passing (self, node, asker) || at_usec >= asking->deadline_usec)
    {
      fail (self, asker->index, asking->other_life, asking->id, asking->deadline_usec);
      return;
    }
  event = add (self, RING_EVENT_REPLY, at_usec, asker->index, asking->other_life);
  event->other = node->index;
  event->id = asking->id;
  event->message = g_steal_pointer (&carried);
}

void
ring_net_answer (RingWorld            *self,
                 RingNode             *node,
                 const WeftRingEffect *effect)
{
  if (self->asking != NULL && effect->token == self->token)
    {
      g_assert (!self->is_answered);
      self->is_answered = TRUE;
      answer (self, node, self->asking, effect);
      return;
    }
  for (guint i = 0; i < self->late->len; i++)
    {
      Late late = g_array_index (self->late, Late, i);

      if (late.token != effect->token)
        continue;
      weft_ring_message_ref (late.event.message);
      g_array_remove_index (self->late, i);
      answer (self, node, &late.event, effect);
      late_clear (&late);
      return;
    }
  g_assert_not_reached ();
}

static void
deliver_request (RingWorld *self,
                 RingEvent *event)
{
  RingNode *node = &self->nodes[event->node];

  if (node->machine == NULL || node->life == 0)
    {
      fail (self, event->other, event->other_life, event->id, event->deadline_usec);
      return;
    }
  self->asking = event;
  self->is_answered = FALSE;
  self->token++;
  ring_node_step (self, node, &(WeftRingEvent) {
    .type = WEFT_RING_EVENT_REQUEST, .token = self->token, .message = event->message,
    .peer_id = self->nodes[event->other].identity.peer_id });
  /* Only who is asked to ask another may take its time. */
  if (!self->is_answered)
    {
      Late late = { .token = self->token, .event = *event };

      g_assert (event->message->subject != NULL);
      weft_ring_message_ref (event->message);
      g_array_append_val (self->late, late);
    }
  self->asking = NULL;
}

void
ring_net_deliver (RingWorld *self,
                  RingEvent *event)
{
  RingNode *node = &self->nodes[event->node];

  if (event->type == RING_EVENT_REQUEST)
    {
      deliver_request (self, event);
      return;
    }
  if (node->machine == NULL || node->life != event->life)
    return;
  if (event->type == RING_EVENT_REPLY)
    ring_node_step (self, node, &(WeftRingEvent) {
      .type = WEFT_RING_EVENT_REPLY, .id = event->id, .message = event->message,
      .peer_id = self->nodes[event->other].identity.peer_id });
  else
    ring_node_step (self, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_FAILED,
                                                   .id = event->id });
}
