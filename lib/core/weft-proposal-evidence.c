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

static JsonNode *
make_proof (const char *name,
            JsonNode   *first,
            JsonNode   *second)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();
  JsonNode *json = json_node_new (JSON_NODE_OBJECT);

  json_array_add_element (array, first);
  json_array_add_element (array, second);
  json_object_set_array_member (object, name, array);
  json_node_take_object (json, object);
  json_node_seal (json);

  return json;
}

/* Counts neither of what contradicts itself, and nothing else that the peer says. */
static void
accuse (WeftProposalMachine *self,
        WeftPeerId          *peer_id,
        JsonNode            *first,
        JsonNode            *second,
        WeftProposalEffects *effects)
{
  WeftPollMember *member = weft_poll_find_peer (&self->poll, peer_id);

  weft_proposal_report (effects, peer_id, "equivocation", make_proof ("votes", first, second));
  g_ptr_array_add (self->liars, weft_peer_id_ref (peer_id));
  if (member != NULL && member->verdict != 0)
    member->verdict = WEFT_PROPOSAL_USELESS;
}

static gboolean
is_rival (WeftClusterRecord *a,
          WeftClusterRecord *b)
{
  if (weft_ballot_compare (weft_cluster_record_get_ballot (a),
                           weft_cluster_record_get_ballot (b)) != 0)
    return FALSE;
  if (g_strcmp0 (weft_cluster_record_get_message_hash (a),
                 weft_cluster_record_get_message_hash (b)) == 0)
    return FALSE;

  return weft_slots_overlap (weft_cluster_record_get_slots (a), weft_cluster_record_get_slots (b));
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
          !weft_proposal_is_liar (self, peer_id))
        accuse (self, peer_id, make_statement (a, peer_id), make_statement (b, peer_id), effects);
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

/* It signed that its vote in this slot and ballot was another one. */
static gboolean
is_denied (WeftClusterRecord *record,
           WeftPrepared      *prepared)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  const char *hash = weft_cluster_record_get_message_hash (record);
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      const WeftSlotState *state = weft_prepared_find (prepared, g_ptr_array_index (slots, i));

      if (state != NULL && state->vote_ballot != NULL &&
          weft_ballot_compare (state->vote_ballot, ballot) == 0 &&
          g_strcmp0 (state->vote_hash, hash) != 0)
        return TRUE;
    }

  return FALSE;
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
      if (is_approved_by (record, peer_id) && is_denied (record, prepared))
        accuse (self, peer_id, make_statement (record, peer_id), weft_prepared_to_json (prepared),
                effects);
    }
}
