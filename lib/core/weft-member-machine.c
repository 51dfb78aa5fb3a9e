/* weft-member-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

static int
compare_texts (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

WeftMemberMachine *
weft_member_machine_new (const WeftMemberConfig *config)
{
  WeftMemberMachine *self = g_new0 (WeftMemberMachine, 1);

  g_assert (config->peer_id != NULL);
  g_assert (config->verify.network != NULL);
  g_assert (config->verify.verify != NULL);
  g_assert (config->held_max_usec > 0);

  self->peer_id = weft_peer_id_ref (config->peer_id);
  self->super_majority = config->super_majority;
  self->verify = config->verify;
  self->facts = config->facts;
  self->held_max_usec = config->held_max_usec;
  self->shared = g_tree_new_full (compare_texts, NULL, g_free,
                                  (GDestroyNotify) weft_member_shared_free);
  self->dropped = weft_member_dropped_new ();
  self->text = g_string_new (NULL);
  weft_member_looks_init (self);
  self->slot_deadlines = weft_deadlines_new ();
  self->call_deadlines = weft_deadlines_new ();
  self->table = weft_member_table_new ();
  self->calls = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL,
                                 (GDestroyNotify) weft_member_call_free);
  self->flights = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL,
                                   (GDestroyNotify) weft_member_flight_free);
  self->fetches = g_tree_new_full (compare_texts, NULL, NULL,
                                   (GDestroyNotify) weft_member_fetch_free);
  self->fetch_ids = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, NULL);
  self->cancels = g_tree_new_full (weft_deadline_compare_ids, NULL, g_free, g_free);

  return self;
}

void
weft_member_machine_free (WeftMemberMachine *self)
{
  g_clear_pointer (&self->table, weft_member_table_free);
  g_clear_pointer (&self->calls, g_tree_unref);
  g_clear_pointer (&self->flights, g_tree_unref);
  g_clear_pointer (&self->fetch_ids, g_tree_unref);
  g_clear_pointer (&self->fetches, g_tree_unref);
  g_clear_pointer (&self->cancels, g_tree_unref);
  g_clear_pointer (&self->shared, g_tree_unref);
  g_clear_pointer (&self->dropped, g_array_unref);
  g_clear_pointer (&self->looks, g_array_unref);
  g_clear_pointer (&self->slot_deadlines, weft_deadlines_free);
  g_string_free (self->text, TRUE);
  g_clear_pointer (&self->whole, weft_cluster_record_unref);
  g_clear_pointer (&self->call_deadlines, weft_deadlines_free);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_free (self);
}

static void
dispatch (WeftMemberMachine *self)
{
  switch (self->event->type)
    {
    case WEFT_MEMBER_EVENT_RESTORE:
      weft_member_step_restore (self);
      break;

    case WEFT_MEMBER_EVENT_REQUEST:
      weft_member_step_request (self);
      break;

    case WEFT_MEMBER_EVENT_WITHDRAW:
      weft_member_step_withdraw (self);
      break;

    case WEFT_MEMBER_EVENT_STORED:
      weft_member_step_stored (self);
      break;

    case WEFT_MEMBER_EVENT_STORE_FAILED:
      weft_member_step_failed (self);
      break;

    case WEFT_MEMBER_EVENT_APPLIED:
      weft_member_step_applied (self);
      break;

    case WEFT_MEMBER_EVENT_APPLY_FAILED:
      weft_member_step_apply_failed (self);
      break;

    case WEFT_MEMBER_EVENT_EXECUTED:
      weft_member_step_executed (self);
      break;

    case WEFT_MEMBER_EVENT_PENDED:
      weft_member_step_pended (self);
      break;

    case WEFT_MEMBER_EVENT_PENDED_EACH:
      weft_member_step_pended_each (self);
      break;

    case WEFT_MEMBER_EVENT_FETCHED:
      weft_member_step_fetched (self);
      break;

    case WEFT_MEMBER_EVENT_TIMEOUT:
      weft_member_expire_calls (self);
      weft_member_expire_slots (self);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* Once the storage failed, the machine knows more than is true: it only says no. */
