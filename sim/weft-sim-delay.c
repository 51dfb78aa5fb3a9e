/* weft-sim-delay.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-delay.h"

#include "weft-sim-math-private.h"

G_DEFINE_BOXED_TYPE (WeftSimDelay, weft_sim_delay, weft_sim_delay_copy, weft_sim_delay_free)

/**
 * weft_sim_delay_copy:
 * @self: a distribution
 *
 * Copies a distribution.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
WeftSimDelay *
weft_sim_delay_copy (const WeftSimDelay *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * weft_sim_delay_free:
 * @self: a distribution
 *
 * Frees a copy.
 *
 * Since: 0.1
 */
void
weft_sim_delay_free (WeftSimDelay *self)
{
  g_free (self);
}

/* Above zero and at most one, so that it has a logarithm. */
static double
draw_positive (WeftSimPrng *prng)
{
  return 1 - weft_sim_prng_unit (prng);
}

/* By the polar method: a point in the unit disc gives two, of which one is used. */
static double
draw_normal (WeftSimPrng *prng)
{
  double x;
  double y;
  double square;

  do
    {
      x = 2 * weft_sim_prng_unit (prng) - 1;
      y = 2 * weft_sim_prng_unit (prng) - 1;
      square = x * x + y * y;
    }
  while (square >= 1 || square == 0);

  return x * weft_sim_math_sqrt (-2 * weft_sim_math_log (square) / square);
}

static double
draw_multiple (const WeftSimDelay *self,
               WeftSimPrng        *prng)
{
  switch (self->shape)
    {
    case WEFT_SIM_DELAY_SHAPE_CONSTANT:
      return 0;

    case WEFT_SIM_DELAY_SHAPE_UNIFORM:
      return weft_sim_prng_unit (prng);

    case WEFT_SIM_DELAY_SHAPE_EXPONENTIAL:
      return -weft_sim_math_log (draw_positive (prng));

    case WEFT_SIM_DELAY_SHAPE_LOG_NORMAL:
      return weft_sim_math_exp (self->tail * draw_normal (prng));

    case WEFT_SIM_DELAY_SHAPE_PARETO:
      return weft_sim_math_exp (-weft_sim_math_log (draw_positive (prng)) / self->tail) - 1;

    default:
      g_assert_not_reached ();
    }
}

/**
 * weft_sim_delay_draw:
 * @self: a distribution
 * @prng: the stream to draw from
 *
 * Draws a delay. A constant one draws nothing.
 *
 * Returns: microseconds, from zero to %WEFT_SIM_DELAY_USEC_MAX
 *
 * Since: 0.1
 */
gint64
weft_sim_delay_draw (const WeftSimDelay *self,
                     WeftSimPrng        *prng)
{
  double usec;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (prng != NULL, 0);

  usec = (double) self->least_usec + (double) self->spread_usec * draw_multiple (self, prng);

  return (gint64) CLAMP (usec, 0, (double) WEFT_SIM_DELAY_USEC_MAX);
}
