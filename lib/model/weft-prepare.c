/* weft-prepare.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-prepare-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"
#include "weft-record-core-private.h"

struct _WeftPrepare
{
  GPtrArray *slots; /* (element-type WeftSlot), sorted, each once */
  GPtrArray *peers; /* (element-type WeftClusterPeer), sorted */
  char *membership;
  double super_majority;
  WeftBallot *ballot;
  JsonNode *json;
};

static const char *const member_names[] = {
  "slots", "peers", "membership", "policy", "ballot", NULL,
};

static void
clear (WeftPrepare *self)
{
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_free);
  g_clear_pointer (&self->ballot, weft_ballot_unref);
  g_clear_pointer (&self->json, json_node_unref);
}

WEFT_DEFINE_BOXED (WeftPrepare, weft_prepare, clear)

static int
compare_slots (gconstpointer a,
               gconstpointer b)
{
  return weft_slot_compare (*(WeftSlot *const *) a, *(WeftSlot *const *) b);
}

static gboolean
has_repeated_slots (GPtrArray *slots)
{
  for (guint i = 1; i < slots->len; i++)
    if (compare_slots (&slots->pdata[i - 1], &slots->pdata[i]) >= 0)
      return TRUE;

  return FALSE;
}

static JsonNode *
build_json (WeftPrepare *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *slots = json_array_sized_new (self->slots->len);

  for (guint i = 0; i < self->slots->len; i++)
    json_array_add_element (slots, weft_slot_to_json (g_ptr_array_index (self->slots, i)));
  json_object_set_member (object, "slots", weft_content_seal_array (slots));
  json_object_set_member (object, "peers", weft_cluster_peers_to_json (self->peers));
  json_object_set_string_member (object, "membership", self->membership);
  json_object_set_member (object, "policy",
                          weft_record_core_policy_to_json (self->super_majority));
  json_object_set_member (object, "ballot", weft_ballot_to_json (self->ballot));

  return weft_content_seal_object (object);
}

WeftPrepare *
weft_prepare_new (GPtrArray  *slots,
                  GPtrArray  *peers,
                  double      super_majority,
                  WeftBallot *ballot)
{
  WeftPrepare *self;

  g_assert (slots->len >= 1);
  g_assert (slots->len <= WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX);
  g_assert (super_majority >= 0);
  g_assert (super_majority <= 1);
  g_assert (weft_ballot_get_number (ballot) >= 1);

  self = g_atomic_rc_box_new0 (WeftPrepare);
  self->slots = g_ptr_array_new_full (slots->len, (GDestroyNotify) weft_slot_unref);
  for (guint i = 0; i < slots->len; i++)
    g_ptr_array_add (self->slots, weft_slot_ref (g_ptr_array_index (slots, i)));
  g_ptr_array_sort (self->slots, compare_slots);
  g_assert (!has_repeated_slots (self->slots));
  self->peers = weft_cluster_peers_copy (peers, NULL);
  g_assert (self->peers != NULL);
  self->membership = weft_message_hash_of_membership (self->peers);
  self->super_majority = super_majority;
  self->ballot = weft_ballot_ref (ballot);
  self->json = build_json (self);

  return self;
}

GPtrArray *
weft_prepare_get_slots (WeftPrepare *self)
{
  g_assert (self != NULL);

  return self->slots;
}

GPtrArray *
weft_prepare_get_peers (WeftPrepare *self)
{
  g_assert (self != NULL);

  return self->peers;
}

const char *
weft_prepare_get_membership (WeftPrepare *self)
{
  g_assert (self != NULL);

  return self->membership;
}

double
weft_prepare_get_super_majority (WeftPrepare *self)
{
  g_assert (self != NULL);

  return self->super_majority;
}

WeftBallot *
weft_prepare_get_ballot (WeftPrepare *self)
{
  g_assert (self != NULL);

  return self->ballot;
}

static GPtrArray *
parse_slots (JsonObject         *object,
             const WeftJsonPath *path,
             GError            **error)
{
  g_autoptr (GPtrArray) slots = NULL;
  const WeftJsonPath list = { path, "slots", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  JsonNode *member = weft_json_require_member (object, "slots", path, error);
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
  slots = g_ptr_array_new_full (length, (GDestroyNotify) weft_slot_unref);
  for (; here.index < length; here.index++)
    {
      WeftSlot *slot = weft_slot_parse (json_array_get_element (array, here.index), &here, error);

      if (slot == NULL)
        return NULL;
      g_ptr_array_add (slots, slot);
    }
  if (has_repeated_slots (slots))
    {
      weft_json_set_error (error, &list, "expected each slot once, in order");
      return NULL;
    }

  return g_steal_pointer (&slots);
}

WeftPrepare *
weft_prepare_parse (JsonNode           *json,
                    const WeftJsonPath *path,
                    GError            **error)
{
  const WeftJsonPath here = { path, "ballot", 0 };
  g_autoptr (WeftPrepare) self = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *member;

  if (object == NULL || !weft_json_check_members (object, member_names, path, error))
    return NULL;
  self = g_atomic_rc_box_new0 (WeftPrepare);
  self->slots = parse_slots (object, path, error);
  if (self->slots == NULL)
    return NULL;
  self->peers = weft_record_core_parse_members (object, &self->super_majority, path, error);
  if (self->peers == NULL)
    return NULL;
  self->membership = weft_message_hash_of_membership (self->peers);
  member = weft_json_require_member (object, "ballot", path, error);
  self->ballot = member != NULL ? weft_ballot_parse (member, &here, error) : NULL;
  if (self->ballot == NULL)
    return NULL;
  if (weft_ballot_get_number (self->ballot) == 0)
    {
      weft_json_set_error (error, &here, "expected a ballot above the first");
      return NULL;
    }
  self->json = weft_content_freeze (json);

  return g_steal_pointer (&self);
}

WeftPrepare *
weft_prepare_from_json (JsonNode *json,
                        GError  **error)
{
  g_assert (json != NULL);

  return weft_prepare_parse (json, NULL, error);
}

JsonNode *
weft_prepare_to_json (WeftPrepare *self)
{
  g_assert (self != NULL);

  return json_node_ref (self->json);
}
