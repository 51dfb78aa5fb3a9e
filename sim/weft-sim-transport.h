/* weft-sim-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-clock.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_TRANSPORT (weft_sim_transport_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimTransport, weft_sim_transport, WEFT, SIM_TRANSPORT,
                      WeftChannelTransport)

WEFT_AVAILABLE_IN_ALL
WeftSimTransport *weft_sim_transport_new (WeftIdentity *identity,
                                          const char   *network,
                                          WeftPeerRole  role,
                                          WeftSimClock *clock,
                                          WeftRandom   *random) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
