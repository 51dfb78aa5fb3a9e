/* weft-file-cleaner-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-index-private.h"
#include "weft-file-job-private.h"

G_BEGIN_DECLS

/* Takes back the room of what is of no use any more: when that is too much, the oldest segment is
 * taken, what still counts in it is written again, a part at a time, and then it is dropped. */
typedef struct _WeftFileCleaner WeftFileCleaner;

WeftFileCleaner *weft_file_cleaner_new       (WeftFileIndex    *index,
                                              gsize             garbage_bytes_max)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_file_cleaner_free      (WeftFileCleaner  *self);
/* What is to be handed to the worker now, or NULL. `is_quiet` says that nothing else is under way;
 * `*wants_more` that the next step need not wait for anything. */
WeftFileJob     *weft_file_cleaner_step      (WeftFileCleaner  *self,
                                              gboolean          is_quiet,
                                              gboolean         *wants_more)
    G_GNUC_WARN_UNUSED_RESULT;
/* The job is done, and what it moved is settled. */
void             weft_file_cleaner_note_done (WeftFileCleaner  *self,
                                              const GError     *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileCleaner, weft_file_cleaner_free)

G_END_DECLS
