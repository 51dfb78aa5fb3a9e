/* weft-sim-recorder-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-history.h"
#include "weft-sim-names-private.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_RECORDER (weft_sim_recorder_get_type ())

G_DECLARE_FINAL_TYPE (WeftSimRecorder, weft_sim_recorder, WEFT, SIM_RECORDER, GObject)

/* `within` is where the trace's number of what the client is at is found. */
WeftSimRecorder *weft_sim_recorder_new (WeftRepo       *repo,
                                        WeftSimWorld   *world,
                                        WeftSimHistory *history,
                                        WeftSimNames   *names,
                                        guint           actor,
                                        const guint64  *within,
                                        guint           client) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
