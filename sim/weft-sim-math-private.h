/* weft-sim-math-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The functions of the C library differ in the last bit from machine to machine. These are made of
 * operations that do not, and are right to about 15 digits. */

/* The natural logarithm of a positive, normal number. */
double weft_sim_math_log  (double x);
/* e to the power of a number, which is kept between -700 and 700. */
double weft_sim_math_exp  (double x);
/* The root of a number that is not negative. */
double weft_sim_math_sqrt (double x);

G_END_DECLS
