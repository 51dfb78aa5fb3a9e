/* weft-block-archive.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-archive-private.h"

#include "weft-action-pending.h"
#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"

/**
 * WeftBlockArchive:
 *
 * The history of a block over a range of revisions: what one peer gives another to restore it.
 *
 * The archive holds all revisions of the block in its range, which has gaps where other blocks
 * of the collection were changed.
 *
 * Since: 0.1
 */

static void
clear (WeftBlockArchive *self)
{
  g_clear_pointer (&self->block_id, g_free);
  g_clear_pointer (&self->revisions, g_ptr_array_unref);
  g_clear_pointer (&self->pendings, g_ptr_array_unref);
}

/**
 * weft_block_archive_ref:
 * @self: an archive
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_block_archive_unref:
 * @self: (transfer full): an archive
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_block_archive_to_string:
 * @self: an archive
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_block_archive_equal:
 * @a: an archive
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_block_archive_to_json:
 * @self: an archive
 *
 * Writes the value as `{"blockId","revisions":{"<rev>":ArchiveRevision},
 * "range":[start] or [start,end) or [],"pending"?:{"<action id>":Transform}}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftBlockArchive, weft_block_archive, clear)

static int
compare_revisions (gconstpointer a,
                   gconstpointer b)
{
  gint64 left = weft_archive_revision_get_rev (*(WeftArchiveRevision *const *) a);
  gint64 right = weft_archive_revision_get_rev (*(WeftArchiveRevision *const *) b);

  return left < right ? -1 : left > right;
}

static int
compare_pendings (gconstpointer a,
                  gconstpointer b)
{
  const char *left = weft_action_pending_get_action_id (*(WeftActionPending *const *) a);
  const char *right = weft_action_pending_get_action_id (*(WeftActionPending *const *) b);

  return g_strcmp0 (left, right);
}

WeftBlockArchive *
weft_block_archive_new_empty (const char *block_id)
{
  WeftBlockArchive *self = g_atomic_rc_box_new0 (WeftBlockArchive);

  self->block_id = g_strdup (block_id);
  self->revisions = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_archive_revision_unref);
  self->pendings = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_pending_unref);

  return self;
}

static gboolean
check_block_id (WeftBlockArchive    *self,
                WeftBlock           *block,
                const WeftJsonPath  *path,
                GError             **error)
{
  if (block == NULL || g_str_equal (weft_block_get_id (block), self->block_id))
    return TRUE;

  weft_json_set_error (error, path, "expected a block with the id \"%s\", got \"%s\"",
                       self->block_id, weft_block_get_id (block));
  return FALSE;
}

/* Sees that all revisions are of this block, in the range, and each there once. */
static gboolean
check_revisions (WeftBlockArchive    *self,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath list = { path, "revisions", 0 };
  gint64 last = 0;

  for (guint i = 0; i < self->revisions->len; i++)
    {
      WeftArchiveRevision *revision = g_ptr_array_index (self->revisions, i);
      WeftTransform *transform = weft_archive_revision_get_transform (revision);
      gint64 rev = weft_archive_revision_get_rev (revision);
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, rev);
      WeftJsonPath here = { &list, name, 0 };

      if (rev == last || rev < self->range.start || rev >= self->range.end)
        {
          weft_json_set_error (error, &here, rev == last ? "expected each revision once"
                                                         : "expected a revision in the range");
          return FALSE;
        }
      if (!check_block_id (self, weft_transform_get_insert (transform), &here, error))
        return FALSE;
      if (!check_block_id (self, weft_archive_revision_get_block (revision), &here, error))
        return FALSE;
      last = rev;
    }

  return TRUE;
}

static gboolean
check_pendings (WeftBlockArchive    *self,
                const WeftJsonPath  *path,
                GError             **error)
{
  WeftJsonPath list = { path, "pending", 0 };
  const char *last = NULL;

  for (guint i = 0; i < self->pendings->len; i++)
    {
      WeftActionPending *pending = g_ptr_array_index (self->pendings, i);
      WeftTransform *transform = weft_action_pending_get_transform (pending);
      WeftJsonPath here = { &list, weft_action_pending_get_action_id (pending), 0 };

      if (transform == NULL || g_strcmp0 (last, here.name) == 0)
        {
          weft_json_set_error (error, &here, transform == NULL ? "expected a transform"
                                                               : "expected each action once");
          return FALSE;
        }
      if (!g_str_equal (weft_action_pending_get_block_id (pending), self->block_id))
        {
          weft_json_set_error (error, &here, "expected an action on \"%s\", got one on \"%s\"",
                               self->block_id, weft_action_pending_get_block_id (pending));
          return FALSE;
        }
      if (!check_block_id (self, weft_transform_get_insert (transform), &here, error))
        return FALSE;
      last = here.name;
    }

  return TRUE;
}

