/* weft-storage-repo-restore.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-storage-repo-private.h"

/* An archive on its way into the storage. Nothing of it is believed: each revision is made again
 * from the one before, and must agree with what is held here. */
typedef struct
{
  WeftStorageRepo *repo;     /* (owned) */
  WeftBlockArchive *archive; /* (owned) */
  const char *block_id;      /* of the archive */
  WeftBlockMetadata *metadata;
  GPtrArray *blocks;         /* (element-type WeftBlock) (nullable): after each revision */
  GArray *is_held;           /* (element-type gboolean): which revisions are here already */
  char *collection_id;
  WeftSettledFunc settled;
  gpointer user_data;
} Import;

static void
block_free (gpointer block)
{
  if (block != NULL)
    weft_block_unref (block);
}

static void
import_free (Import *import)
{
  g_clear_pointer (&import->metadata, weft_block_metadata_unref);
  g_clear_pointer (&import->blocks, g_ptr_array_unref);
  g_clear_pointer (&import->is_held, g_array_unref);
  g_clear_pointer (&import->archive, weft_block_archive_unref);
  g_clear_object (&import->repo);
  g_free (import->collection_id);
  g_free (import);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Import, import_free)

static guint
get_n (Import *import)
{
  return weft_block_archive_get_revisions (import->archive)->len;
}

static WeftArchiveRevision *
get_revision (Import *import,
              guint   index)
{
  return g_ptr_array_index (weft_block_archive_get_revisions (import->archive), index);
}

static gint64
get_rev (Import *import,
         guint   index)
{
  return weft_archive_revision_get_rev (get_revision (import, index));
}

static gboolean
set_refusal (Import      *import,
             gint64       rev,
             const char  *what,
             GError     **error)
{
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
               "archive of block %s, revision %" G_GINT64_FORMAT ": %s", import->block_id, rev,
               what);
  return FALSE;
}

static gboolean
blocks_equal (WeftBlock *a,
              WeftBlock *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return weft_block_equal (a, b);
}

/* Whether the archive begins where what is held here ends. */
static gboolean
goes_on (Import *import)
{
  gint64 latest_rev = weft_block_metadata_get_latest_rev (import->metadata);

  return latest_rev > 0 && latest_rev < get_rev (import, 0)
         && weft_block_archive_get_range_start (import->archive) <= latest_rev + 1;
}

/* The block that the first revision starts from: ours, or none. */
static gboolean
find_base (Import     *import,
           WeftBlock **base,
           GError    **error)
{
  g_auto (WeftMaterialized) latest = { NULL };

  if (!goes_on (import))
    return TRUE;

  if (!weft_versioned_materialize (import->repo->versioned, import->block_id, import->metadata, 0,
                                   &latest, error))
    return FALSE;
  *base = g_steal_pointer (&latest.block);

  return TRUE;
}

/* Makes all blocks again, and compares with those that came along. */
static gboolean
apply_all (Import  *import,
           GError **error)
{
  g_autoptr (WeftBlock) base = NULL;

  if (!find_base (import, &base, error))
    return FALSE;

  for (guint i = 0; i < get_n (import); i++)
    {
      WeftArchiveRevision *revision = get_revision (import, i);
      WeftBlock *given = weft_archive_revision_get_block (revision);
      WeftTransform *transform = weft_archive_revision_get_transform (revision);
      WeftBlock *block = NULL;

      /* A first update that comes with its block starts from that. */
      if (i == 0 && base == NULL && given != NULL && weft_transform_needs_base (transform))
        block = weft_block_ref (given);
      else if (!weft_transform_apply (transform, base, &block, error))
        return FALSE;
      g_ptr_array_add (import->blocks, block);
      if (given != NULL && !blocks_equal (given, block))
        return set_refusal (import, weft_archive_revision_get_rev (revision),
                            "the block is not what its transforms make", error);

      g_clear_pointer (&base, weft_block_unref);
      base = block != NULL ? weft_block_ref (block) : NULL;
      if (base != NULL && import->collection_id == NULL)
        import->collection_id = g_strdup (weft_block_get_collection_id (base));
    }

  return TRUE;
}