static gboolean
is_heard (WeftMemberMachine *self)
{
  return !self->is_failed || self->event->type == WEFT_MEMBER_EVENT_REQUEST;
}

void
weft_member_machine_step (WeftMemberMachine     *self,
                          const WeftMemberEvent *event,
                          WeftMemberEffects     *effects)
{
  g_assert (effects->items != NULL);
  g_assert (self->event == NULL);

  self->event = event;
  self->effects = effects;
  if (!self->is_restored && event->type != WEFT_MEMBER_EVENT_RESTORE)
    weft_member_finish_restore (self);
  if (is_heard (self))
    dispatch (self);
  weft_member_looks_clear (self);
  self->event = NULL;
  self->effects = NULL;

  effects->deadline_usec = self->is_failed
                               ? G_MAXINT64
                               : MIN (weft_deadline_get_next (self->slot_deadlines),
                                      weft_deadline_get_next (self->call_deadlines));
}

static gboolean
is_on_action (WeftMemberSlot    *entry,
              WeftClusterRecord *record,
              const char        *action_id)
{
  return record != NULL
         && g_str_equal (
             weft_commit_request_get_action_id (weft_member_get_commit (record, entry->slot)),
             action_id);
}

gboolean
weft_member_machine_holds (WeftMemberMachine *self,
                           const char        *block_id,
                           const char        *action_id)
{
  WeftMemberSlot *entry = weft_member_first_slot (self, block_id, 0);

  for (; entry != NULL; entry = weft_member_next_slot (entry))
    if ((!entry->is_resting && is_on_action (entry, entry->vote, action_id))
        || is_on_action (entry, entry->lock, action_id)
        || is_on_action (entry, entry->filling, action_id))
      return TRUE;

  return FALSE;
}

gboolean
weft_member_machine_is_fetching (WeftMemberMachine *self,
                                 guint64            token)
{
  WeftMemberCall *call = weft_member_find_call (self, token);

  return call != NULL && call->place == WEFT_MEMBER_PLACE_FETCH;
}

static void
set_record (JsonObject        *object,
            const char        *name,
            WeftClusterRecord *record)
{
  JsonObject *member;

  if (record == NULL)
    return;

  member = json_object_new ();
  json_object_set_member (member, "ballot",
                          weft_ballot_to_json (weft_cluster_record_get_ballot (record)));
  json_object_set_string_member (member, "messageHash",
                                 weft_cluster_record_get_message_hash (record));
  json_object_set_object_member (object, name, member);
}

JsonNode *
weft_member_machine_to_json (WeftMemberMachine *self,
                             gint64             now_usec)
{
  JsonNode *json = json_node_alloc ();
  JsonArray *slots = json_array_new ();
  g_autoptr (GPtrArray) entries = weft_member_list_slots (self);

  for (guint i = 0; i < entries->len; i++)
    {
      WeftMemberSlot *entry = g_ptr_array_index (entries, i);
      JsonObject *object;

      /* A ballot that was prepared binds this node, but nobody waits for anything. */
      if (entry->is_resting || (entry->vote == NULL && entry->lock == NULL))
        continue;
      object = json_object_new ();

      json_object_set_string_member (object, "blockId", weft_slot_get_block_id (entry->slot));
      json_object_set_int_member (object, "base", weft_slot_get_base (entry->slot));
      if (entry->prepared != NULL)
        json_object_set_member (object, "prepared", weft_ballot_to_json (entry->prepared));
      set_record (object, "vote", entry->vote);
      set_record (object, "lock", entry->lock);
      if (entry->held_usec != G_MAXINT64)
        json_object_set_int_member (object, "heldMsec", (now_usec - entry->held_usec) / 1000);
      json_array_add_object_element (slots, object);
    }
  json_node_init_array (json, slots);
  json_array_unref (slots);
  json_node_seal (json);

  return json;
}
