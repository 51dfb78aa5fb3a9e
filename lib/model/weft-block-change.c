/* weft-block-change.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-change.h"

/**
 * WeftBlockChange:
 *
 * What an action makes of one block: what the block was, the change, and what it would be.
 *
 * Since: 0.1
 */
struct _WeftBlockChange
{
  char *block_id;
  gint64 base_rev;
  WeftBlock *base;   /* or NULL */
  WeftTransform *transform;
  WeftBlock *result; /* or NULL */
};

G_DEFINE_BOXED_TYPE (WeftBlockChange, weft_block_change, weft_block_change_ref,
                     weft_block_change_unref)

static void
clear (gpointer data)
{
  WeftBlockChange *self = data;

  g_clear_pointer (&self->block_id, g_free);
  g_clear_pointer (&self->base, weft_block_unref);
  g_clear_pointer (&self->transform, weft_transform_unref);
  g_clear_pointer (&self->result, weft_block_unref);
}

/**
 * weft_block_change_new:
 * @block_id: the block
 * @base_rev: its latest revision, 0 for a block that has none
 * @base: (nullable): the block at that revision, or %NULL when it is absent or deleted
 * @transform: the change
 * @error: return location for a [error@Weft.Error]
 *
 * Works out what a change makes of a block.
 *
 * Returns: (transfer full): the change, or %NULL where the transform does not fit the block, as
 *   [method@Weft.Transform.apply] says
 *
 * Since: 0.1
 */
WeftBlockChange *
weft_block_change_new (const char     *block_id,
                       gint64          base_rev,
                       WeftBlock      *base,
                       WeftTransform  *transform,
                       GError        **error)
{
  WeftBlock *result = NULL;
  WeftBlockChange *self;

  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (base_rev >= 0, NULL);
  g_return_val_if_fail (transform != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_transform_apply (transform, base, &result, error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftBlockChange);
  self->block_id = g_strdup (block_id);
  self->base_rev = base_rev;
  self->base = base != NULL ? weft_block_ref (base) : NULL;
  self->transform = weft_transform_ref (transform);
  self->result = result;

  return self;
}

/**
 * weft_block_change_get_block_id:
 * @self: a change
 *
 * Gets which block is changed.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_block_change_get_block_id (WeftBlockChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block_id;
}

/**
 * weft_block_change_get_base_rev:
 * @self: a change
 *
 * Gets the revision that the change is made against.
 *
 * Returns: the revision, 0 for a block that has none
 *
 * Since: 0.1
 */
gint64
weft_block_change_get_base_rev (WeftBlockChange *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->base_rev;
}

/**
 * weft_block_change_get_base:
 * @self: a change
 *
 * Gets the block as it is.
 *
 * Returns: (transfer none) (nullable): the block, or %NULL when it is absent or deleted
 *
 * Since: 0.1
 */
WeftBlock *
weft_block_change_get_base (WeftBlockChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->base;
}

/**
 * weft_block_change_get_transform:
 * @self: a change
 *
 * Gets what is to be done to the block.
 *
 * Returns: (transfer none): the transform
 *
 * Since: 0.1
 */
WeftTransform *
weft_block_change_get_transform (WeftBlockChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transform;
}

/**
 * weft_block_change_get_result:
 * @self: a change
 *
 * Gets the block as it would be.
 *
 * Returns: (transfer none) (nullable): the block, or %NULL when it would be deleted
 *
 * Since: 0.1
 */
WeftBlock *
weft_block_change_get_result (WeftBlockChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->result;
}

/**
 * weft_block_change_ref:
 * @self: a change
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WeftBlockChange *
weft_block_change_ref (WeftBlockChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * weft_block_change_unref:
 * @self: (transfer full): a change
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
void
weft_block_change_unref (WeftBlockChange *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}
