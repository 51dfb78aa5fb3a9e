/* weft-commit-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-commit-content-private.h"
#include "weft-commit-request.h"
#include "weft-pend-request.h"

G_BEGIN_DECLS

/* The hash of weft_commit_request_get_cluster(), or NULL. */
const char        *weft_commit_request_get_membership (WeftCommitRequest     *self);
/* Whether it is one of its blocks. */
gboolean           weft_commit_request_has_block      (WeftCommitRequest     *self,
                                                       const char            *block_id);
/* What commits a pend: its action, as `rev`, with what is to be committed of each of its blocks. */
WeftCommitRequest *weft_commit_request_new_of_pend    (WeftPendRequest       *pend,
                                                       const char *const     *block_ids,
                                                       gint64                 rev,
                                                       const WeftCommitBlock *blocks,
                                                       GError               **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same request with the base and the digest of some of its blocks, all of them valid. */
WeftCommitRequest *weft_commit_request_with_blocks    (WeftCommitRequest     *self,
                                                       const WeftCommitBlock *blocks,
                                                       guint                  n_blocks)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
