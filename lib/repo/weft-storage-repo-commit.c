/* weft-storage-repo-commit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-batch-private.h"
#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"
#include "weft-landing-private.h"
#include "weft-missing-private.h"
#include "weft-pending-private.h"
#include "weft-storage-repo-private.h"

/* One block of a commit. */
typedef struct
{
  const char *block_id;        /* of the request */
  WeftBlockMetadata *metadata; /* (nullable) */
  WeftPending *pending;        /* (nullable) */
  gboolean is_committed;       /* the action is this revision already */
} CommitBlock;

static void
commit_block_free (gpointer data)
{
  CommitBlock *block = data;

  g_clear_pointer (&block->metadata, weft_block_metadata_unref);
  g_clear_pointer (&block->pending, weft_pending_unref);
  g_free (block);
}

static gint64
get_latest_rev (CommitBlock *block)
{
  return block->metadata != NULL ? weft_block_metadata_get_latest_rev (block->metadata) : 0;
}

/* What was agreed upon is content: the same id with another is as good as nothing. */
static gboolean
has_digest (CommitBlock       *block,
            WeftCommitRequest *request)
{
  const char *digest = weft_commit_request_get_digest (request, block->block_id);

  return digest == NULL || g_str_equal (weft_pending_get_digest (block->pending), digest);
}

/* `metadata` is where the block is once what lands with it is submitted; NULL for where it is. */
static CommitBlock *
examine_block (WeftStorageRepo   *self,
               WeftCommitRequest *request,
               const char        *block_id,
               WeftBlockMetadata *metadata,
               GError           **error)
{
  const char *action_id = weft_commit_request_get_action_id (request);
  gint64 rev = weft_commit_request_get_rev (request);
  CommitBlock *block = g_new0 (CommitBlock, 1);
  g_autoptr (GError) local_error = NULL;

  block->block_id = block_id;
  if (metadata != NULL)
    block->metadata = weft_block_metadata_ref (metadata);
  if ((metadata != NULL
       || weft_storage_repo_read_metadata (self, block_id, &block->metadata, &local_error))
      && rev <= get_latest_rev (block))
    {
      g_autofree char *committed_id
          = weft_storage_read_revision (self->storage, block_id, rev, &local_error);

      block->is_committed = committed_id != NULL && g_str_equal (committed_id, action_id)
                            && !WEFT_BUG (RETRY_NOT_RECOGNISED);
    }
  if (local_error == NULL && !block->is_committed && block->metadata != NULL
      && weft_storage_repo_read_pending (self, block_id, action_id, &block->pending, &local_error)
      && block->pending != NULL && !has_digest (block, request))
    g_clear_pointer (&block->pending, weft_pending_unref);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      g_clear_pointer (&block, commit_block_free);
    }

  return block;
}

static void
add_missing (WeftMissing *missing,
             CommitBlock *block,
             gint64       rev)
{
  gint64 latest_rev = get_latest_rev (block);
  gint64 base = block->pending != NULL ? weft_pending_get_base (block->pending) : -1;

  if (block->is_committed || latest_rev == 0 || WEFT_BUG (LATEST_IGNORED))
    return;

  if (base >= 0 && latest_rev > base && !WEFT_BUG (BASE_IGNORED))
    weft_missing_add (missing, block->block_id, base + 1, latest_rev);
  else if (latest_rev >= rev)
    weft_missing_add (missing, block->block_id, rev, latest_rev);
}

/* Names the action and all blocks it is not pending on. */
static gboolean
check_pending (GPtrArray         *blocks,
               WeftCommitRequest *request,
               GError           **error)
{
  g_autoptr (GString) names = NULL;

  for (guint i = 0; i < blocks->len; i++)
    {
      CommitBlock *block = g_ptr_array_index (blocks, i);

      if (block->pending != NULL || block->is_committed)
        continue;
      if (names == NULL)
        names = g_string_new (block->block_id);
      else
        g_string_append_printf (names, ", %s", block->block_id);
    }
  if (names == NULL)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "action %s is not pending with the content to commit on: %s",
               weft_commit_request_get_action_id (request), names->str);
  return FALSE;
}

