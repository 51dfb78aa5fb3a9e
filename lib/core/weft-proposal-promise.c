/* weft-proposal-promise.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-proposal-state-private.h"

/* What a member means by the reason of a rejection, where it is not for good. */
static const struct
{
  const char *reason;
  WeftProposalVerdict verdict;
} reasons[] = {
  { "stale", WEFT_PROPOSAL_STALE },
  { "behind", WEFT_PROPOSAL_UNABLE },
  { "busy", WEFT_PROPOSAL_UNABLE },
  { "storage", WEFT_PROPOSAL_UNABLE },
  { "unsettled", WEFT_PROPOSAL_UNABLE },
};

/* What others left behind is pending at those who promised it. */
static WeftClusterRequest *
make_request (WeftProposalMachine *self,
              WeftClusterRecord   *record)
{
  if (self->config.pends != NULL && weft_proposal_is_own (self, record))
    return weft_cluster_request_new_update_with (record, self->config.pends);

  return weft_cluster_request_new_update (record);
}

void
weft_proposal_begin_promise (WeftProposalMachine     *self,
                             WeftClusterRecord       *record,
                             const WeftProposalEvent *event,
                             WeftProposalEffects     *effects)
{
  g_autoptr (WeftClusterRequest) request = make_request (self, record);

  weft_cluster_record_ref (record);
  g_clear_pointer (&self->driven, weft_cluster_record_unref);
  self->driven = record;
  weft_proposal_enter (self, WEFT_PROPOSAL_PROMISE, effects);
  weft_proposal_ask (self, request, weft_cluster_record_get_peers (record), NULL, event, effects);
}

static WeftProposalVerdict
judge_rejection (const char *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_strcmp0 (reason, reasons[i].reason) == 0)
      return reasons[i].verdict;

  return WEFT_PROPOSAL_REJECTED;
}

/* Our own member's word needs no proof: others will ask for it where it counts. */
static gboolean
is_vote_valid (WeftProposalMachine *self,
               WeftPollMember      *member,
               WeftPurpose          purpose,
               WeftVote            *vote)
{
  return weft_proposal_is_self (self, member->peer_id) ||
         weft_vote_check (vote, purpose, self->driven, member->peer_id, &self->config.verify);
}

static WeftProposalVerdict
find_useless (WeftProposalEffects *effects)
{
  weft_proposal_count (effects, "answers-useless");

  return WEFT_PROPOSAL_USELESS;
}

WeftProposalVerdict
weft_proposal_judge_vote (WeftProposalMachine *self,
                          WeftPollMember      *member,
                          WeftPurpose          purpose,
                          WeftProposalEffects *effects)
{
  WeftClusterAnswerKind expected = purpose == WEFT_PURPOSE_PROMISE ? WEFT_CLUSTER_ANSWER_PROMISE
                                                                   : WEFT_CLUSTER_ANSWER_COMMIT;
  WeftVote *vote;

  if (weft_cluster_answer_get_kind (member->answer) != expected)
    return find_useless (effects);

  vote = weft_cluster_answer_get_vote (member->answer);
  switch (weft_vote_get_vote_type (vote))
    {
    case WEFT_VOTE_APPROVE:
      if (is_vote_valid (self, member, purpose, vote))
        return WEFT_PROPOSAL_APPROVED;
      weft_proposal_report (effects, member->peer_id, "signature", weft_vote_to_json (vote));
      return WEFT_PROPOSAL_USELESS;

    case WEFT_VOTE_CONFLICT:
      /* A pend or a cancel claims no slot that another could have taken, and to wait for. */
      if (weft_cluster_record_get_slots (self->driven)->len == 0)
        return find_useless (effects);
      if (weft_vote_get_above (vote) == NULL ||
          weft_proposal_raise (self, weft_vote_get_above (vote)))
        return WEFT_PROPOSAL_CONFLICT;
      weft_proposal_report (effects, member->peer_id, "ballot", weft_vote_to_json (vote));
      return WEFT_PROPOSAL_USELESS;

    case WEFT_VOTE_REJECT:
      return judge_rejection (weft_vote_get_reason (vote));

    default:
      g_assert_not_reached ();
    }
}

