/* weft-sim-router-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-deployment-private.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_ROUTER (weft_sim_router_get_type ())

G_DECLARE_FINAL_TYPE (WeftSimRouter, weft_sim_router, WEFT, SIM_ROUTER, GObject)

/* `remotes` are the ways to all nodes, by number (element-type WeftRemoteRepo). */
WeftSimRouter *weft_sim_router_new (WeftSimDeployment *deployment,
                                    GPtrArray         *remotes,
                                    WeftSimPrng       *prng) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
