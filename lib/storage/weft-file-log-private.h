/* weft-file-log-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-job-private.h"
#include "weft-file-layer-private.h"
#include "weft-file-recovery-private.h"

G_BEGIN_DECLS

/* The log as the storage's thread sees it: jobs are committed to the segment in use; when it is
 * full, what is in it is written beside it, and another takes its place. */
typedef struct _WeftFileLog WeftFileLog;

/* Takes the contents out of `recovery`. */
WeftFileLog *weft_file_log_new          (WeftFileLayer     *layer,
                                         gsize              segment_bytes_max,
                                         GArray            *segments,
                                         WeftFileRecovery  *recovery) G_GNUC_WARN_UNUSED_RESULT;
void         weft_file_log_free         (WeftFileLog       *self);
/* Encodes jobs and makes them durable, all or those before `*n_committed`, and notes in each where
 * it is. After an error the others never happened, also if the storage is recovered. */
gboolean     weft_file_log_commit       (WeftFileLog       *self,
                                         GPtrArray         *jobs,
                                         guint             *n_committed,
                                         GError           **error);
/* Takes all segments up to one out of the log: where one is missing in between, batches are. Those
 * before the oldest that anybody knows of are such that no batch was ever committed to. */
gboolean     weft_file_log_drop         (WeftFileLog       *self,
                                         guint32            number,
                                         GError           **error);
/* Writes what is in the segment in use beside it, so that it need not be read when it is opened. */
void         weft_file_log_save         (WeftFileLog       *self);
/* The same, and the next batch begins another segment. */
void         weft_file_log_end_segment  (WeftFileLog       *self);
guint64      weft_file_log_get_usage    (WeftFileLog       *self);
guint64      weft_file_log_get_n_syncs  (WeftFileLog       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileLog, weft_file_log_free)

G_END_DECLS
