/* weft-commit-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-commit.h"

G_BEGIN_DECLS

/* What a WeftCommit says, in one piece of memory, for as long as nobody looks. */
typedef struct
{
  GList link; /* for who keeps it in a queue; its data is the note */
  gint64 rev;
  gint64 time_usec;
  guint n_block_ids;
  char texts[]; /* of the collection, of the action, and of the blocks, each ending with a NUL */
} WeftCommitNote;

WeftCommitNote *weft_commit_note_new  (const char         *collection_id,
                                       const char * const *block_ids,
                                       const char         *action_id,
                                       gint64              rev,
                                       gint64              time_usec) G_GNUC_WARN_UNUSED_RESULT;
WeftCommit     *weft_commit_note_open (WeftCommitNote     *note) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
