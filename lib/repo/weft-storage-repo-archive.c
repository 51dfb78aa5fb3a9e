/* weft-storage-repo-archive.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-archive-revision-private.h"
#include "weft-bug-private.h"
#include "weft-buggify-private.h"
#include "weft-error.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-missing-private.h"
#include "weft-storage-repo-private.h"

/* What is left of a message for revisions, when the blocks of the first and the last and the
 * message around them have their share. */
#define ARCHIVE_BYTES_MAX \
  (WEFT_LIMIT_MESSAGE_BYTES_MAX - 2 * WEFT_LIMIT_BLOCK_BYTES_MAX - 64 * 1024)
/* What is listed at a time. */
#define SLICE_REVISIONS 64
/* The names and brackets of one revision. */
#define REVISION_BYTES 256

/* What the archive of a block is made from. */
typedef struct
{
  WeftStorageRepo *repo;
  const char *block_id;
  WeftBlockMetadata *metadata;
  GPtrArray *revisions; /* (element-type WeftArchiveRevision) (owned), newest first, then sorted */
  gint64 after_rev;     /* nothing up to this one */
  gint64 tip_rev;
  gint64 start;         /* the first revision it tells of */
  gsize bytes;
} Export;

static void
export_clear (Export *export)
{
  g_clear_pointer (&export->metadata, weft_block_metadata_unref);
  g_clear_pointer (&export->revisions, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

/* What proves the revision, for one that a cluster decided. */
static WeftArchiveRevision *
add_certificate (Export              *export,
                 WeftArchiveRevision *revision,
                 gint64               base)
{
  g_autoptr (WeftArchiveRevision) owned = revision;
  char *certificate = NULL;

  if (base != WEFT_BASE_UNKNOWN)
    certificate = weft_storage_repo_read_certificate (export->repo, export->block_id, base);
  if (certificate == NULL)
    return g_steal_pointer (&owned);
  export->bytes += g_ref_string_length (certificate);

  return weft_archive_revision_with_certificate_text (owned, certificate);
}

static gboolean
add_block (Export     *export,
           gint64      rev,
           WeftBlock **block,
           GError    **error)
{
  g_auto (WeftMaterialized) materialized = { NULL };

  if (!weft_versioned_materialize (export->repo->versioned, export->block_id, export->metadata,
                                   rev, &materialized, error))
    return FALSE;
  *block = g_steal_pointer (&materialized.block);

  return TRUE;
}

/* Adds the revision, with the block at the tip. FALSE with no error when it has no room. */
static gboolean
add_revision (Export        *export,
              WeftActionRev *revision,
              gboolean      *needs_base,
              GError       **error)
{
  const char *action_id = weft_action_rev_get_action_id (revision);
  gint64 rev = weft_action_rev_get_rev (revision);
  g_autoptr (WeftPending) action = NULL;
  g_autoptr (WeftBlock) block = NULL;
  g_autofree char *text = NULL;
  WeftTransform *transform;

  if (!weft_storage_repo_read_action (export->repo, export->block_id, action_id, &action, error))
    return FALSE;
  if (action == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
                   "block %s: expected action %s of revision %" G_GINT64_FORMAT ", found nothing",
                   export->block_id, action_id, rev);
      return FALSE;
    }

  transform = weft_pending_get_transform (action);
  text = weft_transform_to_string (transform);
  export->bytes += strlen (text) + REVISION_BYTES;
  if ((export->bytes > ARCHIVE_BYTES_MAX || WEFT_BUGGIFY ("archive-page-is-short"))
      && export->revisions->len > 0)
    return FALSE;
  if (export->revisions->len == 0 && !add_block (export, rev, &block, error))
    return FALSE;

  g_ptr_array_add (export->revisions,
                   add_certificate (export,
                                    weft_archive_revision_new (rev, action_id, transform, block),
                                    weft_pending_get_base (action)));
  /* Below a first revision nothing was: the archive tells of all from 1. */
  export->start = weft_pending_get_base (action) == 0 ? 1 : rev;
  *needs_base = weft_transform_needs_base (transform);

  return TRUE;
}

/* An archive whose first revision is an update starts from the block after it. */
static gboolean
give_base (Export   *export,
           GError  **error)
{
  WeftArchiveRevision *first
      = g_ptr_array_index (export->revisions, export->revisions->len - 1);
  g_autoptr (WeftBlock) block = NULL;

  if (weft_archive_revision_get_block (first) != NULL)
    return TRUE;

  if (!add_block (export, weft_archive_revision_get_rev (first), &block, error))
    return FALSE;
  export->revisions->pdata[export->revisions->len - 1]
      = weft_archive_revision_with_block (first, block);
  weft_archive_revision_unref (first);

  return TRUE;
}

/* Newest first, as many as there is room for, down to where the range begins. */
static gboolean
add_revisions (Export   *export,
               guint     revisions_max,
               GError  **error)
{
  gint64 start = MAX (weft_versioned_find_range_start (export->metadata, export->tip_rev),
                      export->after_rev + 1);
  gint64 from = export->tip_rev;
  gboolean needs_base = FALSE;
  gboolean is_full = FALSE;

  while (!is_full && from >= start)
    {
      g_autoptr (GPtrArray) revisions
          = weft_storage_list_revisions (export->repo->storage, export->block_id, from, start,
                                         SLICE_REVISIONS, error);

      if (revisions == NULL)
        return FALSE;
      for (guint i = 0; i < revisions->len && !is_full; i++)
        {
          g_autoptr (GError) local_error = NULL;

          if (WEFT_BUG (ARCHIVE_WITH_HOLE) && i == 1)
            continue;
          is_full = export->revisions->len == revisions_max
                    || !add_revision (export, g_ptr_array_index (revisions, i), &needs_base,
                                      &local_error);
          if (local_error != NULL)
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              return FALSE;
            }
        }
      if (revisions->len < SLICE_REVISIONS)
        break;
      from = weft_action_rev_get_rev (g_ptr_array_index (revisions, revisions->len - 1)) - 1;
    }

  /* Who has what comes before needs no block to start from. */
  if (!is_full && export->after_rev > 0 && start == export->after_rev + 1)
    {
      export->start = start;
      return TRUE;
    }

  return !needs_base || give_base (export, error);
}

