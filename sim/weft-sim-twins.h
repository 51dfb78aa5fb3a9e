/* weft-sim-twins.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-node.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_TWINS (weft_sim_twins_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimTwins, weft_sim_twins, WEFT, SIM_TWINS, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimTwins *weft_sim_twins_new       (WeftSimWorld *world,
                                        const char   *name,
                                        WeftPeerRole  role) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftSimNode  *weft_sim_twins_get_node  (WeftSimTwins *self,
                                        guint         which);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_twins_show      (WeftSimTwins *self,
                                        guint         host,
                                        guint         which);
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_twins_get_shown (WeftSimTwins *self,
                                        guint         host);

G_END_DECLS
