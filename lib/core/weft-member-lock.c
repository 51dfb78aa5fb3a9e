/* weft-member-lock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"

/* Rule 3. A lock rests on the votes of others: the time does not matter, only whose votes those
 * have to be. The content has to be here all the same: a lock holds the slot until its record is
 * decided, which nobody can do when nobody is left who has the content. */

static gboolean
has_locked (WeftMemberMachine *self,
            WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry == NULL || entry->lock == NULL || !weft_member_is_same (entry->lock, record)
          || !weft_ballot_equal (weft_cluster_record_get_ballot (entry->lock),
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

  weft_member_count (self, "member/commit");
  weft_member_answer_vote (self, call, WEFT_PURPOSE_COMMIT, vote, after_id);
}

static void
lock (WeftMemberMachine *self,
      WeftMemberCall    *call,
      WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (WeftClusterRecord) kept = weft_cluster_record_to_lock (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_ensure_slot (self, g_ptr_array_index (slots, i));

      weft_member_pass_over (self, entry->lock, kept);
      weft_member_drop (self, entry->lock, TRUE);
      g_clear_pointer (&entry->lock, weft_cluster_record_unref);
      entry->lock = weft_cluster_record_ref (kept);
      weft_member_slot_raise (entry, weft_cluster_record_get_ballot (record));
      if (!weft_deadline_is_set (&entry->deadline) || entry->vote == NULL
          || !weft_member_is_same (entry->vote, record))
        weft_member_hold (self, entry);
    }

  approve (self, call, weft_member_store_slots (self, slots));
}

/* The last look: at what this node has. */
static void
consider (WeftMemberMachine *self,
          WeftMemberCall    *call,
          WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (GArray) needs = weft_member_list_needs (self, record, slots);

  if (needs == NULL)
    weft_member_reject (self, call, "storage", NULL);
  else if (weft_member_is_cancelling (self, record))
    weft_member_reject (self, call, "not-pending", NULL);
  else if (needs->len == 0)
    lock (self, call, record);
  else if (!weft_member_wait (self, call, needs))
    weft_member_reject (self, call, weft_member_needs_get_reason (needs), NULL);
}

void
weft_member_examine_lock (WeftMemberMachine *self,
                          WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  if (weft_member_answer_settled (self, call, slots))
    return;
  if (has_locked (self, record))
    approve (self, call, weft_member_find_newest (self, slots));
  else if (weft_member_is_damaged (self, slots))
    weft_member_reject (self, call, "storage", NULL);
  else if (weft_member_answer_conflict (self, call, WEFT_MEMBER_PHASE_LOCK))
    return;
  else if (!weft_member_admits (self, weft_cluster_record_get_peers (record),
                                weft_cluster_record_get_membership (record), slots))
    weft_member_reject (self, call, "not-admitted", NULL);
  else if (!weft_record_check_promises (record, &self->verify) && !WEFT_BUG (LOCK_UNPROVEN))
    weft_member_reject (self, call, "invalid", NULL);
  else if (!weft_member_has_room (self, slots))
    weft_member_reject (self, call, "busy", NULL);
  else
    consider (self, call, record);
}
