/* ring-world.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-truth.h"
#include "ring-world.h"

#include <math.h>
#include <string.h>

#define TABLE_CAPACITY 2048

static void
add_node (RingWorld *self,
          guint      index)
{
  RingNode *node = &self->nodes[index];
  guint8 key[WEFT_RING_KEY_LENGTH];

  node->index = index;
  node->up_usec = G_MAXINT64;
  node->down_usec = -1;
  node->alarm_usec = G_MAXINT64;
  node->incarnation = 1;
  if (index >= self->settings.n_nodes && index - self->settings.n_nodes < self->settings.n_sybils)
    {
      ring_identity_init_near (&node->identity, &self->keys, &self->chance, &self->nodes[0].point,
                               1.0 / self->settings.n_nodes);
      node->role = RING_ROLE_FORWARDER;
      g_ptr_array_add (self->forwarders, node);
    }
  else
    ring_identity_init (&node->identity, &self->keys, &self->chance);
  weft_ring_key_for_peer (node->identity.peer_id, key);
  weft_ring_point_from_key (&node->point, key);
  ring_node_move (self, node);
  g_hash_table_insert (self->by_id, node->identity.peer_id, node);
}

/* Exactly that share of them, whoever they are. */
static void
give_role (RingWorld *self,
           RingRole   role,
           double     share)
{
  guint n = self->settings.n_nodes * share + 0.5;

  while (n > 0)
    {
      RingNode *node = &self->nodes[ring_chance_below (&self->chance, self->settings.n_nodes)];

      if (node->role != RING_ROLE_HONEST)
        continue;
      node->role = role;
      n--;
      if (role == RING_ROLE_FORWARDER)
        g_ptr_array_add (self->forwarders, node);
    }
}

RingWorld *
ring_world_new (const RingSettings *settings)
{
  RingWorld *self = g_new0 (RingWorld, 1);

  self->settings = *settings;
  if (self->settings.table_capacity == 0)
    self->settings.table_capacity = TABLE_CAPACITY;
  if (self->settings.probe_period_usec == 0)
    self->settings.probe_period_usec = RING_SECONDS (1);
  self->chance.state = settings->seed;
  self->keys.secret = ring_chance_next (&self->chance);
  self->n_nodes = settings->n_nodes + settings->n_spare;
  self->nodes = g_new0 (RingNode, self->n_nodes);
  self->by_id = g_hash_table_new ((GHashFunc) weft_peer_id_hash,
                                  (GEqualFunc) weft_peer_id_equal);
  self->deaths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ghosts = g_hash_table_new_full ((GHashFunc) weft_peer_id_hash,
                                        (GEqualFunc) weft_peer_id_equal,
                                        (GDestroyNotify) weft_peer_id_unref, NULL);
  self->counters = g_hash_table_new (g_str_hash, g_str_equal);
  self->lookups = g_array_new (FALSE, TRUE, sizeof (RingLookup));
  self->forwarders = g_ptr_array_new ();
  self->lookup_paths = 1;
  self->tally.lookup_usec = g_array_new (FALSE, FALSE, sizeof (gint64));
  ring_heap_init (&self->heap);
  self->late = ring_net_late_new ();
  weft_ring_effects_init (&self->effects);
  for (guint i = 0; i < self->n_nodes; i++)
    add_node (self, i);
  give_role (self, RING_ROLE_FORWARDER, settings->forwarder_share);
  give_role (self, RING_ROLE_LIAR, settings->liar_share);
  give_role (self, RING_ROLE_SLOW, settings->slow_share);
  ring_truth_init (self);

  return self;
}

