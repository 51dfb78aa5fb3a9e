/* weft-block-archive-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block-archive.h"
#include "weft-range-private.h"

G_BEGIN_DECLS

struct _WeftBlockArchive
{
  char *block_id;
  GPtrArray *revisions; /* WeftArchiveRevision, ascending */
  WeftRange range;      /* start and end are zero if there is none */
  GPtrArray *pendings;  /* WeftActionPending, each with its transform, sorted by action */
};

WeftBlockArchive *weft_block_archive_new_empty (const char          *block_id)
    G_GNUC_WARN_UNUSED_RESULT;
/* Puts the parts in order and checks them. */
gboolean          weft_block_archive_complete  (WeftBlockArchive    *self,
                                                const WeftJsonPath  *path,
                                                GError             **error);

G_END_DECLS
