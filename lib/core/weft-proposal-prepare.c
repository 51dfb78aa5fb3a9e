/* weft-proposal-prepare.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-limits.h"
#include "weft-proposal-state-private.h"
#include "weft-thresholds.h"

/* Rivals share a round trip; after so many doublings hundreds have found their turn. */
#define DOUBLINGS_MAX 7
/* As nobody who waits for a person's click should wait longer for nothing. */
#define WAIT_USEC_MAX (2 * G_USEC_PER_SEC)

/* A rival that is alive needs two round trips; all but the first of several will fail again, so
 * each time the moment is drawn from twice the time. */
static gint64
draw_wait (WeftProposalMachine     *self,
           const WeftProposalEvent *event)
{
  gint64 base_usec = MIN (2 * self->config.round_trip_usec, WAIT_USEC_MAX);
  gint64 spread_usec = MIN (base_usec << MIN (self->attempts, DOUBLINGS_MAX), WAIT_USEC_MAX);

  return base_usec + event->chance % MAX (1, spread_usec);
}

static gboolean
is_exhausted (WeftProposalMachine *self,
              WeftProposalEffects *effects)
{
  if (self->attempts < self->attempts_max)
    return FALSE;

  if (!self->has_result)
    weft_proposal_tell_doubt (self, "every attempt met a rival or a failure", effects);
  weft_proposal_finish (self, effects);
  return TRUE;
}

void
weft_proposal_begin_wait (WeftProposalMachine     *self,
                          const WeftProposalEvent *event,
                          WeftProposalEffects     *effects)
{
  if (self->slots == NULL)
    weft_proposal_aim (self, weft_cluster_record_get_slots (self->own), self->own);

  if (is_exhausted (self, effects))
    return;

  self->wait_until_usec = event->now_usec + draw_wait (self, event);
  weft_proposal_enter (self, WEFT_PROPOSAL_WAIT, effects);
}

GPtrArray *
weft_proposal_join_slots (WeftProposalMachine *self,
                          WeftClusterRecord   *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (GPtrArray) all = weft_slots_unite (weft_cluster_record_get_slots (self->own), slots);

  /* Ours are asked about when it is known what became of the other. */
  return all->len <= WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX ? g_steal_pointer (&all)
                                                       : g_ptr_array_ref (slots);
}

void
weft_proposal_aim (WeftProposalMachine *self,
                   GPtrArray           *slots,
                   WeftClusterRecord   *shape)
{
  g_ptr_array_ref (slots);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  self->slots = slots;
  weft_cluster_record_ref (shape);
  g_clear_pointer (&self->shape, weft_cluster_record_unref);
  self->shape = shape;
}

void
weft_proposal_begin_prepare (WeftProposalMachine     *self,
                             const WeftProposalEvent *event,
                             WeftProposalEffects     *effects)
{
  g_autoptr (WeftBallot) ballot = NULL;
  g_autoptr (WeftClusterRequest) request = NULL;
  GPtrArray *peers = weft_cluster_record_get_peers (self->shape);

  if (is_exhausted (self, effects))
    return;

  self->attempts++;
  ballot = weft_ballot_new_above (self->highest, self->config.peer_id);
  weft_ballot_unref (self->highest);
  self->highest = weft_ballot_ref (ballot);
  g_clear_pointer (&self->prepare, weft_prepare_unref);
  self->prepare = weft_prepare_new (self->slots, peers,
                                    weft_cluster_record_get_super_majority (self->shape), ballot);
  request = weft_cluster_request_new_prepare (self->prepare);
  weft_proposal_enter (self, WEFT_PROPOSAL_PREPARE, effects);
  weft_proposal_ask (self, request, peers, NULL, event, effects);
}

/* The answer is to what was asked. */
static gboolean
is_fitting (WeftProposalMachine *self,
            WeftPrepared        *prepared)
{
  GPtrArray *slots = weft_prepare_get_slots (self->prepare);
  WeftBallot *ballot = weft_prepare_get_ballot (self->prepare);

  if (weft_ballot_compare (weft_prepared_get_ballot (prepared), ballot) != 0)
    return FALSE;
  if (g_strcmp0 (weft_prepared_get_membership (prepared),
                 weft_prepare_get_membership (self->prepare)) != 0)
    return FALSE;

  for (guint i = 0; i < slots->len; i++)
    if (weft_prepared_find (prepared, g_ptr_array_index (slots, i)) == NULL)
      return FALSE;

  return TRUE;
}

/* A lock that rests on the promises of other peers justifies nothing for these, but as long as it
 * is there it stands in the way: then they are asked. */
