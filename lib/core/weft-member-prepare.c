/* weft-member-prepare.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-limits.h"

/* Rule 4: from now on nothing below the ballot; and where this node is. */

static gboolean
has_peer (GPtrArray  *peers,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), peer_id))
      return TRUE;

  return FALSE;
}

/* Counters of refusals have the names of the reasons of a rejected record. */
static gboolean
refuse (WeftMemberMachine *self,
        WeftMemberCall    *call,
        WeftError          code,
        const char        *counter,
        const char        *message)
{
  weft_member_count (self, counter);
  weft_member_answer_error (self, call, code, message);

  return FALSE;
}

/* The highest ballot that one of the slots is bound to, or NULL. */
static WeftBallot *
find_highest (WeftMemberMachine *self,
              GPtrArray         *slots)
{
  WeftBallot *highest = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry != NULL && entry->prepared != NULL
          && (highest == NULL || weft_ballot_compare (entry->prepared, highest) > 0))
        highest = entry->prepared;
    }

  return highest;
}

/* What is wrong with it whatever this node has of the blocks. */
static gboolean
check (WeftMemberMachine *self,
       WeftMemberCall    *call,
       WeftPrepare       *prepare)
{
  GPtrArray *slots = weft_prepare_get_slots (prepare);

  if (slots->len == 0 || weft_ballot_get_number (weft_prepare_get_ballot (prepare)) == 0)
    return refuse (self, call, WEFT_ERROR_INVALID, "member/reject/invalid",
                   "expected slots and a ballot above the first");
  if (!has_peer (weft_prepare_get_peers (prepare), self->peer_id))
    return refuse (self, call, WEFT_ERROR_REFUSED, "member/reject/not-a-peer",
                   "this node is not one of the peers");
  if (weft_prepare_get_super_majority (prepare) != self->super_majority)
    return refuse (self, call, WEFT_ERROR_REFUSED, "member/reject/policy",
                   "this node has another policy");

  return TRUE;
}

/* The slots are open. */
static gboolean
check_slots (WeftMemberMachine *self,
             WeftMemberCall    *call,
             WeftPrepare       *prepare)
{
  GPtrArray *slots = weft_prepare_get_slots (prepare);

  if (!weft_member_admits (self, weft_prepare_get_peers (prepare),
                           weft_prepare_get_membership (prepare), slots))
    return refuse (self, call, WEFT_ERROR_REFUSED, "member/reject/not-admitted",
                   "these are not the peers that this node knows for the blocks");
  if (!weft_member_is_settled (self, slots))
    return refuse (self, call, WEFT_ERROR_UNAVAILABLE, "member/reject/unsettled",
                   "this node does not know yet which blocks it should keep");
  if (weft_member_is_damaged (self, slots))
    return refuse (self, call, WEFT_ERROR_CORRUPT, "member/reject/storage",
                   "what was promised for one of the slots cannot be read");
  if (!weft_member_has_room (self, slots))
    return refuse (self, call, WEFT_ERROR_UNAVAILABLE, "member/reject/busy",
                   "too many slots are open");

  return TRUE;
}

static gboolean
check_ballot (WeftMemberMachine *self,
              WeftMemberCall    *call,
              WeftPrepare       *prepare)
{
  WeftBallot *ballot = weft_prepare_get_ballot (prepare);
  WeftBallot *highest = find_highest (self, weft_prepare_get_slots (prepare));
  gint64 number = highest != NULL ? weft_ballot_get_number (highest) : 0;

  if (weft_ballot_get_number (ballot) - number > WEFT_LIMIT_BALLOT_STEP_MAX)
    return refuse (self, call, WEFT_ERROR_INVALID, "member/reject/invalid",
                   "expected a ballot that is nearer to the one before");
  if (highest == NULL || weft_ballot_compare (ballot, highest) >= 0)
    return TRUE;

  weft_member_count (self, "member/conflict");
  weft_member_answer (self, call, weft_cluster_answer_new_conflict (highest), NULL, 0);

  return FALSE;
}

static WeftPrepared *
build_prepared (WeftMemberMachine *self,
                WeftPrepare       *prepare)
{
  GPtrArray *slots = weft_prepare_get_slots (prepare);
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);

  for (guint i = 0; i < slots->len; i++)
    g_ptr_array_add (states, weft_member_slot_to_state (
                                 weft_member_find_slot (self, g_ptr_array_index (slots, i))));

  return weft_prepared_new (weft_prepare_get_membership (prepare),
                            weft_prepare_get_ballot (prepare), states);
}

static void
prepare_slots (WeftMemberMachine *self,
               WeftMemberCall    *call,
               WeftPrepare       *prepare)
{
  GPtrArray *slots = weft_prepare_get_slots (prepare);
  WeftBallot *ballot = weft_prepare_get_ballot (prepare);
  g_autoptr (WeftPrepared) prepared = NULL;
  gboolean is_changed = FALSE;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_ensure_slot (self, g_ptr_array_index (slots, i));

      if (entry->prepared == NULL || weft_ballot_compare (entry->prepared, ballot) < 0)
        is_changed = TRUE;
      if (!WEFT_BUG (PREPARE_NOT_KEPT) || entry->prepared == NULL)
        weft_member_slot_raise (entry, ballot);
    }

  weft_member_count (self, "member/prepared");
  prepared = build_prepared (self, prepare);
  weft_member_answer (self, call, weft_cluster_answer_new_prepared (prepared),
                      weft_prepared_text_new (self->verify.network, prepared),
                      is_changed ? weft_member_store_slots (self, slots)
                                 : weft_member_find_newest (self, slots));
}

void
weft_member_examine_prepare (WeftMemberMachine *self,
                             WeftMemberCall    *call)
{
  WeftPrepare *prepare = weft_cluster_request_get_prepare (call->request);
  GPtrArray *slots = weft_prepare_get_slots (prepare);
  g_autoptr (GArray) gaps = weft_member_list_gaps (self, slots);

  if (!check (self, call, prepare) || weft_member_answer_settled (self, call, slots)
      || !check_slots (self, call, prepare))
    return;
  if (gaps->len == 0)
    {
      if (check_ballot (self, call, prepare))
        prepare_slots (self, call, prepare);
    }
  else if (!weft_member_wait (self, call, gaps))
    weft_member_reject (self, call, "behind", NULL);
}
