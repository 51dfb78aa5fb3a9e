/* weft-prepare.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-prepare-private.h"

#include "weft-boxed-private.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"
#include "weft-record-core-private.h"
#include "weft-text-private.h"

struct _WeftPrepare
{
  GPtrArray *slots; /* (element-type WeftSlot), sorted, each once */
  GPtrArray *peers; /* (element-type WeftClusterPeer), sorted */
  char *membership; /* a GRefString */
  double super_majority;
  WeftBallot *ballot;
};

static const char *const member_names[] = {
  "slots", "peers", "membership", "policy", "ballot", NULL,
};

static void
clear (WeftPrepare *self)
{
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_ref_string_release);
  g_clear_pointer (&self->ballot, weft_ballot_unref);
}

WEFT_DEFINE_BOXED_TEXT (WeftPrepare, weft_prepare, clear)

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

/* The members in order. */
void
weft_prepare_append (WeftPrepare *self,
                     GString     *text)
{
  g_assert (self != NULL);

  weft_text_append (text, "{\"ballot\":");
  weft_ballot_append (self->ballot, text);
  weft_text_append (text, ",\"membership\":\"");
  weft_text_append (text, self->membership);
  weft_text_append (text, "\",\"peers\":");
  weft_cluster_peers_append (self->peers, text);
  weft_text_append (text, ",\"policy\":");
  weft_record_core_append_policy (self->super_majority, text);
  weft_text_append (text, ",\"slots\":");
  for (guint i = 0; i < self->slots->len; i++)
    {
      g_string_append_c (text, i == 0 ? '[' : ',');
      weft_slot_append (g_ptr_array_index (self->slots, i), text);
    }
  weft_text_append (text, "]}");
}

WeftPrepare *
weft_prepare_new (GPtrArray  *slots,
                  GPtrArray  *peers,
                  double      super_majority,
                  WeftBallot *ballot)
{
  g_autofree char *membership = NULL;
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
  membership = weft_message_hash_of_membership (self->peers);
  self->membership = g_ref_string_new (membership);
  self->super_majority = super_majority;
  self->ballot = weft_ballot_ref (ballot);

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
read_slots (const WeftItem     *object,
            const WeftJsonPath *path,
            GError            **error)
{
  g_autoptr (GPtrArray) slots = NULL;
  const WeftJsonPath list = { path, "slots", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *member = weft_item_require_member (object, "slots", path, error);
  const WeftItem *array = member != NULL ? weft_item_get_array (member, &list, error) : NULL;

  if (array == NULL)
    return NULL;
  if (array->length == 0 || array->length > WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX)
    {
      weft_json_set_error (error, &list, "expected 1 to %d slots, got %u",
                           WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX, array->length);
      return NULL;
    }
  slots = g_ptr_array_new_full (array->length, (GDestroyNotify) weft_slot_unref);
  for (const WeftItem *item = weft_item_first (array); item != NULL;
       item = weft_item_next (array, item), here.index++)
    {
      WeftSlot *slot = weft_slot_read (item, &here, error);

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
weft_prepare_read (const WeftItem     *item,
                   const WeftJsonPath *path,
                   GError            **error)
{
  const WeftJsonPath here = { path, "ballot", 0 };
  g_autoptr (WeftPrepare) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL || !weft_item_check_members (object, member_names, path, error))
    return NULL;
  self = g_atomic_rc_box_new0 (WeftPrepare);
  self->slots = read_slots (object, path, error);
  if (self->slots == NULL)
    return NULL;
  self->peers = weft_record_core_read_deciders (object, &self->membership, &self->super_majority,
                                                path, error);
  if (self->peers == NULL)
    return NULL;
  member = weft_item_require_member (object, "ballot", path, error);
  self->ballot = member != NULL ? weft_ballot_read (member, &here, error) : NULL;
  if (self->ballot == NULL)
    return NULL;
  if (weft_ballot_get_number (self->ballot) == 0)
    {
      weft_json_set_error (error, &here, "expected a ballot above the first");
      return NULL;
    }

  return g_steal_pointer (&self);
}

WeftPrepare *
weft_prepare_from_json (JsonNode *json,
                        GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_assert (json != NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_prepare_read (weft_tape_get_root (tape), NULL, error) : NULL;
}
