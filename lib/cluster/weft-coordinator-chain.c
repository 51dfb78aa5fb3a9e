/* weft-coordinator-chain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-chain-private.h"

#include "weft-coordinator-turns-private.h"
#include "weft-error.h"
#include "weft-limits.h"

/* Those that do not fit are looked at in vain. */
#define LOOKS_MAX (2 * WEFT_LIMIT_GROUP_MAX)

static gboolean
is_in (GPtrArray  *chain,
       const char *action_id)
{
  for (guint i = 0; i < chain->len; i++)
    if (g_str_equal (weft_change_get_action_id (g_ptr_array_index (chain, i)), action_id))
      return TRUE;

  return FALSE;
}

/* By what is known before it is filled in. */
static gboolean
may_follow (WeftChange *change,
            GPtrArray  *chain)
{
  WeftCoordinatorRequest *request = change->request;

  return weft_change_is_open_put (change) && !change->is_in_doubt
         && weft_change_needs_latest (weft_change_get_pend (change), request->block_ids[0])
         && request->deadline_usec - weft_cluster_parts_get_now (request->repo->parts)
              >= WEFT_GROUP_LEFT_USEC_MIN
         && !is_in (chain, weft_change_get_action_id (change));
}

/* FALSE when nobody behind it is to be looked at. */
static gboolean
add (GPtrArray  *chain,
     WeftTip    *tip,
     gsize      *n_bytes,
     WeftChange *change)
{
  WeftChange *head = g_ptr_array_index (chain, 0);

  if (g_cancellable_is_cancelled (change->request->cancellable))
    {
      weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
                                         "nobody waits for the change any more"));
      return TRUE;
    }
  if (!may_follow (change, chain))
    return FALSE;

  switch (weft_change_follow (change, head, tip))
    {
    case WEFT_FOLLOW_FITS:
      break;

    case WEFT_FOLLOW_FITS_NOT:
    case WEFT_FOLLOW_OVER:
      return TRUE;

    default:
      g_assert_not_reached ();
    }
  if (change->n_bytes > WEFT_GROUP_CHANGE_BYTES_MAX
      || *n_bytes + change->n_bytes > WEFT_GROUP_BYTES_MAX)
    return FALSE;

  *n_bytes += change->n_bytes;
  change->is_follower = TRUE;
  weft_coordinator_turns_take (change->request->repo->turns, change);
  g_ptr_array_add (chain, change);

  return TRUE;
}

/* What the head makes. */
static gboolean
begin_tip (WeftTip             *tip,
           WeftCoordinatorRepo *repo,
           WeftChange          *head)
{
  return weft_tip_begin (tip, repo->storage_repo, head->request->block_ids[0], NULL)
         && weft_tip_check_put (tip, repo->storage_repo, head->pend,
                                weft_repo_message_get_expiration (head->message), NULL);
}

GPtrArray *
weft_coordinator_chain_form (WeftCoordinatorRepo *repo,
                             WeftChange          *head)
{
  GPtrArray *chain = g_ptr_array_new ();
  g_autoptr(GPtrArray) behind = NULL;
  g_auto(WeftTip) tip = { NULL };
  gsize n_bytes = head->n_bytes;

  g_ptr_array_add (chain, head);
  if (repo->is_closed || !weft_change_is_open_put (head))
    return chain;

  behind = weft_coordinator_turns_list_behind (repo->turns, head);
  if (behind->len == 0 || !begin_tip (&tip, repo, head))
    return chain;
  for (guint i = 0; i < MIN (behind->len, LOOKS_MAX) && chain->len < WEFT_LIMIT_GROUP_MAX; i++)
    if (!add (chain, &tip, &n_bytes, g_ptr_array_index (behind, i)))
      break;

  if (chain->len > 1)
    {
      weft_cluster_parts_count (repo->parts, "chains");
      for (guint i = 0; i < chain->len; i++)
        weft_cluster_parts_count (repo->parts, "chained-commits");
    }

  return chain;
}

void
weft_coordinator_chain_fall (WeftCoordinatorRepo *repo,
                             GPtrArray           *changes)
{
  for (guint i = 0; i < changes->len;)
    {
      WeftChange *change = g_ptr_array_index (changes, i);

      if (change->is_follower)
        {
          change->is_follower = FALSE;
          weft_coordinator_turns_note_lost (repo->turns, change);
          if (weft_coordinator_turns_put_back (repo->turns, change))
            {
              g_ptr_array_remove_index (changes, i);
              continue;
            }
        }
      i++;
    }
}
