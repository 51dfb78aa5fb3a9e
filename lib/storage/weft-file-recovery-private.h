/* weft-file-recovery-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-contents-private.h"
#include "weft-file-index-private.h"
#include "weft-file-layer-private.h"
#include "weft-file-segment-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 next_seq;               /* of the batch to come */
  WeftFileContents *contents;     /* of the newest segment; NULL when there is none */
  WeftFileSegmentHeader newest;   /* of the same */
  gboolean can_resume;            /* it goes on with zeros after its last batch */
  guint64 bytes;                  /* of all files */
  guint n_read;                   /* batches that were not in any contents */
} WeftFileRecovery;

/* Fills the index with what the log has. */
gboolean weft_file_recovery_run   (WeftFileLayer     *layer,
                                   GArray            *segments,
                                   WeftFileIndex     *index,
                                   WeftFileRecovery  *recovery,
                                   GError           **error);
void     weft_file_recovery_clear (WeftFileRecovery  *self);
/* What is in one segment that is full, from beside it or else from itself. */
WeftFileContents *weft_file_recovery_read_contents (WeftFileLayer  *layer,
                                                    guint32         number,
                                                    GError        **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftFileRecovery, weft_file_recovery_clear)

G_END_DECLS