void
ring_world_free (RingWorld *self)
{
  ring_heap_clear (&self->heap);
  g_clear_pointer (&self->late, g_array_unref);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      RingNode *node = &self->nodes[i];

      g_clear_pointer (&node->machine, weft_ring_machine_free);
      g_clear_pointer (&node->memory, g_ptr_array_unref);
      g_clear_pointer (&node->address, g_free);
    }
  g_hash_table_unref (self->by_id);
  for (guint i = 0; i < self->n_nodes; i++)
    ring_identity_clear (&self->nodes[i].identity);
  weft_ring_effects_clear (&self->effects);
  g_hash_table_unref (self->deaths);
  g_hash_table_unref (self->counters);
  g_hash_table_unref (self->ghosts);
  g_array_unref (self->lookups);
  g_array_unref (self->tally.lookup_usec);
  g_ptr_array_unref (self->forwarders);
  g_free (self->by_point);
  g_free (self->nodes);
  g_free (self);
}

/* What a node knows that was there yesterday. */
static void
remember (RingWorld *self,
          RingNode  *node)
{
  const RingSettings *settings = &self->settings;
  guint n_others = MIN (settings->n_remembered, settings->n_nodes - 1);

  node->memory = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  for (guint side = 0; side < 2; side++)
    {
      RingNode *nodes[RING_NEIGHBOURS];
      guint n = ring_truth_neighbours (self, node, side == 0, nodes, RING_NEIGHBOURS);

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (node->memory, weft_ring_contact_ref (
          weft_ring_machine_get_own (nodes[i]->machine)));
    }
  for (guint i = 0; i < n_others; i++)
    {
      guint index = n_others == settings->n_nodes - 1
                      ? (node->index + 1 + i) % settings->n_nodes
                      : ring_chance_below (&self->chance, settings->n_nodes);

      if (index != node->index)
        g_ptr_array_add (node->memory, weft_ring_contact_ref (
          weft_ring_machine_get_own (self->nodes[index].machine)));
    }
}

static void
begin_node (gpointer world,
            guint    node)
{
  RingWorld *self = world;

  ring_node_start (self, &self->nodes[node], 0);
}

/* A place whose distance from @place has a logarithm that is even between the neighbours and half
 * of the ring, as the far peers of a table are. */
static guint
draw_far (RingWorld *self,
          guint      place)
{
  double share = exp2 (-1 - ring_chance_fraction (&self->chance)
                              * log2 (self->settings.n_nodes / (2.0 * RING_NEIGHBOURS)));
  guint way = MAX (share * self->settings.n_nodes, 1);

  if (ring_chance_below (&self->chance, 2) == 0)
    way = self->n_nodes - MIN (way, self->n_nodes - 1);

  return (place + way) % self->n_nodes;
}

/* The table that it would have had it asked others for an hour. @own: of all, in the order of the
 * ring, NULL where there is nobody; tables are arrays, which grow best at their ends. */
static void
fill_table (RingWorld        *self,
            guint             place,
            WeftRingContact **own,
            guint8           *is_chosen)
{
  WeftRingTable *table = weft_ring_machine_get_table (self->by_point[place]->machine);
  guint capacity = self->settings.table_capacity;
  guint n = 0;

  memset (is_chosen, capacity >= self->n_nodes, self->n_nodes);
  for (guint i = 1; i <= RING_NEIGHBOURS; i++)
    {
      is_chosen[(place + i) % self->n_nodes] = TRUE;
      is_chosen[(place + self->n_nodes - i % self->n_nodes) % self->n_nodes] = TRUE;
    }
  for (guint i = 0; capacity < self->n_nodes && i < 4 * capacity
                    && n < capacity - 2 * RING_NEIGHBOURS; i++)
    {
      guint far = draw_far (self, place);

      n += !is_chosen[far];
      is_chosen[far] = TRUE;
    }
  for (guint i = 0; i < self->n_nodes; i++)
    if (is_chosen[i] && own[i] != NULL && i != place)
      weft_ring_table_add (table, own[i], self->now_usec);
}

static void
fill_tables (RingWorld *self)
{
  g_autofree WeftRingContact **own = g_new0 (WeftRingContact *, self->n_nodes);
  g_autofree guint8 *is_chosen = g_new (guint8, self->n_nodes);

  for (guint i = 0; i < self->n_nodes; i++)
    if (self->by_point[i]->machine != NULL)
      own[i] = weft_ring_machine_get_own (self->by_point[i]->machine);
  for (guint i = 0; i < self->n_nodes; i++)
    if (own[i] != NULL)
      fill_table (self, i, own, is_chosen);
}

