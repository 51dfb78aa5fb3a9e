/* weft-versioned.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-versioned-internal-private.h"

#include "weft-bug-private.h"
#include "weft-draft-private.h"
#include "weft-error.h"
#include "weft-limits.h"

/* How many revisions are listed at a time: a chain has 16 on the average. */
#define CHAIN_SLICE 8

WeftVersioned *
weft_versioned_new (WeftStorage *storage)
{
  WeftVersioned *self = g_new0 (WeftVersioned, 1);

  self->storage = g_object_ref (storage);
  self->cache = weft_block_cache_new (WEFT_BLOCK_CACHE_BYTES_MAX);

  return self;
}

void
weft_versioned_free (WeftVersioned *self)
{
  g_clear_object (&self->storage);
  g_clear_pointer (&self->cache, weft_block_cache_free);
  g_free (self);
}

void
weft_materialized_clear (WeftMaterialized *self)
{
  g_clear_pointer (&self->block, weft_block_unref);
}

void
weft_versioned_tip_clear (WeftVersionedTip *self)
{
  g_clear_pointer (&self->metadata, weft_block_metadata_unref);
  g_clear_pointer (&self->block, weft_block_unref);
  g_clear_pointer (&self->kept_id, g_free);
}

static WeftPending *
read_action (WeftVersioned *self,
             const char    *block_id,
             WeftActionRev *revision,
             GError       **error)
{
  const char *action_id = weft_action_rev_get_action_id (revision);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (WeftPending) action
      = weft_storage_read_action (self->storage, block_id, action_id, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (action == NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
                 "block %s: expected action %s of revision %" G_GINT64_FORMAT ", found nothing",
                 block_id, action_id, weft_action_rev_get_rev (revision));

  return g_steal_pointer (&action);
}

/* Where nothing was committed before the first revision we hold, an earlier one is known to be
 * absent: the base of the first says so. */
static gboolean
check_beginning (WeftVersioned *self,
                 const char    *block_id,
                 gint64         rev,
                 gboolean      *is_absent,
                 GError       **error)
{
  g_autoptr (GPtrArray) revisions
      = weft_storage_list_revisions (self->storage, block_id, 1, WEFT_LIMIT_INTEGER_MAX, 1, error);
  g_autoptr (WeftPending) action = NULL;
  WeftActionRev *first;

  *is_absent = FALSE;
  if (revisions == NULL)
    return FALSE;
  if (revisions->len == 0)
    return TRUE;

  first = g_ptr_array_index (revisions, 0);
  if (weft_action_rev_get_rev (first) <= rev)
    return TRUE;

  action = read_action (self, block_id, first, error);
  if (action == NULL)
    return FALSE;
  *is_absent = weft_pending_get_base (action) == 0;

  return TRUE;
}

gint64
weft_versioned_find_range_start (WeftBlockMetadata *metadata,
                                 gint64             rev)
{
  for (guint i = 0; i < weft_block_metadata_get_n_ranges (metadata); i++)
    {
      gint64 start, end;

      weft_block_metadata_get_range (metadata, i, &start, &end);
      if (start <= rev && (end == 0 || rev < end))
        return start;
    }

  return 0;
}

/* The newest revision at or below `rev`, or NULL with `is_outside` when it is not held here. */
static gboolean
find_revision (WeftVersioned     *self,
               const char        *block_id,
               WeftBlockMetadata *metadata,
               gint64             rev,
               WeftActionRev    **revision,
               gboolean          *is_outside,
               GError           **error)
{
  WeftActionRev *latest = weft_block_metadata_get_latest (metadata);
  g_autoptr (GPtrArray) found = NULL;
  gint64 start = weft_versioned_find_range_start (metadata, rev);
  gboolean is_absent = FALSE;

  if (rev == 0 || rev >= weft_action_rev_get_rev (latest))
    {
      *revision = weft_action_rev_ref (latest);
      return TRUE;
    }

  if (start > 0)
    {
      found = weft_storage_list_revisions (self->storage, block_id, rev, start, 1, error);
      if (found == NULL)
        return FALSE;
    }
  if (found != NULL && found->len > 0)
    {
      *revision = weft_action_rev_ref (g_ptr_array_index (found, 0));
      return TRUE;
    }

  if (!check_beginning (self, block_id, rev, &is_absent, error))
    return FALSE;
  *is_outside = !is_absent;

  return TRUE;
}

gboolean
weft_versioned_check_outside (WeftVersioned     *self,
                              const char        *block_id,
                              WeftBlockMetadata *metadata,
                              gint64             rev,
                              gboolean          *is_outside,
                              GError           **error)
{
  g_autoptr (WeftActionRev) revision = NULL;

  *is_outside = FALSE;
  if (metadata == NULL || weft_block_metadata_get_latest (metadata) == NULL)
    return TRUE;

  return find_revision (self, block_id, metadata, rev, &revision, is_outside, error);
}

/* Looks for the block after an action, without applying anything. */
static gboolean
find_block (WeftVersioned *self,
            const char    *block_id,
            const char    *action_id,
            gboolean      *is_found,
            WeftBlock    **block,
            GError       **error)
{
  g_autoptr (GError) local_error = NULL;

  *is_found = weft_block_cache_lookup (self->cache, block_id, action_id, block, NULL);
  if (*is_found)
    return TRUE;

  *block = weft_storage_read_materialized (self->storage, block_id, action_id, &local_error);
  *is_found = *block != NULL;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*is_found)
    weft_block_cache_insert (self->cache, block_id, action_id, *block, NULL);

  return TRUE;
}

