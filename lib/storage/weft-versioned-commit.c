/* weft-versioned-commit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What comes next: whether it can, and what a batch has to hold for it. */

#include "config.h"

#include "weft-versioned-internal-private.h"

#include "weft-bug-private.h"
#include "weft-limits.h"

/* What the pending makes of the latest, where that is its base and is here. */
static gboolean
try_pending (WeftVersioned     *self,
             const char        *block_id,
             WeftBlockMetadata *metadata,
             WeftPending       *pending,
             gboolean          *is_made,
             WeftBlock        **block,
             GError           **error)
{
  WeftTransform *transform = weft_pending_get_transform (pending);
  g_auto (WeftMaterialized) base = { NULL };
  gint64 latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;

  if (latest_rev != weft_pending_get_base (pending))
    return TRUE;
  if (!weft_versioned_materialize (self, block_id, metadata, 0, &base, error))
    return FALSE;
  if (base.block == NULL && weft_transform_needs_base (transform))
    return TRUE;

  *is_made = weft_transform_apply (transform, base.block, block, error);
  if (!*is_made)
    g_prefix_error (error, "block %s: ", block_id);

  return *is_made;
}

gboolean
weft_versioned_check_pending (WeftVersioned     *self,
                              const char        *block_id,
                              WeftBlockMetadata *metadata,
                              const char        *action_id,
                              WeftPending       *pending,
                              GError           **error)
{
  WeftTransform *transform = weft_pending_get_transform (pending);
  gint64 base = weft_pending_get_base (pending);
  gint64 latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
  g_autoptr (WeftBlock) block = NULL;
  gboolean is_made = FALSE;
  gboolean is_good;

  /* Who coordinates a put asks first, and then as a member. */
  if (base == latest_rev
      && weft_block_cache_tried (self->cache, block_id, action_id, transform, base))
    return TRUE;

  is_good = try_pending (self, block_id, metadata, pending, &is_made, &block, error);
  /* A commit that follows finds it there. Else the id may have named another content, that was
   * refused or dropped. */
  if (is_made)
    weft_block_cache_try (self->cache, block_id, action_id, block, transform, base);
  else
    weft_block_cache_remove (self->cache, block_id, action_id);

  return is_good;
}

/* Whether the newest block that is kept will be dropped again: it is some steps after one that
 * stays. Else, as after a restore, it stays itself. */
static gboolean
is_for_now (guint distance)
{
  return distance < WEFT_VERSIONED_KEEP_INTERVAL && distance % WEFT_VERSIONED_LATEST_INTERVAL == 0;
}

static gboolean
read_is_kept (WeftVersioned *self,
              const char    *block_id,
              WeftActionRev *revision,
              gboolean      *is_kept,
              GError       **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (WeftBlock) block
      = weft_storage_read_materialized (self->storage, block_id,
                                        weft_action_rev_get_action_id (revision), &local_error);

  *is_kept = block != NULL;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return *is_kept || error == NULL || *error == NULL;
}

/* Where the latest is: after the newest one whose block is kept for good. */
static gboolean
find_place (WeftVersioned  *self,
            const char     *block_id,
            WeftActionRev  *latest,
            WeftBlockPlace *place,
            GError        **error)
{
  g_autoptr (GPtrArray) revisions = NULL;
  gboolean is_found = FALSE;
  guint kept = 0;

  /* With nothing kept near, whatever the cause, the next one is. */
  *place = (WeftBlockPlace) { WEFT_VERSIONED_KEEP_INTERVAL - 1, 0 };
  revisions = weft_storage_list_revisions (self->storage, block_id,
                                           weft_action_rev_get_rev (latest), 1,
                                           WEFT_VERSIONED_KEEP_INTERVAL + 1, error);
  if (revisions == NULL)
    return FALSE;

  for (guint i = 0; i < revisions->len; i++)
    {
      /* The first of all is as good as kept. */
      gboolean is_kept
          = revisions->len <= WEFT_VERSIONED_KEEP_INTERVAL && i + 1 == revisions->len;

      if (!is_kept && !read_is_kept (self, block_id, g_ptr_array_index (revisions, i), &is_kept,
                                     error))
        return FALSE;
      if (!is_kept)
        continue;

      if (is_found && is_for_now (i - kept))
        *place = (WeftBlockPlace) {
          i, weft_action_rev_get_rev (g_ptr_array_index (revisions, kept))
        };
      if (is_found)
        return TRUE;
      is_found = TRUE;
      kept = i;
      place->position = i;
    }

  return TRUE;
}

