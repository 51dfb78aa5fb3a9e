/* test-ring-rig.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "ring-bars.h"
#include "ring-hostile.h"
#include "ring-truth.h"
#include "ring-watch.h"

static void
test_heap_order (void)
{
  RingChance chance = { 7 };
  RingHeap heap;
  gint64 last_usec = -1;
  guint64 last_id = 0;
  guint n = 0;
  RingEvent *event;

  g_test_summary ("Events come by time, those of one time in the order in which they were added.");

  ring_heap_init (&heap);
  for (guint i = 0; i < 5000; i++)
    ring_heap_add (&heap, ring_chance_below (&chance, 500))->id = i;
  g_assert_null (ring_heap_take (&heap, -1));
  while ((event = ring_heap_take (&heap, G_MAXINT64)) != NULL)
    {
      g_assert_cmpint (event->at_usec, >=, last_usec);
      if (event->at_usec == last_usec)
        g_assert_cmpuint (event->id, >, last_id);
      last_usec = event->at_usec;
      last_id = event->id;
      ring_heap_done (&heap, event);
      n++;
    }
  g_assert_cmpuint (n, ==, 5000);
  ring_heap_clear (&heap);
}

static void
test_chance (void)
{
  RingChance chance = { 1 };
  double sum = 0;

  g_test_summary ("What is drawn has the mean that was asked for.");

  for (guint i = 0; i < 100000; i++)
    sum += ring_chance_exponential (&chance, 60);
  g_assert_cmpfloat (fabs (sum / 100000 - 60), <, 1);
}

static void
test_keys (void)
{
  RingKeys keys = { .secret = 11 };
  RingChance chance = { 3 };
  RingIdentity alice;
  RingIdentity mallory;
  g_autoptr (GBytes) text = g_bytes_new_static ("the same text", 13);
  g_autoptr (GBytes) other = g_bytes_new_static ("the same texT", 13);
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GBytes) forged = NULL;

  g_test_summary ("A signature is of one peer, on one text.");

  ring_identity_init (&alice, &keys, &chance);
  ring_identity_init (&mallory, &keys, &chance);
  signature = ring_identity_sign (text, &alice);
  forged = ring_identity_sign (text, &mallory);
  g_assert_cmpuint (g_bytes_get_size (signature), ==, 64);
  g_assert_true (ring_keys_verify (alice.peer_id, text, signature, &keys));
  g_assert_false (ring_keys_verify (alice.peer_id, other, signature, &keys));
  g_assert_false (ring_keys_verify (alice.peer_id, text, forged, &keys));
  g_assert_false (ring_keys_verify (mallory.peer_id, text, signature, &keys));
  ring_identity_clear (&alice);
  ring_identity_clear (&mallory);
}

static void
test_sybil_place (void)
{
  RingKeys keys = { .secret = 11 };
  RingChance chance = { 3 };
  WeftRingPoint point = { { 42, 1, 2, 3 } };
  WeftRingPoint place;
  WeftRingPoint distance;
  guint8 key[WEFT_RING_KEY_LENGTH];
  RingIdentity sybil;

  g_test_summary ("A sybil gets to a place by trying identities.");

  ring_identity_init_near (&sybil, &keys, &chance, &point, 0.01);
  weft_ring_key_for_peer (sybil.peer_id, key);
  weft_ring_point_from_key (&place, key);
  distance = weft_ring_point_distance (&place, &point);
  g_assert_cmpfloat (weft_ring_point_to_fraction (&distance), <=, 0.01);
  ring_identity_clear (&sybil);
}

/* All are there but every third, and those that came a moment ago. */
static RingWorld *
make_world (void)
{
  RingWorld *world = ring_world_new (&(RingSettings) { .seed = 5, .n_nodes = 60 });

  world->now_usec = RING_SECONDS (100);
  for (guint i = 0; i < world->n_nodes; i++)
    {
      world->nodes[i].is_up = i % 3 != 0;
      world->nodes[i].up_usec = i % 5 == 0 ? world->now_usec - 1 : 0;
    }

  return world;
}

static gboolean
is_there (const RingNode *node)
{
  return node->index % 3 != 0 && node->index % 5 != 0;
}

static void
test_truth_nearest (void)
{
  g_autoptr (RingWorld) world = make_world ();

  g_test_summary ("The oracle's nearest is the nearest of all, one after the other.");

  for (guint i = 0; i < 500; i++)
    {
      WeftRingPoint key = { { ring_chance_next (&world->chance), 0, 0, i } };
      WeftRingPoint best = { { 0 } };
      RingNode *nearest = NULL;

      for (guint j = 0; j < world->n_nodes; j++)
        {
          RingNode *node = &world->nodes[j];
          WeftRingPoint distance = weft_ring_point_distance (&key, &node->point);

          if (!is_there (node)
              || (nearest != NULL && weft_ring_point_compare (&distance, &best) >= 0))
            continue;
          best = distance;
          nearest = node;
        }
      g_assert_true (ring_truth_nearest (world, &world->nodes[1], &key, world->now_usec)
                     == nearest);
    }
}

/* How many of those that are there are between @from and @to, clockwise; without the two. */
static guint
count_between (RingWorld           *world,
               const WeftRingPoint *from,
               const RingNode      *to)
{
  guint n = 0;

  for (guint i = 0; i < world->n_nodes; i++)
    {
      RingNode *node = &world->nodes[i];

      if (is_there (node) && node != to
          && weft_ring_point_is_between (&node->point, from, &to->point))
        n++;
    }

  return n;
}