static gboolean
follow_other_peers (WeftProposalMachine *self,
                    WeftPrepared        *prepared)
{
  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    {
      WeftClusterRecord *lock = weft_prepared_get_state (prepared, i)->lock;
      g_autoptr (GPtrArray) slots = NULL;

      if (lock == NULL || g_strcmp0 (weft_cluster_record_get_membership (lock),
                                     weft_prepared_get_membership (prepared)) == 0)
        continue;
      if (!weft_proposal_admits (self, lock) ||
          !weft_record_check_promises (lock, &self->config.verify))
        continue;

      /* They do not decide in the slots of our blocks that have a revision. */
      slots = weft_proposal_is_pinned (self)
                  ? g_ptr_array_ref (weft_cluster_record_get_slots (lock))
                  : weft_proposal_join_slots (self, lock);
      weft_proposal_aim (self, slots, lock);
      return TRUE;
    }

  return FALSE;
}

static void
witness_locks (WeftProposalMachine *self,
               WeftPeerId          *peer_id,
               WeftPrepared        *prepared,
               WeftProposalEffects *effects)
{
  weft_proposal_witness_prepared (self, peer_id, prepared, effects);
  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    {
      const WeftSlotState *state = weft_prepared_get_state (prepared, i);

      if (state->lock != NULL)
        weft_proposal_witness (self, state->lock, effects);
    }
}

/* Whether it shows a lock of other peers, whom we do not admit. Who sees the network otherwise is
 * no liar, but says nothing to us. Of a block that has a revision nobody can see it otherwise. */
static gboolean
is_of_other_peers (WeftProposalMachine *self,
                   WeftPrepared        *prepared)
{
  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    {
      WeftClusterRecord *lock = weft_prepared_get_state (prepared, i)->lock;

      if (lock != NULL
          && g_strcmp0 (weft_cluster_record_get_membership (lock),
                        weft_prepared_get_membership (prepared)) != 0
          && !weft_proposal_shares_pin (self, lock))
        return TRUE;
    }

  return FALSE;
}

static WeftProposalVerdict
judge_statement (WeftProposalMachine *self,
                 WeftPollMember      *member,
                 WeftPrepared        *prepared,
                 WeftProposalEffects *effects)
{
  if (!is_fitting (self, prepared))
    {
      weft_proposal_report (effects, member->peer_id, "prepared", weft_prepared_to_json (prepared));
      return WEFT_PROPOSAL_USELESS;
    }
  if (follow_other_peers (self, prepared))
    return WEFT_PROPOSAL_CONFLICT;
  if (is_of_other_peers (self, prepared))
    {
      weft_proposal_count (effects, "answers-useless");
      return WEFT_PROPOSAL_USELESS;
    }
  if (!weft_proposal_is_self (self, member->peer_id) &&
      !weft_prepared_check (prepared, member->peer_id, &self->config.verify))
    {
      weft_proposal_report (effects, member->peer_id, "signature",
                            weft_prepared_to_json (prepared));
      return WEFT_PROPOSAL_USELESS;
    }

  witness_locks (self, member->peer_id, prepared, effects);
  return weft_proposal_is_liar (self, member->peer_id) ? WEFT_PROPOSAL_USELESS
                                                       : WEFT_PROPOSAL_APPROVED;
}

WeftProposalVerdict
weft_proposal_judge_prepared (WeftProposalMachine *self,
                              WeftPollMember      *member,
                              WeftProposalEffects *effects)
{
  switch (weft_cluster_answer_get_kind (member->answer))
    {
    case WEFT_CLUSTER_ANSWER_PREPARED:
      return judge_statement (self, member, weft_cluster_answer_get_prepared (member->answer),
                              effects);

    case WEFT_CLUSTER_ANSWER_CONFLICT:
      if (weft_proposal_raise (self, weft_cluster_answer_get_ballot (member->answer)))
        return WEFT_PROPOSAL_CONFLICT;
      weft_proposal_report (effects, member->peer_id, "ballot",
                            weft_cluster_answer_to_json (member->answer));
      return WEFT_PROPOSAL_USELESS;

    case WEFT_CLUSTER_ANSWER_PROMISE:
    case WEFT_CLUSTER_ANSWER_COMMIT:
    case WEFT_CLUSTER_ANSWER_APPLIED:
    case WEFT_CLUSTER_ANSWER_DECIDED:
    case WEFT_CLUSTER_ANSWER_STATES:
    case WEFT_CLUSTER_ANSWER_PENDED:
    case WEFT_CLUSTER_ANSWER_ERROR:
    default:
      weft_proposal_count (effects, "answers-useless");
      return WEFT_PROPOSAL_USELESS;
    }
}

void
weft_proposal_advance_prepare (WeftProposalMachine     *self,
                               const WeftProposalEvent *event,
                               WeftProposalEffects     *effects)
{
  guint needed = weft_thresholds_get_promises (weft_poll_get_size (&self->poll),
                                               weft_prepare_get_super_majority (self->prepare));
  guint n_approved = weft_poll_count (&self->poll, WEFT_PROPOSAL_APPROVED);

  if (n_approved >= needed)
    weft_proposal_resolve (self, event, effects);
  else if (n_approved + weft_poll_get_waiting (&self->poll) < needed)
    weft_proposal_begin_wait (self, event, effects);
}
