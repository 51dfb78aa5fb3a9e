/* weft-storage-repo-put.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A put: what a pend stores and what a commit makes of it, in one batch. So nothing of a put that
 * is refused, or that a crash interrupts, is pending afterwards. */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-landing-private.h"
#include "weft-pend-block-private.h"

static gboolean
check_rev (WeftPendRequest    *request,
           const char * const *block_ids,
           GError            **error)
{
  gint64 rev = weft_pend_request_get_rev (request);

  for (guint i = 0; rev > 0 && block_ids[i] != NULL; i++)
    if (weft_pend_request_get_base (request, block_ids[i]) >= rev)
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "block %s: expected a revision after the base %" G_GINT64_FORMAT
                     ", got %" G_GINT64_FORMAT, block_ids[i],
                     weft_pend_request_get_base (request, block_ids[i]), rev);
        return FALSE;
      }

  return TRUE;
}

/* It is the first one after its base. */
gboolean
weft_storage_repo_find_made (WeftStorageRepo *self,
                             const char      *block_id,
                             WeftPending     *committed,
                             gint64           latest_rev,
                             gint64          *rev,
                             GError         **error)
{
  gint64 low = weft_pending_get_base (committed) + 1;
  gint64 high = latest_rev;

  while (low < high)
    {
      gint64 middle = low + (high - low) / 2;
      g_autoptr (GPtrArray) found
          = weft_storage_list_revisions (self->storage, block_id, middle, low, 1, error);

      if (found == NULL)
        return FALSE;
      if (found->len > 0)
        high = weft_action_rev_get_rev (g_ptr_array_index (found, 0));
      else
        low = middle + 1;
    }
  *rev = high;

  return TRUE;
}

static gint64
get_latest_rev (WeftPendBlock *block)
{
  return block->metadata != NULL ? weft_block_metadata_get_latest_rev (block->metadata) : 0;
}

/* Sets `rev` to what the action is to become: what it is already on some block, else what was asked
 * for, else what follows all bases. `is_done` says that it is that on all of them. */
static gboolean
choose_rev (WeftStorageRepo *self,
            WeftPendRequest *request,
            GPtrArray       *blocks,
            gint64          *rev,
            gboolean        *is_done,
            GError         **error)
{
  gint64 made_rev = 0;

  *is_done = TRUE;
  *rev = weft_pend_request_get_rev (request);
  for (guint i = 0; i < blocks->len; i++)
    {
      WeftPendBlock *block = g_ptr_array_index (blocks, i);

      if (block->committed == NULL || WEFT_BUG (RETRY_NOT_RECOGNISED))
        *is_done = FALSE;
      else if (!weft_pend_block_check_repeat (block, request, block->committed, error)
               || !weft_storage_repo_find_made (self, block->block_id, block->committed,
                                                get_latest_rev (block), &made_rev, error))
        return FALSE;
      if (weft_pend_request_get_rev (request) == 0)
        *rev = MAX (*rev, weft_pending_get_base (block->pending) + 1);
    }
  if (made_rev > 0)
    *rev = made_rev;

  return TRUE;
}

/* What is ahead of this node was told to be stale; but of a block that it knows nothing of it
 * cannot judge a base. */
static gboolean
check_base (WeftStorageRepo *self,
            WeftPendBlock   *block,
            GError         **error)
{
  gint64 base = weft_pending_get_base (block->pending);

  if (get_latest_rev (block) > 0 || base == 0)
    return TRUE;

  weft_storage_repo_heal (self, block->block_id, 0, base);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
               "block %s: expected revision %" G_GINT64_FORMAT " as the base, found none",
               block->block_id, base);
  return FALSE;
}

/* Adds both halves: what the action changes, and that it is a revision. */
static gboolean
add_block (WeftStorageRepo *self,
           WeftLanding     *landing,
           WeftPendBlock   *block,
           const char      *action_id,
           GError         **error)
{
  g_autoptr (WeftBlockMetadata) unknown
      = block->metadata == NULL ? weft_block_metadata_new () : NULL;

  /* Whatever an earlier pend was made on, this is what is followed now. */
  weft_versioned_forget_pending (self->versioned, block->block_id, action_id);
  weft_batch_put_pending (weft_landing_get_batch (landing), block->block_id, action_id,
                          block->pending);

  return weft_landing_add (landing, self, block->block_id,
                           unknown != NULL ? unknown : block->metadata, block->pending, error);
}

