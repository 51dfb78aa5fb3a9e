/* weft-sim-shape.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

/**
 * WeftSimShape:
 * @WEFT_SIM_SHAPE_SPLIT: two groups that do not hear each other
 * @WEFT_SIM_SHAPE_ONE_WAY: two groups, of which nothing gets from the first to the other
 * @WEFT_SIM_SHAPE_PARTIAL: the first two do not hear each other; all others hear everybody
 * @WEFT_SIM_SHAPE_BRIDGE: two groups that do not hear each other, and the last host, which is in
 *   neither and hears both
 * @WEFT_SIM_SHAPE_RING: each host hears those next to it on a ring: with itself more than half of
 *   all, and no two hear the same
 *
 * Named shapes of partitions: who hears whom.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_SHAPE_SPLIT,
  WEFT_SIM_SHAPE_ONE_WAY,
  WEFT_SIM_SHAPE_PARTIAL,
  WEFT_SIM_SHAPE_BRIDGE,
  WEFT_SIM_SHAPE_RING,
} WeftSimShape;

WEFT_AVAILABLE_IN_ALL
guint    weft_sim_shape_get_hosts_min (WeftSimShape shape);
WEFT_AVAILABLE_IN_ALL
gboolean weft_sim_shape_hears         (WeftSimShape shape,
                                       guint        n_hosts,
                                       guint        n_first,
                                       guint        from,
                                       guint        to);

G_END_DECLS
