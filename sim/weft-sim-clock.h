/* weft-sim-clock.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-world.h"

G_BEGIN_DECLS

/**
 * WEFT_SIM_DRIFT_PPM_MAX:
 *
 * How far a clock may run fast or slow, in millionths: half as fast, or half as fast again.
 *
 * Since: 0.1
 */
#define WEFT_SIM_DRIFT_PPM_MAX 500000

#define WEFT_TYPE_SIM_CLOCK (weft_sim_clock_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimClock, weft_sim_clock, WEFT, SIM_CLOCK, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimClock *weft_sim_clock_new        (WeftSimWorld *world,
                                         guint         actor) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftSimWorld *weft_sim_clock_get_world  (WeftSimClock *self);
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_clock_get_actor  (WeftSimClock *self);
WEFT_AVAILABLE_IN_ALL
int           weft_sim_clock_get_drift  (WeftSimClock *self);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_clock_set_drift  (WeftSimClock *self,
                                         int           drift_ppm);
WEFT_AVAILABLE_IN_ALL
gint64        weft_sim_clock_get_skew   (WeftSimClock *self);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_clock_step       (WeftSimClock *self,
                                         gint64        step_usec);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_clock_run_out    (WeftSimClock *self);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_clock_is_run_out (WeftSimClock *self);

G_END_DECLS
