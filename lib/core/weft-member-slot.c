/* weft-member-slot.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-text-private.h"

gboolean
weft_member_is_damaged (WeftMemberMachine *self,
                        GPtrArray         *slots)
{
  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry != NULL && entry->is_damaged)
        return TRUE;
    }

  return self->is_damaged;
}

/* The record itself, or where it is kept for all of its slots. */
static void
append_record (GString           *text,
               WeftClusterRecord *record,
               gboolean           is_lock)
{
  g_autofree char *key = weft_member_shared_make_key (record, is_lock);

  if (key == NULL)
    {
      weft_cluster_record_append (record, text);
      return;
    }

  weft_text_append (text, "{\"ballot\":");
  weft_ballot_append (weft_cluster_record_get_ballot (record), text);
  g_string_append_printf (text, ",\"key\":\"%s\",\"messageHash\":\"%s\"}", key,
                          weft_cluster_record_get_message_hash (record));
}

/* The lock on what was voted for has all of it, so it is written once. A record of many slots is
 * anyway. */
static gboolean
is_of_lock (WeftMemberSlot *entry)
{
  return entry->lock != NULL && weft_cluster_record_get_slots (entry->vote)->len == 1
         && weft_member_is_same (entry->lock, entry->vote)
         && weft_ballot_equal (weft_cluster_record_get_ballot (entry->lock),
                               weft_cluster_record_get_ballot (entry->vote));
}

/* {"lock"?,"prepared"?,"record"?,"slot","vote"?}, with the members in order. */
static void
append_slot (WeftMemberSlot *entry,
             GString        *text)
{
  g_string_append_c (text, '{');
  if (entry->lock != NULL)
    {
      weft_text_append (text, "\"lock\":");
      append_record (text, entry->lock, TRUE);
      g_string_append_c (text, ',');
    }
  if (entry->prepared != NULL)
    {
      weft_text_append (text, "\"prepared\":");
      weft_ballot_append (entry->prepared, text);
      g_string_append_c (text, ',');
    }
  if (entry->vote != NULL && !is_of_lock (entry))
    {
      weft_text_append (text, "\"record\":");
      append_record (text, entry->vote, FALSE);
      g_string_append_c (text, ',');
    }
  weft_text_append (text, "\"slot\":");
  weft_slot_append (entry->slot, text);
  if (entry->vote != NULL)
    {
      weft_text_append (text, ",\"vote\":{\"ballot\":");
      weft_ballot_append (weft_cluster_record_get_ballot (entry->vote), text);
      weft_text_append (text, ",\"messageHash\":\"");
      weft_text_append (text, weft_cluster_record_get_message_hash (entry->vote));
      weft_text_append (text, "\"}");
    }
  g_string_append_c (text, '}');
}

static gboolean
is_to_be_stored (WeftMemberSlot *entry)
{
  return !weft_member_slot_is_empty (entry) && !weft_member_is_implied (entry);
}

gboolean
weft_member_slot_is_apart (WeftMemberSlot *entry)
{
  return entry->is_stored || is_to_be_stored (entry);
}

void
weft_member_slot_write (WeftMemberMachine *self,
                        WeftMemberSlot    *entry,
                        GPtrArray         *writes)
{
  gboolean is_wanted = is_to_be_stored (entry);

  if (!weft_member_slot_is_apart (entry))
    return;

  g_string_truncate (self->text, 0);
  if (is_wanted)
    append_slot (entry, self->text);
  g_ptr_array_add (writes, weft_member_write_new (weft_slot_make_key (entry->slot),
                                                  is_wanted ? self->text : NULL));
  entry->is_stored = is_wanted;
}

guint64
weft_member_store_slots (WeftMemberMachine *self,
                         GPtrArray         *slots)
{
  g_autoptr (GPtrArray) writes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_member_write_free);

  weft_member_share (self, slots, writes);
  for (guint i = 0; i < slots->len; i++)
    weft_member_slot_write (self, weft_member_find_slot (self, g_ptr_array_index (slots, i)),
                            writes);

  return weft_member_submit (self, NULL, NULL, slots, writes);
}

void
weft_member_slot_raise (WeftMemberSlot *entry,
                        WeftBallot     *ballot)
{
  if (entry->prepared != NULL && weft_ballot_compare (entry->prepared, ballot) >= 0)
    return;

  g_clear_pointer (&entry->prepared, weft_ballot_unref);
  entry->prepared = weft_ballot_ref (ballot);
}

/* What would have to be finished, or be known not to be, before the slot is free. */
WeftClusterRecord *
weft_member_slot_get_held (WeftMemberSlot *entry)
{
  if (entry->is_resting)
    return NULL;

  return entry->lock != NULL ? entry->lock : entry->vote;
}

gboolean
weft_member_slot_is_outranked (WeftMemberSlot *entry)
{
  return entry->lock == NULL && entry->vote != NULL && entry->filling == NULL
         && weft_ballot_compare (entry->prepared,
                                 weft_cluster_record_get_ballot (entry->vote)) > 0;
}

gboolean
weft_member_slot_is_empty (WeftMemberSlot *entry)
{
  return entry->vote == NULL && entry->lock == NULL && entry->filling == NULL
         && !entry->is_damaged
         && (entry->prepared == NULL || weft_ballot_get_number (entry->prepared) == 0);
}

/* For others to read. */
WeftSlotState *
weft_member_slot_to_state (WeftMemberSlot *entry)
{
  WeftClusterRecord *vote = entry->vote;

  return weft_slot_state_new (entry->slot,
                              vote != NULL ? weft_cluster_record_get_ballot (vote) : NULL,
                              vote != NULL ? weft_cluster_record_get_message_hash (vote) : NULL,
                              WEFT_BUG (LOCK_NOT_TOLD) ? NULL : entry->lock);
}
