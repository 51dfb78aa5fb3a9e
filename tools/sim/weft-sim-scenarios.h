/* weft-sim-scenarios.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* A file, or the name of a scenario that comes with Weft. */
WeftSimScenario *weft_sim_scenarios_load (const char  *name,
                                          GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type WeftSimScenario), those that come with Weft, by name. */
GPtrArray       *weft_sim_scenarios_list (GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
