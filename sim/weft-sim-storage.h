/* weft-sim-storage.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_STORAGE (weft_sim_storage_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimStorage, weft_sim_storage, WEFT, SIM_STORAGE, GObject)

G_END_DECLS