/* A revision is held here with the same content, or not at all and there is room for it. */
static gboolean
check_held (Import  *import,
            guint    index,
            GError **error)
{
  WeftArchiveRevision *revision = get_revision (import, index);
  gint64 rev = weft_archive_revision_get_rev (revision);
  const char *action_id = weft_archive_revision_get_action_id (revision);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (WeftPending) action = NULL;
  g_autofree char *held_id = weft_storage_read_revision (import->repo->storage, import->block_id,
                                                         rev, &local_error);
  gboolean is_held = held_id != NULL;

  g_array_append_val (import->is_held, is_held);
  if (local_error != NULL
      || !weft_storage_repo_read_action (import->repo, import->block_id, action_id, &action,
                                         &local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!is_held && (action != NULL
                   || (rev <= weft_block_metadata_get_latest_rev (import->metadata)
                       && weft_block_metadata_covers (import->metadata, rev))))
    return set_refusal (import, rev, "this node knows that it is not so", error);
  if (is_held && (!g_str_equal (held_id, action_id) || action == NULL
                  || !weft_transform_equal (weft_pending_get_transform (action),
                                            weft_archive_revision_get_transform (revision))))
    return set_refusal (import, rev, "this node holds another one", error);

  return TRUE;
}

/* The archive must not lack what is held here in its range, and what comes after it must have its
 * last revision as the base. */
static gboolean
check_neighbours (Import  *import,
                  GError **error)
{
  gint64 start = weft_block_archive_get_range_start (import->archive);
  gint64 end = weft_block_archive_get_range_end (import->archive);
  gint64 last = get_rev (import, get_n (import) - 1);
  g_autoptr (GPtrArray) held
      = weft_storage_list_revisions (import->repo->storage, import->block_id, start, last,
                                     get_n (import) + 1, error);
  g_autoptr (GPtrArray) next
      = weft_storage_list_revisions (import->repo->storage, import->block_id, last + 1,
                                     WEFT_LIMIT_INTEGER_MAX, 1, held != NULL ? error : NULL);
  g_autoptr (WeftPending) action = NULL;
  WeftActionRev *after;

  if (held == NULL || next == NULL)
    return FALSE;

  for (guint i = 0; i < held->len; i++)
    {
      gint64 rev = weft_action_rev_get_rev (g_ptr_array_index (held, i));

      if (weft_block_archive_lookup (import->archive, rev) == NULL)
        return set_refusal (import, rev, "it is held here, and missing there", error);
    }

  if (next->len == 0)
    return TRUE;
  after = g_ptr_array_index (next, 0);
  if (end == 0 || weft_action_rev_get_rev (after) < end)
    return set_refusal (import, weft_action_rev_get_rev (after),
                        "it is held here, and missing there", error);
  if (weft_versioned_find_range_start (import->metadata, weft_action_rev_get_rev (after)) > end)
    return TRUE;

  if (!weft_storage_repo_read_action (import->repo, import->block_id,
                                      weft_action_rev_get_action_id (after), &action, error))
    return FALSE;
  if (action != NULL && weft_pending_get_base (action) != WEFT_BASE_UNKNOWN
      && weft_pending_get_base (action) != last)
    return set_refusal (import, last, "what follows here has another base", error);

  return TRUE;
}

static gboolean
check (Import  *import,
       GError **error)
{
  if (weft_storage_repo_is_governed (import->repo))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                   "archive of block %s: this node leaves its clusters, which decide on it",
                   import->block_id);
      return FALSE;
    }
  if (get_n (import) == 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "archive of block %s: expected a revision, got none", import->block_id);
      return FALSE;
    }

  if (!weft_storage_repo_read_metadata (import->repo, import->block_id, &import->metadata, error))
    return FALSE;
  if (import->metadata == NULL)
    import->metadata = weft_block_metadata_new ();

  for (guint i = 0; i < get_n (import); i++)
    if (!check_held (import, i, error))
      return FALSE;

  return check_neighbours (import, error) && apply_all (import, error);
}

