/* weft-member-check.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-limits.h"

/* What must hold between two steps. */

/* A record is voted for and locked in all of its slots. In another slot there may be a later one by
 * now, or the slot was filled. */
static void
check_slots (WeftMemberMachine *self,
             WeftClusterRecord *record,
             gboolean           is_lock)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      WeftMemberSlot *entry = weft_member_find_slot (self, slot);
      gint64 latest = self->facts.read_latest (self->facts.data, weft_slot_get_block_id (slot),
                                               NULL);
      WeftClusterRecord *other;

      if (latest > weft_slot_get_base (slot) || (entry != NULL && entry->is_damaged))
        continue;

      g_assert (entry != NULL);
      other = is_lock ? entry->lock : entry->vote;
      if (other != NULL && weft_member_is_same (other, record))
        continue;
      g_assert (entry->prepared != NULL);
      g_assert (weft_ballot_compare (entry->prepared, weft_cluster_record_get_ballot (record))
                >= 0);
    }
}

static void
check_record (WeftMemberMachine *self,
              WeftMemberSlot    *entry,
              WeftClusterRecord *record,
              gboolean           is_lock)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);

  g_assert (entry->prepared != NULL);
  g_assert (weft_ballot_compare (ballot, entry->prepared) <= 0);
  g_assert (weft_cluster_record_has_peer (record, self->peer_id));
  if (is_lock)
    g_assert (weft_cluster_record_get_n_promises (record)
              >= weft_cluster_record_get_promises_needed (record));
  check_slots (self, record, is_lock);
}

/* Nothing more has to be known of it. */
static gboolean
is_filled (WeftMemberMachine *self,
           WeftMemberSlot    *entry)
{
  const char *block_id = weft_slot_get_block_id (entry->slot);

  return entry->filling != NULL
         || self->facts.read_latest (self->facts.data, block_id, NULL)
                > weft_slot_get_base (entry->slot);
}

static void
check_slot (WeftMemberMachine *self,
            WeftMemberSlot    *entry)
{
  gboolean is_held = weft_member_slot_get_held (entry) != NULL;

  g_assert (!weft_member_slot_is_empty (entry));
  g_assert (entry->is_stored || weft_member_is_implied (entry) || is_filled (self, entry));
  g_assert (is_held == (entry->held_usec != G_MAXINT64));
  g_assert (is_held == weft_deadline_is_set (&entry->deadline));
  g_assert ((entry->filling != NULL) == (entry->filling_id != 0));
  if (entry->filling != NULL)
    g_assert (g_tree_lookup (self->flights, &(gint64) { entry->filling_id }) != NULL);
  if (entry->vote != NULL)
    check_record (self, entry, entry->vote, FALSE);
  if (entry->lock != NULL)
    check_record (self, entry, entry->lock, TRUE);
}

/* Every request waits in one place, for something that is on its way. */
static void
check_calls (WeftMemberMachine *self)
{
  guint n_waiting = 0;
  guint n_flying = 0;
  guint n_owed = 0;

  for (GTreeNode *node = g_tree_node_first (self->calls); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftMemberCall *call = g_tree_node_value (node);

      g_assert (call->place != WEFT_MEMBER_PLACE_NEW);
      g_assert ((call->place == WEFT_MEMBER_PLACE_FETCH) == weft_deadline_is_set (&call->deadline));
      g_assert ((call->place == WEFT_MEMBER_PLACE_FETCH) == (call->n_fetches > 0));
      if (call->place == WEFT_MEMBER_PLACE_FETCH)
        n_waiting++;
      if (call->place == WEFT_MEMBER_PLACE_FLIGHT)
        n_owed++;
    }
  for (GTreeNode *node = g_tree_node_first (self->flights); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftMemberFlight *flight = g_tree_node_value (node);

      for (guint i = 0; i < flight->answers->len; i++)
        if (weft_member_find_call (self, g_array_index (flight->answers, WeftMemberEffect, i).token)
            != NULL)
          n_flying++;
    }

  g_assert (n_waiting == self->n_waiting);
  g_assert (n_waiting <= WEFT_LIMIT_REQUESTS_WAITING_MAX);
  g_assert (n_flying == n_owed);
  g_assert (g_tree_nnodes (self->fetches) == g_tree_nnodes (self->fetch_ids));
}

/* Of each block that it changes it is the newest, or a newer one is. */
static void
check_flight (WeftMemberMachine *self,
              WeftMemberFlight  *flight)
{
  for (guint i = 0; i < flight->slots->len; i++)
    {
      const char *block_id = weft_slot_get_block_id (g_ptr_array_index (flight->slots, i));

      g_assert (weft_member_find_touched (self, block_id) >= flight->id);
    }
}

void
weft_member_machine_check (WeftMemberMachine *self)
{
  g_autoptr (GPtrArray) entries = NULL;

  g_assert (self->event == NULL);

  /* Slots come back one by one. */
  if (!self->is_restored)
    return;
  if (self->is_failed)
    {
      g_assert (g_tree_nnodes (self->calls) == 0);
      return;
    }

  entries = weft_member_list_slots (self);
  for (guint i = 0; i < entries->len; i++)
    check_slot (self, g_ptr_array_index (entries, i));
  for (GTreeNode *node = g_tree_node_first (self->flights); node != NULL;
       node = g_tree_node_next (node))
    check_flight (self, g_tree_node_value (node));
  check_calls (self);
}
