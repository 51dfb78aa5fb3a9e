/* weft-proposal-status.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-proposal-state-private.h"

static const char * const verdict_names[] = {
  "waiting", "approved", "conflict", "stale", "rejected", "unable", "decided", "useless",
};

static const char * const outcome_names[] = {
  "decided", "stale", "refused", "unavailable", "indeterminate", "free",
};

static JsonObject *
list_answers (WeftProposalMachine *self)
{
  JsonObject *answers = json_object_new ();

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      if (member->state != WEFT_POLL_NOT_ASKED)
        json_object_set_string_member (answers, weft_peer_id_get_text (member->peer_id),
                                       member->state == WEFT_POLL_FAILED
                                           ? "failed" : verdict_names[member->verdict]);
    }

  return answers;
}

JsonNode *
weft_proposal_machine_to_json (WeftProposalMachine *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *json = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "stage", weft_proposal_stage_to_name (self->stage));
  json_object_set_string_member (object, "messageHash",
                                 weft_cluster_record_get_message_hash (self->own));
  json_object_set_member (object, "ballot", weft_ballot_to_json (self->highest));
  json_object_set_int_member (object, "attempts", self->attempts);
  if (self->driven != NULL && !weft_proposal_is_own (self, self->driven))
    json_object_set_string_member (object, "driving",
                                   weft_cluster_record_get_message_hash (self->driven));
  json_object_set_object_member (object, "answers", list_answers (self));
  if (self->has_result)
    json_object_set_string_member (object, "result", outcome_names[self->outcome]);
  json_node_take_object (json, object);
  json_node_seal (json);

  return json;
}

static void
check_stage (WeftProposalMachine *self)
{
  switch (self->stage)
    {
    case WEFT_PROPOSAL_PROMISE:
      g_assert (self->driven != NULL);
      g_assert (weft_poll_get_size (&self->poll) ==
                weft_cluster_record_get_n_peers (self->driven));
      break;

    case WEFT_PROPOSAL_COMMIT:
      g_assert (weft_cluster_record_get_n_promises (self->driven) >=
                weft_cluster_record_get_promises_needed (self->driven));
      g_assert (self->may_be_decided || !weft_proposal_is_own (self, self->driven));
      break;

    case WEFT_PROPOSAL_TELL:
      g_assert (self->certificate != NULL);
      g_assert (weft_cluster_record_get_n_commits (self->certificate) >=
                weft_cluster_record_get_commits_needed (self->certificate));
      g_assert (self->has_result || !self->is_settled);
      break;

    case WEFT_PROPOSAL_WAIT:
      g_assert (self->wait_until_usec > 0);
      g_assert (self->slots != NULL);
      break;

    case WEFT_PROPOSAL_PREPARE:
      g_assert (self->prepare != NULL);
      g_assert (weft_ballot_get_number (weft_prepare_get_ballot (self->prepare)) > 0);
      break;

    case WEFT_PROPOSAL_DONE:
      g_assert (self->has_result);
      break;

    case WEFT_PROPOSAL_IDLE:
      g_assert (!self->has_result);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
weft_proposal_machine_check (WeftProposalMachine *self)
{
  check_stage (self);
  weft_poll_check (&self->poll);
  g_assert (self->attempts <= self->attempts_max);
  g_assert (self->driven == NULL ||
            weft_ballot_compare (weft_cluster_record_get_ballot (self->driven),
                                 self->highest) <= 0);
  /* What was told stands. */
  g_assert (!self->has_result || self->outcome != WEFT_OUTCOME_UNAVAILABLE ||
            !self->may_be_decided);
}
