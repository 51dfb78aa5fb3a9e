/* weft-sim-prng-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-prng.h"

G_BEGIN_DECLS

/* Draws lower case letters. */
void weft_sim_prng_spell (WeftSimPrng *self,
                          char        *letters,
                          gsize        n_letters);

G_END_DECLS