/* What the range of our latest claimed beyond it was not true where the archive leaves a gap. */
static WeftBlockMetadata *
close_ranges (WeftBlockMetadata *metadata,
              gint64             end_of_latest)
{
  g_autoptr (WeftBlockMetadata) closed = weft_block_metadata_new ();

  for (guint i = 0; i < weft_block_metadata_get_n_ranges (metadata); i++)
    {
      g_autoptr (WeftBlockMetadata) before = g_steal_pointer (&closed);
      gint64 start, end;

      weft_block_metadata_get_range (metadata, i, &start, &end);
      closed = weft_block_metadata_with_range (before, start, end == 0 ? end_of_latest : end);
    }

  return g_steal_pointer (&closed);
}

static WeftBlockMetadata *
merge_metadata (Import *import)
{
  gint64 start = weft_block_archive_get_range_start (import->archive);
  gint64 end = weft_block_archive_get_range_end (import->archive);
  WeftActionRev *latest = weft_block_metadata_get_latest (import->metadata);
  gint64 latest_rev = weft_block_metadata_get_latest_rev (import->metadata);
  WeftArchiveRevision *last = get_revision (import, get_n (import) - 1);
  gint64 last_rev = weft_archive_revision_get_rev (last);
  g_autoptr (WeftActionRev) newest = NULL;
  g_autoptr (WeftBlockMetadata) ranges = NULL;
  g_autoptr (WeftBlockMetadata) merged = NULL;
  g_autoptr (WeftBlockMetadata) advanced = NULL;

  if (latest_rev > 0 && last_rev > latest_rev && start > latest_rev + 1)
    ranges = close_ranges (import->metadata, latest_rev + 1);
  else
    ranges = weft_block_metadata_ref (import->metadata);
  merged = weft_block_metadata_with_range (ranges, MAX (start, 1), end);

  if (last_rev <= latest_rev)
    return weft_block_metadata_with_latest (merged, latest);

  /* Who keeps it by now, no cluster has proved to this node, which takes part in none. */
  newest = weft_action_rev_new (weft_archive_revision_get_action_id (last), last_rev, NULL);
  advanced = weft_block_metadata_with_latest (merged, newest);

  return weft_block_metadata_with_cluster (advanced, NULL);
}

static void
add_to_batch (Import    *import,
              WeftBatch *batch,
              guint      index)
{
  WeftArchiveRevision *revision = get_revision (import, index);
  const char *action_id = weft_archive_revision_get_action_id (revision);
  WeftBlock *block = g_ptr_array_index (import->blocks, index);
  g_autoptr (WeftPending) action = NULL;
  gint64 base;

  if (index > 0)
    base = get_rev (import, index - 1);
  else if (goes_on (import))
    base = weft_block_metadata_get_latest_rev (import->metadata);
  else
    base = weft_block_archive_get_range_start (import->archive) <= 1 ? 0 : WEFT_BASE_UNKNOWN;
  action = weft_pending_new (weft_archive_revision_get_transform (revision), base, 0);

  if (block != NULL
      && (index % WEFT_VERSIONED_KEEP_INTERVAL == 0 || index + 1 == get_n (import)))
    weft_batch_put_materialized (batch, import->block_id, action_id, block);
  weft_batch_put_revision (batch, import->block_id, weft_archive_revision_get_rev (revision),
                           action_id);
  /* What is pending here under that id gives way to what was decided. */
  weft_batch_delete_pending (batch, import->block_id, action_id);
  weft_batch_put_action (batch, import->block_id, action_id, action);
  weft_versioned_forget_pending (import->repo->versioned, import->block_id, action_id);
  weft_storage_repo_unwatch_pending (import->repo, import->block_id, action_id);
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr (Import) import = user_data;
  const char *block_ids[] = { import->block_id, NULL };

  for (guint i = 0; error == NULL && i < get_n (import); i++)
    if (!g_array_index (import->is_held, gboolean, i))
      weft_repo_emit_committed (WEFT_REPO (import->repo),
                                import->collection_id != NULL ? import->collection_id : "",
                                block_ids,
                                weft_archive_revision_get_action_id (get_revision (import, i)),
                                get_rev (import, i));

  import->settled (error, import->user_data);
}

