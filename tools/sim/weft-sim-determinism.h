/* weft-sim-determinism.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* Does a run again. When it differs, the words say where, up to the event; otherwise NULL. */
char *weft_sim_determinism_check (WeftSimRun      *run,
                                  WeftSimScenario *scenario,
                                  guint64          seed) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
