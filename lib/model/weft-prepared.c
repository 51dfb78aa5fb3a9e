/* weft-prepared.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-prepared-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-limits.h"

struct _WeftPrepared
{
  char *membership;
  WeftBallot *ballot;
  GPtrArray *states; /* (element-type WeftSlotState), in the order of their slots */
  WeftSignature *signature;
  JsonNode *json;    /* of all of it */
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
  g_clear_pointer (&self->json, json_node_unref);
}

WEFT_DEFINE_BOXED (WeftPrepared, weft_prepared, clear)

WeftPrepared *
weft_prepared_new (const char *membership,
                   WeftBallot *ballot,
                   GPtrArray  *states)
{
  WeftPrepared *self;
  JsonObject *object;

  g_assert (membership != NULL);
  g_assert (weft_ballot_get_number (ballot) >= 1);
  g_assert (states->len >= 1);
  g_assert (states->len <= WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX);
  g_assert (weft_slot_states_are_sorted (states));

  self = g_atomic_rc_box_new0 (WeftPrepared);
  self->membership = g_strdup (membership);
  self->ballot = weft_ballot_ref (ballot);
  self->states = states;
  object = json_object_new ();
  json_object_set_string_member (object, "membership", membership);
  json_object_set_member (object, "ballot", weft_ballot_to_json (ballot));
  json_object_set_member (object, "slots", weft_slot_states_to_json (states));
  self->json = weft_content_seal_object (object);

  return self;
}

/* As it is: what was signed is what came, not what we would have written. */
static JsonObject *
content_to_json (WeftPrepared *self)
{
  JsonObject *whole = json_node_get_object (self->json);
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < 3; i++)
    json_object_set_member (object, member_names[i],
                            json_node_ref (json_object_get_member (whole, member_names[i])));

  return object;
}

WeftPrepared *
weft_prepared_new_signed (WeftPrepared  *prepared,
                          WeftSignature *signature)
{
  WeftPrepared *self;
  JsonObject *object;

  g_assert (prepared != NULL);
  g_assert (signature != NULL);

  self = g_atomic_rc_box_new0 (WeftPrepared);
  self->membership = g_strdup (prepared->membership);
  self->ballot = weft_ballot_ref (prepared->ballot);
  self->states = g_ptr_array_ref (prepared->states);
  self->signature = weft_signature_ref (signature);
  object = content_to_json (prepared);
  weft_signature_write (signature, object);
  self->json = weft_content_seal_object (object);

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
  g_autoptr (JsonNode) json = NULL;

  g_assert (self != NULL);

  if (self->signature == NULL)
    return weft_json_digest (self->json);

  json = weft_content_seal_object (content_to_json (self));
  return weft_json_digest (json);
}

WeftPrepared *
weft_prepared_parse (JsonNode           *json,
                     const WeftJsonPath *path,
                     GError            **error)
{
  const WeftJsonPath ballot_path = { path, "ballot", 0 };
  const WeftJsonPath membership_path = { path, "membership", 0 };
  g_autoptr (WeftPrepared) self = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  const char *membership;
  JsonNode *member;

  if (object == NULL || !weft_json_check_members (object, member_names, path, error))
    return NULL;
  membership = weft_json_require_string (object, "membership", path, error);
  if (membership == NULL)
    return NULL;
  if (!weft_sha256_base64url_is_valid (membership))
    {
      weft_json_set_error (error, &membership_path, "expected a SHA-256 in base64url");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (WeftPrepared);
  self->membership = g_strdup (membership);
  member = weft_json_require_member (object, "ballot", path, error);
  self->ballot = member != NULL ? weft_ballot_parse (member, &ballot_path, error) : NULL;
  if (self->ballot == NULL)
    return NULL;
  if (weft_ballot_get_number (self->ballot) == 0)
    {
      weft_json_set_error (error, &ballot_path, "expected a ballot above the first");
      return NULL;
    }
  self->states = weft_slot_states_parse (object, "slots", path, error);
  if (self->states == NULL)
    return NULL;
  self->signature = weft_signature_parse (json, path, error);
  if (self->signature == NULL)
    return NULL;
  self->json = weft_content_freeze (json);

  return g_steal_pointer (&self);
}

WeftPrepared *
weft_prepared_from_json (JsonNode *json,
                         GError  **error)
{
  g_assert (json != NULL);

  return weft_prepared_parse (json, NULL, error);
}

JsonNode *
weft_prepared_to_json (WeftPrepared *self)
{
  g_assert (self != NULL);

  return json_node_ref (self->json);
}