gboolean
weft_versioned_make (WeftVersioned  *self,
                     const char     *block_id,
                     const char     *action_id,
                     WeftPending    *pending,
                     WeftBlock      *base,
                     gboolean        is_latest,
                     WeftBlock     **block,
                     GError        **error)
{
  WeftTransform *transform = weft_pending_get_transform (pending);

  if (WEFT_BUG (DELETE_DROPPED) && weft_transform_is_delete (transform))
    {
      *block = base != NULL ? weft_block_ref (base) : NULL;
      return TRUE;
    }
  if (is_latest
      && weft_block_cache_made (self->cache, block_id, action_id, weft_pending_get_base (pending),
                                block))
    return TRUE;

  if (weft_transform_apply (transform, base, block, error))
    return TRUE;

  g_prefix_error (error, "block %s: ", block_id);
  return FALSE;
}

static WeftBlockMetadata *
advance_metadata (WeftBlockMetadata *metadata,
                  WeftActionRev     *revision)
{
  gint64 start = weft_block_metadata_get_latest_rev (metadata);
  g_autoptr (WeftBlockMetadata) latest = weft_block_metadata_with_latest (metadata, revision);

  /* From the latest on nothing was missed, since the new one has it as its base. */
  if (start == 0)
    start = weft_action_rev_get_rev (revision);
  if (weft_block_metadata_covers (metadata, WEFT_LIMIT_INTEGER_MAX))
    return g_steal_pointer (&latest);

  return weft_block_metadata_with_range (latest, start, 0);
}

/* The latest block, and its place as the base of what comes next. */
static gboolean
find_base (WeftVersioned     *self,
           const char        *block_id,
           WeftBlockMetadata *metadata,
           WeftMaterialized  *base,
           WeftBlockPlace    *place,
           GError           **error)
{
  WeftActionRev *latest = weft_block_metadata_get_latest (metadata);

  *place = (WeftBlockPlace) { WEFT_VERSIONED_KEEP_INTERVAL - 1, 0 };
  if (latest == NULL)
    return TRUE;

  if (weft_block_cache_lookup (self->cache, block_id, weft_action_rev_get_action_id (latest),
                               &base->block, place)
      && place->position != WEFT_POSITION_UNKNOWN)
    return TRUE;

  weft_materialized_clear (base);

  return weft_versioned_materialize (self, block_id, metadata, 0, base, error)
         && find_place (self, block_id, latest, place, error);
}

gboolean
weft_versioned_has_made (WeftVersioned *self,
                         const char    *block_id,
                         const char    *action_id,
                         gint64         base)
{
  return weft_block_cache_made (self->cache, block_id, action_id, base, NULL);
}

gboolean
weft_versioned_check_commit (WeftVersioned     *self,
                             const char        *block_id,
                             WeftBlockMetadata *metadata,
                             WeftPending       *pending,
                             const char        *action_id,
                             GError           **error)
{
  g_auto (WeftMaterialized) base = { NULL };
  g_autoptr (WeftBlock) block = NULL;
  WeftBlockPlace place;

  /* Mostly it was made from the same base when it was pended. */
  return weft_versioned_has_made (self, block_id, action_id, weft_pending_get_base (pending))
         || (find_base (self, block_id, metadata, &base, &place, error)
             && weft_versioned_make (self, block_id, action_id, pending, base.block, TRUE, &block,
                                     error));
}