/* Each block needs latest = base < rev; latest > base was found to be stale before. */
static gboolean
check_base (WeftStorageRepo *self,
            CommitBlock     *block,
            gint64           rev,
            GError         **error)
{
  gint64 latest_rev = get_latest_rev (block);
  gint64 base = weft_pending_get_base (block->pending);

  if (base >= rev)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "block %s: expected a revision after the base %" G_GINT64_FORMAT
                   ", got %" G_GINT64_FORMAT, block->block_id, base, rev);
      return FALSE;
    }
  if (latest_rev == base || WEFT_BUG (LATEST_IGNORED) || WEFT_BUG (BASE_IGNORED)
      || WEFT_BUG (OTHER_BASES_IGNORED))
    return TRUE;

  g_assert (latest_rev < base);
  weft_storage_repo_heal (self, block->block_id, latest_rev, base);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
               "block %s: expected revision %" G_GINT64_FORMAT " as the base, found %"
               G_GINT64_FORMAT, block->block_id, base, latest_rev);
  return FALSE;
}

/* From this revision on the blocks are kept by `cluster`; by nobody who could be named where this
 * node decided alone. */
static gboolean
add_to_landing (WeftLanding       *landing,
                WeftStorageRepo   *self,
                WeftCommitRequest *request,
                GPtrArray         *blocks,
                const char        *cluster,
                GError           **error)
{
  gint64 rev = weft_commit_request_get_rev (request);
  g_autoptr (WeftActionRev) revision
      = weft_action_rev_new (weft_commit_request_get_action_id (request), rev, error);

  if (revision == NULL)
    return FALSE;

  weft_landing_begin (landing, revision, weft_commit_request_get_header_id (request));
  for (guint i = 0; i < blocks->len; i++)
    {
      CommitBlock *block = g_ptr_array_index (blocks, i);
      g_autoptr (WeftBlockMetadata) pinned = NULL;

      if (WEFT_BUG (OTHER_BLOCKS_DROPPED) && i > 0)
        break;
      if (block->is_committed)
        continue;
      if (!check_base (self, block, rev, error))
        return FALSE;
      pinned = weft_block_metadata_with_cluster (block->metadata, cluster);
      if (!weft_landing_add (landing, self, block->block_id, pinned, block->pending, error))
        return FALSE;
    }

  return TRUE;
}

/* Whether the application has nothing against it. */
static gboolean
validate (WeftStorageRepo   *self,
          WeftCommitRequest *request,
          GPtrArray         *blocks,
          GError           **error)
{
  g_autoptr (GPtrArray) changes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_change_unref);

  for (guint i = 0; i < blocks->len && weft_storage_repo_validates (self); i++)
    {
      CommitBlock *block = g_ptr_array_index (blocks, i);
      WeftBlockChange *change;

      if (block->is_committed)
        continue;
      change = weft_storage_repo_make_change (self, block->block_id, block->metadata,
                                              block->pending, error);
      if (change == NULL)
        return FALSE;
      g_ptr_array_add (changes, change);
    }

  return weft_storage_repo_validate_commit (self, request, changes, error);
}

static gboolean
land (WeftStorageRepo   *self,
      WeftCommitRequest *request,
      GPtrArray         *blocks,
      GError           **error)
{
  g_autoptr (WeftLanding) landing = weft_landing_new ();

  if (!add_to_landing (landing, self, request, blocks, NULL, error)
      || !validate (self, request, blocks, error))
    return FALSE;
  weft_landing_submit (g_steal_pointer (&landing), self);

  return TRUE;
}

/* What was decided does not contradict what is here; if it does, somebody lied, or the storage
 * did. */
static gboolean
check_decided (CommitBlock *block,
               GError     **error)
{
  gint64 base = block->pending != NULL ? weft_pending_get_base (block->pending) : -1;

  if (block->is_committed || base < 0 || base >= get_latest_rev (block))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED,
               "block %s: expected revision %" G_GINT64_FORMAT " as the latest, found %"
               G_GINT64_FORMAT, block->block_id, base, get_latest_rev (block));
  return FALSE;
}

/* In the order in which everything is told of them. */
static const char **
sort_ids (const char * const *block_ids)
{
  GPtrArray *sorted = g_ptr_array_new ();

  for (guint i = 0; block_ids[i] != NULL; i++)
    g_ptr_array_add (sorted, (gpointer) block_ids[i]);
  g_ptr_array_sort (sorted, weft_ids_compare);
  g_ptr_array_add (sorted, NULL);

  return (const char **) g_ptr_array_free (sorted, FALSE);
}

/* What was found when it was pended is not looked for again, but for what applications want to
 * judge. */
static gboolean
is_made (WeftStorageRepo    *self,
         WeftCommitRequest  *request,
         const char * const *block_ids)
{
  if (weft_storage_repo_validates (self))
    return FALSE;

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (!weft_versioned_has_made (self->versioned, block_ids[i],
                                  weft_commit_request_get_action_id (request),
                                  weft_commit_request_get_base (request, block_ids[i])))
      return FALSE;

  return TRUE;
}

