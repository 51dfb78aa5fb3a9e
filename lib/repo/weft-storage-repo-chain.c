/* weft-storage-repo-chain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Several revisions of one block that are decided together. What each of them is on is not here
 * yet: it is what those before it make. */

#include "config.h"

#include "weft-error.h"
#include "weft-pend-block-private.h"
#include "weft-pending-private.h"
#include "weft-repo-message-private.h"
#include "weft-transforms-private.h"

/* One of several pends that are stored together. */
typedef struct
{
  WeftPendRequest *request;
  const char **block_ids; /* of the request */
  GPtrArray *blocks;      /* (element-type WeftPendBlock) */
} Part;

typedef struct
{
  WeftStorageRepo *repo;
  WeftRepoMessage *message;
  GPtrArray *parts; /* (element-type Part) */
  GPtrArray *tips;  /* (element-type WeftTip), of blocks that more than one of them changes */
} Gathering;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_ptr_array_unref (part->blocks);
  g_free (part->block_ids);
  g_free (part);
}

static void
tip_free (gpointer data)
{
  weft_tip_clear (data);
  g_free (data);
}

static void
gathering_clear (Gathering *self)
{
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_pointer (&self->tips, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gathering, gathering_clear)

static WeftTip *
find_tip (Gathering  *self,
          const char *block_id)
{
  for (guint i = 0; i < self->tips->len; i++)
    {
      WeftTip *tip = g_ptr_array_index (self->tips, i);

      if (g_str_equal (tip->block_id, block_id))
        return tip;
    }

  return NULL;
}

static WeftTip *
ensure_tip (Gathering   *self,
            const char  *block_id,
            GError     **error)
{
  WeftTip *tip = find_tip (self, block_id);

  if (tip != NULL)
    return tip;

  tip = g_new0 (WeftTip, 1);
  g_ptr_array_add (self->tips, tip);

  return weft_tip_begin (tip, self->repo, block_id, error) ? tip : NULL;
}

/* What a commit is about, as it came just now or is pending; NULL without an error where it is
 * neither. */
static WeftPending *
find_content (Gathering          *self,
              WeftCommitRequest  *commit,
              const char         *block_id,
              GError            **error)
{
  const char *action_id = weft_commit_request_get_action_id (commit);
  const char *digest = weft_commit_request_get_digest (commit, block_id);
  g_autoptr (WeftPending) pending = NULL;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      if (part->blocks->len == 1
          && g_str_equal (weft_pend_request_get_action_id (part->request), action_id))
        return weft_pending_ref (
            ((WeftPendBlock *) g_ptr_array_index (part->blocks, 0))->pending);
    }

  if (!weft_storage_repo_read_pending (self->repo, block_id, action_id, &pending, error)
      || pending == NULL || g_strcmp0 (digest, weft_pending_get_digest (pending)) != 0)
    return NULL;

  return g_steal_pointer (&pending);
}

/* Where a pend follows others of its block: the block as they leave it. NULL without an error where
 * it does not, or one of them is missing. */