/* Whether the application has nothing against it. */
static gboolean
validate (WeftStorageRepo    *self,
          WeftPendRequest    *request,
          const char * const *block_ids,
          GPtrArray          *blocks,
          gint64              rev,
          GError            **error)
{
  g_autoptr (WeftCommitRequest) commit = NULL;
  g_autoptr (GPtrArray) changes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_change_unref);

  if (!weft_storage_repo_validates (self))
    return TRUE;

  commit = weft_commit_request_new (weft_pend_request_get_action_id (request), block_ids, rev,
                                    error);
  if (commit == NULL)
    return FALSE;
  for (guint i = 0; i < blocks->len; i++)
    {
      WeftPendBlock *block = g_ptr_array_index (blocks, i);
      WeftBlockChange *change;

      if (block->committed != NULL)
        continue;
      change = weft_storage_repo_make_change (self, block->block_id, block->metadata,
                                              block->pending, error);
      if (change == NULL)
        return FALSE;
      g_ptr_array_add (changes, change);
    }

  return weft_storage_repo_validate_commit (self, commit, changes, error);
}

static WeftLanding *
make_landing (WeftStorageRepo *self,
              WeftPendRequest *request,
              GPtrArray       *blocks,
              gint64           rev,
              GError         **error)
{
  const char *action_id = weft_pend_request_get_action_id (request);
  g_autoptr (WeftActionRev) revision = weft_action_rev_new (action_id, rev, error);
  g_autoptr (WeftLanding) landing = NULL;

  if (revision == NULL)
    return NULL;

  landing = weft_landing_new ();
  weft_landing_begin (landing, revision, NULL);
  for (guint i = 0; i < blocks->len; i++)
    {
      WeftPendBlock *block = g_ptr_array_index (blocks, i);

      if (WEFT_BUG (OTHER_BLOCKS_DROPPED) && i > 0)
        break;
      if (block->committed == NULL
          && (!check_base (self, block, error)
              || !add_block (self, landing, block, action_id, error)))
        return NULL;
    }

  return g_steal_pointer (&landing);
}

/* What was worked out for an action that does not happen may not be what it is asked for next. */
static void
forget (WeftStorageRepo *self,
        WeftPendRequest *request,
        GPtrArray       *blocks)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      WeftPendBlock *block = g_ptr_array_index (blocks, i);

      if (block->committed == NULL)
        weft_versioned_forget_pending (self->versioned, block->block_id,
                                       weft_pend_request_get_action_id (request));
    }
}

static WeftCommitResult *
land (WeftStorageRepo    *self,
      WeftPendRequest    *request,
      const char * const *block_ids,
      GPtrArray          *blocks,
      GError            **error)
{
  g_autoptr (WeftLanding) landing = NULL;
  gboolean is_done;
  gint64 rev;

  if (!choose_rev (self, request, blocks, &rev, &is_done, error))
    return NULL;

  if (!is_done)
    {
      landing = make_landing (self, request, blocks, rev, error);
      if (landing == NULL || !validate (self, request, block_ids, blocks, rev, error))
        {
          forget (self, request, blocks);
          return NULL;
        }
      weft_landing_submit (g_steal_pointer (&landing), self);
    }

  return weft_commit_result_new_at (rev);
}

static WeftRepoReply *
put (WeftStorageRepo    *self,
     WeftRepoMessage    *message,
     const char * const *block_ids,
     GError            **error)
{
  WeftPendRequest *request = weft_repo_message_get_put (message);
  g_autoptr (WeftStaleFailure) failure = NULL;
  g_autoptr (WeftCommitResult) result = NULL;
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (weft_pend_block_free);

  if (!check_rev (request, block_ids, error)
      || !weft_storage_repo_judge_pend (self, request, block_ids,
                                        weft_repo_message_get_expiration (message), TRUE, NULL,
                                        blocks, &failure, error))
    return NULL;

  result = failure != NULL ? weft_commit_result_new_stale (failure)
                           : land (self, request, block_ids, blocks, error);

  return result != NULL ? weft_repo_reply_new_put (result) : NULL;
}

void
weft_storage_repo_perform_put (WeftStorageRequest *request)
{
  g_auto (GStrv) block_ids = weft_repo_message_get_block_ids (request->message);
  GError *error = NULL;
  WeftRepoReply *reply
      = put (request->repo, request->message, (const char * const *) block_ids, &error);

  if (reply != NULL)
    weft_storage_request_answer (request, (const char * const *) block_ids, reply);
  else
    weft_storage_request_fail (request, (const char * const *) block_ids, error);
}
