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
  gsize segment_bytes_max; /* a file of the log of this size is full */
  gsize garbage_bytes_max; /* so much of the log may be of no use, beside as much as is of use */
  gsize cache_bytes_max;   /* what is kept in memory of what is durable */
} WeftFileOptions;

#define WEFT_FILE_SEGMENT_BYTES_MAX (8 * 1024 * 1024)
#define WEFT_FILE_GARBAGE_BYTES_MAX (64 * 1024 * 1024)
#define WEFT_FILE_CACHE_BYTES_MAX (32 * 1024 * 1024)

/* The thread that writes. It takes all jobs that wait, writes them to the log with one sync, and
 * hands them back. */
typedef struct _WeftFileWorker WeftFileWorker;

WeftFileWorker *weft_file_worker_new          (WeftFileLayer           *layer,
                                               const WeftFileOptions   *options,
                                               GArray                  *segments,
                                               WeftFileRecovery        *recovery,
                                               GSource                 *poke)
    G_GNUC_WARN_UNUSED_RESULT;
/* The owner's thread calls these. */
/* Takes all of the jobs: (element-type WeftFileJob). They share a round where they can. */
void            weft_file_worker_push         (WeftFileWorker          *self,
                                               GQueue                  *jobs);
/* Moves the jobs that are done to `results`, oldest first: (element-type WeftFileJob). */
void            weft_file_worker_take         (WeftFileWorker          *self,
                                               GQueue                  *results);
/* Ends the segment in use, and waits for that. */
void            weft_file_worker_checkpoint   (WeftFileWorker          *self);
guint64         weft_file_worker_get_usage    (WeftFileWorker          *self);
guint64         weft_file_worker_get_n_syncs  (WeftFileWorker          *self);
/* Writes what waits, and ends the thread. */
void            weft_file_worker_close        (WeftFileWorker          *self);
void            weft_file_worker_free         (WeftFileWorker          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileWorker, weft_file_worker_free)

G_END_DECLS