/* Whether what is pending makes a revision of what is here. Where the action is not pending, or the
 * block is at another revision, that is for others to say. */
gboolean
weft_storage_repo_check_commit (WeftStorageRepo   *self,
                                WeftCommitRequest *request,
                                GError           **error)
{
  const char * const *block_ids = weft_commit_request_get_block_ids (request);
  g_autoptr (GPtrArray) blocks = NULL;

  if (is_made (self, request, block_ids))
    return TRUE;

  blocks = g_ptr_array_new_with_free_func (commit_block_free);
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      CommitBlock *block = examine_block (self, request, block_ids[i], NULL, error);

      if (block == NULL)
        return FALSE;
      g_ptr_array_add (blocks, block);
      if (block->is_committed || block->pending == NULL
          || weft_pending_get_base (block->pending) != get_latest_rev (block)
          || weft_pending_get_base (block->pending) >= weft_commit_request_get_rev (request))
        return TRUE;
    }

  for (guint i = 0; i < blocks->len; i++)
    {
      CommitBlock *block = g_ptr_array_index (blocks, i);

      if (!check_base (self, block, weft_commit_request_get_rev (request), error)
          || !weft_versioned_check_commit (self->versioned, block->block_id, block->metadata,
                                           block->pending,
                                           weft_commit_request_get_action_id (request), error))
        return FALSE;
    }

  return validate (self, request, blocks, error);
}

/* Examines the blocks of a commit that was decided, which has to be possible here. One of several
 * blocks is in no chain. */
static gboolean
add_decided (WeftLanding       *landing,
             WeftStorageRepo   *self,
             WeftCommitRequest *request,
             const char        *cluster,
             GError           **error)
{
  g_autofree const char **block_ids = sort_ids (weft_commit_request_get_block_ids (request));
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (commit_block_free);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftBlockMetadata *metadata
          = block_ids[1] == NULL ? weft_landing_find_metadata (landing, block_ids[i]) : NULL;
      CommitBlock *block = examine_block (self, request, block_ids[i], metadata, error);

      if (block == NULL)
        return FALSE;
      g_ptr_array_add (blocks, block);
      if (!check_decided (block, error))
        return FALSE;
    }

  return check_pending (blocks, request, error)
         && add_to_landing (landing, self, request, blocks, cluster, error);
}

/* (element-type utf8), with NULL at the end. */
static GPtrArray *
list_block_ids (GPtrArray *commits)
{
  GPtrArray *all = g_ptr_array_new ();

  for (guint i = 0; i < commits->len; i++)
    {
      const char * const *block_ids
          = weft_commit_request_get_block_ids (g_ptr_array_index (commits, i));

      for (guint j = 0; block_ids[j] != NULL; j++)
        g_ptr_array_add (all, (gpointer) block_ids[j]);
    }
  g_ptr_array_add (all, NULL);

  return all;
}

/* What was found of them was on top of each other, and may be on something else the next time. */
static void
forget (WeftStorageRepo *self,
        GPtrArray       *commits)
{
  for (guint i = 0; i < commits->len; i++)
    {
      WeftCommitRequest *request = g_ptr_array_index (commits, i);
      const char * const *block_ids = weft_commit_request_get_block_ids (request);

      for (guint j = 0; block_ids[j] != NULL; j++)
        weft_versioned_forget_pending (self->versioned, block_ids[j],
                                       weft_commit_request_get_action_id (request));
    }
}

gboolean
weft_storage_repo_apply (WeftStorageRepo *self,
                         GPtrArray       *commits,
                         const char      *cluster,
                         WeftBatchFunc    extend,
                         gpointer         extend_data,
                         WeftSettledFunc  settled,
                         gpointer         user_data,
                         GError         **error)
{
  g_autoptr (GPtrArray) all = list_block_ids (commits);
  const char * const *block_ids = (const char * const *) all->pdata;
  g_autoptr (WeftLanding) landing = weft_landing_new ();
  gboolean is_waiting;

  for (guint i = 0; i < commits->len; i++)
    if (!add_decided (landing, self, g_ptr_array_index (commits, i), cluster, error))
      {
        forget (self, commits);
        return FALSE;
      }

  extend (weft_landing_get_batch (landing), extend_data);
  /* It was decided, and is known elsewhere: a crash now means to be told again. */
  weft_batch_set_patient (weft_landing_get_batch (landing));
  weft_landing_add_waited (landing, block_ids);
  weft_landing_submit (g_steal_pointer (&landing), self);
  is_waiting = weft_submissions_wait (self->submissions, block_ids, settled, user_data);
  g_assert (is_waiting);

  return TRUE;
}

