/* weft-proposal-resolve.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-limits.h"
#include "weft-proposal-state-private.h"

#include "weft-bug-private.h"

static gboolean
is_same_message (WeftClusterRecord *a,
                 WeftClusterRecord *b)
{
  return g_strcmp0 (weft_cluster_record_get_message_hash (a),
                    weft_cluster_record_get_message_hash (b)) == 0;
}

/* The lock at the highest ballot that any of the answers shows in one of the slots, or NULL. */
static WeftClusterRecord *
find_highest_lock (WeftProposalMachine *self,
                   GPtrArray           *slots)
{
  WeftClusterRecord *highest = NULL;

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);
      WeftPrepared *prepared;

      if (member->verdict != WEFT_PROPOSAL_APPROVED)
        continue;

      prepared = weft_cluster_answer_get_prepared (member->answer);
      for (guint j = 0; j < slots->len; j++)
        {
          const WeftSlotState *state = weft_prepared_find (prepared,
                                                           g_ptr_array_index (slots, j));
          WeftClusterRecord *lock = state != NULL ? state->lock : NULL;

          if (lock != NULL && !WEFT_BUG (LOCK_IGNORED) &&
              (highest == NULL ||
               weft_ballot_compare (weft_cluster_record_get_ballot (lock),
                                    weft_cluster_record_get_ballot (highest)) > 0))
            highest = lock;
        }
    }

  return highest;
}

/* What can have been decided in our slots, or stands in the way of that in another of its slots,
 * and so on. Each step leads to a higher ballot, as far as what the answers cover. */
static WeftClusterRecord *
find_target (WeftProposalMachine *self)
{
  WeftClusterRecord *target = find_highest_lock (self, weft_cluster_record_get_slots (self->own));

  while (target != NULL)
    {
      WeftClusterRecord *above = find_highest_lock (self, weft_cluster_record_get_slots (target));

      if (above == NULL || is_same_message (above, target))
        break;
      if (weft_ballot_compare (weft_cluster_record_get_ballot (above),
                               weft_cluster_record_get_ballot (target)) <= 0)
        break;
      target = above;
    }

  return target;
}

/* Whether the answers can justify the record, which they can only for its own peers and policy. */
static gboolean
is_covered (WeftProposalMachine *self,
            WeftClusterRecord   *record)
{
  if (g_strcmp0 (weft_prepare_get_membership (self->prepare),
                 weft_cluster_record_get_membership (record)) != 0)
    return FALSE;
  if (weft_prepare_get_super_majority (self->prepare) !=
      weft_cluster_record_get_super_majority (record))
    return FALSE;

  return weft_slots_contain (weft_prepare_get_slots (self->prepare),
                             weft_cluster_record_get_slots (record));
}

/* The answers by index of the peers of a record. */
static WeftPrepared **
list_answers (WeftProposalMachine *self,
              WeftClusterRecord   *record)
{
  WeftPrepared **answers = g_new0 (WeftPrepared *, weft_cluster_record_get_n_peers (record));

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);
      int index;

      if (member->verdict != WEFT_PROPOSAL_APPROVED)
        continue;
      index = weft_cluster_record_find_peer (record, member->peer_id);
      g_assert (index >= 0);
      answers[index] = weft_cluster_answer_get_prepared (member->answer);
    }

  return answers;
}

static void
drive (WeftProposalMachine     *self,
       WeftClusterRecord       *record,
       const WeftProposalEvent *event,
       WeftProposalEffects     *effects)
{
  g_autofree WeftPrepared **justification = list_answers (self, record);
  g_autoptr (WeftClusterRecord) next
      = weft_cluster_record_with_ballot (record, weft_prepare_get_ballot (self->prepare),
                                         justification);

  weft_proposal_begin_promise (self, next, event, effects);
}

/* Nothing is decided yet below the ballot. */
static char *
make_free_proof (WeftProposalMachine *self)
{
  GString *text = g_string_new ("{\"ballot\":");
  const char *separator = "";

  weft_ballot_append (weft_prepare_get_ballot (self->prepare), text);
  g_string_append_printf (text, ",\"messageHash\":\"%s\",\"prepared\":{",
                          weft_cluster_record_get_message_hash (self->own));
  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      if (member->verdict != WEFT_PROPOSAL_APPROVED)
        continue;
      g_string_append_printf (text, "%s\"%s\":", separator,
                              weft_peer_id_get_text (member->peer_id));
      weft_prepared_append (weft_cluster_answer_get_prepared (member->answer), text);
      separator = ",";
    }
  g_string_append (text, "}}");

  return g_string_free (text, FALSE);
}

