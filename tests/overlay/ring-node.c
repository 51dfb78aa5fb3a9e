/* ring-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-truth.h"
#include "ring-world.h"

#define REMEMBERED_MAX 64
/* How long who said goodbye stays for the answers. */
#define GOODBYE_USEC RING_SECONDS (1)
/* One who is slow pauses once in so many events, for so long. */
#define PAUSE_EVENTS 50
#define PAUSE_USEC RING_SECONDS (1)

void
ring_node_move (RingWorld *self,
                RingNode  *node)
{
  guint place = node->index + 1;

  g_free (node->address);
  node->address = g_strdup_printf ("/ip4/10.%u.%u.%u/tcp/%u/ws", place >> 16, (place >> 8) & 0xff,
                                   place & 0xff, 4001 + node->address_version++);
}

void
ring_node_make (RingWorld *self,
                RingNode  *node)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  WeftRingConfig config = {
    .peer_id = node->identity.peer_id,
    .addresses = addresses,
    .network = RING_NETWORK,
    .incarnation = node->incarnation,
    .is_on_ring = TRUE,
    .table_capacity = self->settings.table_capacity,
    .neighbours_per_side = RING_NEIGHBOURS,
    .probe_period_usec = self->settings.probe_period_usec,
    .sign = ring_identity_sign,
    .sign_data = &node->identity,
    .verify = ring_keys_verify,
    .verify_data = &self->keys,
  };

  g_assert (node->machine == NULL);
  g_ptr_array_add (addresses, node->address);
  node->machine = weft_ring_machine_new (&config);
}

static void
count_up (RingWorld *self,
          int        change)
{
  self->tally.node_usec += self->n_up * (guint64) (self->now_usec - self->n_up_usec);
  self->n_up_usec = self->now_usec;
  self->n_up += change;
}

void
ring_node_start (RingWorld *self,
                 RingNode  *node,
                 guint      n_bootstrap)
{
  g_assert (!node->is_up);

  if (node->machine == NULL)
    ring_node_make (self, node);
  node->life++;
  node->is_up = TRUE;
  node->up_usec = self->now_usec;
  node->alarm_usec = G_MAXINT64;
  node->paused_usec = 0;
  count_up (self, 1);
  ring_node_step (self, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START,
                                                 .contacts = node->memory });
  g_clear_pointer (&node->memory, g_ptr_array_unref);
  for (guint i = 0; i < n_bootstrap; i++)
    {
      RingNode *other = ring_world_draw_up (self);

      if (other != NULL && other != node)
        ring_node_step (self, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_BOOTSTRAP,
                                                       .text = other->address });
    }
  ring_churn_started (self, node);
}

/* Its next life is above all that it ever said. */
static void
bury (RingWorld *self,
      RingNode  *node)
{
  WeftRingContact *own = weft_ring_machine_get_own (node->machine);

  node->incarnation = MAX (node->incarnation, weft_ring_contact_get_incarnation (own)) + 1;
  g_clear_pointer (&node->memory, g_ptr_array_unref);
  node->memory = weft_ring_machine_export (node->machine, REMEMBERED_MAX);
  g_clear_pointer (&node->machine, weft_ring_machine_free);
  ring_net_drop_late (self, node);
  node->life++;
  ring_churn_gone (self, node);
}

static void
go_down (RingWorld *self,
         RingNode  *node)
{
  g_assert (node->is_up);

  node->is_up = FALSE;
  node->down_usec = self->now_usec;
  count_up (self, -1);
}

void
ring_node_crash (RingWorld *self,
                 RingNode  *node)
{
  go_down (self, node);
  bury (self, node);
}

static void
end_goodbye (gpointer world,
             guint    node)
{
  RingWorld *self = world;

  bury (self, &self->nodes[node]);
}

void
ring_node_leave (RingWorld *self,
                 RingNode  *node)
{
  go_down (self, node);
  ring_node_step (self, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_LEAVE });
  ring_world_call (self, GOODBYE_USEC, end_goodbye, node->index);
}

void
ring_node_lookup (RingWorld           *self,
                  RingNode            *node,
                  const WeftRingPoint *key,
                  guint                width,
                  guint                paths)
{
  RingLookup lookup = {
    .node = node->index,
    .life = node->life,
    .width = width,
    .key = *key,
    .begun_usec = self->now_usec,
  };

  g_array_append_val (self->lookups, lookup);
  ring_node_step (self, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_LOOKUP,
                                                 .token = self->lookups->len - 1,
                                                 .key = *key, .count = width, .paths = paths });
}

gboolean
ring_node_may_see (RingWorld *self,
                   RingNode  *node,
                   RingNode  *other)
{
  return !self->is_cut || node->side == other->side || node->side == RING_SIDE_ALL
         || other->side == RING_SIDE_ALL;
}

/* Most deadlines are put off again and again: the event under way stays, and looks when it comes,
 * instead of one more for each. */
static void
set_alarm (RingWorld *self,
           RingNode  *node,
           gint64     at_usec)
{
  RingEvent *event;

  /* One that is late is late for all that it has to do. */
  node->due_usec = MAX (MAX (at_usec, node->paused_usec), self->now_usec);
  if (node->due_usec >= node->alarm_usec)
    return;
  node->alarm_usec = node->due_usec;
  event = ring_heap_add (&self->heap, node->alarm_usec);
  event->type = RING_EVENT_TIMER;
  event->node = node->index;
  event->life = node->life;
}

static void
apply (RingWorld            *self,
       RingNode             *node,
       const WeftRingEffect *effect)
{
  guint count;

  switch (effect->type)
    {
    case WEFT_RING_EFFECT_SEND:
      ring_net_send (self, node, effect);
      return;
    case WEFT_RING_EFFECT_ANSWER:
      ring_net_answer (self, node, effect);
      return;
    case WEFT_RING_EFFECT_FOUND:
      ring_lookup_found (self, node, effect);
      return;
    case WEFT_RING_EFFECT_CHANGED:
      return;
    case WEFT_RING_EFFECT_REPORT:
      self->tally.n_reports++;
      return;
    case WEFT_RING_EFFECT_COUNT:
      count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counters, effect->counter));
      g_hash_table_insert (self->counters, (gpointer) effect->counter,
                           GUINT_TO_POINTER (count + 1));
      return;
    default:
      g_assert_not_reached ();
    }
}

void
ring_node_step (RingWorld     *self,
                RingNode      *node,
                WeftRingEvent *event)
{
  g_assert (node->machine != NULL);

  event->now_usec = self->now_usec;
  event->chance = ring_chance_next (&self->chance);
  weft_ring_effects_reset (&self->effects);
  weft_ring_machine_step (node->machine, event, &self->effects);
  if (self->settings.with_check)
    weft_ring_machine_check (node->machine);
  for (guint i = 0; i < self->effects.items->len; i++)
    apply (self, node, &g_array_index (self->effects.items, WeftRingEffect, i));
  if (node->role == RING_ROLE_SLOW && ring_chance_below (&self->chance, PAUSE_EVENTS) == 0)
    node->paused_usec = self->now_usec + PAUSE_USEC;
  set_alarm (self, node, self->effects.deadline_usec);
}

void
ring_node_alarm (RingWorld *self,
                 RingNode  *node)
{
  node->alarm_usec = G_MAXINT64;
  if (self->now_usec < node->due_usec)
    set_alarm (self, node, node->due_usec);
  else
    ring_node_step (self, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_TIMEOUT });
}
