/* weft-storage-repo-pend.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-batch-private.h"
#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-buggify-private.h"
#include "weft-limits.h"
#include "weft-missing-private.h"
#include "weft-pend-block-private.h"
#include "weft-transforms-private.h"

static gboolean
is_new (WeftPendBlock *block)
{
  return block->stored == NULL && block->committed == NULL;
}

static WeftActionRev *
get_latest (WeftPendBlock *block)
{
  return block->metadata != NULL ? weft_block_metadata_get_latest (block->metadata) : NULL;
}

static gboolean
is_full (WeftPendBlock *block)
{
  return block->pendings != NULL
         && g_strv_length (block->pendings) >= WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX;
}

/* Those who lost against another commit do not always say that they want no more. What was made
 * for a revision that is not the latest any more can never be committed. */
static gboolean
is_dead (WeftStorageRepo *self,
         WeftPendBlock   *block,
         const char      *action_id)
{
  g_autoptr (WeftPending) pending
      = weft_storage_read_pending (self->storage, block->block_id, action_id, NULL);

  return pending != NULL && block->metadata != NULL
         && weft_pending_get_base (pending) < weft_block_metadata_get_latest_rev (block->metadata)
         && !weft_storage_repo_holds (self, block->block_id, action_id);
}

static void
drop_dead (WeftStorageRepo *self,
           WeftBatch       *batch,
           WeftPendBlock   *block)
{
  for (guint i = 0; block->pendings[i] != NULL; i++)
    if (is_dead (self, block, block->pendings[i]))
      {
        weft_batch_delete_pending (batch, block->block_id, block->pendings[i]);
        weft_versioned_forget_pending (self->versioned, block->block_id, block->pendings[i]);
        weft_storage_repo_unwatch_pending (self, block->block_id, block->pendings[i]);
      }
}

static gboolean
check_room (WeftStorageRepo *self,
            WeftPendBlock   *block,
            GError         **error)
{
  guint n_pendings = block->pendings != NULL ? g_strv_length (block->pendings) : 0;

  if (!is_full (block) && !WEFT_BUGGIFY ("pend-finds-no-room"))
    return TRUE;
  for (guint i = 0; is_full (block) && block->pendings[i] != NULL; i++)
    if (is_dead (self, block, block->pendings[i]))
      return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
               "block %s: expected fewer than %d pending actions, found %u", block->block_id,
               WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX, n_pendings);
  return FALSE;
}

/* Whether what was pended can never be committed, also where a vote on it was not let go of yet, as
 * that waits until the other is durable. */
static gboolean
is_passed (WeftPendBlock   *block,
           WeftPendRequest *request)
{
  gint64 base = weft_pending_get_base (block->stored);

  return block->metadata != NULL
         && base < weft_block_metadata_get_latest_rev (block->metadata)
         && base < weft_pend_request_get_base (request, block->block_id);
}

/* The same action, against what came in between, or without what it was to come after: it was to be
 * put on top of whatever is the latest. Of a chain that nobody voted for here, or which is dead,
 * nothing is kept. */
static gboolean
is_made_again (WeftStorageRepo *self,
               WeftPendBlock   *block,
               WeftPendRequest *request,
               gboolean         is_put)
{
  gint64 base = weft_pend_request_get_base (request, block->block_id);

  return weft_transform_equal (weft_pending_get_transform (block->stored),
                               weft_pending_get_transform (block->pending))
         && (is_passed (block, request)
             || (is_put && weft_storage_repo_is_governed (self) && base != WEFT_BASE_UNKNOWN
                 && base != weft_pending_get_base (block->stored)
                 && !weft_storage_repo_holds (self, block->block_id,
                                              weft_pend_request_get_action_id (request))));
}

static gboolean
examine_stored (WeftStorageRepo *self,
                WeftPendBlock   *block,
                WeftPendRequest *request,
                gboolean         is_put,
                GError         **error)
{
  if (!weft_storage_repo_read_pending (self, block->block_id,
                                       weft_pend_request_get_action_id (request), &block->stored,
                                       error))
    return FALSE;
  if (!is_made_again (self, block, request, is_put))
    return weft_pend_block_check_repeat (block, request, block->stored, error);

  block->is_made_again = TRUE;
  g_clear_pointer (&block->stored, weft_pending_unref);

  return TRUE;
}