gboolean
weft_block_archive_complete (WeftBlockArchive    *self,
                             const WeftJsonPath  *path,
                             GError             **error)
{
  g_ptr_array_sort (self->revisions, compare_revisions);
  g_ptr_array_sort (self->pendings, compare_pendings);

  return check_revisions (self, path, error) && check_pendings (self, path, error);
}

/**
 * weft_block_archive_new:
 * @block_id: the id of the block
 * @revisions: (nullable) (element-type WeftArchiveRevision): its revisions in the range, in any
 *   order
 * @range_start: the first revision of the range, or zero if the archive covers none
 * @range_end: the revision after the last, or zero for an open range
 * @pendings: (nullable) (element-type WeftActionPending): the actions that are pending on the
 *   block, each with its transform
 * @error: return location for a [error@Weft.Error]
 *
 * Creates an archive.
 *
 * Returns: (transfer full): the archive, or %NULL with %WEFT_ERROR_INVALID if a part is not of
 *   this block, comes twice, or is outside of the range
 *
 * Since: 0.1
 */
WeftBlockArchive *
weft_block_archive_new (const char  *block_id,
                        GPtrArray   *revisions,
                        gint64       range_start,
                        gint64       range_end,
                        GPtrArray   *pendings,
                        GError     **error)
{
  g_autoptr (WeftBlockArchive) self = NULL;
  WeftJsonPath id_path = { NULL, "blockId", 0 };
  WeftJsonPath range_path = { NULL, "range", 0 };

  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_block (block_id, &id_path, error))
    return NULL;
  if (!weft_ids_check_rev (range_start, 0, &range_path, error))
    return NULL;
  if (range_end != 0 && !weft_ids_check_rev (range_end, range_start + 1, &range_path, error))
    return NULL;

  self = weft_block_archive_new_empty (block_id);
  if (range_start > 0)
    self->range = (WeftRange) { range_start, range_end > 0 ? range_end : WEFT_RANGE_OPEN };
  for (guint i = 0; revisions != NULL && i < revisions->len; i++)
    g_ptr_array_add (self->revisions,
                     weft_archive_revision_ref (g_ptr_array_index (revisions, i)));
  for (guint i = 0; pendings != NULL && i < pendings->len; i++)
    g_ptr_array_add (self->pendings, weft_action_pending_ref (g_ptr_array_index (pendings, i)));
  if (!weft_block_archive_complete (self, NULL, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_block_archive_get_block_id:
 * @self: an archive
 *
 * Gets the block whose history it is.
 *
 * Returns: (transfer none): the id
 *
 * Since: 0.1
 */
const char *
weft_block_archive_get_block_id (WeftBlockArchive *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block_id;
}

/**
 * weft_block_archive_get_revisions:
 * @self: an archive
 *
 * Gets the revisions, ascending.
 *
 * Returns: (transfer none) (element-type WeftArchiveRevision): the revisions, not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
weft_block_archive_get_revisions (WeftBlockArchive *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->revisions;
}

/**
 * weft_block_archive_lookup:
 * @self: an archive
 * @rev: a revision
 *
 * Gets what made the block what it is at a revision, if that very revision touched it.
 *
 * Returns: (transfer none) (nullable): the revision, or %NULL if the block was not touched by it
 *   or it is outside of the range
 *
 * Since: 0.1
 */
WeftArchiveRevision *
weft_block_archive_lookup (WeftBlockArchive *self,
                           gint64            rev)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, NULL);

  high = self->revisions->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      WeftArchiveRevision *revision = g_ptr_array_index (self->revisions, middle);
      gint64 found = weft_archive_revision_get_rev (revision);

      if (found == rev)
        return revision;
      if (found < rev)
        low = middle + 1;
      else
        high = middle;
    }

  return NULL;
}

/**
 * weft_block_archive_get_range_start:
 * @self: an archive
 *
 * Gets the first revision of the range that the archive covers.
 *
 * Returns: the revision, or zero if it covers none
 *
 * Since: 0.1
 */
gint64
weft_block_archive_get_range_start (WeftBlockArchive *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->range.start;
}

/**
 * weft_block_archive_get_range_end:
 * @self: an archive
 *
 * Gets the revision after the last of the range that the archive covers.
 *
 * Returns: the revision, or zero if the range is open
 *
 * Since: 0.1
 */
gint64
weft_block_archive_get_range_end (WeftBlockArchive *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->range.end == WEFT_RANGE_OPEN ? 0 : self->range.end;
}

/**
 * weft_block_archive_get_pendings:
 * @self: an archive
 *
 * Gets the actions that are pending on the block, each with its transform, sorted by action id.
 *
 * Returns: (transfer none) (element-type WeftActionPending): the actions, not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
weft_block_archive_get_pendings (WeftBlockArchive *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pendings;
}
