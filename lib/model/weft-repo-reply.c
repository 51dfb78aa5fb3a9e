/* weft-repo-reply.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-repo-reply.h"

#include "weft-boxed-private.h"
#include "weft-parts-private.h"

/**
 * WeftRepoReply:
 *
 * The answer to a [struct@Weft.RepoMessage]. What an answer is depends on the operation, so its
 * JSON can be read only by who knows what was asked.
 *
 * Since: 0.1
 */
struct _WeftRepoReply
{
  WeftRepoOperation operation;
  WeftGetResult *get;       /* each of the three or NULL, as the operation says */
  WeftPendResult *pend;
  WeftCommitResult *commit; /* of a put as well */
};

static void
clear (WeftRepoReply *self)
{
  g_clear_pointer (&self->get, weft_get_result_unref);
  g_clear_pointer (&self->pend, weft_pend_result_unref);
  g_clear_pointer (&self->commit, weft_commit_result_unref);
}

/**
 * weft_repo_reply_ref:
 * @self: a reply
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_repo_reply_unref:
 * @self: (transfer full): a reply
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_repo_reply_to_string:
 * @self: a reply
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_repo_reply_equal:
 * @a: a reply
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_repo_reply_to_json:
 * @self: a reply
 *
 * Writes the value as a get result, pend result or commit result, or `{}` for a cancel.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftRepoReply, weft_repo_reply, clear)

static WeftRepoReply *
new_reply (WeftRepoOperation operation)
{
  WeftRepoReply *self = g_atomic_rc_box_new0 (WeftRepoReply);

  self->operation = operation;

  return self;
}

/**
 * weft_repo_reply_new_get:
 * @result: the blocks
 *
 * Creates the answer to a get.
 *
 * Returns: (transfer full): the reply
 *
 * Since: 0.1
 */
WeftRepoReply *
weft_repo_reply_new_get (WeftGetResult *result)
{
  WeftRepoReply *self;

  g_return_val_if_fail (result != NULL, NULL);

  self = new_reply (WEFT_REPO_OPERATION_GET);
  self->get = weft_get_result_ref (result);

  return self;
}

/**
 * weft_repo_reply_new_pend:
 * @result: whether the action is pending
 *
 * Creates the answer to a pend.
 *
 * Returns: (transfer full): the reply
 *
 * Since: 0.1
 */
WeftRepoReply *
weft_repo_reply_new_pend (WeftPendResult *result)
{
  WeftRepoReply *self;

  g_return_val_if_fail (result != NULL, NULL);

  self = new_reply (WEFT_REPO_OPERATION_PEND);
  self->pend = weft_pend_result_ref (result);

  return self;
}

/**
 * weft_repo_reply_new_cancel:
 *
 * Creates the answer to a cancel, which says only that it was done.
 *
 * Returns: (transfer full): the reply
 *
 * Since: 0.1
 */
WeftRepoReply *
weft_repo_reply_new_cancel (void)
{
  return new_reply (WEFT_REPO_OPERATION_CANCEL);
}

/**
 * weft_repo_reply_new_commit:
 * @result: whether the action is committed
 *
 * Creates the answer to a commit.
 *
 * Returns: (transfer full): the reply
 *
 * Since: 0.1
 */
WeftRepoReply *
weft_repo_reply_new_commit (WeftCommitResult *result)
{
  WeftRepoReply *self;

  g_return_val_if_fail (result != NULL, NULL);

  self = new_reply (WEFT_REPO_OPERATION_COMMIT);
  self->commit = weft_commit_result_ref (result);

  return self;
}

/**
 * weft_repo_reply_new_put:
 * @result: whether the action is committed, and at which revision
 *
 * Creates the answer to a put.
 *
 * Returns: (transfer full): the reply
 *
 * Since: 0.1
 */
