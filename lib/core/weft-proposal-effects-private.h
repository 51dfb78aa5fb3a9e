/* weft-proposal-effects-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-request-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_OUTCOME_DECIDED,       /* record: the certificate (commit), or the record with its promises (pend, cancel); json: own member's detail */
  WEFT_OUTCOME_STALE,         /* json: StaleFailure, or NULL: ask the own repo */
  WEFT_OUTCOME_REFUSED,       /* error: not accepted, with the reasons */
  WEFT_OUTCOME_UNAVAILABLE,   /* error: nothing of it can have been decided */
  WEFT_OUTCOME_INDETERMINATE, /* error: it may be decided; recovery goes on */
  WEFT_OUTCOME_FREE,          /* recovery: nothing was decided, the slots are free; text: the dead message hash */
} WeftOutcome;

typedef enum
{
  WEFT_PROPOSAL_EFFECT_SEND,    /* peer_id (maybe our own), request, timeout_usec: then ANSWER or FAILED */
  WEFT_PROPOSAL_EFFECT_RESULT,  /* outcome, record, json, error: exactly once; the machine may go on */
  WEFT_PROPOSAL_EFFECT_REPORT,  /* peer_id, text, proof */
  WEFT_PROPOSAL_EFFECT_TELL,    /* record: a certificate, peer_ids: who did not acknowledge it yet, to be told in the background */
  WEFT_PROPOSAL_EFFECT_STAGE,   /* text: a word for what begins: promise, commit, wait, prepare, done */
  WEFT_PROPOSAL_EFFECT_COUNT,   /* counter */
  WEFT_PROPOSAL_EFFECT_DONE,    /* the last: the machine may be freed */
} WeftProposalEffectType;

typedef struct
{
  WeftProposalEffectType type;
  WeftOutcome outcome;
  WeftPeerId *peer_id;
  WeftClusterRequest *request;
  gint64 timeout_usec;
  WeftClusterRecord *record;
  GPtrArray *peer_ids; /* (element-type WeftPeerId) */
  JsonNode *json;
  JsonNode *proof;
  GError *error;
  char *text;
  const char *counter;
} WeftProposalEffect;

typedef struct
{
  GArray *items;        /* (element-type WeftProposalEffect) */
  gint64 deadline_usec; /* G_MAXINT64 for never */
} WeftProposalEffects;

void                weft_proposal_effects_init  (WeftProposalEffects    *self);
void                weft_proposal_effects_clear (WeftProposalEffects    *self);
WeftProposalEffect *weft_proposal_effects_add   (WeftProposalEffects    *self,
                                                 WeftProposalEffectType  type);
void                weft_proposal_effect_clear  (WeftProposalEffect     *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftProposalEffects, weft_proposal_effects_clear)

G_END_DECLS
