/* plain-member.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "plain-member.h"

typedef struct
{
  WeftSlot *slot;
  WeftBallot *prepared; /* nullable: what it prepared, voted or locked in */
  WeftClusterRecord *vote;
  WeftClusterRecord *lock;
} PlainSlot;

static void
plain_slot_free (gpointer data)
{
  PlainSlot *self = data;

  weft_slot_unref (self->slot);
  g_clear_pointer (&self->prepared, weft_ballot_unref);
  g_clear_pointer (&self->vote, weft_cluster_record_unref);
  g_clear_pointer (&self->lock, weft_cluster_record_unref);
  g_free (self);
}

void
plain_member_init (PlainMember *self,
                   guint        number)
{
  self->number = number;
  self->slots = g_ptr_array_new_with_free_func (plain_slot_free);
  self->decided = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_record_unref);
}

void
plain_member_clear (PlainMember *self)
{
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->decided, g_ptr_array_unref);
}

static PlainSlot *
get_slot (PlainMember *self,
          WeftSlot    *slot)
{
  PlainSlot *entry;

  for (guint i = 0; i < self->slots->len; i++)
    {
      entry = g_ptr_array_index (self->slots, i);
      if (weft_slot_equal (entry->slot, slot))
        return entry;
    }

  entry = g_new0 (PlainSlot, 1);
  entry->slot = weft_slot_ref (slot);
  g_ptr_array_add (self->slots, entry);

  return entry;
}

static gboolean
is_same (WeftClusterRecord *a,
         WeftClusterRecord *b)
{
  return g_str_equal (weft_cluster_record_get_message_hash (a),
                      weft_cluster_record_get_message_hash (b));
}

WeftClusterRecord *
plain_member_find (PlainMember *self,
                   GPtrArray   *slots)
{
  for (guint i = 0; i < self->decided->len; i++)
    for (guint j = 0; j < slots->len; j++)
      if (weft_cluster_record_has_slot (g_ptr_array_index (self->decided, i),
                                        g_ptr_array_index (slots, j)))
        return g_ptr_array_index (self->decided, i);

  return NULL;
}

/* The highest ballot that stands in the way, or NULL. */
static WeftBallot *
find_above (PlainMember       *self,
            GPtrArray         *slots,
            WeftBallot        *ballot,
            WeftClusterRecord *vote)
{
  WeftBallot *above = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      PlainSlot *entry = get_slot (self, g_ptr_array_index (slots, i));
      gboolean is_taken = vote != NULL && entry->vote != NULL && !is_same (entry->vote, vote) &&
                          weft_ballot_equal (weft_cluster_record_get_ballot (entry->vote), ballot);

      if (entry->prepared == NULL)
        continue;
      if ((is_taken || weft_ballot_compare (entry->prepared, ballot) > 0) &&
          (above == NULL || weft_ballot_compare (entry->prepared, above) > 0))
        above = entry->prepared;
    }

  return above;
}

static void
raise_slot (PlainSlot  *entry,
            WeftBallot *ballot)
{
  weft_ballot_ref (ballot);
  g_clear_pointer (&entry->prepared, weft_ballot_unref);
  entry->prepared = ballot;
}

static void
keep (WeftClusterRecord **place,
      WeftClusterRecord  *record)
{
  weft_cluster_record_ref (record);
  g_clear_pointer (place, weft_cluster_record_unref);
  *place = record;
}

static WeftClusterAnswer *
answer_vote (PlainMember          *self,
             WeftClusterAnswerKind kind,
             WeftClusterRecord    *record,
             WeftVote             *vote)
{
  g_autoptr (WeftVote) vote_signed
      = fixture_sign_vote (self->number,
                           kind == WEFT_CLUSTER_ANSWER_COMMIT ? WEFT_PURPOSE_COMMIT
                                                              : WEFT_PURPOSE_PROMISE,
                           record, vote);

  return weft_cluster_answer_new_vote (kind, vote_signed);
}

static WeftClusterAnswer *
vote_or_lock (PlainMember       *self,
              WeftClusterRecord *record,
              gboolean           is_lock)
{
  WeftClusterAnswerKind kind = is_lock ? WEFT_CLUSTER_ANSWER_COMMIT : WEFT_CLUSTER_ANSWER_PROMISE;
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  WeftBallot *above = find_above (self, slots, ballot, is_lock ? NULL : record);
  g_autoptr (WeftVote) vote = NULL;

  if (is_lock)
    g_assert_true (weft_record_check_promises (record, fixture_verify ()));
  else
    g_assert_true (weft_record_check_justification (record, fixture_verify ()));

  if (above != NULL)
    {
      vote = weft_vote_new (WEFT_VOTE_CONFLICT, NULL,
                            weft_cluster_record_get_message_hash (record), above, NULL);
      return answer_vote (self, kind, record, vote);
    }

  for (guint i = 0; i < slots->len; i++)
    {
      PlainSlot *entry = get_slot (self, g_ptr_array_index (slots, i));

      raise_slot (entry, ballot);
      keep (is_lock ? &entry->lock : &entry->vote, record);
    }
  vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);
  return answer_vote (self, kind, record, vote);
}

