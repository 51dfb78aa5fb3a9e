/* weft-sim-delay.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-prng.h"

G_BEGIN_DECLS

/**
 * WEFT_SIM_DELAY_USEC_MAX:
 *
 * No delay is longer than an hour, however long the tail of its distribution.
 *
 * Since: 0.1
 */
#define WEFT_SIM_DELAY_USEC_MAX G_TIME_SPAN_HOUR

/**
 * WeftSimDelayShape:
 * @WEFT_SIM_DELAY_SHAPE_CONSTANT: always the least
 * @WEFT_SIM_DELAY_SHAPE_UNIFORM: anything up to the spread more, all equally likely
 * @WEFT_SIM_DELAY_SHAPE_EXPONENTIAL: more by the spread in the mean
 * @WEFT_SIM_DELAY_SHAPE_LOG_NORMAL: more by the spread in the median; the tail is the standard
 *   deviation of the logarithm
 * @WEFT_SIM_DELAY_SHAPE_PARETO: more by a multiple of the spread that is rarely very large; the
 *   tail is the exponent, and the smaller it is the longer the tail
 *
 * How delays are distributed.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_DELAY_SHAPE_CONSTANT,
  WEFT_SIM_DELAY_SHAPE_UNIFORM,
  WEFT_SIM_DELAY_SHAPE_EXPONENTIAL,
  WEFT_SIM_DELAY_SHAPE_LOG_NORMAL,
  WEFT_SIM_DELAY_SHAPE_PARETO,
} WeftSimDelayShape;

#define WEFT_TYPE_SIM_DELAY (weft_sim_delay_get_type ())

/**
 * WeftSimDelay:
 * @shape: how delays are distributed
 * @least_usec: the shortest delay, in microseconds
 * @spread_usec: by how much delays are longer, in microseconds
 * @tail: what else the shape needs, above zero for the last two
 *
 * A distribution of delays.
 *
 * Since: 0.1
 */
typedef struct
{
  WeftSimDelayShape shape;
  gint64 least_usec;
  gint64 spread_usec;
  double tail;
} WeftSimDelay;

WEFT_AVAILABLE_IN_ALL
GType         weft_sim_delay_get_type (void);
WEFT_AVAILABLE_IN_ALL
WeftSimDelay *weft_sim_delay_copy     (const WeftSimDelay *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void          weft_sim_delay_free     (WeftSimDelay       *self);
WEFT_AVAILABLE_IN_ALL
gint64        weft_sim_delay_draw     (const WeftSimDelay *self,
                                       WeftSimPrng        *prng);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimDelay, weft_sim_delay_free)

G_END_DECLS
