/* weft-commit-names-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a request to commit names, in one piece of memory, which all versions of the request share:
 * a coordinator makes several. An atomic reference-counted box without anything to clear. */
typedef struct
{
  const char *action_id;
  const char *header_id;   /* or NULL */
  const char *tail_id;
  const char *block_ids[]; /* ending with NULL, and the texts */
} WeftCommitNames;

/* @header_id: (nullable). @tail_id: (nullable): that of the first block. */
WeftCommitNames *weft_commit_names_new (const char         *action_id,
                                        const char *const  *block_ids,
                                        const char         *header_id,
                                        const char         *tail_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
