/* weft-proposal-tell.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-peer-private.h"
#include "weft-commit-request-private.h"
#include "weft-proposal-state-private.h"
#include "weft-repo-message-private.h"

const char *
weft_proposal_check_certificate (WeftProposalMachine *self,
                                 WeftClusterRecord   *record,
                                 GPtrArray           *slots)
{
  if (!weft_slots_overlap (weft_cluster_record_get_slots (record), slots))
    return "irrelevant";
  if (!weft_proposal_admits (self, record))
    return "not-admitted";
  if (!weft_record_check_commits (record, &self->config.verify))
    return "certificate";

  return NULL;
}

/* Whether a message makes the same revision of a block, with the same content, and leaves it to the
 * same peers. */
static gboolean
has_change (WeftRepoMessage   *message,
            WeftCommitRequest *own,
            const char        *block_id)
{
  WeftCommitRequest *other
      = weft_repo_message_find_commit_at (message, block_id,
                                          weft_commit_request_get_base (own, block_id));

  return other != NULL
         && g_strcmp0 (weft_commit_request_get_action_id (own),
                       weft_commit_request_get_action_id (other)) == 0
         && weft_commit_request_get_rev (own) == weft_commit_request_get_rev (other)
         && g_strcmp0 (weft_commit_request_get_membership (own),
                       weft_commit_request_get_membership (other)) == 0
         && g_strcmp0 (weft_commit_request_get_digest (own, block_id),
                       weft_commit_request_get_digest (other, block_id)) == 0;
}

/* All that the caller wants, as another coordinator recorded it, or this one together with what
 * others want. */
static gboolean
is_same_change (WeftProposalMachine *self,
                WeftClusterRecord   *certificate)
{
  WeftRepoMessage *own = weft_cluster_record_get_message (self->own);
  WeftRepoMessage *other = weft_cluster_record_get_message (certificate);

  if (!weft_slots_contain (weft_cluster_record_get_slots (certificate),
                           weft_cluster_record_get_slots (self->own)))
    return FALSE;

  for (guint i = 0; i < weft_repo_message_get_n_commits (own); i++)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit_at (own, i);
      const char * const *block_ids = weft_commit_request_get_block_ids (commit);

      for (guint j = 0; block_ids[j] != NULL; j++)
        if (!has_change (other, commit, block_ids[j]))
          return FALSE;
    }

  return TRUE;
}

/* A node can have the certificate with one of the blocks, which came from others, and hold its lock
 * on another one still. It is that which makes it recover, and where nobody asks it any more, since
 * the blocks have moved, nobody else would tell it. */
static gboolean
may_know_in_part (WeftProposalMachine *self,
                  WeftPollMember      *member)
{
  return self->attempts > 0 && weft_cluster_record_get_slots (self->own)->len > 1
         && weft_peer_id_equal (member->peer_id, self->config.peer_id);
}

GPtrArray *
weft_proposal_list_unaware (WeftProposalMachine *self)
{
  g_autoptr (GPtrArray) peer_ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);
      gboolean is_unaware = member->state == WEFT_POLL_ANSWERED &&
                            (member->verdict != WEFT_PROPOSAL_SETTLED ||
                             may_know_in_part (self, member));

      /* A recovery is there because somebody did not tell everybody. */
      if (self->stage != WEFT_PROPOSAL_PROMISE && self->attempts > 0)
        is_unaware |= member->state == WEFT_POLL_WAITING;
      if (is_unaware)
        g_ptr_array_add (peer_ids, weft_peer_id_ref (member->peer_id));
    }

  return g_steal_pointer (&peer_ids);
}

/* A node may hold what it was asked about by those who began a block, which others decided: these
 * do not know of it, so it has to tell itself what became of that. */
static void
add_self (WeftProposalMachine *self,
          GPtrArray           *concerned)
{
  GPtrArray *peers = weft_cluster_record_get_peers (self->own);
  gint index = weft_cluster_peers_find (peers, self->config.peer_id);

  if (self->attempts > 0 && index >= 0
      && weft_cluster_peers_find (concerned, self->config.peer_id) < 0)
    g_ptr_array_add (concerned, weft_cluster_peer_ref (g_ptr_array_index (peers, index)));
}

/* Those who decided, and those to whom that moves the blocks. */
static GPtrArray *
list_concerned (WeftProposalMachine *self,
                WeftClusterRecord   *certificate)
{
  GPtrArray *peers = weft_cluster_record_get_peers (certificate);
  GPtrArray *target = weft_commit_request_get_cluster (
      weft_repo_message_get_commit (weft_cluster_record_get_message (certificate)));
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (guint i = 0; i < peers->len; i++)
    g_ptr_array_add (all, weft_cluster_peer_ref (g_ptr_array_index (peers, i)));
  for (guint i = 0; target != NULL && i < target->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (target, i);

      if (weft_cluster_peers_find (peers, weft_cluster_peer_get_peer_id (peer)) < 0)
        g_ptr_array_add (all, weft_cluster_peer_ref (peer));
    }
  add_self (self, all);
  g_ptr_array_sort (all, weft_cluster_peer_order);

  return all;
}