void
weft_storage_repo_save_archive (WeftStorageRepo  *self,
                                WeftBlockArchive *archive,
                                WeftSettledFunc   settled,
                                gpointer          user_data)
{
  g_autoptr (Import) import = NULL;
  g_autoptr (WeftBatch) batch = NULL;
  g_autoptr (WeftBlockMetadata) merged = NULL;
  g_autoptr (GError) error = NULL;
  const char *block_ids[2] = { NULL };

  if (self->adopt != NULL)
    {
      self->adopt (self->adopt_data, archive, settled, user_data);
      return;
    }

  batch = weft_batch_new ();
  import = g_new0 (Import, 1);
  import->repo = g_object_ref (self);
  import->archive = weft_block_archive_ref (archive);
  import->block_id = weft_block_archive_get_block_id (archive);
  import->blocks = g_ptr_array_new_with_free_func (block_free);
  import->is_held = g_array_new (FALSE, FALSE, sizeof (gboolean));
  import->settled = settled;
  import->user_data = user_data;

  if (!check (import, &error))
    {
      settled (error, user_data);
      return;
    }

  for (guint i = 0; i < get_n (import); i++)
    if (!g_array_index (import->is_held, gboolean, i))
      add_to_batch (import, batch, i);
  merged = merge_metadata (import);
  weft_batch_put_metadata (batch, import->block_id, merged);
  block_ids[0] = import->block_id;
  weft_submissions_submit (self->submissions, batch, block_ids, settled_cb,
                           g_steal_pointer (&import));
}

static void
healed_cb (const GError *error,
           gpointer      user_data)
{
  g_autoptr (WeftStorageRepo) self = user_data;

  if (error != NULL)
    g_debug ("a block could not be restored: %s", error->message);
}

void
weft_storage_repo_heal (WeftStorageRepo *self,
                        const char      *block_id,
                        gint64           latest_rev,
                        gint64           base)
{
  g_assert (base > latest_rev);

  if (!weft_restorer_ask (self->restorer, block_id, latest_rev + 1, base, healed_cb,
                          g_object_ref (self)))
    g_object_unref (self);
}

static void
written_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * weft_storage_repo_write_archive_async:
 * @self: a repo
 * @archive: revisions of a block, from another peer or from a backup
 * @cancellable: (nullable): a cancellable; what was submitted is not undone
 * @callback: (scope async): called when the archive is durable or refused
 * @user_data: data for @callback
 *
 * Stores the revisions of an archive that are not here yet. Nothing of it is believed: each block
 * is made again by its transforms and compared with those that came along, and what is held here
 * already must be the same. Pendings in the archive are left out.
 *
 * For a node that decides together with others each revision has to come with the certificate that
 * proves it, in an archive that such a node made: what is decided and newer than what is here is
 * taken over, the rest is left as it is. An archive that lacks a certificate is refused with
 * %WEFT_ERROR_PROTOCOL, one that does not begin where this node ends with %WEFT_ERROR_UNAVAILABLE.
 *
 * Since: 0.1
 */
void
weft_storage_repo_write_archive_async (WeftStorageRepo     *self,
                                       WeftBlockArchive    *archive,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WEFT_IS_STORAGE_REPO (self));
  g_return_if_fail (archive != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_storage_repo_write_archive_async);
  if (!g_task_return_error_if_cancelled (task))
    weft_storage_repo_save_archive (self, archive, written_cb, g_object_ref (task));
}

/**
 * weft_storage_repo_write_archive_finish:
 * @self: a repo
 * @result: what the callback was given
 * @error: return location for a [error@Weft.Error]
 *
 * Ends [method@Weft.StorageRepo.write_archive_async].
 *
 * Returns: %TRUE once all is durable, or %FALSE with %WEFT_ERROR_PROTOCOL for an archive that does
 *   not check out, %WEFT_ERROR_UNAVAILABLE when it could not be stored
 *
 * Since: 0.1
 */
gboolean
weft_storage_repo_write_archive_finish (WeftStorageRepo  *self,
                                        GAsyncResult     *result,
                                        GError          **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE_REPO (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