/* Reads how a block stands to the action. */
static WeftPendBlock *
examine_block (WeftStorageRepo *self,
               WeftPendRequest *request,
               const char      *block_id,
               gint64           expiration_msec,
               gboolean         is_put,
               GError         **error)
{
  const char *action_id = weft_pend_request_get_action_id (request);
  g_autoptr (WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (request), block_id);
  gint64 base = weft_pend_request_get_base (request, block_id);
  WeftPendBlock *block = g_new0 (WeftPendBlock, 1);
  gboolean is_good;

  block->block_id = block_id;
  is_good = weft_storage_repo_read_metadata (self, block_id, &block->metadata, error);
  if (is_good && base == WEFT_BASE_UNKNOWN)
    base = block->metadata != NULL ? weft_block_metadata_get_latest_rev (block->metadata) : 0;
  block->pending = weft_pending_new (transform, MAX (base, 0), expiration_msec);

  if (is_good && block->metadata != NULL)
    {
      g_autoptr (GError) local_error = NULL;

      block->pendings = weft_storage_list_pendings (self->storage, block_id, &local_error);
      is_good = local_error == NULL;
      if (!is_good)
        g_propagate_error (error, g_steal_pointer (&local_error));
    }
  if (is_good && block->pendings != NULL
      && g_strv_contains ((const char * const *) block->pendings, action_id))
    is_good = examine_stored (self, block, request, is_put, error);
  else if (is_good && get_latest (block) != NULL)
    is_good = weft_storage_repo_read_action (self, block_id, action_id, &block->committed, error);

  if (!is_good)
    g_clear_pointer (&block, weft_pend_block_free);

  return block;
}

/* Whether something happened to a block that the request does not know of. */
static void
add_missing (WeftStorageRepo *self,
             WeftMissing     *missing,
             WeftPendRequest *request,
             gboolean         is_put,
             WeftPendBlock   *block)
{
  WeftActionRev *latest = get_latest (block);
  WeftBlock *insert = weft_transform_get_insert (weft_pending_get_transform (block->pending));
  gint64 rev = weft_pend_request_get_rev (request);
  gint64 base = weft_pend_request_get_base (request, block->block_id);
  /* A pend does not say what it becomes but by its revision; a put does by its base too. */
  gboolean is_of_new = insert != NULL && !(is_put && base != WEFT_BASE_UNKNOWN);
  gint64 latest_rev;

  if (latest == NULL)
    return;
  latest_rev = weft_action_rev_get_rev (latest);

  if (base > latest_rev)
    weft_storage_repo_heal (self, block->block_id, latest_rev, base);

  if (base != WEFT_BASE_UNKNOWN && base != latest_rev && !(is_put && WEFT_BUG (BASE_IGNORED)))
    weft_missing_add (missing, block->block_id, base + 1, latest_rev);
  else if (rev > 0 ? latest_rev >= rev : is_of_new)
    weft_missing_add (missing, block->block_id, MAX (rev, 1), latest_rev);
}

/* Lists the other actions, at most so many; with their transforms when those are wanted, as long
 * as they have room. */
static GPtrArray *
list_others (WeftStorageRepo *self,
             GPtrArray       *blocks,
             const char      *action_id,
             gboolean         with_transforms,
             gboolean         only_new,
             GError         **error)
{
  g_autoptr (GPtrArray) others
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_pending_unref);
  gsize bytes = 0;

  for (guint i = 0; i < blocks->len; i++)
    {
      WeftPendBlock *block = g_ptr_array_index (blocks, i);

      for (guint j = 0; block->pendings != NULL && block->pendings[j] != NULL; j++)
        {
          const char *other_id = block->pendings[j];
          g_autoptr (WeftPending) pending = NULL;
          WeftActionPending *other;

          if (g_str_equal (other_id, action_id) || (only_new && !is_new (block))
              || others->len == WEFT_LIMIT_MISSING_ACTIONS_MAX)
            continue;
          if (with_transforms && bytes <= WEFT_MISSING_BYTES_MAX)
            {
              g_autofree char *text = NULL;

              if (!weft_storage_repo_read_pending (self, block->block_id, other_id, &pending,
                                                   error))
                return NULL;
              text = pending != NULL ? weft_pending_to_string (pending) : NULL;
              bytes += text != NULL ? strlen (text) : 0;
            }
          other = weft_action_pending_new (block->block_id, other_id,
                                           pending != NULL ? weft_pending_get_transform (pending)
                                                           : NULL, error);
          if (other == NULL)
            return NULL;
          g_ptr_array_add (others, other);
        }
    }

  return g_steal_pointer (&others);
}

