/* weft-storage-repo-get.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-buggify-private.h"
#include "weft-error.h"
#include "weft-landing-private.h"
#include "weft-storage-repo-private.h"

/* One block of a get. What went wrong with it is told for it alone. */
typedef struct
{
  const char *block_id;        /* of the request */
  WeftBlockMetadata *metadata; /* (nullable) */
  char **pendings;
  GError *error;               /* (nullable): why it is unavailable */
  gint64 claimed_rev;          /* the revision that the context knows of, beyond what is here */
} GetBlock;

static void
get_block_free (gpointer data)
{
  GetBlock *block = data;

  g_clear_pointer (&block->metadata, weft_block_metadata_unref);
  g_strfreev (block->pendings);
  g_clear_error (&block->error);
  g_free (block);
}

static gint64
get_latest_rev (GetBlock *block)
{
  return block->metadata != NULL ? weft_block_metadata_get_latest_rev (block->metadata) : 0;
}

static void
read_state (WeftStorageRepo *self,
            GetBlock        *block)
{
  g_clear_pointer (&block->metadata, weft_block_metadata_unref);
  g_clear_pointer (&block->pendings, g_strfreev);
  if (block->error == NULL
      && weft_storage_repo_read_metadata (self, block->block_id, &block->metadata, &block->error)
      && block->metadata != NULL)
    block->pendings = weft_storage_list_pendings (self->storage, block->block_id, &block->error);
}

static int
compare_action_revs (gconstpointer a,
                     gconstpointer b)
{
  gint64 left = weft_action_rev_get_rev (*(WeftActionRev **) a);
  gint64 right = weft_action_rev_get_rev (*(WeftActionRev **) b);

  return left < right ? -1 : left > right;
}

/* Adds the promotion of an action that the context says is committed. The guard is that of a
 * commit; a block that fails it is behind, and what the context asks for is not here. */
static void
add_promotion (WeftStorageRepo *self,
               GetBlock        *block,
               WeftActionRev   *entry,
               gint64           context_rev,
               WeftLanding     *landing)
{
  const char *action_id = weft_action_rev_get_action_id (entry);
  gint64 rev = weft_action_rev_get_rev (entry);
  gint64 latest_rev = get_latest_rev (block);
  g_autoptr (WeftPending) pending = NULL;

  if (block->error != NULL || rev <= latest_rev || block->pendings == NULL
      || !g_strv_contains ((const char * const *) block->pendings, action_id))
    return;

  if (!weft_storage_repo_read_pending (self, block->block_id, action_id, &pending, &block->error)
      || pending == NULL)
    return;

  if (weft_pending_get_base (pending) == latest_rev)
    weft_landing_add (landing, self, block->block_id, block->metadata, pending, &block->error);
  else
    g_set_error (&block->error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
                 "block %s: expected revision %" G_GINT64_FORMAT " as the base of action %s, "
                 "found %" G_GINT64_FORMAT, block->block_id, weft_pending_get_base (pending),
                 action_id, latest_rev);

  /* What comes after the revision that is read does not touch it. */
  if (block->error != NULL && context_rev > 0 && rev > context_rev)
    g_clear_error (&block->error);
  else if (block->error != NULL)
    block->claimed_rev = rev;
}

/* Promotes revision after revision, each in one batch and with one event for all its blocks. */
static void
promote_committed (WeftStorageRepo   *self,
                   GPtrArray         *blocks,
                   WeftActionContext *context)
{
  GPtrArray *committed = weft_action_context_get_committed (context);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  for (guint i = 0; committed != NULL && i < committed->len; i++)
    g_ptr_array_add (entries, g_ptr_array_index (committed, i));
  g_ptr_array_sort (entries, compare_action_revs);

  for (guint i = 0; i < entries->len; i++)
    {
      WeftActionRev *entry = g_ptr_array_index (entries, i);
      g_autoptr (WeftLanding) landing = weft_landing_new ();

      weft_landing_begin (landing, entry, NULL);
      for (guint j = 0; j < blocks->len; j++)
        add_promotion (self, g_ptr_array_index (blocks, j), entry,
                       weft_action_context_get_rev (context), landing);
      if (!weft_landing_submit (g_steal_pointer (&landing), self))
        continue;
      for (guint j = 0; j < blocks->len; j++)
        read_state (self, g_ptr_array_index (blocks, j));
    }
}

static gboolean
is_pending (GetBlock   *block,
            const char *action_id)
{
  return block->pendings != NULL
         && g_strv_contains ((const char * const *) block->pendings, action_id);
}

/* Puts a pending action on top of what was materialised. */
static gboolean
apply_on_top (WeftStorageRepo  *self,
              GetBlock         *block,
              const char       *action_id,
              WeftMaterialized *materialized)
{
  g_autoptr (WeftPending) pending = NULL;
  WeftTransform *transform;
  WeftBlock *result = NULL;

  if (!weft_storage_repo_read_pending (self, block->block_id, action_id, &pending, &block->error))
    return FALSE;
  g_assert (pending != NULL);

  transform = weft_pending_get_transform (pending);
  if (weft_transform_needs_base (transform)
      && weft_pending_get_base (pending) != materialized->rev)
    {
      g_set_error (&block->error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
                   "block %s: action %s is made against revision %" G_GINT64_FORMAT
                   ", expected %" G_GINT64_FORMAT, block->block_id, action_id,
                   weft_pending_get_base (pending), materialized->rev);
      return FALSE;
    }

  if (!weft_transform_apply (transform, materialized->block, &result, &block->error))
    return FALSE;
  g_clear_pointer (&materialized->block, weft_block_unref);
  materialized->block = result;

  return TRUE;
}

