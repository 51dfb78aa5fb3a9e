/* member-narrate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-repo-message-private.h"

/* "x+y" for a group. */
static char *
join_actions (WeftRepoMessage *message)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    g_string_append_printf (name, "%s%s", i > 0 ? "+" : "",
                            weft_commit_request_get_action_id (
                                weft_repo_message_get_commit_at (message, i)));

  return g_string_free (name, FALSE);
}

static void
narrate_pends (MemberRig *self,
               GPtrArray *pends)
{
  g_string_append (self->transcript, "pend");
  for (guint i = 0; i < pends->len; i++)
    g_string_append_printf (self->transcript, " %s",
                            weft_pend_request_get_action_id (g_ptr_array_index (pends, i)));
}

/* A record is called by its action; one that differs in the rest, by the action and a prime. */
void
member_rig_learn_name (MemberRig         *self,
                       WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  const char *hash = weft_cluster_record_get_message_hash (record);
  g_autofree char *name = NULL;

  if (g_tree_lookup (self->names, hash) != NULL)
    return;

  switch (weft_repo_message_get_operation (message))
    {
    case WEFT_REPO_OPERATION_COMMIT:
      name = join_actions (message);
      break;

    case WEFT_REPO_OPERATION_PEND:
      name = g_strdup_printf ("pend-%s", weft_pend_request_get_action_id (
                                             weft_repo_message_get_pend (message)));
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      name = g_strdup_printf ("cancel-%s", weft_action_blocks_get_action_id (
                                               weft_repo_message_get_cancel (message)));
      break;

    case WEFT_REPO_OPERATION_GET:
    case WEFT_REPO_OPERATION_PUT:
    default:
      g_assert_not_reached ();
    }

  for (GTreeNode *node = g_tree_node_first (self->names); node != NULL;
       node = g_tree_node_next (node))
    if (g_str_equal (g_tree_node_value (node), name))
      {
        char *primed = g_strconcat (name, "'", NULL);

        g_free (name);
        name = primed;
        node = g_tree_node_first (self->names);
      }
  g_tree_insert (self->names, g_strdup (hash), g_steal_pointer (&name));
}

static const char *
get_name (MemberRig  *self,
          const char *hash)
{
  const char *name = hash != NULL ? g_tree_lookup (self->names, hash) : "-";

  return name != NULL ? name : "?";
}

static const char *
get_record_name (MemberRig         *self,
                 WeftClusterRecord *record)
{
  return get_name (self, weft_cluster_record_get_message_hash (record));
}

/* "0", or the number and who of the fixture it is, "1.2". */
static char *
narrate_ballot (WeftBallot *ballot)
{
  if (weft_ballot_get_number (ballot) == 0)
    return g_strdup ("0");

  for (guint i = 0; i < 8; i++)
    if (weft_peer_id_equal (fixture_peer_id (i), weft_ballot_get_peer_id (ballot)))
      return g_strdup_printf ("%" G_GINT64_FORMAT ".%u", weft_ballot_get_number (ballot), i);

  g_assert_not_reached ();
}

static char *
narrate_ballot_json (JsonNode *json)
{
  g_autoptr (WeftBallot) ballot = weft_ballot_from_json (json, NULL);

  return narrate_ballot (ballot);
}

static void
narrate_lock (MemberRig         *self,
              WeftClusterRecord *lock)
{
  g_autofree char *ballot = narrate_ballot (weft_cluster_record_get_ballot (lock));

  g_string_append_printf (self->transcript, " locked %s at %s", get_record_name (self, lock),
                          ballot);
}

static void
narrate_vote (MemberRig  *self,
              WeftBallot *ballot,
              const char *hash)
{
  g_autofree char *text = narrate_ballot (ballot);

  g_string_append_printf (self->transcript, " voted %s at %s", get_name (self, hash), text);
}

/* It says what is so in all of its slots but those that have records of their own. */
static void
narrate_shared (MemberRig         *self,
                WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      g_autoptr (JsonNode) own = rig_state_read_slot (self->visible, slot);
      g_autoptr (WeftClusterRecord) vote = rig_state_find_shared (self->visible, slot, FALSE);
      g_autoptr (WeftClusterRecord) lock = rig_state_find_shared (self->visible, slot, TRUE);
      g_autofree char *prepared = narrate_ballot (weft_cluster_record_get_ballot (record));

      if (own != NULL)
        continue;
      g_string_append_printf (self->transcript, " [%s@%" G_GINT64_FORMAT " prepared %s",
                              weft_slot_get_block_id (slot), weft_slot_get_base (slot), prepared);
      if (vote != NULL)
        narrate_vote (self, weft_cluster_record_get_ballot (vote),
                      weft_cluster_record_get_message_hash (vote));
      if (lock != NULL)
        narrate_lock (self, lock);
      g_string_append_c (self->transcript, ']');
    }
}

