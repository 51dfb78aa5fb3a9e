/* weft-transforms.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transforms-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"
#include "weft-parts-private.h"

/**
 * WeftTransforms:
 *
 * The changes that one action makes, to any number of blocks.
 *
 * Since: 0.1
 */

static void
clear (WeftTransforms *self)
{
  g_clear_pointer (&self->changes, g_array_unref);
}

/**
 * weft_transforms_ref:
 * @self: transforms
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_transforms_unref:
 * @self: (transfer full): transforms
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_transforms_to_string:
 * @self: transforms
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_transforms_equal:
 * @a: transforms
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_transforms_to_json:
 * @self: transforms
 *
 * Writes the value as `{"inserts":{id:Block}, "updates":{id:[Operation…]}, "deletes":[id…]}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftTransforms, weft_transforms, clear)

static void
change_clear (gpointer data)
{
  WeftChange *change = data;

  g_clear_pointer (&change->block_id, g_free);
  g_clear_pointer (&change->transform, weft_transform_unref);
}

GArray *
weft_changes_new (guint reserved)
{
  GArray *changes = g_array_sized_new (FALSE, FALSE, sizeof (WeftChange), reserved);

  g_array_set_clear_func (changes, change_clear);
  return changes;
}

void
weft_changes_add (GArray        *changes,
                  const char    *block_id,
                  WeftTransform *transform)
{
  WeftChange change = { g_strdup (block_id), transform, changes->len };

  g_array_append_val (changes, change);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  const WeftChange *left = a;
  const WeftChange *right = b;

  return strcmp (left->block_id, right->block_id);
}

static int
compare_changes (gconstpointer a,
                 gconstpointer b)
{
  const WeftChange *left = a;
  const WeftChange *right = b;
  int order = compare_ids (a, b);

  if (order != 0)
    return order;

  return left->order < right->order ? -1 : left->order > right->order;
}

static void
append_updates (GPtrArray     *updates,
                WeftTransform *transform)
{
  GPtrArray *more = weft_transform_get_updates (transform);

  for (guint i = 0; i < more->len; i++)
    g_ptr_array_add (updates, g_ptr_array_index (more, i));
}

/* The changes to one block in the order in which they were made, as one. An insert replaces
 * whatever is there, so all that was done before it falls away, a delete too. */
static WeftTransform *
merge_changes (const WeftChange *changes,
               guint             n_changes)
{
  g_autoptr (GPtrArray) updates = NULL;
  WeftBlock *insert = NULL;
  gboolean is_delete = FALSE;

  g_assert (n_changes > 0);

  if (n_changes == 1)
    return weft_transform_ref (changes[0].transform);

  updates = g_ptr_array_new ();
  for (guint i = 0; i < n_changes; i++)
    {
      WeftTransform *transform = changes[i].transform;

      if (weft_transform_get_insert (transform) != NULL)
        {
          insert = weft_transform_get_insert (transform);
          g_ptr_array_set_size (updates, 0);
          is_delete = FALSE;
        }
      append_updates (updates, transform);
      is_delete = is_delete || weft_transform_is_delete (transform);
    }

  return weft_transform_new (insert, updates, is_delete);
}

static gboolean
are_of_distinct_blocks (GArray *changes)
{
  for (guint i = 1; i < changes->len; i++)
    if (compare_ids (&g_array_index (changes, WeftChange, i - 1),
                     &g_array_index (changes, WeftChange, i)) == 0)
      return FALSE;

  return TRUE;
}

/* Takes sorted changes over. */
static GArray *
merge_all (GArray *changes)
{
  GArray *merged = weft_changes_new (changes->len);
  guint begin = 0;

  while (begin < changes->len)
    {
      const WeftChange *first = &g_array_index (changes, WeftChange, begin);
      guint end = begin + 1;

      while (end < changes->len &&
             g_str_equal (g_array_index (changes, WeftChange, end).block_id, first->block_id))
        end++;
      weft_changes_add (merged, first->block_id, merge_changes (first, end - begin));
      begin = end;
    }

  g_array_unref (changes);
  return merged;
}

WeftTransforms *
weft_transforms_new_from_changes (GArray *changes)
{
  WeftTransforms *self = g_atomic_rc_box_new0 (WeftTransforms);

  g_array_sort (changes, compare_changes);
  self->changes = are_of_distinct_blocks (changes) ? changes : merge_all (changes);

  return self;
}

