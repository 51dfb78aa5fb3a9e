/* weft-member-vote.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-limits.h"
#include "weft-repo-message-private.h"

/* Rules 1, 2 and 6: whether to vote for a record, in all of its slots or in none. */

static gboolean
has_voted (WeftMemberMachine *self,
           WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry == NULL || entry->vote == NULL || entry->is_resting
          || !weft_member_is_same (entry->vote, record)
          || !weft_ballot_equal (weft_cluster_record_get_ballot (entry->vote),
                                 weft_cluster_record_get_ballot (record)))
        return FALSE;
    }

  return TRUE;
}

static void
approve (WeftMemberMachine *self,
         WeftMemberCall    *call,
         guint64            after_id)
{
  g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);

  weft_member_count (self, "member/promise");
  weft_member_answer_vote (self, call, WEFT_PURPOSE_PROMISE, vote, after_id);
}

/* Whether one of the answers that justify a record shows a lock on it: it was voted for in time. */
static gboolean
is_locked_elsewhere (WeftMemberMachine *self,
                     WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  GPtrArray *peers = weft_cluster_record_get_peers (record);

  for (guint i = 0; i < peers->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));
      WeftPrepared *prepared = weft_cluster_record_get_prepared (record, i);
      const WeftSlotState *state
          = prepared != NULL ? weft_prepared_find (prepared, g_ptr_array_index (slots, 0)) : NULL;

      if (state != NULL && state->lock != NULL && weft_member_is_same (state->lock, record)
          && weft_prepared_check (prepared, peer_id, &self->verify))
        return TRUE;
    }

  return FALSE;
}

/* The reason to reject it for its time, or NULL. */
static const char *
find_time_fault (WeftMemberMachine *self,
                 WeftClusterRecord *record)
{
  gint64 expiration = weft_cluster_record_get_expiration (record);
  gboolean is_first
      = weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0;

  if (expiration == 0 || WEFT_BUG (EXPIRED_TAKEN))
    return NULL;
  if (expiration - self->event->real_msec > WEFT_LIMIT_EXPIRATION_MSEC_MAX)
    return "expires-late";
  if (expiration > self->event->real_msec)
    return NULL;

  return is_first || !is_locked_elsewhere (self, record) ? "expired" : NULL;
}

/* What speaks against the record whatever this node has of its blocks. */
static const char *
find_objection (WeftMemberMachine *self,
                WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  if (!weft_member_admits (self, weft_cluster_record_get_peers (record),
                           weft_cluster_record_get_membership (record), slots))
    return "not-admitted";
  if (!weft_member_is_settled (self, slots))
    return "unsettled";
  if (weft_ballot_get_number (weft_cluster_record_get_ballot (record)) > 0
      && !WEFT_BUG (JUSTIFICATION_IGNORED)
      && !weft_record_check_justification (record, &self->verify))
    return "unjustified";

  return NULL;
}

static void
vote (WeftMemberMachine *self,
      WeftMemberCall    *call,
      WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  g_autoptr (WeftClusterRecord) bare = weft_cluster_record_with_ballot (record, ballot, NULL);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_ensure_slot (self, g_ptr_array_index (slots, i));

      weft_member_pass_over (self, entry->vote, bare);
      weft_member_drop (self, entry->vote, FALSE);
      g_clear_pointer (&entry->vote, weft_cluster_record_unref);
      entry->vote = weft_cluster_record_ref (bare);
      if (WEFT_BUG (LOCK_DROPPED))
        g_clear_pointer (&entry->lock, weft_cluster_record_unref);
      if (!WEFT_BUG (VOTE_NOT_RAISED))
        weft_member_slot_raise (entry, ballot);
      weft_member_hold (self, entry);
    }

  approve (self, call, weft_member_store_slots (self, slots));
}

/* One of the commits of a record as a message, with those that are on what it makes: these cannot
 * be judged without it. */
