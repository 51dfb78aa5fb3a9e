/* weft-parts-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-action-blocks.h"
#include "weft-action-context.h"
#include "weft-action-pending.h"
#include "weft-action-rev.h"
#include "weft-action-transforms.h"
#include "weft-archive-revision.h"
#include "weft-block-gets.h"
#include "weft-block-archive.h"
#include "weft-block-metadata.h"
#include "weft-block.h"
#include "weft-commit-request.h"
#include "weft-commit-result.h"
#include "weft-get-block-result.h"
#include "weft-get-result.h"
#include "weft-operation.h"
#include "weft-pend-request.h"
#include "weft-pend-result.h"
#include "weft-repo-message.h"
#include "weft-repo-reply.h"
#include "weft-stale-failure.h"
#include "weft-tape-private.h"
#include "weft-transform.h"
#include "weft-transforms.h"

G_BEGIN_DECLS

/* Values that are parts of others. Their errors name the whole path. */
WeftActionBlocks     *weft_action_blocks_read     (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftActionContext    *weft_action_context_read    (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftActionPending    *weft_action_pending_read    (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftActionRev        *weft_action_rev_read        (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftActionTransforms *weft_action_transforms_read (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftArchiveRevision  *weft_archive_revision_read  (const WeftItem      *item,
                                                   gint64               rev,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlock            *weft_block_read             (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlockArchive     *weft_block_archive_read     (const WeftItem      *item,
                                                    const WeftJsonPath  *path,
                                                    GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlockGets        *weft_block_gets_read        (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlockMetadata    *weft_block_metadata_read    (const WeftItem      *item,
                                                    const WeftJsonPath  *path,
                                                    GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftCommitRequest    *weft_commit_request_read    (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftCommitResult     *weft_commit_result_read     (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftGetBlockResult   *weft_get_block_result_read  (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftGetResult        *weft_get_result_read        (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftOperation        *weft_operation_read         (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPendRequest      *weft_pend_request_read      (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPendResult       *weft_pend_result_read       (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRepoMessage      *weft_repo_message_read      (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRepoReply        *weft_repo_reply_read        (const WeftItem      *item,
                                                    WeftRepoOperation    operation,
                                                    GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftStaleFailure     *weft_stale_failure_read     (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftTransform        *weft_transform_read         (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftTransforms       *weft_transforms_read        (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Appends the canonical text of to_json(). */
void weft_action_blocks_append     (WeftActionBlocks     *self,
                                    GString              *text);
void weft_action_context_append    (WeftActionContext    *self,
                                    GString              *text);
void weft_action_pending_append    (WeftActionPending    *self,
                                    GString              *text);
void weft_action_rev_append        (WeftActionRev        *self,
                                    GString              *text);
void weft_action_transforms_append (WeftActionTransforms *self,
                                    GString              *text);
void weft_archive_revision_append  (WeftArchiveRevision  *self,
                                    GString              *text);
void weft_block_append             (WeftBlock            *self,
                                    GString              *text);
void weft_block_archive_append     (WeftBlockArchive      *self,
                                    GString               *text);
void weft_block_gets_append        (WeftBlockGets        *self,
                                    GString              *text);
void weft_block_metadata_append    (WeftBlockMetadata     *self,
                                    GString               *text);
void weft_commit_request_append    (WeftCommitRequest    *self,
                                    GString              *text);
void weft_commit_result_append     (WeftCommitResult     *self,
                                    GString              *text);
void weft_get_block_result_append  (WeftGetBlockResult   *self,
                                    GString              *text);
void weft_get_result_append        (WeftGetResult        *self,
                                    GString              *text);
void weft_operation_append         (WeftOperation        *self,
                                    GString              *text);
void weft_pend_request_append      (WeftPendRequest      *self,
                                    GString              *text);
void weft_pend_result_append       (WeftPendResult       *self,
                                    GString              *text);
void weft_repo_message_append      (WeftRepoMessage      *self,
                                    GString              *text);
void weft_repo_reply_append        (WeftRepoReply         *self,
                                    GString               *text);
void weft_stale_failure_append     (WeftStaleFailure     *self,
                                    GString              *text);
void weft_transform_append         (WeftTransform        *self,
                                    GString              *text);
void weft_transforms_append        (WeftTransforms       *self,
                                    GString              *text);

/* Every result says first whether it is one of success. */
gboolean weft_stale_failure_read_success (const WeftItem      *object,
                                          gboolean            *is_success,
                                          const WeftJsonPath  *path,
                                          GError             **error);

G_END_DECLS
