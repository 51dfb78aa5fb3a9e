/* weft-file-recovery-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 generation; /* the largest that any segment has */
  guint64 next_seq;   /* of the batch to come; all before it are in the files */
  guint newest_slot;  /* the segment with that generation, which must outlive the next one */
  guint n_replayed;   /* batches */
} WeftFileRecovery;

/* Brings the files to where the journal was when the storage was last used, and syncs them. */
gboolean weft_file_recovery_run (WeftFileLayer     *layer,
                                 gint64            *usage,
                                 WeftFileRecovery  *recovery,
                                 GError           **error);

G_END_DECLS
