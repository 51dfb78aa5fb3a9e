/* weft-sim-recording.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-pictures.h"

G_BEGIN_DECLS

/* What is kept of a run while it happens: a trace where somebody wants it, and one by itself to
 * make pictures of. */
typedef struct _WeftSimRecording WeftSimRecording;

/* `trace` is a file, "-" for standard output, or NULL. */
WeftSimRecording *weft_sim_recording_start  (WeftSimRun             *run,
                                             const char             *trace,
                                             const WeftSimPictures  *pictures,
                                             GError                **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* When the run was performed. */
gboolean          weft_sim_recording_finish (WeftSimRecording       *self,
                                             const char             *reproduce,
                                             GError                **error);
void              weft_sim_recording_free   (WeftSimRecording       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimRecording, weft_sim_recording_free)

G_END_DECLS
