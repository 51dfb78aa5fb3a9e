/* weft-sim-scenario.h
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
 * WEFT_SIM_SCENARIO_BYTES_MAX:
 *
 * The greatest size of a scenario. People write them, so this is a thousand times what they need.
 *
 * Since: 0.1
 */
#define WEFT_SIM_SCENARIO_BYTES_MAX (1024 * 1024)

#define WEFT_TYPE_SIM_SCENARIO (weft_sim_scenario_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimScenario, weft_sim_scenario, WEFT, SIM_SCENARIO, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimScenario *weft_sim_scenario_new_from_text    (const char       *text,
                                                     gssize            length,
                                                     GError          **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode        *weft_sim_scenario_to_json          (WeftSimScenario  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void             weft_sim_scenario_set_signatures   (WeftSimScenario  *self,
                                                     WeftSimSignatures signatures);
WEFT_AVAILABLE_IN_ALL
const char      *weft_sim_scenario_get_name         (WeftSimScenario  *self);
WEFT_AVAILABLE_IN_ALL
const char      *weft_sim_scenario_get_summary      (WeftSimScenario  *self);
WEFT_AVAILABLE_IN_ALL
gboolean         weft_sim_scenario_expects_violation (WeftSimScenario *self);
WEFT_AVAILABLE_IN_ALL
gint64           weft_sim_scenario_get_duration     (WeftSimScenario  *self);

G_END_DECLS
