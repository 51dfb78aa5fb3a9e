/* weft-member-conflict.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"

gboolean
weft_member_is_same (WeftClusterRecord *a,
                     WeftClusterRecord *b)
{
  return a == b
         || g_str_equal (weft_cluster_record_get_message_hash (a),
                         weft_cluster_record_get_message_hash (b));
}

/* What keeps a record from this slot at this ballot, if anything does. */
static gboolean
is_barred (WeftMemberSlot    *entry,
           WeftClusterRecord *record,
           WeftMemberPhase    phase)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  WeftClusterRecord *bound;
  int order;

  if (entry->prepared == NULL)
    return FALSE;
  order = weft_ballot_compare (ballot, entry->prepared);
  if (order != 0)
    return order < 0 && !(WEFT_BUG (LOCK_BELOW) && phase == WEFT_MEMBER_PHASE_LOCK)
           && !(WEFT_BUG (VOTE_BELOW) && phase == WEFT_MEMBER_PHASE_VOTE);

  /* Of its own ballot it may be another message's: the one voted for and the one locked can be
   * two, as others voted differently. */
  bound = entry->lock;
  if (bound != NULL && weft_ballot_equal (weft_cluster_record_get_ballot (bound), ballot)
      && !weft_member_is_same (bound, record))
    return TRUE;
  bound = entry->vote;

  return phase == WEFT_MEMBER_PHASE_VOTE && bound != NULL && !WEFT_BUG (VOTE_TWICE)
         && weft_ballot_equal (weft_cluster_record_get_ballot (bound), ballot)
         && !weft_member_is_same (bound, record);
}

gboolean
weft_member_answer_conflict (WeftMemberMachine *self,
                             WeftMemberCall    *call,
                             WeftMemberPhase    phase)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  WeftBallot *above = NULL;
  const char *with = NULL;
  WeftClusterRecord *compared = NULL;
  g_autoptr (WeftVote) vote = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));
      WeftClusterRecord *held;

      if (entry == NULL || !is_barred (entry, record, phase))
        continue;

      if (above == NULL || weft_ballot_compare (above, entry->prepared) < 0)
        above = entry->prepared;
      held = weft_member_slot_get_held (entry);
      if (with == NULL && held != NULL && !weft_member_is_same (held, record))
        with = weft_cluster_record_get_message_hash (held);
      if (entry->lock != NULL && entry->lock != compared)
        weft_member_find_liars (self, record, entry->lock, WEFT_PURPOSE_PROMISE);
      compared = entry->lock;
    }
  if (above == NULL)
    return FALSE;

  vote = weft_vote_new (WEFT_VOTE_CONFLICT, NULL, with, above, NULL);
  weft_member_count (self, "member/conflict");
  weft_member_answer_vote (self, call,
                           phase == WEFT_MEMBER_PHASE_VOTE ? WEFT_PURPOSE_PROMISE
                                                           : WEFT_PURPOSE_COMMIT,
                           vote, 0);

  return TRUE;
}

static WeftVote *
get_approval (WeftClusterRecord *record,
              guint              peer_index,
              WeftPurpose        purpose)
{
  WeftVote *vote = purpose == WEFT_PURPOSE_PROMISE
                       ? weft_cluster_record_get_promise (record, peer_index)
                       : weft_cluster_record_get_commit (record, peer_index);

  return vote != NULL && weft_vote_get_vote_type (vote) == WEFT_VOTE_APPROVE ? vote : NULL;
}

/* An honest member may approve of two messages at one ballot when one of them lost a slot that the
 * other does not claim. So it is only of messages with the same slots that two approvals prove
 * something. */
static gboolean
are_exclusive (WeftClusterRecord *a,
               WeftClusterRecord *b)
{
  GPtrArray *a_slots = weft_cluster_record_get_slots (a);
  GPtrArray *b_slots = weft_cluster_record_get_slots (b);

  if (weft_member_is_same (a, b) || a_slots->len != b_slots->len
      || !weft_ballot_equal (weft_cluster_record_get_ballot (a),
                             weft_cluster_record_get_ballot (b)))
    return FALSE;

  for (guint i = 0; i < a_slots->len; i++)
    if (weft_slot_compare (g_ptr_array_index (a_slots, i), g_ptr_array_index (b_slots, i)) != 0)
      return FALSE;

  return TRUE;
}

static void
report (WeftMemberMachine *self,
        WeftPeerId        *peer_id,
        WeftClusterRecord *record,
        WeftClusterRecord *other)
{
  WeftMemberEffect *effect = weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_REPORT);
  JsonObject *object = json_object_new ();
  JsonArray *records = json_array_new ();

  json_array_add_element (records, weft_cluster_record_to_json (record));
  json_array_add_element (records, weft_cluster_record_to_json (other));
  json_object_set_array_member (object, "records", records);
  effect->peer_id = weft_peer_id_ref (peer_id);
  effect->text = g_strdup ("equivocation");
  effect->proof = json_node_init_object (json_node_alloc (), object);
  json_node_seal (effect->proof);
  json_object_unref (object);
  weft_member_count (self, "member/equivocation");
}

void
weft_member_find_liars (WeftMemberMachine *self,
                        WeftClusterRecord *record,
                        WeftClusterRecord *other,
                        WeftPurpose        purpose)
{
  GPtrArray *peers = weft_cluster_record_get_peers (record);

  if (!are_exclusive (record, other))
    return;

  for (guint i = 0; i < peers->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));
      int other_index = weft_cluster_record_find_peer (other, peer_id);
      WeftVote *vote = get_approval (record, i, purpose);
      WeftVote *other_vote
          = other_index >= 0 ? get_approval (other, other_index, purpose) : NULL;

      if (vote != NULL && other_vote != NULL
          && weft_vote_check (vote, purpose, record, peer_id, &self->verify)
          && weft_vote_check (other_vote, purpose, other, peer_id, &self->verify))
        report (self, peer_id, record, other);
    }
}