/* Who did not decide on it does not tell us of it either. */
static void
add_newcomers (GPtrArray         *to,
               WeftClusterRecord *certificate,
               GPtrArray         *concerned)
{
  for (guint i = 0; i < concerned->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (concerned, i));

      if (!weft_cluster_record_has_peer (certificate, peer_id))
        g_ptr_array_add (to, weft_peer_id_ref (peer_id));
    }
}

/* Says what the certificate means to the caller; FALSE if nothing. */
static gboolean
conclude (WeftProposalMachine *self,
          WeftClusterRecord   *certificate,
          WeftProposalEffects *effects)
{
  g_autofree char *stale = NULL;

  if (!weft_slots_overlap (weft_cluster_record_get_slots (certificate),
                           weft_cluster_record_get_slots (self->own)))
    return FALSE;

  self->may_be_decided = FALSE;
  if (self->has_result)
    return TRUE;

  if (weft_proposal_is_own (self, certificate) || is_same_change (self, certificate))
    {
      weft_proposal_tell_result (self, WEFT_OUTCOME_DECIDED, certificate, NULL, NULL, effects);
      return TRUE;
    }
  stale = weft_proposal_describe_taken (self, certificate);
  weft_proposal_tell_result (self, WEFT_OUTCOME_STALE, certificate, stale, NULL, effects);

  return TRUE;
}

void
weft_proposal_settle (WeftProposalMachine     *self,
                      WeftClusterRecord       *certificate,
                      GPtrArray               *to,
                      const WeftProposalEvent *event,
                      WeftProposalEffects     *effects)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (certificate);
  g_autoptr (GPtrArray) concerned = list_concerned (self, certificate);

  if (to != NULL)
    add_newcomers (to, certificate, concerned);
  self->is_settled = conclude (self, certificate, effects);
  weft_cluster_record_ref (certificate);
  g_clear_pointer (&self->certificate, weft_cluster_record_unref);
  self->certificate = certificate;
  weft_proposal_enter (self, WEFT_PROPOSAL_TELL, effects);
  weft_proposal_ask (self, request, concerned, to, event, effects);
  weft_proposal_advance_tell (self, event, effects);
}

WeftProposalVerdict
weft_proposal_judge_told (WeftProposalMachine *self,
                          WeftPollMember      *member)
{
  WeftClusterAnswerKind kind = weft_cluster_answer_get_kind (member->answer);
  WeftClusterRecord *record;

  if (kind == WEFT_CLUSTER_ANSWER_APPLIED)
    return WEFT_PROPOSAL_APPROVED;
  if (kind != WEFT_CLUSTER_ANSWER_DECIDED)
    return WEFT_PROPOSAL_USELESS;

  /* It has it from somebody else. */
  record = weft_cluster_answer_get_record (member->answer);
  return g_strcmp0 (weft_cluster_record_get_message_hash (record),
                    weft_cluster_record_get_message_hash (self->certificate)) == 0
             ? WEFT_PROPOSAL_APPROVED
             : WEFT_PROPOSAL_USELESS;
}

/* Whether it should hear of it sooner or later; a node tells itself when it recovers again. */
static gboolean
is_owed (WeftProposalMachine *self,
         WeftPollMember      *member)
{
  return !weft_peer_id_equal (member->peer_id, self->config.peer_id)
         || weft_cluster_record_has_peer (self->certificate, member->peer_id);
}

/* Who was told and did not acknowledge it. */
static GPtrArray *
list_deaf (WeftProposalMachine *self)
{
  g_autoptr (GPtrArray) peer_ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      if (member->state != WEFT_POLL_NOT_ASKED && member->verdict != WEFT_PROPOSAL_APPROVED
          && is_owed (self, member))
        g_ptr_array_add (peer_ids, weft_peer_id_ref (member->peer_id));
    }

  return g_steal_pointer (&peer_ids);
}

static void
leave (WeftProposalMachine     *self,
       const WeftProposalEvent *event,
       WeftProposalEffects     *effects)
{
  g_autoptr (GPtrArray) deaf = list_deaf (self);

  if (deaf->len > 0)
    {
      WeftProposalEffect *effect = weft_proposal_effects_add (effects,
                                                              WEFT_PROPOSAL_EFFECT_TELL);

      effect->record = weft_cluster_record_ref (self->certificate);
      effect->peer_ids = g_steal_pointer (&deaf);
    }

  if (self->is_settled || (self->has_result && !self->may_be_decided))
    {
      weft_proposal_finish (self, effects);
      return;
    }
  weft_proposal_aim (self, weft_cluster_record_get_slots (self->own), self->own);
  weft_proposal_begin_prepare (self, event, effects);
}

/* Of those who decided it. */
static guint
count_told (WeftProposalMachine *self)
{
  guint n = 0;

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      n += member->verdict == WEFT_PROPOSAL_APPROVED
           && weft_cluster_record_has_peer (self->certificate, member->peer_id);
    }

  return n;
}

/* With our own fate still open, it is enough that those know who have to let go of their locks. */
void
weft_proposal_advance_tell (WeftProposalMachine     *self,
                            const WeftProposalEvent *event,
                            WeftProposalEffects     *effects)
{
  guint n_waiting = weft_poll_get_waiting (&self->poll);
  guint n_told = count_told (self);
  guint enough = weft_cluster_record_get_promises_needed (self->certificate);

  if (n_waiting == 0 || (!self->is_settled && n_told >= enough))
    leave (self, event, effects);
}
