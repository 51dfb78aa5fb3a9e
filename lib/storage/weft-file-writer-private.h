/* weft-file-writer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-index-private.h"
#include "weft-file-worker-private.h"
#include "weft-storage.h"

G_BEGIN_DECLS

/* The batches that are on their way, on the owner's thread: each changes the index at once, goes to
 * the worker, and is told of when it is durable, or taken back. */
typedef struct _WeftFileWriter WeftFileWriter;

WeftFileWriter *weft_file_writer_new         (WeftStorage            *storage,
                                              WeftFileLayer          *layer,
                                              WeftFileIndex          *index,
                                              const WeftFileOptions  *options,
                                              GArray                 *segments,
                                              WeftFileRecovery       *recovery)
    G_GNUC_WARN_UNUSED_RESULT;
/* It must be closed. */
void            weft_file_writer_free        (WeftFileWriter         *self);
void            weft_file_writer_submit      (WeftFileWriter         *self,
                                              WeftBatch              *batch,
                                              WeftBatchDoneFunc       done,
                                              gpointer                user_data);
/* Makes everything durable that was submitted; what else is to be told comes from the main loop. */
gboolean        weft_file_writer_close       (WeftFileWriter         *self,
                                              GError                **error);
void            weft_file_writer_checkpoint  (WeftFileWriter         *self);
guint64         weft_file_writer_get_usage   (WeftFileWriter         *self);
guint64         weft_file_writer_get_n_syncs (WeftFileWriter         *self);

G_END_DECLS