/* It did not vote for it at its ballot, and will not any more. Of a record at a higher ballot there
 * may be votes at lower ones, of which a later vote tells nothing. */
static gboolean
has_not_voted (WeftProposalMachine *self,
               WeftPrepared        *prepared)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (self->own);
  WeftSlot *slot = g_ptr_array_index (weft_cluster_record_get_slots (self->own), 0);
  const WeftSlotState *state = weft_prepared_find (prepared, slot);

  if (state == NULL)
    return FALSE;
  if (state->vote_ballot == NULL)
    return TRUE;

  if (weft_ballot_get_number (ballot) > 0
      || weft_ballot_compare (state->vote_ballot, ballot) != 0)
    return FALSE;

  return g_strcmp0 (state->vote_hash, weft_cluster_record_get_message_hash (self->own)) != 0;
}

/* S answers without a lock leave the slots free, but one member may be locked all the same, and
 * whoever asks that one finishes it. It is dead when S promises, which a lock takes, cannot be
 * there, and it has expired everywhere, so that nobody proposes it at a higher ballot. */
static gboolean
is_dead (WeftProposalMachine     *self,
         const WeftProposalEvent *event)
{
  gint64 expiration = weft_cluster_record_get_expiration (self->own);
  guint size = weft_poll_get_size (&self->poll);
  guint promises = weft_cluster_record_get_promises_needed (self->own);
  guint liars = size / 4;
  guint n = 0;

  if (expiration == 0 || event->real_msec < expiration + WEFT_LIMIT_PENDING_GRACE_USEC / 1000)
    return FALSE;

  for (guint i = 0; i < size; i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      if (member->verdict == WEFT_PROPOSAL_APPROVED)
        n += has_not_voted (self, weft_cluster_answer_get_prepared (member->answer));
    }

  return n > size - promises + liars;
}

static void
tell_free (WeftProposalMachine     *self,
           const WeftProposalEvent *event,
           WeftProposalEffects     *effects)
{
  g_autofree char *proof = make_free_proof (self);
  WeftProposalEffect *effect;

  weft_proposal_tell_result (self, WEFT_OUTCOME_FREE, NULL, proof, NULL, effects);
  effect = &g_array_index (effects->items, WeftProposalEffect, effects->items->len - 1);
  if (is_dead (self, event))
    effect->text = g_strdup (weft_cluster_record_get_message_hash (self->own));
}

static void
resolve_free (WeftProposalMachine     *self,
              const WeftProposalEvent *event,
              WeftProposalEffects     *effects)
{
  if (self->has_result || self->is_recovery)
    {
      if (!self->has_result)
        tell_free (self, event, effects);
      weft_proposal_finish (self, effects);
      return;
    }
  if (is_covered (self, self->own))
    {
      drive (self, self->own, event, effects);
      return;
    }

  weft_proposal_aim (self, weft_cluster_record_get_slots (self->own), self->own);
  weft_proposal_begin_prepare (self, event, effects);
}

void
weft_proposal_resolve (WeftProposalMachine     *self,
                       const WeftProposalEvent *event,
                       WeftProposalEffects     *effects)
{
  WeftClusterRecord *target = find_target (self);
  g_autoptr (WeftClusterRecord) shape = NULL;
  g_autoptr (GPtrArray) slots = NULL;

  if (target == NULL)
    {
      resolve_free (self, event, effects);
      return;
    }
  if (weft_proposal_is_own (self, target))
    {
      /* Somebody else proposes the same; the caller was told that we do not. */
      if (self->has_result && !self->may_be_decided)
        {
          weft_proposal_finish (self, effects);
          return;
        }
      self->may_be_decided = TRUE;
    }
  if (is_covered (self, target))
    {
      drive (self, target, event, effects);
      return;
    }

  shape = weft_cluster_record_ref (target);
  slots = weft_proposal_join_slots (self, target);
  weft_proposal_aim (self, slots, shape);
  weft_proposal_begin_prepare (self, event, effects);
}
