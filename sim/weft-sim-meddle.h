/* weft-sim-meddle.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-network.h"

G_BEGIN_DECLS

/**
 * WeftSimMeddling:
 * @WEFT_SIM_MEDDLING_WITHHOLD: it is not sent
 * @WEFT_SIM_MEDDLING_REPLAY: it says what an earlier one of its kind said
 * @WEFT_SIM_MEDDLING_TRUNCATE: only its beginning is sent
 * @WEFT_SIM_MEDDLING_FORGE: something in what it says is changed
 *
 * What somebody who is not honest does to messages of its own.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_MEDDLING_WITHHOLD,
  WEFT_SIM_MEDDLING_REPLAY,
  WEFT_SIM_MEDDLING_TRUNCATE,
  WEFT_SIM_MEDDLING_FORGE,
} WeftSimMeddling;

WEFT_AVAILABLE_IN_ALL
void weft_sim_network_meddle        (WeftSimNetwork  *self,
                                     guint            from,
                                     guint            to,
                                     WeftSimMeddling  meddling,
                                     const char      *filter,
                                     double           chance);
WEFT_AVAILABLE_IN_ALL
void weft_sim_network_stop_meddling (WeftSimNetwork  *self,
                                     guint            from);

G_END_DECLS
