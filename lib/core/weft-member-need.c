/* weft-member-need.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-repo-message-private.h"
#include "weft-slot-set-private.h"

WeftCommitRequest *
weft_member_get_commit (WeftClusterRecord *record,
                        WeftSlot          *slot)
{
  WeftCommitRequest *commit = weft_repo_message_find_commit_at (
      weft_cluster_record_get_message (record), weft_slot_get_block_id (slot),
      weft_slot_get_base (slot));

  g_assert (commit != NULL);

  return commit;
}

/* An action may be in a record with others, and in one alone. When one of these was decided the
 * other is dead, in all of its slots. */
static WeftMemberStanding
compare_proof (WeftMemberMachine *self,
               WeftClusterRecord *record,
               WeftSlot          *slot)
{
  g_autoptr (WeftClusterRecord) certificate = NULL;

  if (weft_cluster_record_get_slots (record)->len == 1)
    return WEFT_MEMBER_STANDING_OURS;

  certificate = weft_member_find_certificate (self, slot);
  return certificate == NULL || weft_member_is_same (certificate, record)
             ? WEFT_MEMBER_STANDING_OURS
             : WEFT_MEMBER_STANDING_OTHER;
}

WeftMemberStanding
weft_member_find_standing (WeftMemberMachine *self,
                           WeftClusterRecord *record,
                           WeftSlot          *slot)
{
  WeftCommitRequest *commit
      = WEFT_BUG (GROUP_MIXED)
            ? weft_repo_message_get_commit (weft_cluster_record_get_message (record))
            : weft_member_get_commit (record, slot);
  const char *block_id = weft_slot_get_block_id (slot);
  gint64 rev = weft_commit_request_get_rev (commit);
  g_autofree char *action_id = NULL;
  g_autoptr (WeftClusterRecord) certificate = NULL;
  gint64 latest;

  /* Mostly it is, and is looked at again and again. */
  if (weft_member_get_latest (self, slot) <= weft_slot_get_base (slot))
    return WEFT_MEMBER_STANDING_OPEN;

  /* It may be the latest, whose action is known without reading the revision. */
  latest = self->facts.read_latest (self->facts.data, block_id, &action_id);
  if (latest != rev)
    {
      g_free (action_id);
      action_id = self->facts.read_revision (self->facts.data, block_id, rev);
    }
  if (action_id != NULL)
    return g_str_equal (action_id, weft_commit_request_get_action_id (commit))
               ? compare_proof (self, record, slot)
               : WEFT_MEMBER_STANDING_OTHER;
  if (latest < rev)
    return WEFT_MEMBER_STANDING_OTHER;

  certificate = weft_member_find_certificate (self, slot);
  if (certificate == NULL)
    return WEFT_MEMBER_STANDING_PASSED;

  return weft_member_is_same (certificate, record) ? WEFT_MEMBER_STANDING_OURS
                                                   : WEFT_MEMBER_STANDING_OTHER;
}

gboolean
weft_member_is_done (WeftMemberMachine *self,
                     WeftClusterRecord *record,
                     GPtrArray         *slots)
{
  for (guint i = 0; i < slots->len; i++)
    switch (weft_member_find_standing (self, record, g_ptr_array_index (slots, i)))
      {
      case WEFT_MEMBER_STANDING_OURS:
      case WEFT_MEMBER_STANDING_PASSED:
        break;

      case WEFT_MEMBER_STANDING_OPEN:
      case WEFT_MEMBER_STANDING_OTHER:
        return FALSE;

      default:
        g_assert_not_reached ();
      }

  return TRUE;
}

/* Whether the action is pending on a block as it is meant, or what keeps it from being so. */
static gboolean
find_pending_lack (WeftMemberMachine *self,
                   WeftClusterRecord *record,
                   WeftSlot          *slot,
                   WeftMemberLack    *lack)
{
  WeftCommitRequest *commit = weft_member_get_commit (record, slot);
  const char *block_id = weft_slot_get_block_id (slot);
  g_autofree char *digest = NULL;
  gint64 base = -1;

  *lack = WEFT_MEMBER_LACK_PENDING;
  if (!self->facts.read_pending (self->facts.data, block_id,
                                 weft_commit_request_get_action_id (commit), &digest, &base))
    return TRUE;

  *lack = WEFT_MEMBER_LACK_CONTENT;
  return !WEFT_BUG (CONTENT_IGNORED) && !WEFT_BUG (CARRIED_BELIEVED)
         && (base != weft_slot_get_base (slot)
             || g_strcmp0 (digest, weft_commit_request_get_digest (commit, block_id)) != 0);
}

/* For the bug of that name. */
static gboolean
is_of_first (WeftClusterRecord *record,
             WeftSlot          *slot)
{
  return weft_member_get_commit (record, slot)
         == weft_repo_message_get_commit (weft_cluster_record_get_message (record));
}

/* What comes before a follower is in the record too, and is judged there. */
static gboolean
lacks_base (GPtrArray *slots,
            guint      index,
            gint64     latest)
{
  return latest < weft_slot_get_base (g_ptr_array_index (slots, index))
         && !weft_slots_is_follower (slots, index) && !WEFT_BUG (MEMBER_BASE_IGNORED);
}

/* For the bug of that name. */
static gboolean
is_before_another (GPtrArray *slots,
                   guint      index)
{
  return index + 1 < slots->len && weft_slots_is_follower (slots, index + 1);
}

/* Slots that are filled need nothing: that they are is looked at before. */
GArray *
weft_member_list_needs (WeftMemberMachine *self,
                        WeftClusterRecord *record,
                        GPtrArray         *slots)
{
  g_autoptr (GArray) needs = g_array_new (FALSE, FALSE, sizeof (WeftMemberNeed));

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberNeed need = { .slot = g_ptr_array_index (slots, i) };
      gint64 latest = weft_member_get_latest (self, need.slot);

      if (latest < 0)
        return NULL;
      if (latest > weft_slot_get_base (need.slot)
          || (WEFT_BUG (GROUP_IN_PART) && !is_of_first (record, need.slot))
          || (WEFT_BUG (CHAIN_GAP) && is_before_another (slots, i)))
        continue;

      need.lack = WEFT_MEMBER_LACK_BASE;
      if (lacks_base (slots, i, latest)
          || find_pending_lack (self, record, need.slot, &need.lack))
        g_array_append_val (needs, need);
    }

  return g_steal_pointer (&needs);
}

const char *
weft_member_needs_get_reason (GArray *needs)
{
  for (guint i = 0; i < needs->len; i++)
    if (g_array_index (needs, WeftMemberNeed, i).lack == WEFT_MEMBER_LACK_BASE)
      return "behind";

  return "not-pending";
}