gboolean
weft_changes_check_insert (WeftBlock           *block,
                           const char          *block_id,
                           const WeftJsonPath  *path,
                           GError             **error)
{
  if (g_str_equal (weft_block_get_id (block), block_id))
    return TRUE;

  weft_json_set_error (error, path, "expected a block with the id \"%s\", got \"%s\"", block_id,
                       weft_block_get_id (block));
  return FALSE;
}

gboolean
weft_transforms_find (WeftTransforms *self,
                      const char     *block_id,
                      guint          *index)
{
  WeftChange wanted = { (char *) block_id, NULL, 0 };

  return g_array_binary_search (self->changes, &wanted, compare_ids, index);
}

static const WeftChange *
find_change (WeftTransforms *self,
             const char     *block_id)
{
  guint index;

  if (!weft_transforms_find (self, block_id, &index))
    return NULL;

  return &g_array_index (self->changes, WeftChange, index);
}

/**
 * weft_transforms_new_for_blocks:
 * @blocks: (element-type WeftBlock): blocks, each with an id of its own
 * @error: return location for a [error@Weft.Error]
 *
 * Creates transforms that insert blocks.
 *
 * Returns: (transfer full): the transforms, or %NULL with %WEFT_ERROR_INVALID if two blocks have
 *   the same id
 *
 * Since: 0.1
 */
WeftTransforms *
weft_transforms_new_for_blocks (GPtrArray  *blocks,
                                GError    **error)
{
  g_autoptr (WeftTransforms) self = NULL;
  GArray *changes;

  g_return_val_if_fail (blocks != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  changes = weft_changes_new (blocks->len);
  for (guint i = 0; i < blocks->len; i++)
    {
      WeftBlock *block = g_ptr_array_index (blocks, i);

      weft_changes_add (changes, weft_block_get_id (block),
                        weft_transform_new (block, NULL, FALSE));
    }

  self = weft_transforms_new_from_changes (changes);
  if (self->changes->len != blocks->len)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected blocks with ids of their own, found %u ids for %u blocks",
                   self->changes->len, blocks->len);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * weft_transforms_new_for_block:
 * @block_id: the id of a block
 * @transform: what happens to it
 * @error: return location for a [error@Weft.Error]
 *
 * Creates transforms that change one block.
 *
 * Returns: (transfer full): the transforms, or %NULL with %WEFT_ERROR_INVALID if @block_id is no
 *   block id, or is not that of the block which @transform inserts
 *
 * Since: 0.1
 */
WeftTransforms *
weft_transforms_new_for_block (const char     *block_id,
                               WeftTransform  *transform,
                               GError        **error)
{
  WeftJsonPath path = { NULL, "blockId", 0 };
  WeftBlock *insert;
  GArray *changes;

  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (transform != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_block (block_id, &path, error))
    return NULL;
  insert = weft_transform_get_insert (transform);
  path.name = "insert";
  if (insert != NULL && !weft_changes_check_insert (insert, block_id, &path, error))
    return NULL;

  changes = weft_changes_new (1);
  weft_changes_add (changes, block_id, weft_transform_ref (transform));
  return weft_transforms_new_from_changes (changes);
}

/**
 * weft_transforms_concat:
 * @parts: (element-type WeftTransforms): transforms, in the order in which they are made
 *
 * Puts transforms together, as [method@Weft.Transforms.merge] does with two. The cost grows with
 * the number of changes, not with its square.
 *
 * Returns: (transfer full): the transforms that have the effect of all @parts
 *
 * Since: 0.1
 */
WeftTransforms *
weft_transforms_concat (GPtrArray *parts)
{
  GArray *changes;

  g_return_val_if_fail (parts != NULL, NULL);

  changes = weft_changes_new (parts->len);
  for (guint i = 0; i < parts->len; i++)
    {
      WeftTransforms *part = g_ptr_array_index (parts, i);

      for (guint j = 0; j < part->changes->len; j++)
        {
          const WeftChange *change = &g_array_index (part->changes, WeftChange, j);

          weft_changes_add (changes, change->block_id, weft_transform_ref (change->transform));
        }
    }

  return weft_transforms_new_from_changes (changes);
}

/**
 * weft_transforms_merge:
 * @self: transforms
 * @later: the transforms that are made after them
 *
 * Puts two transforms together. The updates of a block follow each other, a delete is kept once,
 * and a later insert takes the place of all that was to happen to its block before, so it
 * cancels an earlier delete.
 *
 * Returns: (transfer full): the transforms that have the effect of both
 *
 * Since: 0.1
 */
WeftTransforms *
weft_transforms_merge (WeftTransforms *self,
                       WeftTransforms *later)
{
  g_autoptr (GPtrArray) parts = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (later != NULL, NULL);

  parts = g_ptr_array_new ();
  g_ptr_array_add (parts, self);
  g_ptr_array_add (parts, later);

  return weft_transforms_concat (parts);
}

/**
 * weft_transforms_get_block_ids:
 * @self: transforms
 *
 * Lists the blocks that are inserted, updated or deleted, each once, sorted by bytes.
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids
 *
 * Since: 0.1
 */
char **
weft_transforms_get_block_ids (WeftTransforms *self)
{
  char **ids;

  g_return_val_if_fail (self != NULL, NULL);

  ids = g_new0 (char *, (gsize) self->changes->len + 1);
  for (guint i = 0; i < self->changes->len; i++)
    ids[i] = g_strdup (g_array_index (self->changes, WeftChange, i).block_id);

  return ids;
}

const char **
weft_transforms_list_block_ids (WeftTransforms *self)
{
  const char **ids = g_new (const char *, (gsize) self->changes->len + 1);

  for (guint i = 0; i < self->changes->len; i++)
    ids[i] = g_array_index (self->changes, WeftChange, i).block_id;
  ids[self->changes->len] = NULL;

  return ids;
}

/**
 * weft_transforms_get_n_blocks:
 * @self: transforms
 *
 * Counts the blocks that are inserted, updated or deleted.
 *
 * Returns: the number of blocks
 *
 * Since: 0.1
 */
guint
weft_transforms_get_n_blocks (WeftTransforms *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->changes->len;
}

/**
 * weft_transforms_contains:
 * @self: transforms
 * @block_id: the id of a block
 *
 * Tells whether something happens to a block.
 *
 * Returns: whether it does
 *
 * Since: 0.1
 */
gboolean
weft_transforms_contains (WeftTransforms *self,
                          const char     *block_id)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (block_id != NULL, FALSE);

  return find_change (self, block_id) != NULL;
}

