/* weft-pend-block-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch-private.h"
#include "weft-tip-private.h"

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
  gboolean is_follower;        /* it is on a tip, and not on what is here */
} WeftPendBlock;

void       weft_pend_block_free           (gpointer            data);
/* Whether an earlier content of the same action is that of the request. */
gboolean   weft_pend_block_check_repeat   (WeftPendBlock      *self,
                                           WeftPendRequest    *request,
                                           WeftPending        *earlier,
                                           GError            **error);
/* Reads how all blocks stand to the action, into `blocks` (element-type WeftPendBlock), and asks
 * the application about it. Sets `failure` when something came first, or is in the way. Of a put
 * what was pended before may have come too late as well. A put of one block that is on `tip`, which
 * may be NULL, is as good as one that is on the latest. */
gboolean   weft_storage_repo_judge_pend   (WeftStorageRepo    *self,
                                           WeftPendRequest    *request,
                                           const char * const *block_ids,
                                           gint64              expiration_msec,
                                           gboolean            is_put,
                                           const WeftTip      *tip,
                                           GPtrArray          *blocks,
                                           WeftStaleFailure  **failure,
                                           GError            **error);
/* Whether what is new of blocks that were judged has room, and makes sense there; the tip is what
 * it makes of that, then. */
gboolean   weft_pend_blocks_check         (WeftStorageRepo    *self,
                                           GPtrArray          *blocks,
                                           const char         *action_id,
                                           WeftTip            *tip,
                                           GError            **error);
/* Adds what is new of them to a batch. */
void       weft_pend_blocks_store         (WeftStorageRepo    *self,
                                           WeftBatch          *batch,
                                           GPtrArray          *blocks,
                                           const char         *action_id);
/* Nobody is told; whoever waits for the blocks waits for it. Nothing is submitted for nothing. */
void       weft_pend_blocks_submit        (WeftStorageRepo    *self,
                                           WeftBatch          *batch,
                                           const char * const *block_ids);
/* Whether a pend or put makes sense, on the tip where one is given. */
gboolean   weft_pend_request_check        (WeftStorageRepo    *self,
                                           WeftPendRequest    *request,
                                           const char * const *block_ids,
                                           gint64              expiration_msec,
                                           gboolean            is_put,
                                           WeftTip            *tip,
                                           GError            **error);
/* The answer to a pend, of which the batch has what is to be stored then. */
WeftPendResult *
           weft_storage_repo_make_pend    (WeftStorageRepo    *self,
                                           WeftPendRequest    *request,
                                           const char * const *block_ids,
                                           gint64              expiration_msec,
                                           WeftBatch          *batch,
                                           GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