static gboolean
find_before (Gathering        *self,
             WeftPendRequest  *request,
             const char       *block_id,
             WeftTip         **before,
             GError          **error)
{
  gint64 base = weft_pend_request_get_base (request, block_id);
  g_autoptr (GError) local_error = NULL;
  WeftTip *tip;

  *before = NULL;
  if (base <= 0 || weft_repo_message_find_commit_at (self->message, block_id, base - 1) == NULL)
    return TRUE;

  tip = ensure_tip (self, block_id, &local_error);
  while (tip != NULL && tip->rev < base)
    {
      WeftCommitRequest *commit
          = weft_repo_message_find_commit_at (self->message, block_id, tip->rev);
      g_autoptr (WeftPending) pending
          = commit != NULL ? find_content (self, commit, block_id, &local_error) : NULL;

      if (pending == NULL
          || !weft_tip_advance (tip, self->repo, weft_commit_request_get_action_id (commit),
                                pending, &local_error))
        break;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (tip->rev == base && base > tip->latest_rev)
    *before = tip;

  return TRUE;
}

/* FALSE without an error where something came first. */
static gboolean
check_part (Gathering       *self,
            Part            *part,
            gint64           expiration_msec,
            WeftPendResult **stale,
            GError         **error)
{
  g_autoptr (WeftStaleFailure) failure = NULL;
  WeftTip *before = NULL;

  if (weft_repo_message_get_n_commits (self->message) > 1 && part->block_ids[1] == NULL
      && !find_before (self, part->request, part->block_ids[0], &before, error))
    return FALSE;
  if (!weft_storage_repo_judge_pend (self->repo, part->request, part->block_ids, expiration_msec,
                                     TRUE, before, part->blocks, &failure, error))
    return FALSE;
  if (failure != NULL)
    *stale = weft_pend_result_new_stale (failure);

  return failure == NULL
         && weft_pend_blocks_check (self->repo, part->blocks,
                                    weft_pend_request_get_action_id (part->request), before,
                                    error);
}

static void
store_parts (Gathering *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      weft_pend_blocks_store (self->repo, batch, part->blocks,
                              weft_pend_request_get_action_id (part->request));
      for (guint j = 0; part->block_ids[j] != NULL; j++)
        g_ptr_array_add (all, (gpointer) part->block_ids[j]);
    }
  g_ptr_array_add (all, NULL);

  /* What comes next rests on it, and is durable with it. */
  weft_batch_set_patient (batch);
  weft_pend_blocks_submit (self->repo, batch, (const char * const *) all->pdata);
}

gboolean
weft_storage_repo_pend_at_once (WeftStorageRepo *self,
                                WeftRepoMessage *message,
                                GPtrArray       *pends,
                                gint64           expiration_msec,
                                WeftPendResult **stale,
                                GError         **error)
{
  g_auto (Gathering) gathering = { self, message };

  gathering.parts = g_ptr_array_new_with_free_func (part_free);
  gathering.tips = g_ptr_array_new_with_free_func (tip_free);
  *stale = NULL;
  for (guint i = 0; i < pends->len; i++)
    {
      Part *part = g_new0 (Part, 1);

      part->request = g_ptr_array_index (pends, i);
      part->block_ids
          = weft_transforms_list_block_ids (weft_pend_request_get_transforms (part->request));
      part->blocks = g_ptr_array_new_with_free_func (weft_pend_block_free);
      g_ptr_array_add (gathering.parts, part);
      if (!check_part (&gathering, part, expiration_msec, stale, error))
        return FALSE;
    }
  store_parts (&gathering);

  return TRUE;
}

/* What the application has against a commit that is on the tip. */
static gboolean
validate (WeftStorageRepo   *self,
          WeftCommitRequest *commit,
          WeftTip           *tip,
          WeftPending       *pending,
          GError           **error)
{
  g_autoptr (GPtrArray) changes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_change_unref);
  WeftBlockChange *change;

  if (!weft_storage_repo_validates (self))
    return TRUE;

  change = weft_block_change_new (tip->block_id, tip->rev, tip->block,
                                  weft_pending_get_transform (pending), error);
  if (change == NULL)
    return FALSE;
  g_ptr_array_add (changes, change);

  return weft_storage_repo_validate_commit (self, commit, changes, error);
}

gboolean
weft_storage_repo_check_chain (WeftStorageRepo *self,
                               WeftRepoMessage *message,
                               GError         **error)
{
  const char *block_id
      = weft_commit_request_get_tail_id (weft_repo_message_get_commit (message));
  g_auto (WeftTip) tip = { NULL };

  if (!weft_tip_begin (&tip, self, block_id, error))
    return FALSE;

  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit_at (message, i);
      const char *action_id = weft_commit_request_get_action_id (commit);
      g_autoptr (WeftPending) pending = NULL;

      if (!weft_storage_repo_read_pending (self, block_id, action_id, &pending, error))
        return FALSE;
      /* What is missing, or on another revision, is for others to say. */
      if (pending == NULL || weft_pending_get_base (pending) != tip.rev)
        return TRUE;
      if (!validate (self, commit, &tip, pending, error)
          || !weft_tip_advance (&tip, self, action_id, pending, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
weft_tip_check_put (WeftTip          *self,
                    WeftStorageRepo  *repo,
                    WeftPendRequest  *request,
                    gint64            expiration_msec,
                    GError          **error)
{
  const char *block_ids[] = { self->block_id, NULL };

  return weft_pend_request_check (repo, request, block_ids, expiration_msec, TRUE, self, error);
}