static WeftRepoMessage *
make_run (WeftClusterRecord *record,
          guint              head)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  WeftCommitRequest *commit = weft_repo_message_get_commit_at (message, head);
  const char *block_id = weft_commit_request_get_tail_id (commit);
  g_autoptr (GPtrArray) run = g_ptr_array_new ();

  /* Who has several blocks is followed by none. */
  do
    {
      g_ptr_array_add (run, commit);
      commit = weft_repo_message_find_commit_at (message, block_id,
                                                 weft_commit_request_get_rev (commit));
    }
  while (commit != NULL && run->len < weft_repo_message_get_n_commits (message));

  return weft_repo_message_new_commits (run, weft_cluster_record_get_expiration (record));
}

/* Whether another one makes what it is on. */
static gboolean
follows (WeftRepoMessage   *message,
         WeftCommitRequest *commit)
{
  const char *block_id = weft_commit_request_get_tail_id (commit);

  return weft_repo_message_find_commit (message, block_id) != commit;
}

/* What the validator has against one of its commits, each of which it sees alone, or in its chain.
 */
static char *
find_fault_in_content (WeftMemberMachine *self,
                       WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  guint n_commits = weft_repo_message_get_n_commits (message);
  char *objection = NULL;

  if (self->facts.validate == NULL)
    return NULL;
  if (n_commits == 1)
    return self->facts.validate (self->facts.data, message);

  for (guint i = 0; i < n_commits && objection == NULL; i++)
    {
      g_autoptr (WeftRepoMessage) run = NULL;

      if (follows (message, weft_repo_message_get_commit_at (message, i)))
        continue;
      run = make_run (record, i);
      objection = self->facts.validate (self->facts.data, run);
    }

  return objection;
}

/* The last look: at what this node has. Who is behind has fetched by then, so that the peers were
 * judged by the history of all blocks. */
static void
consider (WeftMemberMachine *self,
          WeftMemberCall    *call,
          WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (GArray) needs = weft_member_list_needs (self, record, slots);
  g_autofree char *objection = NULL;
  gboolean is_open;

  if (needs == NULL)
    {
      weft_member_reject (self, call, "storage", NULL);
      return;
    }
  if (weft_member_is_cancelling (self, record))
    {
      weft_member_reject (self, call, "not-pending", NULL);
      return;
    }
  if (needs->len > 0)
    {
      if (!weft_member_pend_carried (self, call, needs) && !weft_member_wait (self, call, needs))
        weft_member_reject (self, call, weft_member_needs_get_reason (needs), NULL);
      return;
    }
  /* A super-majority found nothing against what is locked, and it may be decided. */
  is_open = !is_locked_elsewhere (self, record);
  if (is_open && !weft_member_admits_target (self, record))
    {
      weft_member_reject (self, call, "target", NULL);
      return;
    }
  if (is_open)
    objection = find_fault_in_content (self, record);
  if (objection != NULL)
    weft_member_reject (self, call, "validator", weft_member_quote (objection));
  else
    vote (self, call, record);
}

void
weft_member_examine_vote (WeftMemberMachine *self,
                          WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  const char *fault;

  if (weft_member_answer_settled (self, call, slots))
    return;
  if (has_voted (self, record))
    {
      approve (self, call, weft_member_find_newest (self, slots));
      return;
    }
  if (weft_member_is_damaged (self, slots))
    {
      weft_member_reject (self, call, "storage", NULL);
      return;
    }

  fault = find_time_fault (self, record);
  if (fault == NULL && !weft_member_answer_conflict (self, call, WEFT_MEMBER_PHASE_VOTE))
    {
      fault = find_objection (self, record);
      if (fault == NULL && !weft_member_has_room (self, slots))
        fault = "busy";
      if (fault == NULL)
        consider (self, call, record);
    }
  if (fault != NULL)
    weft_member_reject (self, call, fault, NULL);
}
