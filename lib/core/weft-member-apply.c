/* weft-member-apply.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"

/* Rule 5: what was decided becomes a revision, with the proof of it in the same batch. */

static GPtrArray *
build_writes (WeftMemberMachine *self,
              WeftClusterRecord *certificate)
{
  GPtrArray *slots = weft_cluster_record_get_slots (certificate);
  GPtrArray *writes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_member_write_free);
  GString *text = self->text;

  for (guint i = 0; i < slots->len; i++)
    {
      g_autofree char *key = weft_slot_make_key (g_ptr_array_index (slots, i));
      WeftMemberWrite *write;

      if (i == 0)
        {
          g_string_assign (text, "{\"certificate\":");
          weft_cluster_record_append (certificate, text);
        }
      else
        {
          g_string_assign (text, "{\"with\":");
          weft_slot_append (g_ptr_array_index (slots, 0), text);
        }
      g_string_append_c (text, '}');
      write = weft_member_write_new (key, text);
      write->is_resolved = TRUE;
      g_ptr_array_add (writes, write);
    }

  return writes;
}

guint64
weft_member_apply (WeftMemberMachine *self,
                   WeftClusterRecord *record)
{
  g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (record);
  GPtrArray *slots = weft_cluster_record_get_slots (certificate);
  g_autoptr (GPtrArray) writes = build_writes (self, certificate);
  guint64 id = weft_member_submit (self, certificate, slots, writes);

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
                          WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry != NULL && entry->filling != NULL && weft_member_is_same (entry->filling, record))
        return entry->filling_id;
    }

  return 0;
}

/* A slot that another message filled, or NULL. */
static WeftSlot *
find_other (WeftMemberMachine *self,
            WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      WeftMemberSlot *entry = weft_member_find_slot (self, slot);

      if ((entry != NULL && entry->filling != NULL)
          || weft_member_find_standing (self, record, slot) == WEFT_MEMBER_STANDING_OTHER)
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
               WeftClusterRecord *record)
{
  g_autoptr (GArray) needs = weft_member_list_needs (self, record);

  if (needs == NULL)
    weft_member_reject (self, call, "storage", NULL);
  else if (needs->len == 0)
    {
      guint64 id = weft_member_apply (self, record);

      weft_member_answer (self, call, weft_cluster_answer_new_applied (), NULL, id);
    }
  else if (!weft_member_wait (self, call, needs))
    weft_member_reject (self, call, weft_member_needs_get_reason (needs), NULL);
}

void
weft_member_examine_decided (WeftMemberMachine *self,
                             WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  g_autoptr (GPtrArray) slots = g_ptr_array_ref (weft_cluster_record_get_slots (record));
  guint64 filling_id = weft_member_find_filling (self, record);
  WeftSlot *other;

  if (filling_id != 0)
    weft_member_answer (self, call, weft_cluster_answer_new_applied (), NULL, filling_id);
  else if (weft_member_is_done (self, record))
    {
      weft_member_answer (self, call, weft_cluster_answer_new_applied (), NULL,
                          weft_member_find_newest (self, slots));
      for (guint i = 0; i < slots->len; i++)
        weft_member_settle_block (self, weft_slot_get_block_id (g_ptr_array_index (slots, i)));
    }
  else if (!weft_member_admits_decided (self, record, call->is_proven))
    weft_member_reject (self, call, "not-admitted", NULL);
  else if (!weft_record_check_commits (record, &self->verify)
           && !WEFT_BUG (CERTIFICATE_UNPROVEN))
    weft_member_reject (self, call, "invalid", NULL);
  else if ((other = find_other (self, record)) != NULL)
    answer_other (self, call, record, other);
  else
    apply_or_wait (self, call, record);
}

/* The flight of the event, with its slots as they were before. */
static WeftMemberFlight *
end_filling (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = g_tree_lookup (self->flights, &(gint64) { self->event->id });
  GPtrArray *slots;

  if (flight == NULL || flight->applied == NULL)
    return NULL;

  slots = weft_cluster_record_get_slots (flight->applied);
  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

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
             WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    weft_member_find_slot (self, g_ptr_array_index (slots, i))->proof
        = weft_cluster_record_ref (record);

  g_clear_pointer (&self->whole, weft_cluster_record_unref);
  self->whole = weft_cluster_record_ref (record);
}

void
weft_member_step_applied (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = end_filling (self);

  if (flight == NULL)
    return;

  note_proofs (self, flight->applied);
  for (guint i = 0; i < flight->slots->len; i++)
    weft_member_settle_block (self,
                              weft_slot_get_block_id (g_ptr_array_index (flight->slots, i)));
  weft_member_land (self, flight, NULL);
}

/* The repo refused it, so that nothing was submitted: the slots are as open as they were. */
void
weft_member_step_apply_failed (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = end_filling (self);
  GPtrArray *slots;
  g_autoptr (GError) error = NULL;

  if (flight == NULL)
    return;

  weft_member_count (self, "member/apply-failed");
  slots = weft_cluster_record_get_slots (flight->applied);
  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (weft_member_slot_is_empty (entry))
        weft_member_remove_slot (self, entry);
    }

  error = self->event->error != NULL
              ? g_error_copy (self->event->error)
              : g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "it was not applied");
  weft_member_land (self, flight, error);
}
