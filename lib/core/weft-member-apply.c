/* weft-member-apply.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-commit-request-private.h"
#include "weft-error.h"
#include "weft-repo-message-private.h"
#include "weft-slot-set-private.h"

/* Rule 5: what was decided becomes a revision, with the proof of it in the same batch. */

static void
add_write (WeftMemberMachine *self,
           WeftSlot          *slot,
           GPtrArray         *writes)
{
  WeftMemberWrite *write = weft_member_write_new (weft_slot_make_key (slot), self->text);

  write->is_resolved = TRUE;
  g_ptr_array_add (writes, write);
}

static GPtrArray *
build_writes (WeftMemberMachine *self,
              WeftClusterRecord *certificate,
              GPtrArray         *slots)
{
  GPtrArray *writes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_member_write_free);
  g_autoptr (WeftSlot) holder
      = weft_member_find_holder (self, certificate, g_ptr_array_index (slots, 0));
  GString *text = self->text;

  for (guint i = 0; i < slots->len; i++)
    {
      if (holder == NULL)
        {
          g_string_assign (text, "{\"certificate\":");
          weft_cluster_record_append (certificate, text);
          holder = weft_slot_ref (g_ptr_array_index (slots, 0));
        }
      else
        {
          g_string_assign (text, "{\"with\":");
          weft_slot_append (holder, text);
        }
      g_string_append_c (text, '}');
      add_write (self, g_ptr_array_index (slots, i), writes);
    }

  return writes;
}

/* Whether an open slot is filled just now. */
static gboolean
is_filling (WeftMemberMachine *self,
            WeftClusterRecord *record,
            WeftSlot          *slot)
{
  WeftMemberSlot *entry = weft_member_find_slot (self, slot);

  return entry != NULL && entry->filling != NULL && weft_member_is_same (entry->filling, record);
}

static gboolean
is_open (WeftMemberMachine *self,
         WeftClusterRecord *record,
         WeftSlot          *slot)
{
  return !is_filling (self, record, slot)
         && weft_member_find_standing (self, record, slot) == WEFT_MEMBER_STANDING_OPEN;
}

/* (element-type WeftCommitRequest): of several that were decided together some may be here, as this
 * node took over what proves a block. */
static GPtrArray *
list_open (WeftMemberMachine *self,
           WeftClusterRecord *record,
           GPtrArray         *slots)
{
  GPtrArray *commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);
  gboolean is_group
      = weft_repo_message_get_n_commits (weft_cluster_record_get_message (record)) > 1;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      WeftCommitRequest *commit = weft_member_get_commit (record, slot);

      if (WEFT_BUG (CHAIN_IN_PART) && weft_slots_is_follower (slots, i))
        continue;
      if (!g_ptr_array_find (commits, commit, NULL) && (!is_group || is_open (self, record, slot)))
        g_ptr_array_add (commits, weft_commit_request_ref (commit));
    }

  return commits;
}

/* (element-type WeftSlot): those of some commits of a record. */
static GPtrArray *
list_slots (WeftClusterRecord *record,
            GPtrArray         *commits)
{
  GPtrArray *all = weft_cluster_record_get_slots (record);
  GPtrArray *slots;

  if (commits->len == weft_repo_message_get_n_commits (weft_cluster_record_get_message (record)))
    return g_ptr_array_ref (all);

  slots = g_ptr_array_new_full (all->len, (GDestroyNotify) weft_slot_unref);
  for (guint i = 0; i < all->len; i++)
    if (g_ptr_array_find (commits, weft_member_get_commit (record, g_ptr_array_index (all, i)),
                          NULL))
      g_ptr_array_add (slots, weft_slot_ref (g_ptr_array_index (all, i)));

  return slots;
}

guint64
weft_member_apply (WeftMemberMachine *self,
                   WeftClusterRecord *record,
                   GPtrArray         *wanted)
{
  g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (record);
  g_autoptr (GPtrArray) commits = list_open (self, certificate, wanted);
  g_autoptr (GPtrArray) slots = list_slots (certificate, commits);
  g_autoptr (GPtrArray) writes = NULL;
  guint64 id;

  if (slots->len == 0)
    return weft_member_find_newest (self, wanted);

  writes = build_writes (self, certificate, slots);
  id = weft_member_submit (self, certificate, commits, slots, writes);
  weft_member_count (self, "member/apply");
  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_ensure_slot (self, g_ptr_array_index (slots, i));

      g_assert (entry->filling == NULL);
      entry->filling = weft_cluster_record_ref (certificate);
      entry->filling_id = id;
    }

  return id;
}

guint64
weft_member_find_filling (WeftMemberMachine *self,
                          WeftClusterRecord *record,
                          GPtrArray         *slots)
{
  guint64 newest = 0;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      if (is_filling (self, record, slot))
        newest = MAX (newest, weft_member_find_slot (self, slot)->filling_id);
    }
  for (guint i = 0; newest != 0 && i < slots->len; i++)
    if (is_open (self, record, g_ptr_array_index (slots, i)))
      return 0;

  return newest;
}

/* One of the slots that another message filled, or NULL. */
static WeftSlot *
find_other (WeftMemberMachine *self,
            WeftClusterRecord *record,
            GPtrArray         *slots)
{
  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      WeftMemberSlot *entry = weft_member_find_slot (self, slot);

      if (entry != NULL && entry->filling != NULL ? !is_filling (self, record, slot)
          : weft_member_find_standing (self, record, slot) == WEFT_MEMBER_STANDING_OTHER)
        return slot;
    }

  return NULL;
}

