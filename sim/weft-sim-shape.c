/* weft-sim-shape.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-shape.h"

/**
 * weft_sim_shape_get_hosts_min:
 * @shape: a shape
 *
 * Gets how many hosts it takes for the shape to cut anything.
 *
 * Returns: the number of hosts
 *
 * Since: 0.1
 */
guint
weft_sim_shape_get_hosts_min (WeftSimShape shape)
{
  switch (shape)
    {
    case WEFT_SIM_SHAPE_SPLIT:
    case WEFT_SIM_SHAPE_ONE_WAY:
    case WEFT_SIM_SHAPE_PARTIAL:
      return 2;

    case WEFT_SIM_SHAPE_BRIDGE:
      return 3;

    case WEFT_SIM_SHAPE_RING:
      return 4;

    default:
      g_return_val_if_reached (0);
    }
}

/* To each side as many as make a majority with the host itself. */
static gboolean
are_ring_neighbours (guint n_hosts,
                     guint from,
                     guint to)
{
  guint n_others = n_hosts / 2;
  guint n_each_side = (n_others + 1) / 2;
  guint distance = from < to ? to - from : from - to;

  return MIN (distance, n_hosts - distance) <= n_each_side;
}

/**
 * weft_sim_shape_hears:
 * @shape: a shape
 * @n_hosts: how many hosts there are
 * @n_first: how many of them are the first group, for shapes that have two
 * @from: the position of a host, from 0
 * @to: that of another one
 *
 * Gets whether what one host says gets to another one. A host always hears itself.
 *
 * Returns: whether @to hears @from
 *
 * Since: 0.1
 */
gboolean
weft_sim_shape_hears (WeftSimShape shape,
                      guint        n_hosts,
                      guint        n_first,
                      guint        from,
                      guint        to)
{
  gboolean is_from_first = from < n_first;
  gboolean is_to_first = to < n_first;

  g_return_val_if_fail (from < n_hosts, FALSE);
  g_return_val_if_fail (to < n_hosts, FALSE);

  if (from == to)
    return TRUE;

  switch (shape)
    {
    case WEFT_SIM_SHAPE_SPLIT:
      return is_from_first == is_to_first;

    case WEFT_SIM_SHAPE_ONE_WAY:
      return !is_from_first || is_to_first;

    case WEFT_SIM_SHAPE_PARTIAL:
      return MAX (from, to) > 1;

    case WEFT_SIM_SHAPE_BRIDGE:
      return MAX (from, to) == n_hosts - 1 || is_from_first == is_to_first;

    case WEFT_SIM_SHAPE_RING:
      return are_ring_neighbours (n_hosts, from, to);

    default:
      g_return_val_if_reached (FALSE);
    }
}
