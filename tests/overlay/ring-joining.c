/* ring-joining.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-rows.h"
#include "ring-watch.h"

#include <math.h>

/* A ring beside the one that there is, of nodes that speak of nobody else, and those who begin:
 * some with addresses of the right ring, some with one of the other, too. */

#define N_LIARS 20
#define N_ADDRESSES 3
#define PATIENCE_USEC RING_SECONDS (60)
#define STEP_USEC RING_MSEC (50)
/* As for crashes. */
#define NODES_PER_JOINING 200

static void
bootstrap (RingWorld *world,
           RingNode  *node,
           RingNode  *at)
{
  ring_node_step (world, node, &(WeftRingEvent) { .type = WEFT_RING_EVENT_BOOTSTRAP,
                                                  .text = at->address });
}

/* Who of the right ring is next to it. */
static RingNode *
find_next (RingWorld *world,
           RingNode  *node,
           gboolean   is_clockwise)
{
  RingNode *next = NULL;
  WeftRingPoint best = { { 0 } };

  for (guint i = 0; i < world->settings.n_nodes; i++)
    {
      RingNode *other = &world->nodes[i];
      WeftRingPoint way = is_clockwise ? weft_ring_point_clockwise (&node->point, &other->point)
                                       : weft_ring_point_clockwise (&other->point, &node->point);

      if (next != NULL && weft_ring_point_compare (&way, &best) >= 0)
        continue;
      best = way;
      next = other;
    }

  return next;
}

static gboolean
knows (RingNode *node,
       RingNode *other)
{
  return weft_ring_table_find (weft_ring_machine_get_table (node->machine),
                               other->identity.peer_id) != NULL;
}

static void
start (RingWorld *world,
       RingNode  *node,
       guint      n_lying)
{
  node->side = RING_SIDE_ALL;
  ring_node_start (world, node, 0);
  /* Different ones. */
  for (guint i = 0; i < N_ADDRESSES; i++)
    {
      guint first = i < n_lying ? world->settings.n_nodes : 0;
      guint n = (i < n_lying ? N_LIARS : world->settings.n_nodes) / N_ADDRESSES;

      bootstrap (world, node,
                 &world->nodes[first + i * n + ring_chance_below (&world->chance, n)]);
    }
}

static gboolean
is_astray (RingWorld *world,
           RingNode  *node)
{
  return !knows (node, find_next (world, node, TRUE)) ||
         !knows (node, find_next (world, node, FALSE));
}

/* Starts @n of them at once. How long each takes until it takes itself for joined goes to @times,
 * negative for ever; returns how many are astray then. */
static guint
join (RingWorld *world,
      RingNode  *nodes,
      guint      n,
      guint      n_lying,
      gint64    *times)
{
  gint64 begun_usec = world->now_usec;
  guint n_left = n;
  guint n_astray = 0;

  for (guint i = 0; i < n; i++)
    {
      times[i] = -1;
      start (world, &nodes[i], n_lying);
    }
  while (n_left > 0 && world->now_usec - begun_usec < PATIENCE_USEC)
    {
      ring_world_run (world, STEP_USEC);
      for (guint i = 0; i < n; i++)
        {
          if (times[i] >= 0 || !weft_ring_machine_is_joined (nodes[i].machine))
            continue;
          times[i] = world->now_usec - begun_usec;
          n_astray += is_astray (world, &nodes[i]);
          n_left--;
        }
    }
  for (guint i = 0; i < n; i++)
    ring_node_crash (world, &nodes[i]);

  return n_astray;
}

static void
join_all (RingFigures *figures,
          RingWorld   *world,
          guint        n_joining,
          guint        n_lying,
          RingBar      bar,
          guint       *n_astray)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  RingNode *nodes = &world->nodes[world->settings.n_nodes + N_LIARS];
  guint n_at_once = MAX (world->settings.n_nodes / NODES_PER_JOINING, 1);
  gboolean is_for_ever = FALSE;

  g_array_set_size (times, n_joining);
  for (guint i = 0; i < n_joining; i += n_at_once)
    {
      *n_astray += join (world, nodes + i, MIN (n_at_once, n_joining - i), n_lying,
                         &g_array_index (times, gint64, i));
      ring_world_run (world, RING_SECONDS (2));
    }
  for (guint i = 0; i < n_joining; i++)
    is_for_ever |= g_array_index (times, gint64, i) < 0;
  ring_figures_set (figures, bar, is_for_ever ? INFINITY
                                              : ring_watch_quantile (times, 0.95) / G_USEC_PER_SEC,
                    n_joining);
}

void
ring_rows_joining (RingFigures      *figures,
                   const RingEffort *effort)
{
  guint n_joining = MAX (effort->n_crashes / 4, 1);
  guint n_astray = 0;
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) {
    .n_spare = N_LIARS + n_joining });
  RingNode *first = &world->nodes[world->settings.n_nodes];

  world->is_cut = TRUE;
  for (guint i = 0; i < N_LIARS; i++)
    {
      RingNode *node = &world->nodes[world->settings.n_nodes + i];

      node->side = 1;
      ring_node_start (world, node, 0);
      if (i > 0)
        bootstrap (world, node, first);
      ring_world_run (world, RING_MSEC (100));
    }
  ring_world_run (world, RING_SECONDS (10));
  join_all (figures, world, n_joining, 0, RING_BAR_JOINED, &n_astray);
  join_all (figures, world, n_joining, 1, RING_BAR_JOINED_LIAR, &n_astray);
  ring_figures_set (figures, RING_BAR_ASTRAY, n_astray, 2 * n_joining);
  ring_rows_end (world, effort, "joining");
}
