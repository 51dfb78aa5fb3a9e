/* weft-file-worker-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-job-private.h"
#include "weft-file-layer-private.h"
#include "weft-file-recovery-private.h"

G_BEGIN_DECLS

/* What can be set; tests make it small. */
typedef struct
{
  gsize segment_bytes_max; /* a journal segment of this size is brought to the files */
  gint64 idle_usec;        /* so is a smaller one when nothing came for so long; 0 for never */
  gsize cache_bytes_max;   /* what is kept in memory of what is in the files */
} WeftFileOptions;

/* Held jobs take ten times their text in memory, so this bounds that too. */
#define WEFT_FILE_SEGMENT_BYTES_MAX (8 * 1024 * 1024)
/* A node that was restarted by its supervisor should not have much to replay. */
#define WEFT_FILE_IDLE_USEC (2 * G_TIME_SPAN_SECOND)
#define WEFT_FILE_CACHE_BYTES_MAX (32 * 1024 * 1024)

/* The thread that writes. It takes all jobs that wait, writes them to the journal with one sync,
 * tells the owner, and brings full segments to the files in between. */
typedef struct _WeftFileWorker WeftFileWorker;

typedef struct
{
  guint64 number;
  GError *error; /* NULL when it is durable */
} WeftFileResult;

WeftFileWorker *weft_file_worker_new          (WeftFileLayer           *layer,
                                               const WeftFileOptions   *options,
                                               const WeftFileRecovery  *recovery,
                                               gint64                   usage,
                                               GSource                 *poke,
                                               GError                 **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The owner's thread calls these. */
void            weft_file_worker_push         (WeftFileWorker          *self,
                                               WeftFileJob             *job);
/* Moves the results to `results`, oldest first. What is up to `*applied_number` is in the files. */
void            weft_file_worker_take         (WeftFileWorker          *self,
                                               GQueue                  *results,
                                               guint64                 *applied_number);
void            weft_file_worker_checkpoint   (WeftFileWorker          *self);
gint64          weft_file_worker_get_usage    (WeftFileWorker          *self);
guint64         weft_file_worker_get_n_syncs  (WeftFileWorker          *self);
/* Writes what waits, brings all of it to the files, and ends the thread. */
gboolean        weft_file_worker_close        (WeftFileWorker          *self,
                                               GError                 **error);
void            weft_file_worker_free         (WeftFileWorker          *self);
void            weft_file_result_free         (WeftFileResult          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileWorker, weft_file_worker_free)

G_END_DECLS