void
ring_world_begin (RingWorld *self)
{
  /* For a moment all are there, so that the oracle tells who is next to whom, and each is known by
   * what it will say of itself. */
  for (guint i = 0; i < self->settings.n_nodes; i++)
    {
      RingNode *node = &self->nodes[i];

      ring_node_make (self, node);
      node->is_up = TRUE;
      node->up_usec = self->now_usec - RING_SETTLE_USEC;
    }
  if (self->settings.is_warm)
    fill_tables (self);
  for (guint i = 0; !self->settings.is_warm && i < self->settings.n_nodes; i++)
    remember (self, &self->nodes[i]);
  for (guint i = 0; i < self->settings.n_nodes; i++)
    {
      RingNode *node = &self->nodes[i];

      node->is_up = FALSE;
      node->up_usec = G_MAXINT64;
      ring_world_call (self, ring_chance_below (&self->chance, G_USEC_PER_SEC), begin_node, i);
    }
}

void
ring_world_trace (RingWorld *self,
                  guint64    value)
{
  self->trace = ring_chance_mix (self->trace ^ value) + 0x9e3779b97f4a7c15;
}

void
ring_world_call (RingWorld *self,
                 gint64     usec,
                 RingCall   call,
                 guint      node)
{
  RingEvent *event = ring_heap_add (&self->heap, self->now_usec + usec);

  event->type = RING_EVENT_CALL;
  event->node = node;
  event->life = node == RING_NONE ? 0 : self->nodes[node].life;
  event->call = call;
}

static void
dispatch (RingWorld *self,
          RingEvent *event)
{
  RingNode *node = event->node == RING_NONE ? NULL : &self->nodes[event->node];

  self->now_usec = event->at_usec;
  self->tally.n_events++;
  ring_world_trace (self, event->at_usec);
  ring_world_trace (self, ((guint64) event->type << 32 | event->node) ^ event->id);
  switch (event->type)
    {
    case RING_EVENT_TIMER:
      if (node->life != event->life || node->alarm_usec != event->at_usec)
        return;
      ring_node_alarm (self, node);
      return;
    case RING_EVENT_CALL:
      if (node == NULL || node->life == event->life)
        event->call (self, event->node);
      return;
    case RING_EVENT_REQUEST:
    case RING_EVENT_REPLY:
    case RING_EVENT_FAILED:
      ring_net_deliver (self, event);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
ring_world_run (RingWorld *self,
                gint64     usec)
{
  gint64 until_usec = self->now_usec + usec;
  RingEvent *event;

  while ((event = ring_heap_take (&self->heap, until_usec)) != NULL)
    {
      dispatch (self, event);
      ring_heap_done (&self->heap, event);
    }
  self->now_usec = until_usec;
}

void
ring_world_tally (RingWorld *self)
{
  GArray *lookup_usec = self->tally.lookup_usec;

  g_array_set_size (lookup_usec, 0);
  g_hash_table_remove_all (self->deaths);
  self->tally = (RingTally) { .since_usec = self->now_usec, .lookup_usec = lookup_usec };
  self->n_up_usec = self->now_usec;
}

double
ring_world_node_hours (RingWorld *self)
{
  self->tally.node_usec += self->n_up * (guint64) (self->now_usec - self->n_up_usec);
  self->n_up_usec = self->now_usec;

  return (double) self->tally.node_usec / RING_SECONDS (3600);
}

RingNode *
ring_world_find (RingWorld  *self,
                 WeftPeerId *peer_id)
{
  return g_hash_table_lookup (self->by_id, peer_id);
}

RingNode *
ring_world_draw_up (RingWorld *self)
{
  for (guint i = 0; i < 1000; i++)
    {
      RingNode *node = &self->nodes[ring_chance_below (&self->chance, self->n_nodes)];

      if (node->role == RING_ROLE_HONEST
          && ring_truth_has (self, node, self->now_usec, TRUE))
        return node;
    }

  return NULL;
}
