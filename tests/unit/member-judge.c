/* member-judge.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-judge.h"

/* "slot ballot purpose" to the record that was approved of; "slot" to the highest ballot that was
 * prepared; "slot ballot message hash" of what was told then to be voted for or locked. */
struct _MemberJudge
{
  GTree *approvals; /* (element-type utf8 WeftClusterRecord) */
  GTree *prepared;  /* (element-type utf8 WeftBallot) */
  GTree *told;      /* (element-type utf8) */
};

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return strcmp (a, b);
}

MemberJudge *
member_judge_new (void)
{
  MemberJudge *self = g_new0 (MemberJudge, 1);

  self->approvals = g_tree_new_full (compare, NULL, g_free,
                                     (GDestroyNotify) weft_cluster_record_unref);
  self->prepared = g_tree_new_full (compare, NULL, g_free, (GDestroyNotify) weft_ballot_unref);
  self->told = g_tree_new_full (compare, NULL, g_free, NULL);

  return self;
}

void
member_judge_free (MemberJudge *self)
{
  g_tree_unref (self->approvals);
  g_tree_unref (self->prepared);
  g_tree_unref (self->told);
  g_free (self);
}

static gboolean
have_same_slots (WeftClusterRecord *a,
                 WeftClusterRecord *b)
{
  GPtrArray *slots = weft_cluster_record_get_slots (a);

  if (slots->len != weft_cluster_record_get_slots (b)->len)
    return FALSE;

  for (guint i = 0; i < slots->len; i++)
    if (!weft_cluster_record_has_slot (b, g_ptr_array_index (slots, i)))
      return FALSE;

  return TRUE;
}

static gboolean
is_same (WeftClusterRecord *a,
         WeftClusterRecord *b)
{
  return g_str_equal (weft_cluster_record_get_message_hash (a),
                      weft_cluster_record_get_message_hash (b));
}

static JsonObject *
read_slot (RigState *durable,
           WeftSlot *slot)
{
  g_autoptr (JsonNode) json = rig_state_read_slot (durable, slot);

  /* The state keeps it. */
  return json != NULL ? json_node_get_object (json) : NULL;
}

static gboolean
is_filled (JsonObject *object)
{
  return object != NULL
         && (json_object_has_member (object, "certificate")
             || json_object_has_member (object, "with"));
}

static gboolean
is_same_or_above (WeftClusterRecord *kept,
                  WeftClusterRecord *record)
{
  return is_same (kept, record)
         || weft_ballot_compare (weft_cluster_record_get_ballot (kept),
                                 weft_cluster_record_get_ballot (record))
                > 0;
}

/* What a crash now would leave: what a slot has of its own, or shares with others. */
static WeftBallot *
read_prepared (RigState *durable,
               WeftSlot *slot)
{
  JsonObject *object = read_slot (durable, slot);
  g_autoptr (WeftClusterRecord) vote = rig_state_find_shared (durable, slot, FALSE);
  g_autoptr (WeftClusterRecord) lock = rig_state_find_shared (durable, slot, TRUE);
  WeftClusterRecord *higher = lock != NULL ? lock : vote;

  if (object != NULL)
    return weft_ballot_from_json (json_object_get_member (object, "prepared"), NULL);

  g_assert_nonnull (higher);
  if (vote != NULL
      && weft_ballot_compare (weft_cluster_record_get_ballot (vote),
                              weft_cluster_record_get_ballot (higher))
             > 0)
    higher = vote;

  return weft_ballot_ref (weft_cluster_record_get_ballot (higher));
}

/* Whether a crash now would leave what was signed: the record itself, or what came after it. */
static gboolean
is_kept (WeftClusterRecord *record,
         WeftSlot          *slot,
         const char        *name,
         RigState          *durable)
{
  JsonObject *object = read_slot (durable, slot);
  g_autoptr (WeftClusterRecord) kept = NULL;
  JsonNode *json = object != NULL ? json_object_get_member (object, name) : NULL;

  if (is_filled (object)
      || rig_state_get_latest (durable, weft_slot_get_block_id (slot)) > weft_slot_get_base (slot))
    return TRUE;
  /* A vote for what is locked is written with its lock. */
  if (json == NULL && object != NULL && json_object_has_member (object, "vote"))
    json = json_object_get_member (object, "lock");
  if (json == NULL && object == NULL)
    {
      kept = rig_state_find_shared (durable, slot, g_str_equal (name, "lock"));
      return kept != NULL && is_same_or_above (kept, record);
    }
  if (json == NULL)
    return FALSE;
  if (json_object_has_member (json_node_get_object (json), "key"))
    {
      const char *key = json_object_get_string_member (json_node_get_object (json), "key");
      g_autoptr (JsonNode) shared = rig_state_read (durable, key);

      g_assert_nonnull (shared);
      kept = rig_state_read_shared (durable, shared);
    }
  else
    {
      kept = weft_cluster_record_from_json (json, NULL);
    }

  return is_same_or_above (kept, record);
}

/* Once a slot of it was filled by another message, a record may be forgotten in all its slots. */
static gboolean
is_dead (WeftClusterRecord *record,
         RigState          *durable)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      if (rig_state_get_latest (durable, weft_slot_get_block_id (slot))
          > weft_slot_get_base (slot))
        return TRUE;
    }

  return FALSE;
}

static char *
make_told_key (WeftSlot   *slot,
               WeftBallot *ballot,
               const char *message_hash)
{
  g_autofree char *slot_text = weft_slot_to_string (slot);
  g_autofree char *ballot_text = weft_ballot_to_string (ballot);

  return g_strdup_printf ("%s %s %s", slot_text, ballot_text, message_hash);
}

