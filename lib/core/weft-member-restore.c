/* weft-member-restore.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"

/* What was promised before a restart is promised still. What cannot be read may have been anything,
 * so that nothing more is promised where it may have been. */

static gboolean
read_ballot (JsonObject     *object,
             WeftMemberSlot *entry,
             GError        **error)
{
  JsonNode *json = json_object_get_member (object, "prepared");
  g_autoptr (WeftBallot) ballot = NULL;

  if (json == NULL)
    return TRUE;
  ballot = weft_ballot_from_json (json, error);
  if (ballot == NULL)
    return FALSE;
  weft_member_slot_raise (entry, ballot);

  return TRUE;
}

static gboolean
read_record (WeftMemberMachine  *self,
             JsonObject         *object,
             const char         *name,
             WeftMemberSlot     *entry,
             WeftClusterRecord **record,
             GError            **error)
{
  JsonNode *json = json_object_get_member (object, name);
  const char *key = NULL;

  if (json == NULL)
    return TRUE;

  if (JSON_NODE_HOLDS_OBJECT (json))
    key = json_object_get_string_member_with_default (json_node_get_object (json), "key", NULL);
  if (key == NULL)
    *record = weft_cluster_record_from_json (json, error);
  else if ((*record = weft_member_read_shared (self, key)) == NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "%s: expected a record at its key", name);
  if (*record == NULL)
    return FALSE;
  if (!weft_cluster_record_has_slot (*record, entry->slot))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "%s: expected a claim of the slot", name);
      return FALSE;
    }
  weft_member_slot_raise (entry, weft_cluster_record_get_ballot (*record));

  return TRUE;
}

/* A vote for what is locked is written with its lock alone. */
static gboolean
read_vote (WeftMemberMachine *self,
           JsonObject        *object,
           WeftMemberSlot    *entry,
           GError           **error)
{
  g_autoptr (WeftClusterRecord) lock = NULL;

  if (!json_object_has_member (object, "vote") || json_object_has_member (object, "record"))
    return read_record (self, object, "record", entry, &entry->vote, error);

  if (!read_record (self, object, "lock", entry, &lock, error) || lock == NULL)
    return FALSE;
  entry->vote = weft_cluster_record_with_ballot (lock, weft_cluster_record_get_ballot (lock), NULL);

  return TRUE;
}

static gboolean
read_entry (WeftMemberMachine *self,
            JsonObject        *object,
            WeftMemberSlot    *entry,
            GError           **error)
{
  return (WEFT_BUG (PREPARED_FORGOTTEN) || read_ballot (object, entry, error))
         && (WEFT_BUG (VOTE_FORGOTTEN)
             || read_vote (self, object, entry, error))
         && (WEFT_BUG (LOCK_FORGOTTEN)
             || read_record (self, object, "lock", entry, &entry->lock, error))
         && (WEFT_BUG (VOTE_FORGOTTEN) || entry->vote != NULL
             || !json_object_has_member (object, "vote"));
}

void
weft_member_step_restore (WeftMemberMachine *self)
{
  JsonNode *json = self->event->json;
  JsonObject *object
      = json != NULL && JSON_NODE_HOLDS_OBJECT (json) ? json_node_get_object (json) : NULL;
  JsonNode *slot_json = object != NULL ? json_object_get_member (object, "slot") : NULL;
  g_autoptr (WeftSlot) slot = NULL;
  WeftMemberSlot *entry;

  g_assert (!self->is_restored);

  /* Records of other kinds are kept under other keys. */
  if (object != NULL && slot_json == NULL)
    {
      if (json_object_has_member (object, "shared"))
        weft_member_restore_shared (self, json);
      return;
    }
  slot = slot_json != NULL ? weft_slot_from_json (slot_json, NULL) : NULL;
  if (slot == NULL)
    {
      self->is_damaged = TRUE;
      weft_member_count (self, "member/damaged");
      return;
    }

  entry = weft_member_ensure_slot (self, slot);
  entry->is_stored = TRUE;
  if (!read_entry (self, object, entry, NULL))
    {
      entry->is_damaged = TRUE;
      g_clear_pointer (&entry->vote, weft_cluster_record_unref);
      g_clear_pointer (&entry->lock, weft_cluster_record_unref);
      weft_member_count (self, "member/damaged");
    }
  weft_member_hold (self, entry);
}

/* What the last run had not let go of yet, or was filled meanwhile, is let go. */
void
weft_member_finish_restore (WeftMemberMachine *self)
{
  weft_member_derive_slots (self);
  self->is_restored = TRUE;
  weft_member_settle_all (self);
}