/* Sets `failure` when the policy forbids to go on. */
static gboolean
check_policy (WeftStorageRepo   *self,
              WeftPendRequest   *request,
              GPtrArray         *blocks,
              WeftStaleFailure **failure,
              GError           **error)
{
  WeftPendPolicy policy = weft_pend_request_get_policy (request);
  g_autoptr (GPtrArray) others = NULL;

  if (policy == WEFT_PEND_POLICY_CONTINUE)
    return TRUE;

  others = list_others (self, blocks, weft_pend_request_get_action_id (request),
                        policy == WEFT_PEND_POLICY_RETURN, TRUE, error);
  if (others == NULL)
    return FALSE;

  if (others->len > 0)
    *failure = weft_stale_failure_new ("other actions are pending", NULL, others, NULL, 0, FALSE);

  return TRUE;
}

static void
store_block (WeftStorageRepo *self,
             WeftBatch       *batch,
             WeftPendBlock   *block,
             const char      *action_id)
{
  gint64 expiration_msec = weft_pending_get_expiration (block->pending);
  g_autoptr (WeftPending) later = NULL;
  WeftPending *pending = block->pending;

  if (block->committed != NULL)
    return;

  if (block->stored != NULL)
    {
      gint64 stored_msec = weft_pending_get_expiration (block->stored);

      /* No expiration is the latest of all. */
      if (stored_msec == 0 || (expiration_msec != 0 && expiration_msec <= stored_msec))
        return;
      later = weft_pending_new (weft_pending_get_transform (block->stored),
                                weft_pending_get_base (block->stored), expiration_msec);
      pending = later;
    }

  if (is_new (block) && is_full (block))
    drop_dead (self, batch, block);
  if (block->is_made_again || block->is_follower)
    weft_versioned_forget_pending (self->versioned, block->block_id, action_id);
  if (block->metadata == NULL)
    {
      g_autoptr (WeftBlockMetadata) metadata = weft_block_metadata_new ();

      weft_batch_put_metadata (batch, block->block_id, metadata);
    }
  weft_batch_put_pending (batch, block->block_id, action_id, pending);
  weft_storage_repo_watch_pending (self, block->block_id, action_id, expiration_msec);
}

static void
ignore_cb (const GError *error,
           gpointer      user_data)
{
  g_object_unref (user_data);
}

void
weft_pend_blocks_submit (WeftStorageRepo    *self,
                               WeftBatch          *batch,
                               const char * const *block_ids)
{
  if (weft_batch_get_n_operations (batch) > 0)
    weft_submissions_submit (self->submissions, batch, block_ids, ignore_cb, g_object_ref (self));
}

/* Only for the bugs of these names. */
static gboolean
is_blind (guint i)
{
  return WEFT_BUG (LATEST_IGNORED) || (WEFT_BUG (OTHER_BASES_IGNORED) && i > 0);
}

gboolean
weft_storage_repo_judge_pend (WeftStorageRepo    *self,
                              WeftPendRequest    *request,
                              const char * const *block_ids,
                              gint64              expiration_msec,
                              gboolean            is_put,
                              const WeftTip      *tip,
                              GPtrArray          *blocks,
                              WeftStaleFailure  **failure,
                              GError            **error)
{
  g_autoptr (WeftMissing) missing = weft_missing_new ();

  if (weft_pend_request_get_transaction (request) != NULL && self->validate != NULL
      && !self->validate (self, request, self->validate_data, error))
    return FALSE;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftPendBlock *block
          = examine_block (self, request, block_ids[i], expiration_msec, is_put, error);

      if (block == NULL)
        return FALSE;
      block->is_follower = is_put && tip != NULL
                           && weft_pend_request_get_base (request, block_ids[i]) == tip->rev;
      g_ptr_array_add (blocks, block);
      if (block->is_follower)
        continue;
      if (is_put ? block->committed == NULL && !is_blind (i) : is_new (block))
        add_missing (self, missing, request, is_put, block);
    }

  if (weft_missing_is_empty (missing))
    return check_policy (self, request, blocks, failure, error);
  *failure = weft_missing_build_failure (missing, self, error);

  return *failure != NULL;
}

/* Whether what is new has room, and makes sense there. */
static gboolean
check_new (WeftStorageRepo *self,
           WeftPendBlock   *block,
           const char      *action_id,
           WeftTip         *tip,
           GError         **error)
{
  if (is_new (block) && !check_room (self, block, error))
    return FALSE;
  if (block->is_follower)
    return weft_tip_advance (tip, self, action_id, block->pending, error);

  return !is_new (block)
         || weft_versioned_check_pending (self->versioned, block->block_id, block->metadata,
                                          action_id, block->pending, error);
}

gboolean
weft_pend_blocks_check (WeftStorageRepo *self,
                        GPtrArray       *blocks,
                        const char      *action_id,
                        WeftTip         *tip,
                        GError         **error)
{
  for (guint i = 0; i < blocks->len; i++)
    if (!check_new (self, g_ptr_array_index (blocks, i), action_id, tip, error))
      return FALSE;

  return TRUE;
}

