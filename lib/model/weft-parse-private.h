/* weft-parse-private.h
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
#include "weft-block.h"
#include "weft-commit-request.h"
#include "weft-get-block-result.h"
#include "weft-json-private.h"
#include "weft-operation.h"
#include "weft-pend-request.h"
#include "weft-repo-message.h"
#include "weft-stale-failure.h"
#include "weft-transform.h"
#include "weft-transforms.h"

G_BEGIN_DECLS

/* from_json() of the values that are parts of others: their errors name the whole path. */
WeftActionBlocks     *weft_action_blocks_parse     (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftActionContext    *weft_action_context_parse    (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftActionPending    *weft_action_pending_parse    (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftActionRev        *weft_action_rev_parse        (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftActionTransforms *weft_action_transforms_parse (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftArchiveRevision  *weft_archive_revision_parse  (JsonNode            *json,
                                                    gint64               rev,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftBlock            *weft_block_parse             (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftBlockGets        *weft_block_gets_parse        (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftCommitRequest    *weft_commit_request_parse    (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftGetBlockResult   *weft_get_block_result_parse  (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftOperation        *weft_operation_parse         (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftPendRequest      *weft_pend_request_parse      (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftRepoMessage      *weft_repo_message_parse      (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftStaleFailure     *weft_stale_failure_parse     (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftTransform        *weft_transform_parse         (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);
WeftTransforms       *weft_transforms_parse        (JsonNode            *json,
                                                    const WeftJsonPath  *path,
                                                    GError             **error);

gboolean weft_stale_failure_parse_success (JsonObject          *object,
                                           gboolean            *is_success,
                                           const WeftJsonPath  *path,
                                           GError             **error);

G_END_DECLS