/**
 * weft_transforms_lookup:
 * @self: transforms
 * @block_id: the id of a block
 *
 * Gets what happens to one block.
 *
 * Returns: (transfer full) (nullable): the transform, or %NULL if nothing happens to the block
 *
 * Since: 0.1
 */
WeftTransform *
weft_transforms_lookup (WeftTransforms *self,
                        const char     *block_id)
{
  const WeftChange *change;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  change = find_change (self, block_id);
  return change != NULL ? weft_transform_ref (change->transform) : NULL;
}

/**
 * weft_transforms_subset:
 * @self: transforms
 * @block_ids: (array zero-terminated=1): ids of blocks
 *
 * Keeps what happens to some of the blocks. An id that @self does not contain is passed over.
 *
 * Returns: (transfer full): the transforms of these blocks
 *
 * Since: 0.1
 */
WeftTransforms *
weft_transforms_subset (WeftTransforms     *self,
                        const char * const *block_ids)
{
  g_autofree gboolean *is_kept = NULL;
  GArray *changes;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (block_ids != NULL, NULL);

  is_kept = g_new0 (gboolean, (gsize) self->changes->len + 1);
  for (gsize i = 0; block_ids[i] != NULL; i++)
    {
      const WeftChange *change = find_change (self, block_ids[i]);

      if (change != NULL)
        is_kept[change - (const WeftChange *) (void *) self->changes->data] = TRUE;
    }

  changes = weft_changes_new (0);
  for (guint i = 0; i < self->changes->len; i++)
    {
      const WeftChange *change = &g_array_index (self->changes, WeftChange, i);

      if (is_kept[i])
        weft_changes_add (changes, change->block_id, weft_transform_ref (change->transform));
    }

  return weft_transforms_new_from_changes (changes);
}