static gboolean
set_chain_error (const char    *block_id,
                 gint64         rev,
                 WeftActionRev *revision,
                 GError       **error)
{
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
               "block %s: expected revision %" G_GINT64_FORMAT " to rebuild revision %"
               G_GINT64_FORMAT " from, found none",
               block_id, rev, weft_action_rev_get_rev (revision));
  return FALSE;
}

static gboolean
is_nothing (WeftTransform *transform)
{
  return weft_transform_needs_base (transform)
         && weft_transform_get_updates (transform)->len == 0;
}

/* Adds the transforms from `revision` down to, and without, the newest kept block; newest first. */
static gboolean
collect_chain (WeftVersioned *self,
               const char    *block_id,
               WeftActionRev *revision,
               GPtrArray     *chain, /* (element-type WeftPending) */
               WeftBlock    **base,
               GError       **error)
{
  gint64 rev = weft_action_rev_get_rev (revision);
  gboolean is_found = FALSE;

  /* Most reads end here: what was committed last is kept, and nothing need be listed. */
  if (!find_block (self, block_id, weft_action_rev_get_action_id (revision), &is_found, base,
                   error))
    return FALSE;
  if (is_found)
    return TRUE;

  while (rev > 0)
    {
      g_autoptr (GPtrArray) revisions
          = weft_storage_list_revisions (self->storage, block_id, rev, 1, CHAIN_SLICE, error);

      if (revisions == NULL)
        return FALSE;
      if (revisions->len == 0)
        break;

      for (guint i = 0; i < revisions->len; i++)
        {
          WeftActionRev *each = g_ptr_array_index (revisions, i);
          WeftPending *action;

          if (weft_action_rev_get_rev (each) != rev)
            return set_chain_error (block_id, rev, revision, error);
          if (rev != weft_action_rev_get_rev (revision)
              && !find_block (self, block_id, weft_action_rev_get_action_id (each), &is_found,
                              base, error))
            return FALSE;
          if (is_found)
            return TRUE;

          action = read_action (self, block_id, each, error);
          if (action == NULL)
            return FALSE;
          g_ptr_array_add (chain, action);
          if (!weft_transform_needs_base (weft_pending_get_transform (action)))
            return TRUE;
          rev = weft_pending_get_base (action);
          /* Before the first revision there is no block, which a change of nothing leaves so. */
          if (rev == 0 && is_nothing (weft_pending_get_transform (action)))
            return TRUE;
        }
    }

  return set_chain_error (block_id, rev, revision, error);
}

/* Applies a chain as one change: what many transforms touch is copied once. */
static gboolean
apply_chain (GPtrArray  *chain, /* (element-type WeftPending), newest first */
             WeftBlock **block,
             GError    **error)
{
  g_autoptr (WeftDraft) draft = NULL;

  for (guint i = chain->len; i > 0; i--)
    {
      WeftTransform *transform
          = weft_pending_get_transform (g_ptr_array_index (chain, i - 1));
      WeftBlock *insert = weft_transform_get_insert (transform);
      GPtrArray *updates = weft_transform_get_updates (transform);

      if (insert != NULL || weft_transform_is_delete (transform))
        {
          g_clear_pointer (&draft, weft_draft_free);
          g_clear_pointer (block, weft_block_unref);
        }
      if (weft_transform_is_delete (transform))
        continue;
      if (insert != NULL)
        *block = weft_block_ref (insert);

      if (updates->len > 0 && *block == NULL)
        {
          g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
                               "expected a block to update, found none");
          return FALSE;
        }
      if (updates->len > 0 && draft == NULL)
        draft = weft_draft_new (*block);
      if (WEFT_BUG (CHAIN_WITH_HOLE) && i == 1 && chain->len > 1)
        continue;
      for (guint j = 0; j < updates->len; j++)
        if (!weft_draft_apply (draft, g_ptr_array_index (updates, j), error))
          return FALSE;
    }

  if (draft == NULL)
    return TRUE;
  g_clear_pointer (block, weft_block_unref);
  *block = weft_draft_finish (draft, error);

  return *block != NULL;
}

static gboolean
rebuild (WeftVersioned *self,
         const char    *block_id,
         WeftActionRev *revision,
         WeftBlock    **block,
         GError       **error)
{
  g_autoptr (GPtrArray) chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pending_unref);
  g_autoptr (WeftBlock) result = NULL;

  if (!collect_chain (self, block_id, revision, chain, &result, error))
    return FALSE;
  if (!apply_chain (chain, &result, error))
    {
      g_prefix_error (error, "block %s: ", block_id);
      return FALSE;
    }

  if (chain->len > 0)
    weft_block_cache_insert (self->cache, block_id, weft_action_rev_get_action_id (revision),
                             result, NULL);
  *block = g_steal_pointer (&result);

  return TRUE;
}

gboolean
weft_versioned_materialize (WeftVersioned     *self,
                            const char        *block_id,
                            WeftBlockMetadata *metadata,
                            gint64             rev,
                            WeftMaterialized  *result,
                            GError           **error)
{
  g_autoptr (WeftActionRev) revision = NULL;

  g_assert (rev >= 0);

  *result = (WeftMaterialized) { NULL };
  if (metadata == NULL || weft_block_metadata_get_latest (metadata) == NULL)
    return TRUE;

  if (!find_revision (self, block_id, metadata, rev, &revision, &result->is_outside, error))
    return FALSE;
  if (revision == NULL)
    return TRUE;

  result->rev = weft_action_rev_get_rev (revision);

  return rebuild (self, block_id, revision, &result->block, error);
}

void
weft_versioned_forget_pending (WeftVersioned *self,
                               const char    *block_id,
                               const char    *action_id)
{
  weft_block_cache_remove (self->cache, block_id, action_id);
}

void
weft_versioned_forget_all (WeftVersioned *self)
{
  weft_block_cache_clear (self->cache);
}