static WeftGetBlockResult *
build_unavailable (GetBlock *block)
{
  g_autofree char *reason = NULL;

  if (block->error->domain == WEFT_ERROR)
    reason = g_strdup_printf ("%s: %s", weft_error_to_name (block->error->code),
                              block->error->message);
  else
    reason = g_strdup (block->error->message);

  return weft_get_block_result_new_unavailable (reason, block->claimed_rev);
}

static WeftGetBlockResult *
read_block (WeftStorageRepo   *self,
            GetBlock          *block,
            WeftActionContext *context)
{
  const char *action_id = context != NULL ? weft_action_context_get_action_id (context) : NULL;
  gint64 rev = context != NULL ? weft_action_context_get_rev (context) : 0;
  g_auto (WeftMaterialized) materialized = { NULL };

  if (WEFT_BUG (LABEL_AHEAD) && rev == 0)
    rev = MAX (get_latest_rev (block) - 1, 0);
  if (block->error == NULL)
    weft_versioned_materialize (self->versioned, block->block_id, block->metadata, rev,
                                &materialized, &block->error);
  if (block->error == NULL
      && (materialized.is_outside || WEFT_BUGGIFY ("get-has-no-such-revision")))
    g_set_error (&block->error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                 "block %s: revision %" G_GINT64_FORMAT " is not held here", block->block_id, rev);
  if (block->error == NULL && action_id != NULL && is_pending (block, action_id))
    apply_on_top (self, block, action_id, &materialized);

  if (block->error != NULL)
    return build_unavailable (block);

  if (WEFT_BUG (PAST_LABELLED_LATEST) && materialized.rev > 0)
    materialized.rev = get_latest_rev (block);

  return weft_get_block_result_new (materialized.block, materialized.rev,
                                    block->metadata != NULL
                                      ? weft_block_metadata_get_latest (block->metadata) : NULL,
                                    (const char * const *) block->pendings);
}

static void
restored_cb (const GError *error,
             gpointer      user_data)
{
  WeftStorageRequest *request = user_data;

  /* Whether it worked shows when the block is read again. */
  if (--request->n_restoring == 0)
    weft_storage_repo_perform_get (request);
}

/* Where the gap that holds a revision begins. */
static gint64
find_gap_start (WeftBlockMetadata *metadata,
                gint64             rev)
{
  gint64 gap_start = 1;

  for (guint i = 0; i < weft_block_metadata_get_n_ranges (metadata); i++)
    {
      gint64 start, end;

      weft_block_metadata_get_range (metadata, i, &start, &end);
      if (end > 0 && end <= rev)
        gap_start = MAX (gap_start, end);
    }

  return gap_start;
}

/* Asks others for what the blocks lack; TRUE when the get goes on after their answers. */
static gboolean
ask_others (WeftStorageRequest *request,
            GPtrArray          *blocks,
            gint64              rev)
{
  WeftStorageRepo *self = request->repo;

  if (request->has_restored || rev == 0 || !weft_restorer_has_hook (self->restorer))
    return FALSE;
  request->has_restored = TRUE;

  for (guint i = 0; i < blocks->len; i++)
    {
      GetBlock *block = g_ptr_array_index (blocks, i);
      gboolean is_outside = FALSE;

      if (block->error == NULL
          && weft_versioned_check_outside (self->versioned, block->block_id, block->metadata, rev,
                                           &is_outside, NULL)
          && is_outside
          && weft_restorer_ask (self->restorer, block->block_id,
                                find_gap_start (block->metadata, rev), rev, restored_cb, request))
        request->n_restoring++;
    }

  return request->n_restoring > 0;
}

static gboolean
check_action_pending (GPtrArray         *blocks,
                      WeftActionContext *context,
                      GError           **error)
{
  const char *action_id = context != NULL ? weft_action_context_get_action_id (context) : NULL;

  if (action_id == NULL)
    return TRUE;

  /* A block that cannot be read may well be the one it is pending on. */
  for (guint i = 0; i < blocks->len; i++)
    {
      GetBlock *block = g_ptr_array_index (blocks, i);

      if (block->error != NULL || is_pending (block, action_id))
        return TRUE;
    }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "action %s is not pending on any of the blocks asked for", action_id);
  return FALSE;
}

void
weft_storage_repo_perform_get (WeftStorageRequest *request)
{
  WeftStorageRepo *self = request->repo;
  WeftBlockGets *gets = weft_repo_message_get_get (request->message);
  WeftActionContext *context = weft_block_gets_get_context (gets);
  g_auto (GStrv) block_ids = weft_repo_message_get_block_ids (request->message);
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (get_block_free);
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_get_block_result_unref);
  g_autoptr (WeftGetResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      GetBlock *block = g_new0 (GetBlock, 1);

      block->block_id = block_ids[i];
      g_ptr_array_add (blocks, block);
      read_state (self, block);
    }

  /* In a cluster only a certificate makes a revision. */
  if (context != NULL && !weft_storage_repo_is_governed (self))
    promote_committed (self, blocks, context);
  if (context != NULL && ask_others (request, blocks, weft_action_context_get_rev (context)))
    return;

  if (!check_action_pending (blocks, context, &error))
    {
      weft_storage_request_fail (request, (const char * const *) block_ids,
                                 g_steal_pointer (&error));
      return;
    }

  for (guint i = 0; i < blocks->len; i++)
    g_ptr_array_add (results, read_block (self, g_ptr_array_index (blocks, i), context));
  result = weft_get_result_new ((const char * const *) block_ids, results, &error);
  g_assert_no_error (error);
  weft_storage_request_answer (request, (const char * const *) block_ids,
                               weft_repo_reply_new_get (result));
}
