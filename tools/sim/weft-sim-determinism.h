/* weft-sim-determinism.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* What a run that was performed says of itself. If it is to be checked, the run is done again,
 * and when it differs that is its verdict; the words say where, up to the event. */
JsonNode *weft_sim_determinism_report (WeftSimRun      *run,
                                       WeftSimScenario *scenario,
                                       guint64          seed,
                                       gboolean         is_checked) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
