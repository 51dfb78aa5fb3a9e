/* weft-pend-result.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-pend-result.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-list-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftPendResult:
 *
 * The answer to a pend: the action is pending on all its blocks, or on none because the request
 * was stale.
 *
 * Since: 0.1
 */
struct _WeftPendResult
{
  GPtrArray *pending; /* WeftActionPending */
  char **block_ids;
  WeftStaleFailure *failure; /* or NULL for success */
};

static const WeftListType pending_type = WEFT_LIST_TYPE (weft_action_pending);

static void
clear (WeftPendResult *self)
{
  g_clear_pointer (&self->pending, g_ptr_array_unref);
  g_clear_pointer (&self->block_ids, g_strfreev);
  g_clear_pointer (&self->failure, weft_stale_failure_unref);
}

/**
 * weft_pend_result_ref:
 * @self: the answer to a pend
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_pend_result_unref:
 * @self: (transfer full): the answer to a pend
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_pend_result_to_string:
 * @self: the answer to a pend
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_pend_result_equal:
 * @a: the answer to a pend
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_pend_result_to_json:
 * @self: the answer to a pend
 *
 * Writes the value as `{"success":true,"pending":[ActionPending…],"blockIds":[…]}` or as a
 * stale failure.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftPendResult, weft_pend_result, clear)

/* Takes both over. */
static WeftPendResult *
new_success (GPtrArray  *pending,
             char      **block_ids)
{
  WeftPendResult *self = g_atomic_rc_box_new0 (WeftPendResult);

  self->pending = pending;
  self->block_ids = block_ids;

  return self;
}

WeftPendResult *
weft_pend_result_read (const WeftItem      *item,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  g_autoptr (WeftStaleFailure) failure = NULL;
  g_autoptr (GPtrArray) pending = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  gboolean is_success;
  char **block_ids;

  if (object == NULL)
    return NULL;
  if (!weft_stale_failure_read_success (object, &is_success, path, error))
    return NULL;
  if (!is_success)
    {
      failure = weft_stale_failure_read (item, path, error);
      return failure != NULL ? weft_pend_result_new_stale (failure) : NULL;
    }

  pending = weft_list_read (&pending_type, object, "pending", path, error);
  if (pending == NULL)
    return NULL;
  block_ids = weft_ids_read_list (object, "blockIds", weft_ids_check_block, path, error);
  if (block_ids == NULL)
    return NULL;

  return new_success (g_steal_pointer (&pending), block_ids);
}

/**
 * weft_pend_result_new:
 * @pending: (nullable) (element-type WeftActionPending): the actions of others that are pending
 *   on the blocks
 * @block_ids: (array zero-terminated=1): the blocks that the action is now pending on
 *
 * Creates the answer that the action is pending.
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
WeftPendResult *
weft_pend_result_new (GPtrArray          *pending,
                      const char * const *block_ids)
{
  g_return_val_if_fail (block_ids != NULL, NULL);

  return new_success (weft_list_copy (&pending_type, pending), g_strdupv ((char **) block_ids));
}

/**
 * weft_pend_result_new_stale:
 * @failure: what has happened in between
 *
 * Creates the answer that nothing is pending.
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
WeftPendResult *
weft_pend_result_new_stale (WeftStaleFailure *failure)
{
  WeftPendResult *self;

  g_return_val_if_fail (failure != NULL, NULL);

  self = new_success (weft_list_copy (&pending_type, NULL), g_new0 (char *, 1));
  self->failure = weft_stale_failure_ref (failure);

  return self;
}

/**
 * weft_pend_result_is_success:
 * @self: the answer to a pend
 *
 * Tells whether the action is pending.
 *
 * Returns: %TRUE if it is, %FALSE if the request was stale
 *
 * Since: 0.1
 */
gboolean
weft_pend_result_is_success (WeftPendResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->failure == NULL;
}

/**
 * weft_pend_result_get_pending:
 * @self: the answer to a pend
 *
 * Gets the actions of others that are pending on the blocks.
 *
 * Returns: (transfer none) (element-type WeftActionPending): the actions, not to be changed;
 *   none if the request was stale, see [method@Weft.StaleFailure.get_pending] then
 *
 * Since: 0.1
 */
GPtrArray *
weft_pend_result_get_pending (WeftPendResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pending;
}

/**
 * weft_pend_result_get_block_ids:
 * @self: the answer to a pend
 *
 * Gets the blocks that the action is now pending on.
 *
 * Returns: (transfer none) (array zero-terminated=1): their ids, none if the request was stale
 *
 * Since: 0.1
 */
const char * const *
weft_pend_result_get_block_ids (WeftPendResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->block_ids;
}

/**
 * weft_pend_result_get_failure:
 * @self: the answer to a pend
 *
 * Gets what has happened in between.
 *
 * Returns: (transfer none) (nullable): the failure, or %NULL for success
 *
 * Since: 0.1
 */
WeftStaleFailure *
weft_pend_result_get_failure (WeftPendResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->failure;
}

/**
 * weft_pend_result_from_json:
 * @json: `{"success":true,"pending":[ActionPending…],"blockIds":[…]}` or a
 *   stale failure
 * @error: return location for a [error@Weft.Error]
 *
 * Reads the answer to a pend. Members it does not know are ignored. An error names the member by
 * its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftPendResult *
weft_pend_result_from_json (JsonNode  *json,
                            GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_pend_result_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_pend_result_append (WeftPendResult *self,
                         GString        *text)
{
  gsize start = text->len;

  if (self->failure != NULL)
    {
      weft_stale_failure_append (self->failure, text);
      return;
    }

  weft_members_append_name (text, "blockIds");
  weft_ids_append ((const char * const *) self->block_ids, text);
  weft_members_append_name (text, "pending");
  weft_list_append (&pending_type, self->pending, text);
  weft_members_append_name (text, "success");
  g_string_append (text, "true");
  weft_members_close (text, start);
}
