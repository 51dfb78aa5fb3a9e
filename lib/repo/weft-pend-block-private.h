/* weft-pend-block-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage-repo-private.h"

G_BEGIN_DECLS

/* How one block stands to the action of a pend or put. */
typedef struct
{
  const char *block_id;        /* of the request */
  WeftBlockMetadata *metadata; /* (nullable): NULL for a block never heard of */
  WeftPending *stored;         /* (nullable): what a first pend of the same action stored */
  WeftPending *committed;      /* (nullable): what the action did, when it is a revision already */
  WeftPending *pending;        /* what this request asks to store */
  char **pendings;             /* (nullable): all that is pending there */
  gboolean is_made_again;      /* it was pending, in vain */
} WeftPendBlock;

void       weft_pend_block_free           (gpointer            data);
/* Whether an earlier content of the same action is that of the request. */
gboolean   weft_pend_block_check_repeat   (WeftPendBlock      *self,
                                           WeftPendRequest    *request,
                                           WeftPending        *earlier,
                                           GError            **error);
/* Reads how all blocks stand to the action, into `blocks` (element-type WeftPendBlock), and asks
 * the application about it. Sets `failure` when something came first, or is in the way. Of a put
 * what was pended before may have come too late as well. */
gboolean   weft_storage_repo_judge_pend   (WeftStorageRepo    *self,
                                           WeftPendRequest    *request,
                                           const char * const *block_ids,
                                           gint64              expiration_msec,
                                           gboolean            is_put,
                                           GPtrArray          *blocks,
                                           WeftStaleFailure  **failure,
                                           GError            **error);

/* Whether what is new has room, and makes sense there. */
gboolean   weft_storage_repo_check_pend_blocks (WeftStorageRepo *self,
                                                GPtrArray       *blocks,
                                                const char      *action_id,
                                                GError         **error);
/* Adds to a batch what is to be stored of them. */
void       weft_storage_repo_store_pend_blocks (WeftStorageRepo *self,
                                                WeftBatch       *batch,
                                                GPtrArray       *blocks,
                                                const char      *action_id);
/* The answer to a pend, of which the batch has what is to be stored then. */
WeftPendResult *
           weft_storage_repo_make_pend         (WeftStorageRepo    *self,
                                                WeftPendRequest    *request,
                                                const char * const *block_ids,
                                                gint64              expiration_msec,
                                                WeftBatch          *batch,
                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Nothing is submitted for nothing. */
void       weft_storage_repo_submit_pend       (WeftStorageRepo    *self,
                                                WeftBatch          *batch,
                                                const char * const *block_ids);

G_END_DECLS
