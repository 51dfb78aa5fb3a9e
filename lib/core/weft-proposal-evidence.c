/* weft-proposal-evidence.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-proposal-state-private.h"

/* Of one contest; more only make it slower. */
#define SEEN_MAX 64

gboolean
weft_proposal_is_liar (WeftProposalMachine *self,
                       WeftPeerId          *peer_id)
{
  for (guint i = 0; i < self->liars->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (self->liars, i), peer_id))
      return TRUE;

  return FALSE;
}

void
weft_proposal_report (WeftProposalEffects *effects,
                      WeftPeerId          *peer_id,
                      const char          *word,
                      JsonNode            *proof)
{
  WeftProposalEffect *effect = weft_proposal_effects_add (effects, WEFT_PROPOSAL_EFFECT_REPORT);

  effect->peer_id = weft_peer_id_ref (peer_id);
  effect->text = g_strdup (word);
  effect->proof = proof;
}

static gboolean
is_approved_by (WeftClusterRecord *record,
                WeftPeerId        *peer_id)
{
  int index = weft_cluster_record_find_peer (record, peer_id);
  WeftVote *vote = index >= 0 ? weft_cluster_record_get_promise (record, index) : NULL;

  return vote != NULL && weft_vote_get_vote_type (vote) == WEFT_VOTE_APPROVE;
}

/* Beyond the S promises that were checked, anybody may have added some in the name of others. */
static gboolean
is_signed_by (WeftProposalMachine *self,
              WeftClusterRecord   *record,
              WeftPeerId          *peer_id)
{
  int index = weft_cluster_record_find_peer (record, peer_id);

  return weft_vote_check (weft_cluster_record_get_promise (record, index), WEFT_PURPOSE_PROMISE,
                          record, peer_id, &self->config.verify);
}

/* The record with what one member promised and nothing else. */
static JsonNode *
make_statement (WeftClusterRecord *record,
                WeftPeerId        *peer_id)
{
  int index = weft_cluster_record_find_peer (record, peer_id);
  g_autofree WeftVote **votes = g_new0 (WeftVote *, weft_cluster_record_get_n_peers (record));
  g_autoptr (WeftClusterRecord) statement = NULL;

  votes[index] = weft_cluster_record_get_promise (record, index);
  statement = weft_cluster_record_with_votes (record, votes, NULL);

  return weft_cluster_record_to_json (statement);
}

/* {"records":[Record,Record]}, or {"records":[Record],"prepared":Prepared}. */
static JsonNode *
make_proof (WeftClusterRecord *record,
            WeftClusterRecord *other,
            WeftPrepared      *prepared,
            WeftPeerId        *peer_id)
{
  JsonObject *object = json_object_new ();
  JsonArray *records = json_array_new ();
  JsonNode *json = json_node_new (JSON_NODE_OBJECT);

  json_array_add_element (records, make_statement (record, peer_id));
  if (other != NULL)
    json_array_add_element (records, make_statement (other, peer_id));
  json_object_set_array_member (object, "records", records);
  if (prepared != NULL)
    json_object_set_member (object, "prepared", weft_prepared_to_json (prepared));
  json_node_take_object (json, object);
  json_node_seal (json);

  return json;
}

/* Counts neither of what contradicts itself, and nothing else that the peer says. */
static void
accuse (WeftProposalMachine *self,
        WeftPeerId          *peer_id,
        JsonNode            *proof,
        WeftProposalEffects *effects)
{
  WeftPollMember *member = weft_poll_find_peer (&self->poll, peer_id);

  weft_proposal_report (effects, peer_id, "equivocation", proof);
  g_ptr_array_add (self->liars, weft_peer_id_ref (peer_id));
  if (member != NULL && member->verdict != 0)
    member->verdict = WEFT_PROPOSAL_USELESS;
}

/* Two promises prove something when the slots are the same: an honest member lets go of its vote
 * when a slot of the record is filled, and may then vote for another one in the rest of them. */
static gboolean
is_rival (WeftClusterRecord *a,
          WeftClusterRecord *b)
{
  GPtrArray *a_slots = weft_cluster_record_get_slots (a);
  GPtrArray *b_slots = weft_cluster_record_get_slots (b);

  if (weft_ballot_compare (weft_cluster_record_get_ballot (a),
                           weft_cluster_record_get_ballot (b)) != 0)
    return FALSE;
  if (g_strcmp0 (weft_cluster_record_get_message_hash (a),
                 weft_cluster_record_get_message_hash (b)) == 0)
    return FALSE;

  return a_slots->len == b_slots->len && a_slots->len > 0 && weft_slots_contain (a_slots, b_slots);
}

static void
compare_promises (WeftProposalMachine *self,
                  WeftClusterRecord   *a,
                  WeftClusterRecord   *b,
                  WeftProposalEffects *effects)
{
  GPtrArray *peers = weft_cluster_record_get_peers (a);

  if (!is_rival (a, b))
    return;

  for (guint i = 0; i < peers->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));

      if (is_approved_by (a, peer_id) && is_approved_by (b, peer_id) &&
          !weft_proposal_is_liar (self, peer_id) && is_signed_by (self, a, peer_id) &&
          is_signed_by (self, b, peer_id))
        accuse (self, peer_id, make_proof (a, b, NULL, peer_id), effects);
    }
}

void
weft_proposal_witness (WeftProposalMachine *self,
                       WeftClusterRecord   *record,
                       WeftProposalEffects *effects)
{
  for (guint i = 0; i < self->seen->len; i++)
    compare_promises (self, g_ptr_array_index (self->seen, i), record, effects);

  if (self->seen->len < SEEN_MAX && weft_cluster_record_get_n_promises (record) > 0)
    g_ptr_array_add (self->seen, weft_cluster_record_ref (record));
}

/* It signed that its vote at this ballot, in one of the slots, all of which are open, was for
 * another record. */
static gboolean
is_denied (WeftClusterRecord *record,
           WeftPrepared      *prepared)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  const char *hash = weft_cluster_record_get_message_hash (record);
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  gboolean is_other = FALSE;

  for (guint i = 0; i < slots->len; i++)
    {
      const WeftSlotState *state = weft_prepared_find (prepared, g_ptr_array_index (slots, i));

      if (state == NULL)
        return FALSE;
      is_other |= state->vote_ballot != NULL &&
                  weft_ballot_compare (state->vote_ballot, ballot) == 0 &&
                  g_strcmp0 (state->vote_hash, hash) != 0;
    }

  return is_other;
}

void
weft_proposal_witness_prepared (WeftProposalMachine *self,
                                WeftPeerId          *peer_id,
                                WeftPrepared        *prepared,
                                WeftProposalEffects *effects)
{
  for (guint i = 0; i < self->seen->len; i++)
    {
      WeftClusterRecord *record = g_ptr_array_index (self->seen, i);

      if (weft_proposal_is_liar (self, peer_id))
        return;
      if (is_approved_by (record, peer_id) && is_denied (record, prepared) &&
          is_signed_by (self, record, peer_id))
        accuse (self, peer_id, make_proof (record, NULL, prepared, peer_id), effects);
    }
}