static void
narrate_write (MemberRig       *self,
               WeftMemberWrite *write)
{
  g_autoptr (JsonNode) json = weft_member_write_to_json (write);
  JsonObject *object;
  g_autoptr (WeftSlot) slot = NULL;
  g_autofree char *prepared = NULL;
  JsonObject *vote;
  g_autoptr (WeftBallot) ballot = NULL;
  g_autoptr (WeftClusterRecord) lock = NULL;

  /* That it is kept beside its slots is not what these stories are about. */
  if (json == NULL && g_tree_lookup (self->shared, write->key) != NULL)
    return;
  if (json == NULL)
    {
      g_string_append (self->transcript, " [deleted]");
      return;
    }
  object = json_node_get_object (json);
  if (json_object_has_member (object, "shared"))
    {
      const char *of = json_object_get_string_member_with_default (object, "of", NULL);

      g_assert_false (write->is_resolved);
      /* What it rested on goes, and nothing else changes. */
      if (of == NULL && g_str_equal (json_object_get_string_member (object, "role"), "lock")
          && g_tree_lookup (self->shared, write->key) != NULL)
        {
          g_string_append (self->transcript, " [in full]");
          return;
        }
      g_tree_replace (self->shared, g_strdup (write->key),
                      rig_shared_read (json, of != NULL ? g_tree_lookup (self->shared, of) : NULL));
      narrate_shared (self, g_tree_lookup (self->shared, write->key));
      return;
    }
  if (!json_object_has_member (object, "slot"))
    {
      g_assert_true (write->is_resolved);
      g_string_append_printf (self->transcript, " [%s]",
                              json_object_has_member (object, "certificate") ? "proof" : "with");
      return;
    }

  g_assert_false (write->is_resolved);
  slot = weft_slot_from_json (json_object_get_member (object, "slot"), NULL);
  prepared = narrate_ballot_json (json_object_get_member (object, "prepared"));
  g_string_append_printf (self->transcript, " [%s@%" G_GINT64_FORMAT " prepared %s",
                          weft_slot_get_block_id (slot), weft_slot_get_base (slot), prepared);
  if (json_object_has_member (object, "vote"))
    {
      vote = json_object_get_object_member (object, "vote");
      ballot = weft_ballot_from_json (json_object_get_member (vote, "ballot"), NULL);
      narrate_vote (self, ballot, json_object_get_string_member (vote, "messageHash"));
    }
  if (json_object_has_member (object, "lock"))
    {
      JsonObject *member = json_object_get_object_member (object, "lock");

      if (json_object_has_member (member, "key"))
        lock = weft_cluster_record_ref (
            g_tree_lookup (self->shared, json_object_get_string_member (member, "key")));
      else
        lock = weft_cluster_record_from_json (json_object_get_member (object, "lock"), NULL);
      narrate_lock (self, lock);
    }
  g_string_append_c (self->transcript, ']');
}

static void
narrate_state (MemberRig           *self,
               const WeftSlotState *state)
{
  g_string_append_printf (self->transcript, " [%s@%" G_GINT64_FORMAT,
                          weft_slot_get_block_id (state->slot), weft_slot_get_base (state->slot));
  if (state->vote_ballot != NULL)
    narrate_vote (self, state->vote_ballot, state->vote_hash);
  if (state->lock != NULL)
    narrate_lock (self, state->lock);
  g_string_append_c (self->transcript, ']');
}

static void
narrate_answered_vote (MemberRig *self,
                       WeftVote  *vote)
{
  g_autofree char *above = NULL;
  g_autofree char *detail = NULL;

  switch (weft_vote_get_vote_type (vote))
    {
    case WEFT_VOTE_APPROVE:
      g_string_append (self->transcript, "approve");
      break;

    case WEFT_VOTE_REJECT:
      g_string_append_printf (self->transcript, "reject %s", weft_vote_get_reason (vote));
      break;

    case WEFT_VOTE_CONFLICT:
      above = narrate_ballot (weft_vote_get_above (vote));
      g_string_append_printf (self->transcript, "conflict with %s above %s",
                              get_name (self, weft_vote_get_with (vote)), above);
      break;

    default:
      g_assert_not_reached ();
    }
  if (weft_vote_get_detail (vote) != NULL)
    g_string_append_printf (self->transcript, " %s", weft_vote_get_detail (vote));
}

static void
narrate_block (MemberRig      *self,
               WeftBlockState *state)
{
  g_string_append_printf (self->transcript, " %s=%" G_GINT64_FORMAT ":%s", state->block_id,
                          state->rev, state->action_id != NULL ? state->action_id : "-");
  if (state->is_elsewhere)
    g_string_append (self->transcript, "-elsewhere");
  for (guint i = 0; state->open != NULL && i < state->open->len; i++)
    narrate_state (self, g_ptr_array_index (state->open, i));
}

