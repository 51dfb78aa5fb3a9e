/* ring-watch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-watch.h"

#include <math.h>

#define POLL_USEC RING_MSEC (50)
#define SAMPLE_USEC RING_MSEC (500)
#define SIDE_MAX (2 * RING_NEIGHBOURS)

void
ring_watch_init (RingWatch *self,
                 RingWorld *world)
{
  self->world = world;
  self->first_usec = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->gone_usec = g_array_new (FALSE, FALSE, sizeof (gint64));
}

void
ring_watch_clear (RingWatch *self)
{
  g_clear_pointer (&self->first_usec, g_array_unref);
  g_clear_pointer (&self->gone_usec, g_array_unref);
}

static gboolean
is_neighbour (RingNode *node,
              RingNode *other)
{
  return weft_ring_table_is_neighbour (weft_ring_machine_get_table (node->machine),
                                       other->identity.peer_id);
}

static gboolean
has_noticed (RingNode *node,
             RingNode *other)
{
  WeftRingEntry *entry = weft_ring_table_find (weft_ring_machine_get_table (node->machine),
                                               other->identity.peer_id);

  return entry == NULL || entry->liveness != WEFT_RING_ALIVE;
}

void
ring_watch_crash (RingWatch *self,
                  RingNode  *node,
                  gint64     usec)
{
  RingNode *near[2 * SIDE_MAX];
  guint n = ring_truth_neighbours (self->world, node, TRUE, near, SIDE_MAX);
  guint n_watchers = 0;
  gint64 begun_usec = self->world->now_usec;
  gint64 first_usec = usec;
  gint64 gone_usec = usec;

  n += ring_truth_neighbours (self->world, node, FALSE, near + n, SIDE_MAX);
  for (guint i = 0; i < n; i++)
    if (is_neighbour (near[i], node))
      near[n_watchers++] = near[i];

  ring_node_crash (self->world, node);
  while (self->world->now_usec - begun_usec < usec)
    {
      gint64 took_usec;
      gboolean is_gone = TRUE;

      ring_world_run (self->world, POLL_USEC);
      took_usec = self->world->now_usec - begun_usec;
      for (guint i = 0; i < n_watchers; i++)
        {
          if (first_usec == usec && has_noticed (near[i], node))
            first_usec = took_usec;
          is_gone = is_gone && !is_neighbour (near[i], node);
        }
      if (is_gone && gone_usec == usec)
        gone_usec = took_usec;
    }
  g_array_append_val (self->first_usec, first_usec);
  g_array_append_val (self->gone_usec, gone_usec);
}

gint64
ring_watch_until (RingWorld *world,
                  double     share,
                  gint64     limit_usec)
{
  gint64 begun_usec = world->now_usec;

  while (world->now_usec - begun_usec < limit_usec)
    {
      ring_world_run (world, SAMPLE_USEC);
      if (ring_truth_share (world, 0) >= share)
        return world->now_usec - begun_usec;
    }

  return -1;
}

double
ring_watch_neighbours (RingWorld *world,
                       gint64     usec,
                       guint      n_nodes)
{
  gint64 until_usec = world->now_usec + usec;
  double sum = 0;
  guint n = 0;

  while (world->now_usec < until_usec)
    {
      ring_world_run (world, 2 * SAMPLE_USEC);
      sum += ring_truth_share (world, n_nodes);
      n++;
    }

  return n == 0 ? NAN : sum / n;
}

guint
ring_watch_count_alarms (RingWorld *world)
{
  guint n = 0;

  for (guint i = 0; i < world->n_nodes; i++)
    {
      RingNode *node = &world->nodes[i];

      if (node->is_up && weft_ring_machine_is_partitioned (node->machine, world->now_usec, NULL))
        n++;
    }

  return n;
}

gint64
ring_watch_alarms (RingWorld *world,
                   double     share,
                   gint64     limit_usec)
{
  gint64 begun_usec = world->now_usec;

  while (world->now_usec - begun_usec < limit_usec)
    {
      ring_world_run (world, SAMPLE_USEC);
      if (ring_watch_count_alarms (world) >= share * world->n_up)
        return world->now_usec - begun_usec;
    }

  return -1;
}

static int
compare_values (gconstpointer a,
                gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

double
ring_watch_quantile (GArray *values,
                     double  share)
{
  if (values->len == 0)
    return NAN;
  g_array_sort (values, compare_values);

  return g_array_index (values, gint64, MIN ((guint) (share * values->len), values->len - 1));
}
