/* weft-action-blocks.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-action-blocks.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftActionBlocks:
 *
 * An action and blocks that it touches, at most 256: what a cancel names.
 *
 * Since: 0.1
 */
struct _WeftActionBlocks
{
  char *action_id;
  char **block_ids;
};

static void
clear (WeftActionBlocks *self)
{
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->block_ids, g_strfreev);
}

/**
 * weft_action_blocks_ref:
 * @self: an action and its blocks
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_action_blocks_unref:
 * @self: (transfer full): an action and its blocks
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_action_blocks_to_string:
 * @self: an action and its blocks
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_action_blocks_equal:
 * @a: an action and its blocks
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_action_blocks_to_json:
 * @self: an action and its blocks
 *
 * Writes the value as `{"actionId","blockIds":[…]}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftActionBlocks, weft_action_blocks, clear)

/* Takes the block ids over. */
static WeftActionBlocks *
new_checked (const char  *action_id,
             char       **block_ids)
{
  WeftActionBlocks *self = g_atomic_rc_box_new0 (WeftActionBlocks);

  self->action_id = g_strdup (action_id);
  self->block_ids = block_ids;

  return self;
}

WeftActionBlocks *
weft_action_blocks_read (const WeftItem      *item,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *action_id;
  char **block_ids;

  if (object == NULL)
    return NULL;
  action_id = weft_ids_read_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  block_ids = weft_ids_read_request (object, "blockIds", path, error);

  return block_ids != NULL ? new_checked (action_id, block_ids) : NULL;
}

/**
 * weft_action_blocks_new:
 * @action_id: the id of an action
 * @block_ids: (array zero-terminated=1): the blocks, 1 to 256; one that is named again counts
 *   once
 * @error: return location for a [error@Weft.Error]
 *
 * Names an action and blocks that it touches.
 *
 * Returns: (transfer full): the action and its blocks, or %NULL with %WEFT_ERROR_INVALID, or
 *   with %WEFT_ERROR_TOO_LARGE for more than 256 blocks
 *
 * Since: 0.1
 */
WeftActionBlocks *
weft_action_blocks_new (const char          *action_id,
                        const char * const  *block_ids,
                        GError             **error)
{
  WeftJsonPath id_path = { NULL, "actionId", 0 };
  WeftJsonPath list_path = { NULL, "blockIds", 0 };
  char **ids;

  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (block_ids != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_action (action_id, &id_path, error))
    return NULL;
  ids = weft_ids_dup_request (block_ids, &list_path, error);

  return ids != NULL ? new_checked (action_id, ids) : NULL;
}

/**
 * weft_action_blocks_get_action_id:
 * @self: an action and its blocks
 *
 * Gets the action.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_action_blocks_get_action_id (WeftActionBlocks *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_action_blocks_get_block_ids:
 * @self: an action and its blocks
 *
 * Gets the blocks, each once.
 *
 * Returns: (transfer none) (array zero-terminated=1): their ids
 *
 * Since: 0.1
 */
const char * const *
weft_action_blocks_get_block_ids (WeftActionBlocks *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->block_ids;
}

/**
 * weft_action_blocks_from_json:
 * @json: `{"actionId","blockIds":[…]}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an action and its blocks. Members it does not know are ignored. An error names the
 * member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftActionBlocks *
weft_action_blocks_from_json (JsonNode  *json,
                              GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_action_blocks_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_action_blocks_append (WeftActionBlocks *self,
                           GString          *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->action_id);
  weft_members_append_name (text, "blockIds");
  weft_ids_append ((const char * const *) self->block_ids, text);
  weft_members_close (text, start);
}