static void
narrate_results (MemberRig *self,
                 GPtrArray *results)
{
  g_string_append (self->transcript, "pended");
  for (guint i = 0; i < results->len; i++)
    g_string_append (self->transcript, g_ptr_array_index (results, i) != NULL ? " yes" : " no");
}

static void
narrate_answer (MemberRig         *self,
                WeftClusterAnswer *answer)
{
  WeftPrepared *prepared;
  g_autofree char *ballot = NULL;
  GPtrArray *states;

  switch (weft_cluster_answer_get_kind (answer))
    {
    case WEFT_CLUSTER_ANSWER_PROMISE:
      g_string_append (self->transcript, "promise ");
      narrate_answered_vote (self, weft_cluster_answer_get_vote (answer));
      break;

    case WEFT_CLUSTER_ANSWER_COMMIT:
      g_string_append (self->transcript, "commit ");
      narrate_answered_vote (self, weft_cluster_answer_get_vote (answer));
      break;

    case WEFT_CLUSTER_ANSWER_APPLIED:
      g_string_append (self->transcript, "applied");
      break;

    case WEFT_CLUSTER_ANSWER_DECIDED:
      g_string_append_printf (self->transcript, "decided %s",
                              get_record_name (self, weft_cluster_answer_get_record (answer)));
      break;

    case WEFT_CLUSTER_ANSWER_PREPARED:
      prepared = weft_cluster_answer_get_prepared (answer);
      ballot = narrate_ballot (weft_prepared_get_ballot (prepared));
      g_string_append_printf (self->transcript, "prepared %s", ballot);
      for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
        narrate_state (self, weft_prepared_get_state (prepared, i));
      break;

    case WEFT_CLUSTER_ANSWER_CONFLICT:
      ballot = narrate_ballot (weft_cluster_answer_get_ballot (answer));
      g_string_append_printf (self->transcript, "conflict above %s", ballot);
      break;

    case WEFT_CLUSTER_ANSWER_STATES:
      g_string_append (self->transcript, "states");
      states = weft_cluster_answer_get_states (answer);
      for (guint i = 0; i < states->len; i++)
        narrate_block (self, g_ptr_array_index (states, i));
      break;

    case WEFT_CLUSTER_ANSWER_PENDED:
      narrate_results (self, weft_cluster_answer_get_results (answer));
      break;

    case WEFT_CLUSTER_ANSWER_ERROR:
      g_string_append_printf (self->transcript, "error %s",
                              weft_error_to_name (weft_cluster_answer_get_error (answer)->code));
      break;

    default:
      g_assert_not_reached ();
    }
}

static guint
find_number (WeftPeerId *peer_id)
{
  guint number = 0;

  while (!weft_peer_id_equal (fixture_peer_id (number), peer_id))
    number++;

  return number;
}

static void
narrate_writes (MemberRig *self,
                GPtrArray *writes)
{
  for (guint i = 0; i < writes->len; i++)
    narrate_write (self, g_ptr_array_index (writes, i));
}

void
member_rig_narrate (MemberRig        *self,
                    WeftMemberEffect *effect)
{
  GString *transcript = self->transcript;

  switch (effect->type)
    {
    case WEFT_MEMBER_EFFECT_STORE:
      g_string_append (transcript, "store");
      narrate_writes (self, effect->writes);
      break;

    case WEFT_MEMBER_EFFECT_APPLY:
      g_string_append_printf (transcript, "apply %s", get_record_name (self, effect->record));
      narrate_writes (self, effect->writes);
      break;

    case WEFT_MEMBER_EFFECT_EXECUTE:
      g_string_append_printf (transcript, "execute %s", get_record_name (self, effect->record));
      break;

    case WEFT_MEMBER_EFFECT_PEND_EACH:
      g_string_append_printf (transcript, "pend each of %u", effect->messages->len);
      break;

    case WEFT_MEMBER_EFFECT_PEND:
      narrate_pends (self, effect->pends);
      break;

    case WEFT_MEMBER_EFFECT_FETCH:
      g_string_append_printf (transcript, "fetch %s %" G_GINT64_FORMAT, effect->text, effect->rev);
      break;

    case WEFT_MEMBER_EFFECT_ANSWER:
      g_string_append_printf (transcript, "answer %" G_GUINT64_FORMAT ": ", effect->token);
      narrate_answer (self, effect->answer);
      break;

    case WEFT_MEMBER_EFFECT_RECOVER:
      g_string_append_printf (transcript, "recover %s", get_record_name (self, effect->record));
      break;

    case WEFT_MEMBER_EFFECT_REPORT:
      g_string_append_printf (transcript, "report %u %s", find_number (effect->peer_id),
                              effect->text);
      break;

    case WEFT_MEMBER_EFFECT_COUNT:
      return;

    default:
      g_assert_not_reached ();
    }
  g_string_append_c (transcript, '\n');
}