static WeftRepoReply *
commit (WeftStorageRepo    *self,
        WeftCommitRequest  *request,
        const char * const *block_ids,
        GError            **error)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (commit_block_free);
  g_autoptr (WeftMissing) missing = weft_missing_new ();
  g_autoptr (WeftCommitResult) result = NULL;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      CommitBlock *block = examine_block (self, request, block_ids[i], NULL, error);

      if (block == NULL)
        return NULL;
      g_ptr_array_add (blocks, block);
      if (i == 0 || !WEFT_BUG (OTHER_BASES_IGNORED))
        add_missing (missing, block, weft_commit_request_get_rev (request));
    }

  if (weft_missing_is_empty (missing))
    {
      if (!check_pending (blocks, request, error) || !land (self, request, blocks, error))
        return NULL;
      result = weft_commit_result_new ();
    }
  else
    {
      g_autoptr (WeftStaleFailure) failure = weft_missing_build_failure (missing, self, error);

      if (failure == NULL)
        return NULL;
      result = weft_commit_result_new_stale (failure);
    }

  return weft_repo_reply_new_commit (result);
}

void
weft_storage_repo_perform_commit (WeftStorageRequest *request)
{
  g_auto (GStrv) block_ids = weft_repo_message_get_block_ids (request->message);
  GError *error = NULL;
  WeftRepoReply *reply = commit (request->repo, weft_repo_message_get_commit (request->message),
                                 (const char * const *) block_ids, &error);

  if (reply != NULL)
    weft_storage_request_answer (request, (const char * const *) block_ids, reply);
  else
    weft_storage_request_fail (request, (const char * const *) block_ids, error);
}

static void
ignore_cb (const GError *error,
           gpointer      user_data)
{
  g_object_unref (user_data);
}

/* Only for the bug of that name. */
static void
drop_others (WeftStorageRepo *self,
             WeftBatch       *batch,
             const char      *block_id)
{
  g_auto (GStrv) pendings = weft_storage_list_pendings (self->storage, block_id, NULL);

  for (guint i = 0; pendings != NULL && pendings[i] != NULL; i++)
    weft_batch_delete_pending (batch, block_id, pendings[i]);
}

static gboolean
cancel (WeftStorageRepo    *self,
        const char         *action_id,
        const char * const *block_ids,
        GError            **error)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (weft_storage_repo_holds (self, block_ids[i], action_id))
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                     "block %s: action %s is about to be committed", block_ids[i], action_id);
        return FALSE;
      }

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;
      g_autoptr (WeftPending) pending
          = weft_storage_read_pending (self->storage, block_ids[i], action_id, &local_error);

      /* What is damaged can still be dropped, and better is. */
      if (local_error != NULL
          && !g_error_matches (local_error, WEFT_ERROR, WEFT_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (WEFT_BUG (CANCEL_DROPS_OTHERS))
        drop_others (self, batch, block_ids[i]);
      if (WEFT_BUG (CANCEL_CLEARS_BLOCK) && pending == NULL)
        {
          g_autoptr (WeftBlockMetadata) cleared = weft_block_metadata_new ();

          weft_batch_put_metadata (batch, block_ids[i], cleared);
        }
      if (pending == NULL && local_error == NULL)
        continue;

      weft_batch_delete_pending (batch, block_ids[i], action_id);
      weft_versioned_forget_pending (self->versioned, block_ids[i], action_id);
      weft_storage_repo_unwatch_pending (self, block_ids[i], action_id);
    }

  if (weft_batch_get_n_operations (batch) > 0)
    weft_submissions_submit (self->submissions, batch, block_ids, ignore_cb, g_object_ref (self));

  return TRUE;
}

void
weft_storage_repo_perform_cancel (WeftStorageRequest *request)
{
  WeftActionBlocks *action = weft_repo_message_get_cancel (request->message);
  const char * const *block_ids = weft_action_blocks_get_block_ids (action);
  GError *error = NULL;

  if (cancel (request->repo, weft_action_blocks_get_action_id (action), block_ids, &error))
    weft_storage_request_answer (request, block_ids, weft_repo_reply_new_cancel ());
  else
    weft_storage_request_fail (request, block_ids, error);
}
