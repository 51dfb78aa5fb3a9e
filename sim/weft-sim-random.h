/* weft-sim-random.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_RANDOM (weft_sim_random_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimRandom, weft_sim_random, WEFT, SIM_RANDOM, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimRandom *weft_sim_random_new (guint64     seed,
                                    const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
