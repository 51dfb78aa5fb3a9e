/* weft-sim-buggify.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-buggify-private.h"

#include "weft-sim-fence-private.h"
#include "weft-sim-world-private.h"

/* Of all points a world takes part in half: some bugs only show when others do not. */
#define IS_ON 0.5

/* What is known of a point in one world. */
typedef struct
{
  gboolean is_on;
  WeftSimPrng *prng; /* of the world */
  char *counter;
} Point;

static void
point_free (gpointer data)
{
  Point *self = data;

  g_free (self->counter);
  g_free (self);
}

static int
compare_words (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return g_strcmp0 (a, b);
}

static Point *
get_point (WeftSimWorld *world,
           const char   *name)
{
  Point *point;

  if (world->points == NULL)
    world->points = g_tree_new_full (compare_words, NULL, g_free, point_free);
  point = g_tree_lookup (world->points, name);
  if (point == NULL)
    {
      point = g_new0 (Point, 1);
      point->counter = g_strconcat ("buggify-", name, NULL);
      point->prng = weft_sim_world_get_stream (world, point->counter);
      point->is_on = weft_sim_prng_chance (point->prng, IS_ON);
      g_tree_insert (world->points, g_strdup (name), point);
    }

  return point;
}

gboolean
weft_sim_buggify (const char *name)
{
  WeftSimWorld *world = weft_sim_fence_peek ();
  Point *point;

  if (world == NULL || world->buggify <= 0)
    return FALSE;
  point = get_point (world, name);
  if (!point->is_on || !weft_sim_prng_chance (point->prng, world->buggify))
    return FALSE;

  weft_sim_world_count (world, point->counter, 1);

  return TRUE;
}

/**
 * weft_sim_world_set_buggify:
 * @self: a world
 * @chance: how likely something rare happens at each point of the library, from 0 to below 1: what
 *   is put off for ever never happens
 *
 * Makes things common in this world that are rare and allowed: caches miss, pages are short,
 * whoever tries again does so at once. Each world takes part in half of the points, which its
 * seed decides, and each point draws from a stream of its own. Counters that begin with
 * `buggify-` tell what happened.
 *
 * Nothing comes of it where the library was built without such points.
 *
 * Since: 0.1
 */
void
weft_sim_world_set_buggify (WeftSimWorld *self,
                            double        chance)
{
  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (chance >= 0);
  g_return_if_fail (chance < 1);

  if (chance > 0)
    weft_buggify_set_func (weft_sim_buggify);
  self->buggify = chance;
}