static void
release (PlainMember       *self,
         WeftClusterRecord *dead)
{
  g_autoptr (WeftClusterRecord) held = weft_cluster_record_ref (dead);

  for (guint i = 0; i < self->slots->len; i++)
    {
      PlainSlot *entry = g_ptr_array_index (self->slots, i);

      if (entry->lock != NULL && is_same (entry->lock, held))
        g_clear_pointer (&entry->lock, weft_cluster_record_unref);
      if (entry->vote != NULL && is_same (entry->vote, held))
        g_clear_pointer (&entry->vote, weft_cluster_record_unref);
    }
}

static WeftClusterAnswer *
apply (PlainMember       *self,
       WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  WeftClusterRecord *before = plain_member_find (self, slots);

  g_assert_true (weft_record_check_commits (record, fixture_verify ()));
  if (before != NULL)
    {
      g_assert_cmpstr (weft_cluster_record_get_message_hash (before), ==,
                       weft_cluster_record_get_message_hash (record));
      return weft_cluster_answer_new_applied ();
    }

  g_ptr_array_add (self->decided, weft_cluster_record_ref (record));
  for (guint i = 0; i < slots->len; i++)
    {
      PlainSlot *entry = get_slot (self, g_ptr_array_index (slots, i));

      if (entry->lock != NULL && !is_same (entry->lock, record))
        release (self, entry->lock);
      if (entry->vote != NULL && !is_same (entry->vote, record))
        release (self, entry->vote);
    }

  return weft_cluster_answer_new_applied ();
}

static WeftClusterAnswer *
prepare_slots (PlainMember *self,
               WeftPrepare *prepare)
{
  GPtrArray *slots = weft_prepare_get_slots (prepare);
  WeftBallot *ballot = weft_prepare_get_ballot (prepare);
  WeftBallot *above = find_above (self, slots, ballot, NULL);
  GPtrArray *states;
  g_autoptr (WeftPrepared) plain = NULL;
  g_autoptr (WeftPrepared) prepared = NULL;
  g_autoptr (WeftSignature) signature = NULL;
  g_autoptr (GBytes) text = NULL;

  if (above != NULL)
    return weft_cluster_answer_new_conflict (above);

  states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
  for (guint i = 0; i < slots->len; i++)
    {
      PlainSlot *entry = get_slot (self, g_ptr_array_index (slots, i));
      WeftClusterRecord *vote = entry->vote;

      raise_slot (entry, ballot);
      g_ptr_array_add (states, weft_slot_state_new (
                                   entry->slot,
                                   vote != NULL ? weft_cluster_record_get_ballot (vote) : NULL,
                                   vote != NULL ? weft_cluster_record_get_message_hash (vote)
                                                : NULL,
                                   entry->lock));
    }
  plain = weft_prepared_new (weft_prepare_get_membership (prepare), ballot, states);
  text = weft_prepared_text_new (FIXTURE_NETWORK, plain);
  signature = fixture_sign (self->number, text);
  prepared = weft_prepared_new_signed (plain, signature);

  return weft_cluster_answer_new_prepared (prepared);
}

/* Each block has one revision at most, after base 0. */
static WeftClusterAnswer *
tell_latest (PlainMember       *self,
             const char *const *block_ids)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autoptr (WeftSlot) slot = weft_slot_new (block_ids[i], 0);
      PlainSlot *entry = get_slot (self, slot);
      GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
      gboolean is_filled = plain_member_find (self, &(GPtrArray) { (gpointer *) &slot, 1 }) != NULL;

      if (!is_filled && entry->lock != NULL)
        g_ptr_array_add (open, weft_slot_state_new (slot, NULL, NULL, entry->lock));
      g_ptr_array_add (states, weft_block_state_new (block_ids[i], is_filled,
                                                     is_filled ? "a" : NULL, open));
    }

  return weft_cluster_answer_new_states (states);
}

WeftClusterAnswer *
plain_member_answer (PlainMember        *self,
                     WeftClusterRequest *request)
{
  WeftClusterRecord *record;
  WeftClusterRecord *decided;
  WeftPrepare *prepare;

  switch (weft_cluster_request_get_kind (request))
    {
    case WEFT_CLUSTER_LATEST:
      return tell_latest (self, weft_cluster_request_get_block_ids (request));

    case WEFT_CLUSTER_PREPARE:
      prepare = weft_cluster_request_get_prepare (request);
      decided = plain_member_find (self, weft_prepare_get_slots (prepare));
      return decided != NULL ? weft_cluster_answer_new_decided (decided)
                             : prepare_slots (self, prepare);

    case WEFT_CLUSTER_UPDATE:
      record = weft_cluster_request_get_record (request);
      if (weft_cluster_record_get_n_commits (record) >=
          weft_cluster_record_get_commits_needed (record))
        return apply (self, record);
      decided = plain_member_find (self, weft_cluster_record_get_slots (record));
      return decided != NULL
                 ? weft_cluster_answer_new_decided (decided)
                 : vote_or_lock (self, record,
                                 weft_cluster_record_get_n_promises (record) >=
                                     weft_cluster_record_get_promises_needed (record));

    case WEFT_CLUSTER_PEND: /* which nobody asks for here */
    default:
      g_assert_not_reached ();
    }
}
