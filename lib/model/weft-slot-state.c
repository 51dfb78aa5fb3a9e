/* weft-slot-state.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-slot-state-private.h"

#include "weft-limits.h"
#include "weft-message-hash-private.h"
#include "weft-text-private.h"

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
read_vote (WeftSlotState      *self,
           const WeftItem     *object,
           const WeftJsonPath *path,
           GError            **error)
{
  const WeftJsonPath here = { path, "vote", 0 };
  const WeftJsonPath ballot_path = { &here, "ballot", 0 };
  const WeftJsonPath hash_path = { &here, "messageHash", 0 };
  const WeftItem *vote = weft_item_find (object, "vote");
  const WeftItem *member;
  const char *hash;

  if (vote == NULL)
    return TRUE;
  if (weft_item_get_object (vote, &here, error) == NULL
      || !weft_item_check_members (vote, vote_names, &here, error))
    return FALSE;
  member = weft_item_require_member (vote, "ballot", &here, error);
  if (member == NULL)
    return FALSE;
  self->vote_ballot = weft_ballot_read (member, &ballot_path, error);
  if (self->vote_ballot == NULL)
    return FALSE;
  hash = weft_item_require_string (vote, "messageHash", &here, error);
  if (hash == NULL || !weft_message_hash_check (hash, &hash_path, error))
    return FALSE;
  self->vote_hash = g_strdup (hash);

  return TRUE;
}

/* A record, or the index of a state before this one that has it. */
static gboolean
read_lock (WeftSlotState      *self,
           GPtrArray          *earlier,
           const WeftItem     *object,
           const WeftJsonPath *path,
           GError            **error)
{
  const WeftJsonPath here = { path, "lock", 0 };
  const WeftItem *member = weft_item_find (object, "lock");
  WeftSlotState *first;
  gint64 index;

  if (member == NULL)
    return TRUE;
  if (member->kind == WEFT_ITEM_OBJECT)
    {
      self->lock = weft_cluster_record_read_lock (member, &here, error);
    }
  else
    {
      if (!weft_item_get_integer (member, &here, 0, WEFT_LIMIT_INTEGER_MAX, &index, error))
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
read_state (const WeftItem     *item,
            GPtrArray          *earlier,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath slot_path = { path, "slot", 0 };
  g_autoptr (WeftSlotState) self = g_new0 (WeftSlotState, 1);
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL || !weft_item_check_members (object, state_names, path, error))
    return NULL;
  member = weft_item_require_member (object, "slot", path, error);
  if (member == NULL)
    return NULL;
  self->slot = weft_slot_read (member, &slot_path, error);
  if (self->slot == NULL ||
      !read_vote (self, object, path, error) ||
      !read_lock (self, earlier, object, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

GPtrArray *
weft_slot_states_read (const WeftItem     *object,
                       const char         *name,
                       const WeftJsonPath *path,
                       GError            **error)
{
  g_autoptr (GPtrArray) states = NULL;
  const WeftJsonPath list = { path, name, 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *member = weft_item_require_member (object, name, path, error);
  const WeftItem *array = member != NULL ? weft_item_get_array (member, &list, error) : NULL;

  if (array == NULL)
    return NULL;
  if (array->length == 0 || array->length > WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX)
    {
      weft_json_set_error (error, &list, "expected 1 to %d slots, got %u",
                           WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX, array->length);
      return NULL;
    }

  states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
  for (const WeftItem *item = weft_item_first (array); item != NULL;
       item = weft_item_next (array, item), here.index++)
    {
      WeftSlotState *state = read_state (item, states, &here, error);

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

/* {"lock"?,"slot","vote"?}, with the members in order. */
static void
append_state (GPtrArray *states,
              guint      index,
              GString   *text)
{
  const WeftSlotState *state = g_ptr_array_index (states, index);
  guint first = state->lock != NULL ? find_first (states, index) : index;

  g_string_append_c (text, '{');
  if (state->lock != NULL)
    {
      weft_text_append (text, "\"lock\":");
      if (first == index)
        weft_cluster_record_append (state->lock, text);
      else
        weft_json_append_integer (text, first);
      g_string_append_c (text, ',');
    }
  weft_text_append (text, "\"slot\":");
  weft_slot_append (state->slot, text);
  if (state->vote_ballot != NULL)
    {
      weft_text_append (text, ",\"vote\":{\"ballot\":");
      weft_ballot_append (state->vote_ballot, text);
      weft_text_append (text, ",\"messageHash\":\"");
      weft_text_append (text, state->vote_hash);
      weft_text_append (text, "\"}");
    }
  g_string_append_c (text, '}');
}

void
weft_slot_states_append (GPtrArray *states,
                         GString   *text)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < states->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_state (states, i, text);
    }
  g_string_append_c (text, ']');
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
