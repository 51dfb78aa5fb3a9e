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
/* From now on what is pending has to stay so until it is dropped or expires. */
void             weft_sim_recorder_expect_promises (WeftSimRecorder *self);
/* The revision that the client read last, or 0. */
gint64           weft_sim_recorder_get_rev         (WeftSimRecorder *self,
                                                    const char      *block_id);
/* What a writer says that it has made; NULL is a deleted block. */
void             weft_sim_recorder_see_written     (WeftSimRecorder *self,
                                                    const char      *block_id,
                                                    WeftBlock       *block,
                                                    WeftActionRev   *made);

G_END_DECLS
