/* weft-action-pending.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-action-pending.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftActionPending:
 *
 * An action that is pending on a block, and what it would change, if that is known.
 *
 * Since: 0.1
 */
struct _WeftActionPending
{
  char *block_id;
  char *action_id;
  WeftTransform *transform; /* or NULL */
};

static void
clear (WeftActionPending *self)
{
  g_clear_pointer (&self->block_id, g_free);
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->transform, weft_transform_unref);
}

/**
 * weft_action_pending_ref:
 * @self: a pending action
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_action_pending_unref:
 * @self: (transfer full): a pending action
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_action_pending_to_string:
 * @self: a pending action
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_action_pending_equal:
 * @a: a pending action
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_action_pending_to_json:
 * @self: a pending action
 *
 * Writes the value as `{"blockId","actionId","transform"?}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftActionPending, weft_action_pending, clear)

static WeftActionPending *
new_checked (const char    *block_id,
             const char    *action_id,
             WeftTransform *transform)
{
  WeftActionPending *self = g_atomic_rc_box_new0 (WeftActionPending);

  self->block_id = g_strdup (block_id);
  self->action_id = g_strdup (action_id);
  self->transform = transform != NULL ? weft_transform_ref (transform) : NULL;

  return self;
}

WeftActionPending *
weft_action_pending_read (const WeftItem      *item,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autoptr (WeftTransform) transform = NULL;
  WeftJsonPath here = { path, "transform", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *block_id, *action_id;
  const WeftItem *member;

  if (object == NULL)
    return NULL;
  block_id = weft_ids_read_block (object, "blockId", path, error);
  if (block_id == NULL)
    return NULL;
  action_id = weft_ids_read_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  member = weft_item_find (object, "transform");
  if (member != NULL)
    {
      transform = weft_transform_read (member, &here, error);
      if (transform == NULL)
        return NULL;
    }

  return new_checked (block_id, action_id, transform);
}

/**
 * weft_action_pending_new:
 * @block_id: the block
 * @action_id: the action that is pending on it
 * @transform: (nullable): what it would change, if that is to be told
 * @error: return location for a [error@Weft.Error]
 *
 * Names an action that is pending on a block.
 *
 * Returns: (transfer full): the pending action, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftActionPending *
weft_action_pending_new (const char     *block_id,
                         const char     *action_id,
                         WeftTransform  *transform,
                         GError        **error)
{
  WeftJsonPath block_path = { NULL, "blockId", 0 };
  WeftJsonPath action_path = { NULL, "actionId", 0 };

  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_block (block_id, &block_path, error))
    return NULL;
  if (!weft_ids_check_action (action_id, &action_path, error))
    return NULL;

  return new_checked (block_id, action_id, transform);
}

/**
 * weft_action_pending_get_block_id:
 * @self: a pending action
 *
 * Gets the block that the action is pending on.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_action_pending_get_block_id (WeftActionPending *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block_id;
}

/**
 * weft_action_pending_get_action_id:
 * @self: a pending action
 *
 * Gets the action.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_action_pending_get_action_id (WeftActionPending *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_action_pending_get_transform:
 * @self: a pending action
 *
 * Gets what the action would change.
 *
 * Returns: (transfer none) (nullable): the transform, or %NULL if that was not told
 *
 * Since: 0.1
 */
WeftTransform *
weft_action_pending_get_transform (WeftActionPending *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transform;
}

/**
 * weft_action_pending_from_json:
 * @json: `{"blockId","actionId","transform"?}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a pending action. Members it does not know are ignored. An error names the member by its
 * path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftActionPending *
weft_action_pending_from_json (JsonNode  *json,
                               GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_action_pending_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_action_pending_append (WeftActionPending *self,
                            GString           *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->action_id);
  weft_members_append_string (text, "blockId", self->block_id);
  if (self->transform != NULL)
    {
      weft_members_append_name (text, "transform");
      weft_transform_append (self->transform, text);
    }
  weft_members_close (text, start);
}
