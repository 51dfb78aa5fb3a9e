/* weft-sim-fence.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

WEFT_AVAILABLE_IN_ALL
void     weft_sim_fence_install            (void);
WEFT_AVAILABLE_IN_ALL
gboolean weft_sim_fence_is_installed       (void);
WEFT_AVAILABLE_IN_ALL
gboolean weft_sim_fence_is_up              (void);
WEFT_AVAILABLE_IN_ALL
gint64   weft_sim_fence_get_monotonic_time (void);
WEFT_AVAILABLE_IN_ALL
gint64   weft_sim_fence_get_calendar_time  (void);

G_END_DECLS
