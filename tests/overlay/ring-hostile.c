/* ring-hostile.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-hostile.h"

#define FRIENDS_MAX 8
#define LIE 10
#define FLOOD_PERIOD_USEC RING_MSEC (5)

WeftRingMessage *
ring_hostile_copy (WeftRingMessage *message)
{
  WeftRingMessage *copy = weft_ring_message_new (message->type);

  *copy = *message;
  copy->ref_count = 1;
  copy->contacts = NULL;
  copy->notes = NULL;
  if (copy->sender != NULL)
    weft_ring_contact_ref (copy->sender);
  if (copy->subject != NULL)
    weft_ring_contact_ref (copy->subject);
  for (guint i = 0; message->contacts != NULL && i < message->contacts->len; i++)
    weft_ring_message_add_contact (copy, message->contacts->pdata[i]);
  for (guint i = 0; message->notes != NULL && i < message->notes->len; i++)
    {
      const WeftRingNote *note = &g_array_index (message->notes, WeftRingNote, i);

      weft_ring_message_add_note (copy, note->type, note->peer_id, note->incarnation,
                                  note->signature);
    }

  return copy;
}

WeftRingContact *
ring_hostile_ghost (RingWorld  *world,
                    const char *network)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  RingIdentity identity;
  WeftRingContact *contact;

  ring_identity_init (&identity, &world->keys, &world->chance);
  g_ptr_array_add (addresses, (gpointer) "/ip4/10.255.255.255/tcp/4001/ws");
  contact = weft_ring_contact_new (identity.peer_id, addresses, 1, NULL, network,
                                   ring_identity_sign, &identity);
  g_hash_table_add (world->ghosts, weft_peer_id_ref (identity.peer_id));
  ring_identity_clear (&identity);

  return contact;
}

/* Those of its friends that are nearest to what was asked for. */
static void
add_friends (RingWorld           *world,
             WeftRingMessage     *message,
             const WeftRingPoint *key,
             guint                n)
{
  WeftRingPoint floor = { { 0 } };

  for (guint i = 0; i < n; i++)
    {
      WeftRingPoint best = { { 0 } };
      RingNode *nearest = NULL;

      for (guint j = 0; j < world->forwarders->len; j++)
        {
          RingNode *node = world->forwarders->pdata[j];
          WeftRingPoint distance = weft_ring_point_distance (key, &node->point);

          if (!node->is_up || weft_ring_point_compare (&distance, &floor) <= 0)
            continue;
          if (nearest == NULL || weft_ring_point_compare (&distance, &best) < 0)
            {
              best = distance;
              nearest = node;
            }
        }
      if (nearest == NULL)
        return;
      weft_ring_message_add_contact (message, weft_ring_machine_get_own (nearest->machine));
      floor = best;
    }
}

static WeftRingMessage *
mislead (RingWorld       *world,
         RingNode        *node,
         WeftRingMessage *asked,
         WeftRingMessage *message)
{
  WeftRingMessage *copy = ring_hostile_copy (message);
  guint n = MIN (asked->count > 0 ? asked->count : FRIENDS_MAX, FRIENDS_MAX);

  g_clear_pointer (&copy->contacts, g_ptr_array_unref);
  if (ring_chance_below (&world->chance, 2) == 0)
    add_friends (world, copy, asked->has_key ? &asked->key : &node->point, n);
  else
    for (guint i = 0; i < n; i++)
      {
        g_autoptr (WeftRingContact) ghost = ring_hostile_ghost (world, RING_NETWORK);

        weft_ring_message_add_contact (copy, ghost);
      }

  return copy;
}

WeftRingMessage *
ring_hostile_meddle (RingWorld       *world,
                     RingNode        *node,
                     WeftRingMessage *asked,
                     WeftRingMessage *message)
{
  if (node->role == RING_ROLE_LIAR && message->measure.gaps > 0)
    {
      WeftRingMessage *copy = ring_hostile_copy (message);

      copy->measure.arc /= LIE;
      copy->measure.is_closed = FALSE;

      return copy;
    }
  if (node->role == RING_ROLE_FORWARDER && asked != NULL && !message->is_refused
      && (message->type == WEFT_RING_LOOKUP || message->type == WEFT_RING_NEIGHBOURS))
    return mislead (world, node, asked, message);

  return NULL;
}

static void
flood (gpointer data,
       guint    index)
{
  RingWorld *world = data;
  RingNode *node = &world->nodes[index];
  guint n_left = MAX (node->flood_per_second * FLOOD_PERIOD_USEC / G_USEC_PER_SEC, 1);

  if (node->role != RING_ROLE_FLOODER)
    return;
  while (n_left > 0)
    {
      g_autoptr (WeftRingMessage) message = weft_ring_message_new (WEFT_RING_LOOKUP);
      RingNode *victim = &world->nodes[ring_chance_below (&world->chance, world->n_nodes)];

      if (!victim->is_flooded || !victim->is_up)
        continue;
      message->sender = weft_ring_contact_ref (weft_ring_machine_get_own (node->machine));
      message->incarnation = weft_ring_contact_get_incarnation (message->sender);
      message->nonce = ring_chance_below (&world->chance, G_GUINT64_CONSTANT (1) << 52) + 1;
      message->count = RING_COHORT;
      message->has_key = TRUE;
      for (guint i = 0; i < G_N_ELEMENTS (message->key.words); i++)
        message->key.words[i] = ring_chance_next (&world->chance);
      ring_net_inject (world, node, victim, message);
      n_left--;
    }
  ring_world_call (world, FLOOD_PERIOD_USEC, flood, index);
}

void
ring_hostile_flood (RingWorld *world,
                    RingNode  *node,
                    guint      per_second)
{
  RingNode *near[RING_NEIGHBOURS];

  for (guint side = 0; side < 2; side++)
    {
      guint n = ring_truth_neighbours (world, node, side == 0, near, RING_NEIGHBOURS);

      for (guint i = 0; i < n; i++)
        near[i]->is_flooded = TRUE;
    }
  node->role = RING_ROLE_FLOODER;
  node->flood_per_second = per_second;
  ring_world_call (world, 0, flood, node->index);
}
