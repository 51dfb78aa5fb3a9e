/* ring-truth.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-truth.h"

#include <stdlib.h>

#define SIDE_MAX 32

static int
compare_nodes (const void *a,
               const void *b)
{
  const RingNode *left = *(RingNode *const *) a;
  const RingNode *right = *(RingNode *const *) b;
  int order = weft_ring_point_compare (&left->point, &right->point);

  if (order == 0)
    order = weft_peer_id_compare (left->identity.peer_id, right->identity.peer_id);

  return order;
}

void
ring_truth_init (RingWorld *world)
{
  world->by_point = g_new (RingNode *, world->n_nodes);
  for (guint i = 0; i < world->n_nodes; i++)
    world->by_point[i] = &world->nodes[i];
  qsort (world->by_point, world->n_nodes, sizeof *world->by_point, compare_nodes);
}

/* The index of the first node at @point or clockwise of it; n_nodes when there is none. */
static guint
find_place (RingWorld           *world,
            const WeftRingPoint *point)
{
  guint low = 0;
  guint high = world->n_nodes;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (weft_ring_point_compare (&world->by_point[middle]->point, point) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

gboolean
ring_truth_has (RingWorld *world,
                RingNode  *node,
                gint64     since_usec,
                gboolean   until_end)
{
  if (since_usec - node->up_usec < RING_SETTLE_USEC)
    return FALSE;

  return node->is_up || (!until_end && node->down_usec >= since_usec);
}

guint
ring_truth_neighbours (RingWorld  *world,
                       RingNode   *node,
                       gboolean    is_clockwise,
                       RingNode  **nodes,
                       guint       n)
{
  guint place = find_place (world, &node->point);
  guint count = 0;

  while (world->by_point[place] != node)
    place = (place + 1) % world->n_nodes;
  for (guint i = 1; i < world->n_nodes && count < n; i++)
    {
      guint at = is_clockwise ? place + i : place + world->n_nodes - i;
      RingNode *other = world->by_point[at % world->n_nodes];

      if (ring_node_may_see (world, node, other)
          && ring_truth_has (world, other, world->now_usec, TRUE))
        nodes[count++] = other;
    }

  return count;
}

/* The next of a walk that may be counted; NULL after a whole round. */
static RingNode *
walk (RingWorld *world,
      RingNode  *from,
      guint     *at,
      guint     *n_left,
      gboolean   is_clockwise,
      gint64     since_usec,
      gboolean   until_end)
{
  while (*n_left > 0)
    {
      RingNode *node;

      if (!is_clockwise)
        *at = (*at + world->n_nodes - 1) % world->n_nodes;
      node = world->by_point[*at % world->n_nodes];
      if (is_clockwise)
        *at = (*at + 1) % world->n_nodes;
      (*n_left)--;
      if (ring_node_may_see (world, from, node)
          && ring_truth_has (world, node, since_usec, until_end))
        return node;
    }

  return NULL;
}

guint
ring_truth_cohort (RingWorld            *world,
                   RingNode             *from,
                   const WeftRingPoint  *point,
                   gint64                since_usec,
                   gboolean              until_end,
                   RingNode            **nodes,
                   guint                 width)
{
  guint up = find_place (world, point) % world->n_nodes;
  guint down = up;
  /* Both walks together go round once. */
  guint n_left = world->n_nodes;
  guint count = 0;

  while (count < width)
    {
      RingNode *node = walk (world, from, count % 2 == 0 ? &up : &down, &n_left, count % 2 == 0,
                             since_usec, until_end);

      if (node == NULL)
        break;
      nodes[count++] = node;
    }

  return count;
}

RingNode *
ring_truth_nearest (RingWorld           *world,
                    RingNode            *from,
                    const WeftRingPoint *point,
                    gint64               since_usec)
{
  RingNode *nodes[2];
  guint n = ring_truth_cohort (world, from, point, since_usec, TRUE, nodes, 2);
  WeftRingPoint first;
  WeftRingPoint second;

  if (n < 2)
    return n == 1 ? nodes[0] : NULL;
  first = weft_ring_point_distance (point, &nodes[0]->point);
  second = weft_ring_point_distance (point, &nodes[1]->point);

  return weft_ring_point_compare (&first, &second) <= 0 ? nodes[0] : nodes[1];
}

static guint
count_right (RingWorld      *world,
             WeftRingEntry **entries,
             guint           n_entries,
             RingNode      **wanted,
             guint           n_wanted)
{
  guint n_right = 0;
  guint n_taken = 0;

  for (guint i = 0; i < n_entries && n_taken < n_wanted; i++)
    {
      WeftPeerId *peer_id = weft_ring_contact_get_peer_id (entries[i]->contact);
      RingNode *node = ring_world_find (world, peer_id);

      if (node != NULL && node->is_up && !ring_truth_has (world, node, world->now_usec, TRUE))
        continue;
      n_taken++;
      for (guint j = 0; j < n_wanted; j++)
        if (wanted[j] == node)
          {
            n_right++;
            break;
          }
    }

  return n_right;
}

void
ring_truth_compare (RingWorld *world,
                    RingNode  *node,
                    guint     *n_wanted,
                    guint     *n_right)
{
  WeftRingTable *table = weft_ring_machine_get_table (node->machine);
  WeftRingEntry *entries[SIDE_MAX];
  RingNode *wanted[RING_NEIGHBOURS];
  guint n = ring_truth_neighbours (world, node, TRUE, wanted, RING_NEIGHBOURS);
  guint n_entries = weft_ring_table_get_successors (table, entries, SIDE_MAX);

  *n_wanted = n;
  *n_right = count_right (world, entries, n_entries, wanted, n);
  n = ring_truth_neighbours (world, node, FALSE, wanted, RING_NEIGHBOURS);
  n_entries = weft_ring_table_get_predecessors (table, entries, SIDE_MAX);
  *n_wanted += n;
  *n_right += count_right (world, entries, n_entries, wanted, n);
}

double
ring_truth_share (RingWorld *world,
                  guint      n_nodes)
{
  guint64 wanted = 0;
  guint64 right = 0;
  guint step = n_nodes == 0 ? 1 : MAX (world->n_nodes / n_nodes, 1);

  guint first = step > 1 ? ring_chance_below (&world->chance, step) : 0;

  for (guint i = first; i < world->n_nodes; i += step)
    {
      RingNode *node = &world->nodes[i];
      guint n_wanted;
      guint n_right;

      if (!ring_truth_has (world, node, world->now_usec, TRUE))
        continue;
      ring_truth_compare (world, node, &n_wanted, &n_right);
      wanted += n_wanted;
      right += n_right;
    }

  return wanted == 0 ? 0 : (double) right / wanted;
}