static int
compare_revisions (gconstpointer a,
                   gconstpointer b)
{
  gint64 left = weft_archive_revision_get_rev (*(WeftArchiveRevision **) a);
  gint64 right = weft_archive_revision_get_rev (*(WeftArchiveRevision **) b);

  return left < right ? -1 : left > right;
}

static GPtrArray *
list_pendings (Export  *export,
               GError **error)
{
  g_autoptr (GPtrArray) pendings
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_pending_unref);
  g_autoptr (GError) local_error = NULL;
  g_auto (GStrv) action_ids
      = weft_storage_list_pendings (export->repo->storage, export->block_id, &local_error);

  for (guint i = 0; local_error == NULL && action_ids != NULL && action_ids[i] != NULL; i++)
    {
      g_autoptr (WeftPending) pending = NULL;
      g_autofree char *text = NULL;

      if (!weft_storage_repo_read_pending (export->repo, export->block_id, action_ids[i],
                                           &pending, &local_error)
          || pending == NULL)
        continue;
      text = weft_pending_to_string (pending);
      export->bytes += strlen (text) + REVISION_BYTES;
      if (export->bytes > ARCHIVE_BYTES_MAX)
        break;
      g_ptr_array_add (pendings,
                       weft_action_pending_new (export->block_id, action_ids[i],
                                                weft_pending_get_transform (pending), NULL));
    }

  if (local_error == NULL)
    return g_steal_pointer (&pendings);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static WeftBlockArchive *
build_archive (Export    *export,
               gboolean   include_pending,
               GError   **error)
{
  g_autoptr (GPtrArray) pendings = NULL;
  gint64 latest_rev = weft_block_metadata_get_latest_rev (export->metadata);

  if (include_pending)
    {
      pendings = list_pendings (export, error);
      if (pendings == NULL)
        return NULL;
    }
  g_ptr_array_sort (export->revisions, compare_revisions);

  return weft_block_archive_new (export->block_id, export->revisions, export->start,
                                 export->tip_rev == latest_rev ? 0 : export->tip_rev + 1,
                                 pendings, error);
}

/**
 * weft_storage_repo_read_archive:
 * @self: a repo
 * @block_id: the block
 * @rev: the newest revision to tell of, or zero for the latest
 * @revisions_max: the most revisions to tell of; the newest are
 * @include_pending: whether to tell what is pending, too
 * @error: return location for a [error@Weft.Error]
 *
 * Packs revisions of a block for another peer, with the block as it was after the newest of them,
 * and also after the oldest when that is an update. It fits a message: older revisions than have
 * room are left out, and the range says from where on it tells all.
 *
 * What it tells may not be durable yet when it was submitted a moment ago.
 *
 * Returns: (transfer full) (nullable): the archive, or %NULL with no error for a block that had
 *   no revision then; the error is %WEFT_ERROR_UNAVAILABLE when the revision is not held here,
 *   %WEFT_ERROR_CORRUPT when it is damaged
 *
 * Since: 0.1
 */
WeftBlockArchive *
weft_storage_repo_read_archive (WeftStorageRepo *self,
                                const char      *block_id,
                                gint64           rev,
                                guint            revisions_max,
                                gboolean         include_pending,
                                GError         **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE_REPO (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (rev >= 0, NULL);
  g_return_val_if_fail (revisions_max > 0, NULL);

  return weft_storage_repo_read_archive_after (self, block_id, 0, rev, revisions_max,
                                               include_pending, error);
}

WeftBlockArchive *
weft_storage_repo_read_archive_after (WeftStorageRepo *self,
                                      const char      *block_id,
                                      gint64           after_rev,
                                      gint64           rev,
                                      guint            revisions_max,
                                      gboolean         include_pending,
                                      GError         **error)
{
  g_auto (Export) export = { NULL };
  g_auto (WeftMaterialized) tip = { NULL };

  export.after_rev = after_rev;
  export.repo = self;
  export.block_id = block_id;
  export.revisions
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_archive_revision_unref);
  if (!weft_storage_repo_read_metadata (self, block_id, &export.metadata, error)
      || !weft_versioned_materialize (self->versioned, block_id, export.metadata, rev, &tip,
                                      error))
    return NULL;

  if (tip.is_outside)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                 "block %s: revision %" G_GINT64_FORMAT " is not held here", block_id, rev);
  if (tip.rev == 0 || tip.rev <= after_rev)
    return NULL;

  export.tip_rev = tip.rev;
  if (!add_revisions (&export, revisions_max, error))
    return NULL;

  return build_archive (&export, include_pending, error);
}
