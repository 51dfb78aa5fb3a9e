/* weft-proposal-admit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-proposal-state-private.h"
#include "weft-slot-set-private.h"

/* Whose locks and certificates count. */

static gboolean
has_same_peers (WeftClusterRecord *a,
                WeftClusterRecord *b)
{
  return g_strcmp0 (weft_cluster_record_get_membership (a),
                    weft_cluster_record_get_membership (b)) == 0
         && weft_cluster_record_get_super_majority (a)
                == weft_cluster_record_get_super_majority (b);
}

/* Whether a record claims the slot, and something else makes the revision that it is on. */
static gboolean
claims_apart (WeftClusterRecord *record,
              WeftSlot          *slot)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    if (weft_slot_equal (g_ptr_array_index (slots, i), slot))
      return !weft_slots_is_follower (slots, i);

  return FALSE;
}

/* Whether both claim a slot of a block that has a revision. Who decides in it is written there, so
 * that they cannot both be right unless their peers are the same. Of a follower nothing is written
 * yet: another record may fill the slot before it, and move the block. */
static gboolean
share_pin (WeftProposalMachine *self,
           WeftClusterRecord   *a,
           WeftClusterRecord   *b)
{
  GPtrArray *slots = weft_cluster_record_get_slots (a);

  if (!self->config.is_pinned || WEFT_BUG (PROPOSAL_PIN_IGNORED))
    return FALSE;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      if (weft_slot_get_base (slot) > 0 && !weft_slots_is_follower (slots, i)
          && claims_apart (b, slot))
        return TRUE;
    }

  return FALSE;
}

/* The blocks of a record that are new; the others are judged by the members of who decides on it,
 * since it takes some who do not lie. */
static GPtrArray *
list_new_blocks (WeftProposalMachine *self,
                 WeftClusterRecord   *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  GPtrArray *block_ids = g_ptr_array_new ();

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      if (weft_slot_get_base (slot) == 0 || !self->config.is_pinned
          || WEFT_BUG (PROPOSAL_PIN_IGNORED))
        g_ptr_array_add (block_ids, (gpointer) weft_slot_get_block_id (slot));
    }

  return block_ids;
}

gboolean
weft_proposal_admits (WeftProposalMachine *self,
                      WeftClusterRecord   *record)
{
  g_autoptr (GPtrArray) block_ids = NULL;

  if (g_strcmp0 (weft_cluster_record_get_membership (record),
                 weft_cluster_record_get_membership (self->own)) == 0)
    return has_same_peers (record, self->own);
  if (share_pin (self, record, self->own))
    return FALSE;
  /* What stands in the way of a record that we follow, which was admitted before. */
  if (self->shape != NULL && share_pin (self, record, self->shape))
    return has_same_peers (record, self->shape);

  block_ids = list_new_blocks (self, record);
  if (self->config.admit == NULL || block_ids->len == 0)
    return FALSE;
  g_ptr_array_add (block_ids, NULL);

  return self->config.admit (self->config.admit_data, weft_cluster_record_get_peers (record),
                             (const char * const *) block_ids->pdata) == NULL;
}

gboolean
weft_proposal_shares_pin (WeftProposalMachine *self,
                          WeftClusterRecord   *record)
{
  return share_pin (self, record, self->own);
}

gboolean
weft_proposal_is_pinned (WeftProposalMachine *self)
{
  return share_pin (self, self->own, self->own);
}
