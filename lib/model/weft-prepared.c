/* weft-prepared.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-prepared-private.h"

#include "weft-boxed-private.h"
#include "weft-limits.h"

struct _WeftPrepared
{
  char *membership;
  WeftBallot *ballot;
  GPtrArray *states; /* (element-type WeftSlotState), in the order of their slots */
  WeftSignature *signature;
  char *text;        /* canonical, of all but the signature, a GRefString */
  gsize slots_at;    /* where the comma before `slots` is in it: the signature comes before that */
};

static const char *const member_names[] = {
  "membership", "ballot", "slots", "signature", "path", NULL,
};

static void
clear (WeftPrepared *self)
{
  g_clear_pointer (&self->membership, g_free);
  g_clear_pointer (&self->ballot, weft_ballot_unref);
  g_clear_pointer (&self->states, g_ptr_array_unref);
  g_clear_pointer (&self->signature, weft_signature_unref);
  g_clear_pointer (&self->text, g_ref_string_release);
}

WEFT_DEFINE_BOXED_TEXT (WeftPrepared, weft_prepared, clear)

/* {"ballot","membership","slots"}. What came is as it came: that was signed, not what we would have
 * written. */
static void
take_text (WeftPrepared   *self,
           const WeftItem *slots)
{
  g_autoptr (GString) text = g_string_sized_new (512);

  g_string_append (text, "{\"ballot\":");
  weft_ballot_append (self->ballot, text);
  g_string_append (text, ",\"membership\":\"");
  g_string_append (text, self->membership);
  g_string_append_c (text, '"');
  self->slots_at = text->len;
  g_string_append (text, ",\"slots\":");
  if (slots != NULL)
    weft_item_append (slots, text);
  else
    weft_slot_states_append (self->states, text);
  g_string_append_c (text, '}');
  self->text = g_ref_string_new_len (text->str, (gssize) text->len);
}

WeftPrepared *
weft_prepared_new (const char *membership,
                   WeftBallot *ballot,
                   GPtrArray  *states)
{
  WeftPrepared *self;

  g_assert (membership != NULL);
  g_assert (weft_ballot_get_number (ballot) >= 1);
  g_assert (states->len >= 1);
  g_assert (states->len <= WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX);
  g_assert (weft_slot_states_are_sorted (states));

  self = g_atomic_rc_box_new0 (WeftPrepared);
  self->membership = g_strdup (membership);
  self->ballot = weft_ballot_ref (ballot);
  self->states = states;
  take_text (self, NULL);

  return self;
}

WeftPrepared *
weft_prepared_new_signed (WeftPrepared  *prepared,
                          WeftSignature *signature)
{
  WeftPrepared *self;

  g_assert (prepared != NULL);
  g_assert (signature != NULL);

  self = g_atomic_rc_box_new0 (WeftPrepared);
  self->membership = g_strdup (prepared->membership);
  self->ballot = weft_ballot_ref (prepared->ballot);
  self->states = g_ptr_array_ref (prepared->states);
  self->signature = weft_signature_ref (signature);
  self->text = g_ref_string_acquire (prepared->text);
  self->slots_at = prepared->slots_at;

  return self;
}

WeftBallot *
weft_prepared_get_ballot (WeftPrepared *self)
{
  g_assert (self != NULL);

  return self->ballot;
}

const char *
weft_prepared_get_membership (WeftPrepared *self)
{
  g_assert (self != NULL);

  return self->membership;
}

guint
weft_prepared_get_n_slots (WeftPrepared *self)
{
  g_assert (self != NULL);

  return self->states->len;
}

const WeftSlotState *
weft_prepared_get_state (WeftPrepared *self,
                         guint         index)
{
  g_assert (self != NULL);
  g_assert (index < self->states->len);

  return g_ptr_array_index (self->states, index);
}

const WeftSlotState *
weft_prepared_find (WeftPrepared *self,
                    WeftSlot     *slot)
{
  guint from = 0;
  guint to;

  g_assert (self != NULL);
  g_assert (slot != NULL);

  to = self->states->len;
  while (from < to)
    {
      guint middle = (from + to) / 2;
      const WeftSlotState *state = g_ptr_array_index (self->states, middle);
      int order = weft_slot_compare (slot, state->slot);

      if (order == 0)
        return state;
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }

  return NULL;
}

WeftSignature *
weft_prepared_get_signature (WeftPrepared *self)
{
  g_assert (self != NULL);

  return self->signature;
}

char *
weft_prepared_make_digest (WeftPrepared *self)
{
  g_assert (self != NULL);

  return weft_sha256_base64url (self->text, g_ref_string_length (self->text));
}

/* {"ballot","membership","path"?,"signature"?,"slots"} */
void
weft_prepared_append (WeftPrepared *self,
                      GString      *text)
{
  g_assert (self != NULL);

  g_string_append_len (text, self->text, (gssize) self->slots_at);
  if (self->signature != NULL)
    {
      weft_signature_append_path (self->signature, text);
      weft_signature_append_bytes (self->signature, text);
    }
  g_string_append_len (text, self->text + self->slots_at,
                       (gssize) (g_ref_string_length (self->text) - self->slots_at));
}

WeftPrepared *
weft_prepared_read (const WeftItem     *item,
                    const WeftJsonPath *path,
                    GError            **error)
{
  const WeftJsonPath ballot_path = { path, "ballot", 0 };
  const WeftJsonPath membership_path = { path, "membership", 0 };
  g_autoptr (WeftPrepared) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;
  const char *membership;

  if (object == NULL || !weft_item_check_members (object, member_names, path, error))
    return NULL;
  membership = weft_item_require_string (object, "membership", path, error);
  if (membership == NULL)
    return NULL;
  if (!weft_sha256_base64url_is_valid (membership))
    {
      weft_json_set_error (error, &membership_path, "expected a SHA-256 in base64url");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (WeftPrepared);
  self->membership = g_strdup (membership);
  member = weft_item_require_member (object, "ballot", path, error);
  self->ballot = member != NULL ? weft_ballot_read (member, &ballot_path, error) : NULL;
  if (self->ballot == NULL)
    return NULL;
  if (weft_ballot_get_number (self->ballot) == 0)
    {
      weft_json_set_error (error, &ballot_path, "expected a ballot above the first");
      return NULL;
    }
  self->states = weft_slot_states_read (object, "slots", path, error);
  if (self->states == NULL)
    return NULL;
  self->signature = weft_signature_read (object, path, error);
  if (self->signature == NULL)
    return NULL;
  take_text (self, weft_item_find (object, "slots"));

  return g_steal_pointer (&self);
}

WeftPrepared *
weft_prepared_from_json (JsonNode *json,
                         GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_assert (json != NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_prepared_read (weft_tape_get_root (tape), NULL, error) : NULL;
}