WeftClusterRecord *
weft_proposal_collect (WeftProposalMachine *self,
                       WeftPurpose          purpose,
                       guint                enough)
{
  guint size = weft_poll_get_size (&self->poll);
  g_autofree WeftVote **votes = g_new0 (WeftVote *, size);
  guint n = 0;

  g_assert (size == weft_cluster_record_get_n_peers (self->driven));

  for (guint i = 0; i < size && n < enough; i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      if (member->verdict != WEFT_PROPOSAL_APPROVED)
        continue;
      votes[i] = weft_cluster_answer_get_vote (member->answer);
      n++;
    }

  if (purpose == WEFT_PURPOSE_PROMISE)
    return weft_cluster_record_with_votes (self->driven, votes, NULL);

  return weft_cluster_record_with_votes (self->driven, NULL, votes);
}

/* What the repo answered: our own member's if it is there, as that is what the caller can read. */
static const char *
get_detail (WeftProposalMachine *self)
{
  const char *detail = NULL;

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);
      const char *theirs;

      if (member->verdict != WEFT_PROPOSAL_APPROVED)
        continue;
      theirs = weft_vote_get_detail (weft_cluster_answer_get_vote (member->answer));
      if (theirs != NULL && (detail == NULL || weft_proposal_is_self (self, member->peer_id)))
        detail = theirs;
    }

  return detail;
}

static void
promised (WeftProposalMachine     *self,
          guint                    needed,
          const WeftProposalEvent *event,
          WeftProposalEffects     *effects)
{
  g_autoptr (WeftClusterRecord) record = weft_proposal_collect (self, WEFT_PURPOSE_PROMISE,
                                                                needed);

  weft_proposal_witness (self, record, effects);
  /* Not if that showed one of them to have lied: then one more has to promise. */
  if (weft_poll_count (&self->poll, WEFT_PROPOSAL_APPROVED) < needed)
    {
      weft_proposal_advance_promise (self, event, effects);
      return;
    }
  if (weft_cluster_record_get_slots (record)->len > 0)
    {
      weft_proposal_begin_commit (self, record, event, effects);
      return;
    }

  weft_proposal_tell_result (self, WEFT_OUTCOME_DECIDED, record, get_detail (self), NULL, effects);
  weft_proposal_finish (self, effects);
}

static void
not_promised (WeftProposalMachine     *self,
              guint                    n_left,
              guint                    needed,
              const WeftProposalEvent *event,
              WeftProposalEffects     *effects)
{
  g_autoptr (WeftClusterRecord) record = weft_proposal_collect (self, WEFT_PURPOSE_PROMISE,
                                                                G_MAXUINT);
  guint n_conflicts = weft_poll_count (&self->poll, WEFT_PROPOSAL_CONFLICT);

  /* Whoever promised this and something else will be found out. */
  weft_proposal_witness (self, record, effects);

  if (self->has_result && !self->may_be_decided && weft_proposal_is_own (self, self->driven))
    {
      weft_proposal_finish (self, effects);
      return;
    }
  if ((n_conflicts > 0 && n_left + n_conflicts >= needed && !self->config.gives_way) ||
      self->may_be_decided || !weft_proposal_is_own (self, self->driven))
    {
      weft_proposal_begin_wait (self, event, effects);
      return;
    }
  weft_proposal_tell_refusal (self, effects);
  weft_proposal_finish (self, effects);
}

void
weft_proposal_advance_promise (WeftProposalMachine     *self,
                               const WeftProposalEvent *event,
                               WeftProposalEffects     *effects)
{
  guint needed = weft_cluster_record_get_promises_needed (self->driven);
  guint n_approved = weft_poll_count (&self->poll, WEFT_PROPOSAL_APPROVED);
  guint n_left = n_approved + weft_poll_get_waiting (&self->poll);

  if (n_approved >= needed)
    promised (self, needed, event, effects);
  else if (n_left < needed)
    not_promised (self, n_left, needed, event, effects);
}