WeftRepoReply *
weft_repo_reply_new_put (WeftCommitResult *result)
{
  WeftRepoReply *self;

  g_return_val_if_fail (result != NULL, NULL);

  self = new_reply (WEFT_REPO_OPERATION_PUT);
  self->commit = weft_commit_result_ref (result);

  return self;
}

/**
 * weft_repo_reply_get_operation:
 * @self: a reply
 *
 * Tells what it answers.
 *
 * Returns: the operation
 *
 * Since: 0.1
 */
WeftRepoOperation
weft_repo_reply_get_operation (WeftRepoReply *self)
{
  g_return_val_if_fail (self != NULL, WEFT_REPO_OPERATION_GET);

  return self->operation;
}

/**
 * weft_repo_reply_get_get:
 * @self: a reply
 *
 * Gets the answer to a get.
 *
 * Returns: (transfer none) (nullable): the blocks, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftGetResult *
weft_repo_reply_get_get (WeftRepoReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->get;
}

/**
 * weft_repo_reply_get_pend:
 * @self: a reply
 *
 * Gets the answer to a pend.
 *
 * Returns: (transfer none) (nullable): the result, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftPendResult *
weft_repo_reply_get_pend (WeftRepoReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pend;
}

/**
 * weft_repo_reply_get_commit:
 * @self: a reply
 *
 * Gets the answer to a commit.
 *
 * Returns: (transfer none) (nullable): the result, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_repo_reply_get_commit (WeftRepoReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->operation == WEFT_REPO_OPERATION_COMMIT ? self->commit : NULL;
}

/**
 * weft_repo_reply_get_put:
 * @self: a reply
 *
 * Gets the answer to a put.
 *
 * Returns: (transfer none) (nullable): the result, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_repo_reply_get_put (WeftRepoReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->operation == WEFT_REPO_OPERATION_PUT ? self->commit : NULL;
}

/**
 * weft_repo_reply_from_json:
 * @json: a get result, pend result or commit result, or `{}` for a cancel
 * @operation: what was asked for
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a reply. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftRepoReply *
weft_repo_reply_from_json (JsonNode           *json,
                           WeftRepoOperation   operation,
                           GError            **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_repo_reply_read (weft_tape_get_root (tape), operation, error);
}

WeftRepoReply *
weft_repo_reply_read (const WeftItem     *item,
                      WeftRepoOperation   operation,
                      GError            **error)
{
  g_autoptr (WeftRepoReply) self = new_reply (operation);

  switch (operation)
    {
    case WEFT_REPO_OPERATION_GET:
      self->get = weft_get_result_read (item, NULL, error);
      return self->get != NULL ? g_steal_pointer (&self) : NULL;

    case WEFT_REPO_OPERATION_PEND:
      self->pend = weft_pend_result_read (item, NULL, error);
      return self->pend != NULL ? g_steal_pointer (&self) : NULL;

    case WEFT_REPO_OPERATION_CANCEL:
      return weft_item_get_object (item, NULL, error) != NULL ? g_steal_pointer (&self) : NULL;

    case WEFT_REPO_OPERATION_COMMIT:
    case WEFT_REPO_OPERATION_PUT:
      self->commit = weft_commit_result_read (item, NULL, error);
      return self->commit != NULL ? g_steal_pointer (&self) : NULL;

    default:
      g_return_val_if_reached (NULL);
    }
}

void
weft_repo_reply_append (WeftRepoReply *self,
                        GString       *text)
{
  switch (self->operation)
    {
    case WEFT_REPO_OPERATION_GET:
      weft_get_result_append (self->get, text);
      break;

    case WEFT_REPO_OPERATION_PEND:
      weft_pend_result_append (self->pend, text);
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      g_string_append (text, "{}");
      break;

    case WEFT_REPO_OPERATION_COMMIT:
    case WEFT_REPO_OPERATION_PUT:
      weft_commit_result_append (self->commit, text);
      break;

    default:
      g_assert_not_reached ();
    }
}