static void
test_truth_neighbours (void)
{
  g_autoptr (RingWorld) world = make_world ();
  RingNode *nodes[RING_NEIGHBOURS];

  g_test_summary ("The i-th neighbour has i others between, and who is cut off is none.");

  for (guint i = 0; i < world->n_nodes; i++)
    {
      RingNode *node = &world->nodes[i];
      guint n;

      if (!is_there (node))
        continue;
      n = ring_truth_neighbours (world, node, TRUE, nodes, RING_NEIGHBOURS);
      g_assert_cmpuint (n, ==, RING_NEIGHBOURS);
      for (guint j = 0; j < n; j++)
        g_assert_cmpuint (count_between (world, &node->point, nodes[j]), ==, j);
      n = ring_truth_neighbours (world, node, FALSE, nodes, RING_NEIGHBOURS);
      g_assert_cmpuint (n, ==, RING_NEIGHBOURS);
      for (guint j = 0; j < n; j++)
        g_assert_cmpuint (count_between (world, &nodes[j]->point, node), ==, j);
    }

  world->is_cut = TRUE;
  for (guint i = 0; i < world->n_nodes; i++)
    world->nodes[i].side = i % 2;
  g_assert_cmpuint (ring_truth_neighbours (world, &world->nodes[1], TRUE, nodes, RING_NEIGHBOURS),
                    ==, RING_NEIGHBOURS);
  for (guint i = 0; i < RING_NEIGHBOURS; i++)
    g_assert_cmpuint (nodes[i]->side, ==, 1);
}

static void
test_truth_cohort (void)
{
  g_autoptr (RingWorld) world = make_world ();
  RingNode *wide[64];
  RingNode *narrow[5];
  WeftRingPoint key = { { G_GUINT64_CONSTANT (0x8000000000000000), 0, 0, 0 } };
  guint n;

  g_test_summary ("A cohort has successors and predecessors by turns; all, when it is wide.");

  n = ring_truth_cohort (world, &world->nodes[1], &key, world->now_usec, TRUE, wide, 64);
  g_assert_cmpuint (n, ==, 32);
  for (guint i = 0; i < 16; i++)
    if (i % 2 == 0)
      g_assert_cmpuint (count_between (world, &key, wide[i]), ==, i / 2);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      g_assert_true (wide[i] != wide[j]);
  n = ring_truth_cohort (world, &world->nodes[1], &key, world->now_usec, TRUE, narrow, 5);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpmem (narrow, sizeof narrow, wide, sizeof narrow);
}

static void
test_quantile (void)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_test_summary ("Of 100 values in any order, 95 are below the one at 0.95.");

  g_assert_true (isnan (ring_watch_quantile (values, 0.5)));
  for (guint i = 0; i < 100; i++)
    {
      gint64 value = (i * 37) % 100;

      g_array_append_val (values, value);
    }
  g_assert_cmpfloat (ring_watch_quantile (values, 0.5), ==, 50);
  g_assert_cmpfloat (ring_watch_quantile (values, 0.95), ==, 95);
  g_assert_cmpfloat (ring_watch_quantile (values, 1), ==, 99);
}

static void
test_bars (void)
{
  RingFigures figures;

  g_test_summary ("A row holds at its bar, not past it, and not before it was measured.");

  ring_figures_init (&figures, 1000, 1);
  g_assert_false (ring_figures_holds (&figures, RING_BAR_HOPS));
  ring_figures_set (&figures, RING_BAR_HOPS, 1.1, 1);
  g_assert_true (ring_figures_holds (&figures, RING_BAR_HOPS));
  ring_figures_set (&figures, RING_BAR_HOPS, 1.11, 1);
  g_assert_false (ring_figures_holds (&figures, RING_BAR_HOPS));
  ring_figures_set (&figures, RING_BAR_LOOKUP_2, 99.5, 1);
  g_assert_true (ring_figures_holds (&figures, RING_BAR_LOOKUP_2));
  ring_figures_set (&figures, RING_BAR_LOOKUP_2, 99.49, 1);
  g_assert_false (ring_figures_holds (&figures, RING_BAR_LOOKUP_2));
  g_assert_cmpfloat (ring_bar_get (RING_BAR_HOPS, 100), ==, 1.1);
  g_assert_cmpfloat (ring_bar_get (RING_BAR_HOPS_64, 1000), ==, 2.4);
  g_assert_cmpfloat (ring_bar_get (RING_BAR_HOPS_64, 10000), ==, 3.6);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-rig/heap-order", test_heap_order);
  g_test_add_func ("/ring-rig/chance", test_chance);
  g_test_add_func ("/ring-rig/keys", test_keys);
  g_test_add_func ("/ring-rig/sybil-place", test_sybil_place);
  g_test_add_func ("/ring-rig/truth-nearest", test_truth_nearest);
  g_test_add_func ("/ring-rig/truth-neighbours", test_truth_neighbours);
  g_test_add_func ("/ring-rig/truth-cohort", test_truth_cohort);
  g_test_add_func ("/ring-rig/quantile", test_quantile);
  g_test_add_func ("/ring-rig/bars", test_bars);

  return g_test_run ();
}
