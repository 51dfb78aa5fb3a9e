/* weft-cluster-answer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block-state-private.h"
#include "weft-cluster-answer.h"
#include "weft-pend-result.h"
#include "weft-prepared-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_CLUSTER_ANSWER_PROMISE,  /* vote */
  WEFT_CLUSTER_ANSWER_COMMIT,   /* vote: locked, or why not */
  WEFT_CLUSTER_ANSWER_APPLIED,  /* nothing else: what was decided is durable here */
  WEFT_CLUSTER_ANSWER_DECIDED,  /* record: a certificate that settles a slot asked about */
  WEFT_CLUSTER_ANSWER_PREPARED, /* prepared */
  WEFT_CLUSTER_ANSWER_CONFLICT, /* ballot: a prepare that has to go above it */
  WEFT_CLUSTER_ANSWER_STATES,   /* states (element-type WeftBlockState) */
  WEFT_CLUSTER_ANSWER_PENDED,   /* results (element-type WeftPendResult) (nullable elements) */
  WEFT_CLUSTER_ANSWER_ERROR,    /* error: the request was not understood or cannot be answered */
} WeftClusterAnswerKind;

/* JSON: {"promise":Vote} {"commit":Vote} {"applied":true} {"decided":Record} {"prepared":Prepared}
 * {"conflict":Ballot} {"states":[{"blockId","latest"?:ActionRev,"open"?:[SlotState…]}…]}
 * {"pended":[true|false|PendResult…]} {"error":{"code","message"}}. */
WeftClusterAnswerKind weft_cluster_answer_get_kind     (WeftClusterAnswer     *self);
WeftClusterAnswer    *weft_cluster_answer_new_vote     (WeftClusterAnswerKind  kind,
                                                        WeftVote              *vote)
    G_GNUC_WARN_UNUSED_RESULT;
WeftClusterAnswer    *weft_cluster_answer_new_applied  (void) G_GNUC_WARN_UNUSED_RESULT;
WeftClusterAnswer    *weft_cluster_answer_new_decided  (WeftClusterRecord     *certificate)
    G_GNUC_WARN_UNUSED_RESULT;
WeftClusterAnswer    *weft_cluster_answer_new_prepared (WeftPrepared          *prepared)
    G_GNUC_WARN_UNUSED_RESULT;
WeftClusterAnswer    *weft_cluster_answer_new_conflict (WeftBallot            *above)
    G_GNUC_WARN_UNUSED_RESULT;
/* Takes over the states, 1 to 256 (element-type WeftBlockState), with weft_block_state_free. */
WeftClusterAnswer    *weft_cluster_answer_new_states   (GPtrArray             *states)
    G_GNUC_WARN_UNUSED_RESULT;
/* @results: (element-type WeftPendResult), 1 to WEFT_LIMIT_GROUP_MAX in the order of what was
 * asked: NULL for what is not pending now, for whatever reason, else a success. That names no
 * blocks, once it was read, and is `true` where nothing else is pending. */
WeftClusterAnswer    *weft_cluster_answer_new_pended   (GPtrArray             *results)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray            *weft_cluster_answer_get_results  (WeftClusterAnswer     *self);
WeftClusterAnswer    *weft_cluster_answer_new_error    (const GError          *error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftVote             *weft_cluster_answer_get_vote     (WeftClusterAnswer     *self);
WeftClusterRecord    *weft_cluster_answer_get_record   (WeftClusterAnswer     *self);
WeftPrepared         *weft_cluster_answer_get_prepared (WeftClusterAnswer     *self);
WeftBallot           *weft_cluster_answer_get_ballot   (WeftClusterAnswer     *self);
GPtrArray            *weft_cluster_answer_get_states   (WeftClusterAnswer     *self);
const GError         *weft_cluster_answer_get_error    (WeftClusterAnswer     *self);
WeftClusterAnswer    *weft_cluster_answer_read         (const WeftItem        *item,
                                                        GError               **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_cluster_answer_to_json(). */
void                  weft_cluster_answer_append       (WeftClusterAnswer     *self,
                                                        GString               *text);

G_END_DECLS