/* Two certificates for one slot: more members lied than there may be. What was applied stays. */
static void
answer_other (WeftMemberMachine *self,
              WeftMemberCall    *call,
              WeftClusterRecord *record,
              WeftSlot          *slot)
{
  g_autoptr (WeftClusterRecord) certificate = weft_member_find_certificate (self, slot);
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  weft_member_count (self, "member/contradiction");
  if (certificate == NULL)
    {
      weft_member_answer_error (self, call, WEFT_ERROR_REFUSED,
                                "the slot was filled by something else");
      return;
    }

  weft_member_find_liars (self, record, certificate, WEFT_PURPOSE_COMMIT);
  weft_member_answer (self, call, weft_cluster_answer_new_decided (certificate), NULL,
                      weft_member_find_newest (self, slots));
}

static void
apply_or_wait (WeftMemberMachine *self,
               WeftMemberCall    *call,
               WeftClusterRecord *record,
               GPtrArray         *slots)
{
  g_autoptr (GArray) needs = weft_member_list_needs (self, record, slots);

  if (needs == NULL)
    weft_member_reject (self, call, "storage", NULL);
  else if (needs->len == 0)
    {
      guint64 id = weft_member_apply (self, record, slots);

      weft_member_answer (self, call, weft_cluster_answer_new_applied (), NULL, id);
    }
  else if (!weft_member_wait (self, call, needs))
    weft_member_reject (self, call, weft_member_needs_get_reason (needs), NULL);
}

/* What proves one block says nothing of those that were decided with it, which others may keep by
 * now, and whose history they have: only what it makes of that block is taken over, or of that the
 * one revision that came with it. */
static GPtrArray *
list_wanted (WeftMemberCall    *call,
             WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  g_autoptr (GPtrArray) commits = g_ptr_array_new ();

  for (guint i = 0; call->block_id != NULL && i < weft_repo_message_get_n_commits (message); i++)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit_at (message, i);

      if (weft_commit_request_has_block (commit, call->block_id)
          && (call->rev == 0 || weft_commit_request_get_rev (commit) == call->rev))
        g_ptr_array_add (commits, commit);
    }
  if (commits->len == 0)
    return g_ptr_array_ref (weft_cluster_record_get_slots (record));

  return list_slots (record, commits);
}

void
weft_member_examine_decided (WeftMemberMachine *self,
                             WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  g_autoptr (GPtrArray) slots = list_wanted (call, record);
  guint64 filling_id = weft_member_find_filling (self, record, slots);
  WeftSlot *other;

  if (filling_id != 0)
    weft_member_answer (self, call, weft_cluster_answer_new_applied (), NULL, filling_id);
  else if (weft_member_is_done (self, record, slots))
    {
      weft_member_answer (self, call, weft_cluster_answer_new_applied (), NULL,
                          weft_member_find_newest (self, slots));
      weft_member_settle_slots (self, slots);
    }
  else if (!weft_member_admits_decided (self, record, slots, call->is_proven))
    weft_member_reject (self, call, "not-admitted", NULL);
  else if (!weft_record_check_commits (record, &self->verify)
           && !WEFT_BUG (CERTIFICATE_UNPROVEN))
    weft_member_reject (self, call, "invalid", NULL);
  else if ((other = find_other (self, record, slots)) != NULL)
    answer_other (self, call, record, other);
  else
    apply_or_wait (self, call, record, slots);
}

/* The flight of the event, with its slots as they were before. */
static WeftMemberFlight *
end_filling (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = g_tree_lookup (self->flights, &(gint64) { self->event->id });

  if (flight == NULL || flight->applied == NULL)
    return NULL;

  for (guint i = 0; i < flight->slots->len; i++)
    {
      WeftMemberSlot *entry
          = weft_member_find_slot (self, g_ptr_array_index (flight->slots, i));

      g_assert (entry != NULL);
      g_assert (entry->filling_id == flight->id);
      g_clear_pointer (&entry->filling, weft_cluster_record_unref);
      entry->filling_id = 0;
    }

  return flight;
}

/* Nobody need read what was just written. */
static void
note_proofs (WeftMemberMachine *self,
             WeftMemberFlight  *flight)
{
  for (guint i = 0; i < flight->slots->len; i++)
    {
      WeftMemberSlot *entry
          = weft_member_find_slot (self, g_ptr_array_index (flight->slots, i));

      g_clear_pointer (&entry->proof, weft_cluster_record_unref);
      entry->proof = weft_cluster_record_ref (flight->applied);
    }

  if (flight->slots->len < weft_cluster_record_get_slots (flight->applied)->len)
    return;
  g_clear_pointer (&self->whole, weft_cluster_record_unref);
  self->whole = weft_cluster_record_ref (flight->applied);
}

void
weft_member_step_applied (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = end_filling (self);

  if (flight == NULL)
    return;

  note_proofs (self, flight);
  /* Some may have been filled before, by what was taken over. */
  weft_member_settle_slots (self, weft_cluster_record_get_slots (flight->applied));
  weft_member_land (self, flight, NULL);
}

/* The repo refused it, so that nothing was submitted: the slots are as open as they were. */
void
weft_member_step_apply_failed (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = end_filling (self);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  if (flight == NULL)
    return;

  weft_member_count (self, "member/apply-failed");
  for (guint i = 0; i < flight->slots->len; i++)
    {
      WeftMemberSlot *entry
          = weft_member_find_slot (self, g_ptr_array_index (flight->slots, i));

      if (weft_member_slot_is_empty (entry))
        weft_member_remove_slot (self, entry);
      else if (!entry->is_stored && weft_member_slot_is_apart (entry))
        g_ptr_array_add (open, entry->slot);
    }
  /* What said so for them was let go of, as they were to be filled. */
  if (open->len > 0)
    weft_member_store_slots (self, open);

  error = self->event->error != NULL
              ? g_error_copy (self->event->error)
              : g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "it was not applied");
  weft_member_land (self, flight, error);
}
