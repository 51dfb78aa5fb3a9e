/* weft-file-log-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-job-private.h"
#include "weft-file-layer-private.h"
#include "weft-file-recovery-private.h"

G_BEGIN_DECLS

/* The journal and the files behind it, as one thread sees them: jobs are committed to the segment
 * in use; when it is full the other takes its place, and what it held is brought to the files by a
 * thread of its own, so that no batch waits for a file system that is slow to make files. */
typedef struct _WeftFileLog WeftFileLog;

/* Called on that thread when it is done, so that somebody calls weft_file_log_poll(). */
typedef void (*WeftFileLogFunc) (gpointer user_data);

WeftFileLog *weft_file_log_new          (WeftFileLayer           *layer,
                                         gsize                    segment_bytes_max,
                                         const WeftFileRecovery  *recovery,
                                         gint64                   usage,
                                         WeftFileLogFunc          notify,
                                         gpointer                 user_data,
                                         GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
void         weft_file_log_free         (WeftFileLog             *self);
/* Makes encoded jobs durable, all or those before `*n_committed`, which are the log's then. After
 * an error the others never happened, also if the storage is recovered. */
gboolean     weft_file_log_commit       (WeftFileLog             *self,
                                         GPtrArray               *jobs,
                                         guint                   *n_committed,
                                         GError                 **error);
/* Whether something is being brought to the files; whether there is more to bring. */
gboolean     weft_file_log_is_applying  (WeftFileLog             *self);
gboolean     weft_file_log_is_dirty     (WeftFileLog             *self);
/* Sees how bringing it there goes; after an error the next call begins again. */
gboolean     weft_file_log_poll         (WeftFileLog             *self,
                                         GError                 **error);
/* Begins to bring the segment in use to the files, which nothing else is being brought to. */
gboolean     weft_file_log_switch       (WeftFileLog             *self,
                                         GError                 **error);
/* Brings everything to the files. With `is_last` the journal says so, and has nothing to replay. */
gboolean     weft_file_log_checkpoint   (WeftFileLog             *self,
                                         gboolean                 is_last,
                                         GError                 **error);
/* The number of the last job that is in the files. */
guint64      weft_file_log_get_applied  (WeftFileLog             *self);
gint64       weft_file_log_get_usage    (WeftFileLog             *self);
guint64      weft_file_log_get_n_syncs  (WeftFileLog             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileLog, weft_file_log_free)

G_END_DECLS
