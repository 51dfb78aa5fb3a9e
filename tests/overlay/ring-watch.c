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

/* One that crashed, and those who had it for a neighbour. */
typedef struct
{
  RingNode *node;
  RingNode *watchers[2 * SIDE_MAX];
  guint n_watchers;
  gint64 first_usec; /* -1: not yet */
  gint64 gone_usec;
} Crash;

static void
begin_crash (Crash     *self,
             RingWorld *world,
             RingNode  *node)
{
  RingNode *near[2 * SIDE_MAX];
  guint n = ring_truth_neighbours (world, node, TRUE, near, SIDE_MAX);

  n += ring_truth_neighbours (world, node, FALSE, near + n, SIDE_MAX);
  *self = (Crash) { .node = node, .first_usec = -1, .gone_usec = -1 };
  for (guint i = 0; i < n; i++)
    if (is_neighbour (near[i], node))
      self->watchers[self->n_watchers++] = near[i];
  ring_node_crash (world, node);
}

static void
look (Crash *self,
      gint64 took_usec)
{
  gboolean is_gone = TRUE;

  for (guint i = 0; i < self->n_watchers; i++)
    {
      if (self->first_usec < 0 && has_noticed (self->watchers[i], self->node))
        self->first_usec = took_usec;
      is_gone = is_gone && !is_neighbour (self->watchers[i], self->node);
    }
  if (is_gone && self->gone_usec < 0)
    self->gone_usec = took_usec;
}

static gboolean
is_apart (RingWorld *world,
          RingNode  *node,
          GArray    *crashes)
{
  RingNode *near[2 * SIDE_MAX + 1] = { node };
  guint n = 1;

  n += ring_truth_neighbours (world, node, TRUE, near + n, SIDE_MAX);
  n += ring_truth_neighbours (world, node, FALSE, near + n, SIDE_MAX);
  for (guint i = 0; i < crashes->len; i++)
    {
      const Crash *crash = &g_array_index (crashes, Crash, i);

      for (guint j = 0; j < crash->n_watchers; j++)
        for (guint k = 0; k < n; k++)
          if (crash->watchers[j] == near[k])
            return FALSE;
    }

  return TRUE;
}

void
ring_watch_crash (RingWatch *self,
                  guint      n_nodes,
                  gint64     usec)
{
  g_autoptr (GArray) crashes = g_array_sized_new (FALSE, TRUE, sizeof (Crash), n_nodes);
  gint64 begun_usec = self->world->now_usec;

  for (guint i = 0; i < n_nodes; i++)
    {
      RingNode *node;

      do
        node = ring_world_draw_up (self->world);
      while (!is_apart (self->world, node, crashes));
      g_array_set_size (crashes, i + 1);
      begin_crash (&g_array_index (crashes, Crash, i), self->world, node);
    }
  while (self->world->now_usec - begun_usec < usec)
    {
      ring_world_run (self->world, POLL_USEC);
      for (guint i = 0; i < n_nodes; i++)
        look (&g_array_index (crashes, Crash, i), self->world->now_usec - begun_usec);
    }
  for (guint i = 0; i < n_nodes; i++)
    {
      const Crash *crash = &g_array_index (crashes, Crash, i);
      gint64 first_usec = crash->first_usec < 0 ? usec : crash->first_usec;
      gint64 gone_usec = crash->gone_usec < 0 ? usec : crash->gone_usec;

      g_array_append_val (self->first_usec, first_usec);
      g_array_append_val (self->gone_usec, gone_usec);
      ring_node_start (self->world, crash->node, 3);
    }
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
