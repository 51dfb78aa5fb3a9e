/* ring-lookup.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-truth.h"

static void
draw_key (RingWorld     *self,
          WeftRingPoint *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (key->words); i++)
    key->words[i] = ring_chance_next (&self->chance);
}

static void
look_up (gpointer world,
         guint    node)
{
  RingWorld *self = world;
  RingNode *from;
  RingNode *nearest;
  WeftRingPoint key;

  if (self->lookups_per_second <= 0)
    return;
  ring_world_call (self, ring_chance_exponential (&self->chance,
                                                  G_USEC_PER_SEC / self->lookups_per_second),
                   look_up, RING_NONE);
  from = ring_world_draw_up (self);
  if (from == NULL)
    return;
  /* What a hostile node keeps, it can deny whatever the way to it. */
  do
    {
      draw_key (self, &key);
      nearest = ring_truth_nearest (self, from, &key, self->now_usec);
    }
  while (nearest != NULL && nearest->role == RING_ROLE_FORWARDER);

  ring_node_lookup (self, from, &key, self->lookups->len % 2 == 0 ? 1 : RING_COHORT,
                    self->lookup_paths);
}

void
ring_lookup_begin (RingWorld *self,
                   double     per_second,
                   guint      paths)
{
  gboolean is_running = self->lookups_per_second > 0;

  self->lookups_per_second = per_second;
  self->lookup_paths = paths;
  if (!is_running)
    ring_world_call (self, 0, look_up, RING_NONE);
}

void
ring_lookup_end (RingWorld *self)
{
  self->lookups_per_second = 0;
}

/* The first has to be the nearest of all that were there all the time, or one nearer that was there
 * for a part of it. */
static gboolean
is_right (RingWorld        *self,
          RingNode         *node,
          const RingLookup *lookup,
          GPtrArray        *contacts)
{
  RingNode *nearest = ring_truth_nearest (self, node, &lookup->key, lookup->begun_usec);
  RingNode *found;
  WeftRingPoint best;
  WeftRingPoint distance;

  if (contacts == NULL || contacts->len == 0)
    return nearest == NULL;
  found = ring_world_find (self, weft_ring_contact_get_peer_id (contacts->pdata[0]));
  if (found == NULL || (!found->is_up && found->down_usec < lookup->begun_usec))
    return FALSE;
  if (nearest == NULL)
    return TRUE;
  best = weft_ring_point_distance (&lookup->key, &nearest->point);
  distance = weft_ring_point_distance (&lookup->key, &found->point);

  return weft_ring_point_compare (&distance, &best) <= 0;
}

/* Whether one of those wanted is as far from the key on that side. */
static gboolean
is_within (const WeftRingPoint *key,
           const RingNode      *node,
           RingNode           **wanted,
           guint                n_wanted)
{
  WeftRingPoint after = weft_ring_point_clockwise (key, &node->point);
  WeftRingPoint before = weft_ring_point_clockwise (&node->point, key);

  /* Successors and predecessors by turns. */
  for (guint i = 0; i < n_wanted; i++)
    {
      const WeftRingPoint *point = &wanted[i]->point;
      WeftRingPoint way = i % 2 == 0 ? weft_ring_point_clockwise (key, point)
                                     : weft_ring_point_clockwise (point, key);

      if (weft_ring_point_compare (i % 2 == 0 ? &after : &before, &way) <= 0)
        return TRUE;
    }

  return FALSE;
}

/* A member is right that was there for a part of the time at least, and with which no more than the
 * width are as near of those that were there all the time. */
static guint
count_right (RingWorld        *self,
             RingNode         *node,
             const RingLookup *lookup,
             GPtrArray        *contacts,
             guint            *n_wanted)
{
  RingNode *wanted[RING_COHORT];
  guint n = ring_truth_cohort (self, node, &lookup->key, lookup->begun_usec, TRUE, wanted,
                               RING_COHORT);
  guint n_right = 0;

  *n_wanted = n;
  for (guint i = 0; contacts != NULL && i < contacts->len; i++)
    {
      WeftPeerId *peer_id = weft_ring_contact_get_peer_id (contacts->pdata[i]);
      RingNode *found = ring_world_find (self, peer_id);

      n_right += found != NULL && (found->is_up || found->down_usec >= lookup->begun_usec)
                 && is_within (&lookup->key, found, wanted, n);
    }

  return MIN (n_right, n);
}

void
ring_lookup_found (RingWorld            *self,
                   RingNode             *node,
                   const WeftRingEffect *effect)
{
  RingLookup *lookup;
  gint64 took_usec;

  g_assert (effect->token < self->lookups->len);
  lookup = &g_array_index (self->lookups, RingLookup, effect->token);
  g_assert (lookup->node == node->index);
  g_assert (lookup->width > 0);
  g_assert (lookup->life == node->life);
  took_usec = self->now_usec - lookup->begun_usec;
  /* It leaves, and waits no more. */
  if (!node->is_up)
    return;

  if (lookup->width == 1)
    {
      self->tally.n_lookups++;
      self->tally.n_hops += effect->count;
      self->tally.n_found += is_right (self, node, lookup, effect->contacts);
      g_array_append_val (self->tally.lookup_usec, took_usec);
    }
  else
    {
      guint n_wanted;

      self->tally.cohort_right += count_right (self, node, lookup, effect->contacts, &n_wanted);
      self->tally.cohort_wanted += n_wanted;
      self->tally.n_cohorts++;
    }
  lookup->width = 0; /* one answer each */
}
