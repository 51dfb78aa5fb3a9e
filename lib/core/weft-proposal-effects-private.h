/* weft-proposal-effects-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-request-private.h"

G_BEGIN_DECLS

typedef enum
{
  /* record: the certificate of a commit, or a pend or cancel with its promises; detail: what our
   * own member answered, or another one. The certificate may be that of the same commit as somebody
   * else recorded it. */
  WEFT_OUTCOME_DECIDED,
  /* detail: a WeftStaleFailure. With a record, that is the certificate of what took the slot, and
   * the failure tells of no missing actions: the own repo knows them once it applied it. */
  WEFT_OUTCOME_STALE,
  WEFT_OUTCOME_REFUSED,       /* error: not accepted, with the reasons */
  WEFT_OUTCOME_UNAVAILABLE,   /* error: nothing of it can have been decided */
  WEFT_OUTCOME_INDETERMINATE, /* error: it may be decided; recovery goes on */
  /* Of a recovery: nothing was decided so far, the slots are free. detail: {"ballot","messageHash",
   * "prepared":{id:WeftPrepared}}, which proves it; text: the message hash, if that also proves
   * that it never will be. */
  WEFT_OUTCOME_FREE,
} WeftOutcome;

typedef enum
{
  /* request_id, peer_id (maybe our own), request, timeout_usec: then ANSWER or FAILED. It is to
   * reach the member even if the machine is done before. */
  WEFT_PROPOSAL_EFFECT_SEND,
  /* outcome, record, detail, error, text: once; the machine may go on */
  WEFT_PROPOSAL_EFFECT_RESULT,
  WEFT_PROPOSAL_EFFECT_REPORT, /* peer_id, text: a word, proof (nullable): what shows it */
  /* record: a certificate, peer_ids: who did not acknowledge it; to be told in the background */
  WEFT_PROPOSAL_EFFECT_TELL,
  /* text: a word for what begins: promise, commit, tell, wait, prepare, done */
  WEFT_PROPOSAL_EFFECT_STAGE,
  WEFT_PROPOSAL_EFFECT_COUNT,  /* counter */
  WEFT_PROPOSAL_EFFECT_DONE,   /* the last: the machine may be freed */
} WeftProposalEffectType;

/* Owns what it points to, but for `counter`, which is static. */
typedef struct
{
  WeftProposalEffectType type;
  WeftOutcome outcome;
  guint64 request_id;
  WeftPeerId *peer_id;
  WeftClusterRequest *request;
  gint64 timeout_usec;
  WeftClusterRecord *record;
  GPtrArray *peer_ids; /* (element-type WeftPeerId) */
  char *detail; /* canonical JSON */
  JsonNode *proof;
  GError *error;
  char *text;
  const char *counter;
} WeftProposalEffect;

/* What one step of a proposal machine wants done, in order. */
typedef struct
{
  GArray *items;        /* (element-type WeftProposalEffect) */
  gint64 deadline_usec; /* when to step with TIMEOUT next; G_MAXINT64 for never */
} WeftProposalEffects;

void                weft_proposal_effects_init  (WeftProposalEffects    *self);
void                weft_proposal_effects_clear (WeftProposalEffects    *self);
WeftProposalEffect *weft_proposal_effects_add   (WeftProposalEffects    *self,
                                                 WeftProposalEffectType  type);
void                weft_proposal_effect_clear  (WeftProposalEffect     *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftProposalEffects, weft_proposal_effects_clear)

G_END_DECLS
