/* weft-slot-state.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-slot-state-private.h"

#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"

static const char *const state_names[] = { "slot", "vote", "lock", NULL };
static const char *const vote_names[] = { "ballot", "messageHash", NULL };

WeftSlotState *
weft_slot_state_new (WeftSlot          *slot,
                     WeftBallot        *vote_ballot,
                     const char        *vote_hash,
                     WeftClusterRecord *lock)
{
  WeftSlotState *self = g_new0 (WeftSlotState, 1);

  g_assert (slot != NULL);
  g_assert ((vote_ballot == NULL) == (vote_hash == NULL));

  self->slot = weft_slot_ref (slot);
  self->vote_ballot = vote_ballot != NULL ? weft_ballot_ref (vote_ballot) : NULL;
  self->vote_hash = g_strdup (vote_hash);
  self->lock = lock != NULL ? weft_cluster_record_to_lock (lock) : NULL;

  return self;
}

void
weft_slot_state_free (WeftSlotState *self)
{
  g_clear_pointer (&self->slot, weft_slot_unref);
  g_clear_pointer (&self->vote_ballot, weft_ballot_unref);
  g_clear_pointer (&self->vote_hash, g_free);
  g_clear_pointer (&self->lock, weft_cluster_record_unref);
  g_free (self);
}

static gboolean
parse_vote (WeftSlotState      *self,
            JsonObject         *object,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath here = { path, "vote", 0 };
  const WeftJsonPath ballot_path = { &here, "ballot", 0 };
  const WeftJsonPath hash_path = { &here, "messageHash", 0 };
  JsonNode *member = json_object_get_member (object, "vote");
  const char *hash;

  if (member == NULL)
    return TRUE;
  object = weft_json_get_object (member, &here, error);
  if (object == NULL || !weft_json_check_members (object, vote_names, &here, error))
    return FALSE;
  member = weft_json_require_member (object, "ballot", &here, error);
  if (member == NULL)
    return FALSE;
  self->vote_ballot = weft_ballot_parse (member, &ballot_path, error);
  if (self->vote_ballot == NULL)
    return FALSE;
  hash = weft_json_require_string (object, "messageHash", &here, error);
  if (hash == NULL || !weft_message_hash_check (hash, &hash_path, error))
    return FALSE;
  self->vote_hash = g_strdup (hash);

  return TRUE;
}

/* A record, or the index of a state before this one that has it. */
static gboolean
parse_lock (WeftSlotState      *self,
            GPtrArray          *earlier,
            JsonObject         *object,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath here = { path, "lock", 0 };
  JsonNode *member = json_object_get_member (object, "lock");
  WeftSlotState *first;
  gint64 index;

  if (member == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_OBJECT (member))
    {
      self->lock = weft_cluster_record_parse_lock (member, &here, error);
    }
  else
    {
      if (!weft_json_get_integer (member, &here, 0, WEFT_LIMIT_INTEGER_MAX, &index, error))
        return FALSE;
      first = index < earlier->len ? g_ptr_array_index (earlier, index) : NULL;
      if (first == NULL || first->lock == NULL)
        {
          weft_json_set_error (error, &here, "expected a record, or the index of one before it");
          return FALSE;
        }
      self->lock = weft_cluster_record_ref (first->lock);
    }
  if (self->lock == NULL)
    return FALSE;
  if (!weft_cluster_record_has_slot (self->lock, self->slot))
    {
      weft_json_set_error (error, &here, "expected a record that claims the slot");
      return FALSE;
    }

  return TRUE;
}

static WeftSlotState *
parse_state (JsonNode           *json,
             GPtrArray          *earlier,
             const WeftJsonPath *path,
             GError            **error)
{
  const WeftJsonPath slot_path = { path, "slot", 0 };
  g_autoptr (WeftSlotState) self = g_new0 (WeftSlotState, 1);
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *member;

  if (object == NULL || !weft_json_check_members (object, state_names, path, error))
    return NULL;
  member = weft_json_require_member (object, "slot", path, error);
  if (member == NULL)
    return NULL;
  self->slot = weft_slot_parse (member, &slot_path, error);
  if (self->slot == NULL ||
      !parse_vote (self, object, path, error) ||
      !parse_lock (self, earlier, object, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

GPtrArray *
weft_slot_states_parse (JsonObject         *object,
                        const char         *name,
                        const WeftJsonPath *path,
                        GError            **error)
{
  g_autoptr (GPtrArray) states = NULL;
  const WeftJsonPath list = { path, name, 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  JsonNode *member = weft_json_require_member (object, name, path, error);
  JsonArray *array = member != NULL ? weft_json_get_array (member, &list, error) : NULL;
  guint length;

  if (array == NULL)
    return NULL;
  length = json_array_get_length (array);
  if (length == 0 || length > WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX)
    {
      weft_json_set_error (error, &list, "expected 1 to %d slots, got %u",
                           WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX, length);
      return NULL;
    }

  states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
  for (; here.index < length; here.index++)
    {
      WeftSlotState *state = parse_state (json_array_get_element (array, here.index), states,
                                          &here, error);

      if (state == NULL)
        return NULL;
      g_ptr_array_add (states, state);
    }
  if (!weft_slot_states_are_sorted (states))
    {
      weft_json_set_error (error, &list, "expected each slot once, in order");
      return NULL;
    }

  return g_steal_pointer (&states);
}

static gboolean
is_same_lock (WeftClusterRecord *a,
              WeftClusterRecord *b)
{
  return a == b || (g_str_equal (weft_cluster_record_get_message_hash (a),
                                 weft_cluster_record_get_message_hash (b)) &&
                    weft_cluster_record_equal (a, b));
}

/* The index of the first state with the lock of this one. */
static guint
find_first (GPtrArray *states,
            guint      index)
{
  const WeftSlotState *state = g_ptr_array_index (states, index);

  for (guint i = 0; i < index; i++)
    {
      const WeftSlotState *other = g_ptr_array_index (states, i);

      if (other->lock != NULL && is_same_lock (other->lock, state->lock))
        return i;
    }

  return index;
}

JsonNode *
weft_slot_states_to_json (GPtrArray *states)
{
  JsonArray *array = json_array_sized_new (states->len);

  for (guint i = 0; i < states->len; i++)
    {
      const WeftSlotState *state = g_ptr_array_index (states, i);
      JsonObject *object = json_object_new ();

      json_object_set_member (object, "slot", weft_slot_to_json (state->slot));
      if (state->vote_ballot != NULL)
        {
          JsonObject *vote = json_object_new ();

          json_object_set_member (vote, "ballot", weft_ballot_to_json (state->vote_ballot));
          json_object_set_string_member (vote, "messageHash", state->vote_hash);
          json_object_set_member (object, "vote", weft_content_seal_object (vote));
        }
      if (state->lock != NULL && find_first (states, i) == i)
        json_object_set_member (object, "lock", weft_cluster_record_to_json (state->lock));
      else if (state->lock != NULL)
        json_object_set_int_member (object, "lock", find_first (states, i));
      json_array_add_element (array, weft_content_seal_object (object));
    }

  return weft_content_seal_array (array);
}

gboolean
weft_slot_states_are_sorted (GPtrArray *states)
{
  for (guint i = 1; i < states->len; i++)
    {
      const WeftSlotState *before = g_ptr_array_index (states, i - 1);
      const WeftSlotState *state = g_ptr_array_index (states, i);

      if (weft_slot_compare (before->slot, state->slot) >= 0)
        return FALSE;
    }

  return TRUE;
}