/* Never below what was prepared, but for what was told of then: its answer may have been lost. */
static gboolean
may_approve (MemberJudge       *self,
             WeftClusterRecord *record,
             WeftSlot          *slot)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  g_autofree char *slot_text = weft_slot_to_string (slot);
  g_autofree char *told
      = make_told_key (slot, ballot, weft_cluster_record_get_message_hash (record));
  WeftBallot *prepared = g_tree_lookup (self->prepared, slot_text);

  return prepared == NULL || weft_ballot_compare (ballot, prepared) >= 0
         || g_tree_lookup_extended (self->told, told, NULL, NULL);
}

static void
approve (MemberJudge       *self,
         WeftClusterRecord *record,
         WeftSlot          *slot,
         const char        *purpose,
         RigState          *durable)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  g_autofree char *slot_text = weft_slot_to_string (slot);
  g_autofree char *ballot_text = weft_ballot_to_string (ballot);
  g_autofree char *key = g_strdup_printf ("%s %s %s", slot_text, ballot_text, purpose);
  WeftClusterRecord *before = g_tree_lookup (self->approvals, key);

  g_assert_true (is_kept (record, slot, g_str_equal (purpose, "vote") ? "record" : "lock", durable)
                 || is_dead (record, durable));
  if (before != NULL && is_same (before, record))
    return;

  /* One at each ballot, unless the first lost another of its slots. */
  g_assert_true (before == NULL || is_dead (before, durable));
  g_assert_true (before == NULL || !have_same_slots (before, record));
  g_assert_true (may_approve (self, record, slot));
  g_tree_insert (self->approvals, g_steal_pointer (&key), weft_cluster_record_ref (record));
}

static void
judge_vote (MemberJudge        *self,
            WeftClusterRequest *request,
            WeftClusterAnswer  *answer,
            const char         *purpose,
            RigState           *durable)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);
  WeftVote *vote = weft_cluster_answer_get_vote (answer);
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  g_assert_true (weft_vote_check (vote,
                                  g_str_equal (purpose, "vote") ? WEFT_PURPOSE_PROMISE
                                                                : WEFT_PURPOSE_COMMIT,
                                  record, fixture_peer_id (0), fixture_verify ()));
  if (weft_vote_get_vote_type (vote) == WEFT_VOTE_APPROVE)
    for (guint i = 0; i < slots->len; i++)
      approve (self, record, g_ptr_array_index (slots, i), purpose, durable);
}

static void
note_told (MemberJudge         *self,
           const WeftSlotState *state)
{
  if (state->vote_hash != NULL)
    g_tree_insert (self->told,
                   make_told_key (state->slot, state->vote_ballot, state->vote_hash), NULL);
  if (state->lock != NULL)
    g_tree_insert (self->told,
                   make_told_key (state->slot, weft_cluster_record_get_ballot (state->lock),
                                  weft_cluster_record_get_message_hash (state->lock)), NULL);
}

/* An answer to a prepare is durable, and names every lock that was signed below it. */
static void
judge_prepared (MemberJudge  *self,
                WeftPrepared *prepared,
                RigState     *durable)
{
  WeftBallot *ballot = weft_prepared_get_ballot (prepared);

  g_assert_true (weft_prepared_check (prepared, fixture_peer_id (0), fixture_verify ()));
  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    {
      WeftSlot *slot = weft_prepared_get_state (prepared, i)->slot;
      JsonObject *object = read_slot (durable, slot);
      g_autofree char *slot_text = weft_slot_to_string (slot);
      WeftBallot *before = g_tree_lookup (self->prepared, slot_text);
      g_autoptr (WeftBallot) kept = NULL;

      note_told (self, weft_prepared_get_state (prepared, i));
      if (before == NULL || weft_ballot_compare (before, ballot) < 0)
        g_tree_insert (self->prepared, g_steal_pointer (&slot_text), weft_ballot_ref (ballot));
      if (is_filled (object)
          || rig_state_get_latest (durable, weft_slot_get_block_id (slot))
                 > weft_slot_get_base (slot))
        continue;
      kept = read_prepared (durable, slot);
      g_assert_cmpint (weft_ballot_compare (kept, ballot), >=, 0);
    }
}

static void
judge_applied (WeftClusterRecord *record,
               RigState          *durable)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      g_assert_cmpint (rig_state_get_latest (durable, weft_slot_get_block_id (slot)), >,
                       weft_slot_get_base (slot));
    }
}

void
member_judge_answer (MemberJudge        *self,
                     WeftClusterRequest *request,
                     WeftClusterAnswer  *answer,
                     RigState           *durable)
{
  switch (weft_cluster_answer_get_kind (answer))
    {
    case WEFT_CLUSTER_ANSWER_PROMISE:
      judge_vote (self, request, answer, "vote", durable);
      break;

    case WEFT_CLUSTER_ANSWER_COMMIT:
      judge_vote (self, request, answer, "lock", durable);
      break;

    case WEFT_CLUSTER_ANSWER_APPLIED:
      judge_applied (weft_cluster_request_get_record (request), durable);
      break;

    case WEFT_CLUSTER_ANSWER_PREPARED:
      judge_prepared (self, weft_cluster_answer_get_prepared (answer), durable);
      break;

    case WEFT_CLUSTER_ANSWER_DECIDED:
      g_assert_true (weft_record_check_commits (weft_cluster_answer_get_record (answer),
                                                fixture_verify ()));
      break;

    case WEFT_CLUSTER_ANSWER_CONFLICT:
    case WEFT_CLUSTER_ANSWER_STATES:
    case WEFT_CLUSTER_ANSWER_PENDED:
    case WEFT_CLUSTER_ANSWER_ERROR:
      break;

    default:
      g_assert_not_reached ();
    }
}
