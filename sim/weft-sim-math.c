/* weft-sim-math.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-math-private.h"

#include <string.h>

#define LN_2 0.6931471805599453
#define EXPONENT_BIAS 1023
#define FRACTION_BITS 52

/* 2 to the power of a whole number for which the result is a normal number. */
static double
power_of_two (int exponent)
{
  guint64 bits = (guint64) (exponent + EXPONENT_BIAS) << FRACTION_BITS;
  double result;

  memcpy (&result, &bits, sizeof result);

  return result;
}

static int
get_exponent (double x)
{
  guint64 bits;

  memcpy (&bits, &x, sizeof bits);

  return (int) (bits >> FRACTION_BITS & 0x7ff) - EXPONENT_BIAS;
}

double
weft_sim_math_log (double x)
{
  int exponent;
  double ratio;
  double square;
  double sum = 0;

  g_assert (x > 0);

  exponent = get_exponent (x);
  x *= power_of_two (-exponent);
  if (x > 1.4142135623730951)
    {
      x *= 0.5;
      exponent++;
    }

  /* The series of the inverse hyperbolic tangent; the ratio is below 0.172. */
  ratio = (x - 1) / (x + 1);
  square = ratio * ratio;
  for (int i = 21; i >= 1; i -= 2)
    sum = sum * square + 1.0 / i;

  return 2 * ratio * sum + exponent * LN_2;
}

double
weft_sim_math_exp (double x)
{
  int exponent;
  double sum = 1;

  x = CLAMP (x, -700, 700);
  exponent = (int) (x / LN_2 + (x < 0 ? -0.5 : 0.5));
  x -= exponent * LN_2;
  for (int i = 16; i >= 1; i--)
    sum = 1 + sum * x / i;

  return sum * power_of_two (exponent);
}

double
weft_sim_math_sqrt (double x)
{
  double root;

  if (x <= 0)
    return 0;

  /* Within a factor of two, which each step halves and then squares. */
  root = power_of_two (get_exponent (x) / 2);
  for (int i = 0; i < 8; i++)
    root = 0.5 * (root + x / root);

  return root;
}
