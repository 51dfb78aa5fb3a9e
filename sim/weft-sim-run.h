/* weft-sim-run.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-history.h"
#include "weft-sim-scenario.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/**
 * WeftSimVerdict:
 * @WEFT_SIM_VERDICT_PASS: nothing was wrong, and in the end all worked
 * @WEFT_SIM_VERDICT_VIOLATION: something happened that must never happen
 * @WEFT_SIM_VERDICT_UNDECIDED: nothing was wrong, but not all worked again within the stated time
 *
 * What is to be said of a run.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_VERDICT_PASS,
  WEFT_SIM_VERDICT_VIOLATION,
  WEFT_SIM_VERDICT_UNDECIDED,
} WeftSimVerdict;

#define WEFT_TYPE_SIM_RUN (weft_sim_run_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimRun, weft_sim_run, WEFT, SIM_RUN, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimRun     *weft_sim_run_new            (WeftSimScenario *scenario,
                                             guint64          seed) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftSimWorld   *weft_sim_run_get_world      (WeftSimRun      *self);
WEFT_AVAILABLE_IN_ALL
WeftSimHistory *weft_sim_run_get_history    (WeftSimRun      *self);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_run_set_up         (WeftSimRun      *self);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_run_set_scenario   (WeftSimRun      *self,
                                             WeftSimScenario *scenario);
WEFT_AVAILABLE_IN_ALL
WeftSimVerdict  weft_sim_run_perform        (WeftSimRun      *self);
WEFT_AVAILABLE_IN_ALL
gboolean        weft_sim_run_is_as_expected (WeftSimRun      *self);
WEFT_AVAILABLE_IN_ALL
const char     *weft_sim_run_get_reason     (WeftSimRun      *self);
WEFT_AVAILABLE_IN_ALL
JsonNode       *weft_sim_run_to_report      (WeftSimRun      *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char     *weft_sim_get_build          (void);

G_END_DECLS