void
weft_pend_blocks_store (WeftStorageRepo *self,
                        WeftBatch       *batch,
                        GPtrArray       *blocks,
                        const char      *action_id)
{
  for (guint i = 0; i < blocks->len; i++)
    store_block (self, batch, g_ptr_array_index (blocks, i), action_id);
}

WeftPendResult *
weft_storage_repo_make_pend (WeftStorageRepo    *self,
                             WeftPendRequest    *request,
                             const char * const *block_ids,
                             gint64              expiration_msec,
                             WeftBatch          *batch,
                             GError            **error)
{
  const char *action_id = weft_pend_request_get_action_id (request);
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (weft_pend_block_free);
  g_autoptr (GPtrArray) others = NULL;
  g_autoptr (WeftStaleFailure) failure = NULL;

  if (!weft_storage_repo_judge_pend (self, request, block_ids, expiration_msec, FALSE, NULL,
                                     blocks, &failure, error))
    return NULL;
  if (failure != NULL)
    return weft_pend_result_new_stale (failure);
  if (!weft_pend_blocks_check (self, blocks, action_id, NULL, error))
    return NULL;
  others = list_others (self, blocks, action_id, FALSE, FALSE, error);
  if (others == NULL)
    return NULL;

  weft_pend_blocks_store (self, batch, blocks, action_id);

  return weft_pend_result_new (others, block_ids);
}

/* Whether there is something to change: a pend may wait for that, a put may not. */
static gboolean
check_change (WeftStorageRepo *self,
              WeftPendBlock   *block,
              const char      *action_id,
              GError         **error)
{
  g_autoptr (WeftBlockMetadata) unknown
      = block->metadata == NULL ? weft_block_metadata_new () : NULL;

  return block->committed != NULL
         || weft_versioned_check_commit (self->versioned, block->block_id,
                                         unknown != NULL ? unknown : block->metadata,
                                         block->pending, action_id, error);
}

gboolean
weft_pend_request_check (WeftStorageRepo    *self,
                         WeftPendRequest    *request,
                         const char * const *block_ids,
                         gint64              expiration_msec,
                         gboolean            is_put,
                         WeftTip            *tip,
                         GError            **error)
{
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftPendBlock *block
          = examine_block (self, request, block_ids[i], expiration_msec, is_put, error);
      const char *action_id = weft_pend_request_get_action_id (request);
      gboolean is_good;

      if (block == NULL)
        return FALSE;
      block->is_follower = tip != NULL;
      is_good = check_new (self, block, action_id, tip, error)
                && (!is_put || block->is_follower
                    || check_change (self, block, action_id, error));

      weft_pend_block_free (block);
      if (!is_good)
        return FALSE;
    }

  return TRUE;
}

gboolean
weft_storage_repo_check_pend (WeftStorageRepo *self,
                              WeftRepoMessage *message,
                              GError         **error)
{
  gboolean is_put = weft_repo_message_get_operation (message) == WEFT_REPO_OPERATION_PUT;
  WeftPendRequest *request = is_put ? weft_repo_message_get_put (message)
                                    : weft_repo_message_get_pend (message);
  g_auto (GStrv) block_ids = weft_repo_message_get_block_ids (message);

  return weft_pend_request_check (self, request, (const char * const *) block_ids,
                                  weft_repo_message_get_expiration (message), is_put, NULL,
                                  error);
}

gboolean
weft_storage_repo_check_put (WeftStorageRepo    *self,
                             WeftPendRequest    *request,
                             const char * const *block_ids,
                             gint64              expiration_msec,
                             GError            **error)
{
  return weft_pend_request_check (self, request, block_ids, expiration_msec, TRUE, NULL, error);
}

void
weft_storage_repo_perform_pend (WeftStorageRequest *request)
{
  WeftPendRequest *asked = weft_repo_message_get_pend (request->message);
  g_autofree const char **block_ids
      = weft_transforms_list_block_ids (weft_pend_request_get_transforms (asked));
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  GError *error = NULL;
  g_autoptr (WeftPendResult) result
      = weft_storage_repo_make_pend (request->repo, asked, block_ids,
                                     weft_repo_message_get_expiration (request->message), batch,
                                     &error);

  weft_pend_blocks_submit (request->repo, batch, block_ids);
  if (result != NULL)
    weft_storage_request_answer (request, block_ids, weft_repo_reply_new_pend (result));
  else
    weft_storage_request_fail (request, block_ids, error);
}