/* Whose block is kept for being near the latest. */
static gboolean
read_kept (WeftVersioned           *self,
           const char              *block_id,
           gint64                   rev,
           const WeftVersionedTip  *tip,
           char                   **action_id,
           GError                 **error)
{
  g_autoptr (GError) local_error = NULL;

  if (tip->kept_id != NULL && tip->kept_rev == rev)
    {
      *action_id = g_strdup (tip->kept_id);
      return TRUE;
    }

  *action_id = weft_storage_read_revision (self->storage, block_id, rev, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Moves on to the next revision. Where its block is kept, the one that was kept for being near the
 * latest is not any more. */
static gboolean
add_block (WeftVersioned    *self,
           WeftBatch        *batch,
           const char       *block_id,
           WeftActionRev    *revision,
           WeftBlock        *block,
           WeftBlockPlace   *place,
           WeftVersionedTip *tip,
           GError          **error)
{
  g_autofree char *dropped_id = NULL;

  place->position = (place->position + 1) % WEFT_VERSIONED_KEEP_INTERVAL;
  if (place->position % WEFT_VERSIONED_LATEST_INTERVAL != 0)
    return TRUE;

  if (place->kept_rev > 0
      && !read_kept (self, block_id, place->kept_rev, tip, &dropped_id, error))
    return FALSE;

  if (block != NULL)
    weft_batch_put_materialized (batch, block_id, weft_action_rev_get_action_id (revision), block);
  if (dropped_id != NULL)
    weft_batch_delete_materialized (batch, block_id, dropped_id);
  place->kept_rev = place->position > 0 ? weft_action_rev_get_rev (revision) : 0;
  g_free (tip->kept_id);
  tip->kept_id = g_strdup (weft_action_rev_get_action_id (revision));

  return TRUE;
}

/* The block that the next revision is on, and its place. */
static gboolean
find_latest (WeftVersioned     *self,
             const char        *block_id,
             WeftBlockMetadata *metadata,
             WeftVersionedTip  *tip,
             WeftMaterialized  *base,
             WeftBlockPlace    *place,
             GError           **error)
{
  if (tip->metadata == NULL)
    return find_base (self, block_id, metadata, base, place, error);

  *place = (WeftBlockPlace) { tip->position, tip->kept_rev };
  base->block = tip->block != NULL ? weft_block_ref (tip->block) : NULL;

  return TRUE;
}

static void
move_tip (WeftVersionedTip     *tip,
          WeftBlockMetadata    *metadata,
          WeftBlock            *block,
          const WeftBlockPlace *place)
{
  g_clear_pointer (&tip->metadata, weft_block_metadata_unref);
  g_clear_pointer (&tip->block, weft_block_unref);
  tip->metadata = weft_block_metadata_ref (metadata);
  tip->block = block != NULL ? weft_block_ref (block) : NULL;
  tip->position = place->position;
  tip->kept_rev = place->kept_rev;
}

gboolean
weft_versioned_add_commit (WeftVersioned     *self,
                           WeftBatch         *batch,
                           const char        *block_id,
                           WeftBlockMetadata *metadata,
                           WeftPending       *pending,
                           WeftActionRev     *revision,
                           WeftVersionedTip  *tip,
                           char             **collection_id,
                           GError           **error)
{
  const char *action_id = weft_action_rev_get_action_id (revision);
  gint64 rev = weft_action_rev_get_rev (revision);
  WeftActionRev *latest = weft_block_metadata_get_latest (metadata);
  g_auto (WeftMaterialized) base = { NULL };
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (WeftBlockMetadata) advanced = NULL;
  WeftBlock *named;
  WeftBlockPlace place;

  g_assert (weft_block_metadata_get_latest_rev (metadata) == weft_pending_get_base (pending)
            || WEFT_BUG (LATEST_IGNORED) || WEFT_BUG (BASE_IGNORED)
            || WEFT_BUG (OTHER_BASES_IGNORED));
  g_assert (weft_pending_get_base (pending) < rev);

  if (!find_latest (self, block_id, metadata, tip, &base, &place, error)
      || !weft_versioned_make (self, block_id, action_id, pending, base.block,
                               tip->metadata == NULL, &block, error))
    return FALSE;
  /* What is first is an insert, which has all of the block. */
  if (latest == NULL)
    place = (WeftBlockPlace) { 0, 0 };
  else if (!add_block (self, batch, block_id, revision, block, &place, tip, error))
    return FALSE;
  weft_batch_put_revision (batch, block_id, rev, action_id);
  weft_batch_promote_pending (batch, block_id, action_id);
  advanced = advance_metadata (metadata, revision);
  weft_batch_put_metadata (batch, block_id, advanced);

  weft_block_cache_insert (self->cache, block_id, action_id,
                           WEFT_BUG (CACHE_NOT_RENEWED) ? base.block : block, &place);
  /* Few ask for what was the latest: it leaves before it would have to be looked for. */
  if (latest != NULL)
    weft_block_cache_remove (self->cache, block_id, weft_action_rev_get_action_id (latest));
  named = block != NULL ? block : base.block;
  *collection_id = g_strdup (named != NULL ? weft_block_get_collection_id (named) : NULL);
  move_tip (tip, advanced, block, &place);

  return TRUE;
}
