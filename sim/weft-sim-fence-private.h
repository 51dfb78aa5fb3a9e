/* weft-sim-fence-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-fence.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/* The fence is around a world while one of its events happens, and around one thread only. Gives
 * the world it was around before, for when the event is over: an event may run another world. */
WeftSimWorld *weft_sim_fence_raise (WeftSimWorld *world);
void          weft_sim_fence_lower (WeftSimWorld *outer);
/* The world an event of which happens, or NULL. */
WeftSimWorld *weft_sim_fence_peek  (void);
/* The next turn of a main context begins. */
void          weft_sim_fence_turn  (void);

G_END_DECLS
