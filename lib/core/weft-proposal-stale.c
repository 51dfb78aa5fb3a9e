/* weft-proposal-stale.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-limits.h"
#include "weft-parts-private.h"
#include "weft-proposal-state-private.h"
#include "weft-repo-message-private.h"

/* What the members say, brought together. */
typedef struct
{
  GPtrArray *missing; /* (element-type WeftActionTransforms), each action once */
  GPtrArray *pending; /* (element-type WeftActionPending), each action and block once */
  char *block_id;
  gint64 rev;
  gboolean is_conflict;
} Merged;

static void
merged_clear (Merged *self)
{
  g_clear_pointer (&self->missing, g_ptr_array_unref);
  g_clear_pointer (&self->pending, g_ptr_array_unref);
  g_clear_pointer (&self->block_id, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Merged, merged_clear)

static int
compare_missing (gconstpointer a,
                 gconstpointer b)
{
  WeftActionTransforms *left = *(WeftActionTransforms **) a;
  WeftActionTransforms *right = *(WeftActionTransforms **) b;
  gint64 left_rev = weft_action_transforms_get_rev (left);
  gint64 right_rev = weft_action_transforms_get_rev (right);

  if (left_rev != right_rev)
    return left_rev < right_rev ? -1 : 1;

  return strcmp (weft_action_transforms_get_action_id (left),
                 weft_action_transforms_get_action_id (right));
}

static gboolean
is_same_action (gconstpointer a,
                gconstpointer b)
{
  return strcmp (weft_action_transforms_get_action_id ((WeftActionTransforms *) a),
                 weft_action_transforms_get_action_id ((WeftActionTransforms *) b)) == 0;
}

static gboolean
is_same_pending (gconstpointer a,
                 gconstpointer b)
{
  WeftActionPending *left = (WeftActionPending *) a;
  WeftActionPending *right = (WeftActionPending *) b;

  return strcmp (weft_action_pending_get_action_id (left),
                 weft_action_pending_get_action_id (right)) == 0 &&
         strcmp (weft_action_pending_get_block_id (left),
                 weft_action_pending_get_block_id (right)) == 0;
}

static void
merge (Merged           *self,
       WeftStaleFailure *failure)
{
  GPtrArray *missing = weft_stale_failure_get_missing (failure);
  GPtrArray *pending = weft_stale_failure_get_pending (failure);

  for (guint i = 0; i < missing->len; i++)
    {
      gpointer action = g_ptr_array_index (missing, i);

      if (!g_ptr_array_find_with_equal_func (self->missing, action, is_same_action, NULL))
        g_ptr_array_add (self->missing, weft_action_transforms_ref (action));
    }
  for (guint i = 0; i < pending->len; i++)
    {
      gpointer action = g_ptr_array_index (pending, i);

      if (!g_ptr_array_find_with_equal_func (self->pending, action, is_same_pending, NULL))
        g_ptr_array_add (self->pending, weft_action_pending_ref (action));
    }

  self->is_conflict |= weft_stale_failure_is_conflict (failure);
  if (weft_stale_failure_get_stale_block_id (failure) == NULL)
    return;
  if (self->block_id == NULL || weft_stale_failure_get_stale_rev (failure) > self->rev)
    {
      g_free (self->block_id);
      self->block_id = g_strdup (weft_stale_failure_get_stale_block_id (failure));
      self->rev = weft_stale_failure_get_stale_rev (failure);
    }
}

static WeftStaleFailure *
read_failure (const char *detail)
{
  g_autoptr (WeftTape) tape = weft_tape_read_own (detail, strlen (detail));

  return weft_stale_failure_read (weft_tape_get_root (tape), NULL, NULL);
}

/* Our own member first, so that where two tell of one action, its word stands. */
static void
merge_members (WeftProposalMachine *self,
               Merged              *merged,
               gboolean             is_self)
{
  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);
      g_autoptr (WeftStaleFailure) failure = NULL;
      const char *detail;

      if (member->verdict != WEFT_PROPOSAL_STALE ||
          weft_proposal_is_self (self, member->peer_id) != is_self)
        continue;
      detail = weft_vote_get_detail (weft_cluster_answer_get_vote (member->answer));
      failure = detail != NULL ? read_failure (detail) : NULL;
      if (failure != NULL)
        merge (merged, failure);
    }
}

static char *
make_reason (const char *block_id,
             gint64      rev)
{
  if (block_id == NULL)
    return g_strdup ("the members have newer revisions");

  return g_strdup_printf ("block %s is at revision %" G_GINT64_FORMAT, block_id, rev);
}

/* The newest that one answer tells of, oldest first. */
static void
order_missing (GPtrArray *missing)
{
  g_ptr_array_sort (missing, compare_missing);
  if (missing->len > WEFT_LIMIT_MISSING_ACTIONS_MAX)
    g_ptr_array_remove_range (missing, 0, missing->len - WEFT_LIMIT_MISSING_ACTIONS_MAX);
}

char *
weft_proposal_merge_stale (WeftProposalMachine *self)
{
  g_auto (Merged) merged = { .is_conflict = FALSE };
  g_autoptr (WeftStaleFailure) failure = NULL;
  g_autofree char *reason = NULL;

  merged.missing = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_transforms_unref);
  merged.pending = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_pending_unref);
  merge_members (self, &merged, TRUE);
  merge_members (self, &merged, FALSE);
  order_missing (merged.missing);
  if (merged.pending->len > WEFT_LIMIT_MISSING_ACTIONS_MAX)
    g_ptr_array_set_size (merged.pending, WEFT_LIMIT_MISSING_ACTIONS_MAX);

  reason = make_reason (merged.block_id, merged.rev);
  failure = weft_stale_failure_new (reason, merged.missing, merged.pending, merged.block_id,
                                    merged.rev, merged.is_conflict);

  return weft_stale_failure_to_string (failure);
}

char *
weft_proposal_describe_taken (WeftProposalMachine *self,
                              WeftClusterRecord   *certificate)
{
  GPtrArray *slots = weft_cluster_record_get_slots (self->own);
  WeftSlot *slot = NULL;
  const char *block_id;
  gint64 rev;
  g_autoptr (WeftStaleFailure) failure = NULL;
  g_autofree char *reason = NULL;

  for (guint i = 0; i < slots->len && slot == NULL; i++)
    if (weft_slots_contain (weft_cluster_record_get_slots (certificate),
                            &(GPtrArray) { .pdata = &slots->pdata[i], .len = 1 }))
      slot = g_ptr_array_index (slots, i);
  g_assert (slot != NULL);
  block_id = weft_slot_get_block_id (slot);
  rev = weft_commit_request_get_rev (
      weft_repo_message_find_commit_at (weft_cluster_record_get_message (certificate), block_id,
                                        weft_slot_get_base (slot)));

  reason = make_reason (block_id, rev);
  failure = weft_stale_failure_new (reason, NULL, NULL, block_id, rev, FALSE);

  return weft_stale_failure_to_string (failure);
}
