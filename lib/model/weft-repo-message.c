/* weft-repo-message.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-repo-message.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-list-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftRepoMessage:
 *
 * One of the four requests that a [iface@Weft.Repo] answers, and until when it makes sense.
 *
 * Since: 0.1
 */
struct _WeftRepoMessage
{
  WeftRepoOperation operation;
  gpointer request;              /* the type that the operation has in operation_types */
  gint64 expiration_msec;        /* or zero */
  char **coordinating_block_ids; /* or NULL */
};

static const char *const operation_names[] = {
  [WEFT_REPO_OPERATION_GET] = "get",
  [WEFT_REPO_OPERATION_PEND] = "pend",
  [WEFT_REPO_OPERATION_CANCEL] = "cancel",
  [WEFT_REPO_OPERATION_COMMIT] = "commit",
};

static const WeftListType operation_types[] = {
  [WEFT_REPO_OPERATION_GET] = WEFT_LIST_TYPE (weft_block_gets),
  [WEFT_REPO_OPERATION_PEND] = WEFT_LIST_TYPE (weft_pend_request),
  [WEFT_REPO_OPERATION_CANCEL] = WEFT_LIST_TYPE (weft_action_blocks),
  [WEFT_REPO_OPERATION_COMMIT] = WEFT_LIST_TYPE (weft_commit_request),
};

static void
clear (WeftRepoMessage *self)
{
  if (self->request != NULL)
    operation_types[self->operation].unref (self->request);
  g_clear_pointer (&self->coordinating_block_ids, g_strfreev);
}

/**
 * weft_repo_message_ref:
 * @self: a message
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_repo_message_unref:
 * @self: (transfer full): a message
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_repo_message_to_string:
 * @self: a message
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_repo_message_equal:
 * @a: a message
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_repo_message_to_json:
 * @self: a message
 *
 * Writes the value as `{"operations":[one of {"get":BlockGets} {"pend":PendRequest}
 * {"cancel":{"actionRef":ActionBlocks}} {"commit":CommitRequest}], "expiration"?:epoch-ms,
 * "coordinatingBlockIds"?:[…]}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftRepoMessage, weft_repo_message, clear)

/* Finds the one member that names an operation, or -1. */
static int
find_operation (const WeftItem *object)
{
  int found = -1;

  for (guint i = 0; i < G_N_ELEMENTS (operation_names); i++)
    {
      if (weft_item_find (object, operation_names[i]) == NULL)
        continue;
      if (found >= 0)
        return -1;
      found = i;
    }

  return found;
}

static gboolean
read_cancel (WeftRepoMessage     *self,
             const WeftItem      *item,
             const WeftJsonPath  *path,
             GError             **error)
{
  WeftJsonPath here = { path, "actionRef", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL)
    return FALSE;
  member = weft_item_require_member (object, "actionRef", path, error);
  if (member == NULL)
    return FALSE;
  self->request = weft_action_blocks_read (member, &here, error);

  return self->request != NULL;
}

static gboolean
read_operation (WeftRepoMessage     *self,
                const WeftItem      *item,
                const WeftJsonPath  *path,
                GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;
  int found;

  if (object == NULL)
    return FALSE;
  found = find_operation (object);
  if (found < 0)
    {
      weft_json_set_error (error, path, "expected one of get, pend, cancel and commit");
      return FALSE;
    }

  self->operation = found;
  here.name = operation_names[found];
  member = weft_item_find (object, here.name);
  if (self->operation == WEFT_REPO_OPERATION_CANCEL)
    return read_cancel (self, member, &here, error);
  self->request = operation_types[found].read (member, &here, error);

  return self->request != NULL;
}

static gboolean
read_operations (WeftRepoMessage     *self,
                 const WeftItem      *object,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath list = { path, "operations", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *array = weft_item_require_member (object, "operations", path, error);

  if (array == NULL || weft_item_get_array (array, &list, error) == NULL)
    return FALSE;
  if (array->length != 1)
    {
      weft_json_set_error (error, &list, "expected exactly one operation, got %u", array->length);
      return FALSE;
    }

  return read_operation (self, weft_item_first (array), &here, error);
}

WeftRepoMessage *
weft_repo_message_read (const WeftItem      *item,
                        const WeftJsonPath  *path,
                        GError             **error)
{
  g_autoptr (WeftRepoMessage) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftRepoMessage);
  if (!read_operations (self, object, path, error))
    return NULL;
  if (!weft_item_optional_integer (object, "expiration", path, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &self->expiration_msec, error))
    return NULL;
  if (weft_item_find (object, "coordinatingBlockIds") != NULL)
    {
      self->coordinating_block_ids = weft_ids_read_request (object, "coordinatingBlockIds", path,
                                                            error);
      if (self->coordinating_block_ids == NULL)
        return NULL;
    }

  return g_steal_pointer (&self);
}

static WeftRepoMessage *
new_message (WeftRepoOperation operation,
             gpointer          request,
             gint64            expiration_msec)
{
  WeftRepoMessage *self;

  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (expiration_msec >= 0, NULL);
  g_return_val_if_fail (expiration_msec <= WEFT_LIMIT_INTEGER_MAX, NULL);

  self = g_atomic_rc_box_new0 (WeftRepoMessage);
  self->operation = operation;
  self->request = operation_types[operation].ref (request);
  self->expiration_msec = expiration_msec;

  return self;
}

/**
 * weft_repo_message_new_get:
 * @get: the blocks to read
 * @expiration_msec: when the answer is of no use any more, in milliseconds since the epoch, or
 *   zero for never
 *
 * Creates the message that reads blocks.
 *
 * Returns: (transfer full): the message
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_new_get (WeftBlockGets *get,
                           gint64         expiration_msec)
{
  return new_message (WEFT_REPO_OPERATION_GET, get, expiration_msec);
}

/**
 * weft_repo_message_new_pend:
 * @pend: the action to store as pending
 * @expiration_msec: when the answer is of no use any more, in milliseconds since the epoch, or
 *   zero for never
 *
 * Creates the message that stores an action as pending.
 *
 * Returns: (transfer full): the message
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_new_pend (WeftPendRequest *pend,
                            gint64           expiration_msec)
{
  return new_message (WEFT_REPO_OPERATION_PEND, pend, expiration_msec);
}

/**
 * weft_repo_message_new_cancel:
 * @action: the action to drop, and from which blocks
 * @expiration_msec: when the answer is of no use any more, in milliseconds since the epoch, or
 *   zero for never
 *
 * Creates the message that drops a pending action.
 *
 * Returns: (transfer full): the message
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_new_cancel (WeftActionBlocks *action,
                              gint64            expiration_msec)
{
  return new_message (WEFT_REPO_OPERATION_CANCEL, action, expiration_msec);
}

/**
 * weft_repo_message_new_commit:
 * @commit: the action to commit
 * @expiration_msec: when the answer is of no use any more, in milliseconds since the epoch, or
 *   zero for never
 *
 * Creates the message that makes a pending action a revision.
 *
 * Returns: (transfer full): the message
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_new_commit (WeftCommitRequest *commit,
                              gint64             expiration_msec)
{
  return new_message (WEFT_REPO_OPERATION_COMMIT, commit, expiration_msec);
}

/**
 * weft_repo_message_get_operation:
 * @self: a message
 *
 * Tells which of the four requests it is.
 *
 * Returns: the operation
 *
 * Since: 0.1
 */
WeftRepoOperation
weft_repo_message_get_operation (WeftRepoMessage *self)
{
  g_return_val_if_fail (self != NULL, WEFT_REPO_OPERATION_GET);

  return self->operation;
}

static gpointer
get_request (WeftRepoMessage   *self,
             WeftRepoOperation  operation)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->operation == operation ? self->request : NULL;
}

/**
 * weft_repo_message_get_get:
 * @self: a message
 *
 * Gets the blocks to read.
 *
 * Returns: (transfer none) (nullable): the request, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftBlockGets *
weft_repo_message_get_get (WeftRepoMessage *self)
{
  return get_request (self, WEFT_REPO_OPERATION_GET);
}

/**
 * weft_repo_message_get_pend:
 * @self: a message
 *
 * Gets the action to store as pending.
 *
 * Returns: (transfer none) (nullable): the request, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftPendRequest *
weft_repo_message_get_pend (WeftRepoMessage *self)
{
  return get_request (self, WEFT_REPO_OPERATION_PEND);
}

/**
 * weft_repo_message_get_cancel:
 * @self: a message
 *
 * Gets the action to drop.
 *
 * Returns: (transfer none) (nullable): the action, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftActionBlocks *
weft_repo_message_get_cancel (WeftRepoMessage *self)
{
  return get_request (self, WEFT_REPO_OPERATION_CANCEL);
}

/**
 * weft_repo_message_get_commit:
 * @self: a message
 *
 * Gets the action to commit.
 *
 * Returns: (transfer none) (nullable): the request, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftCommitRequest *
weft_repo_message_get_commit (WeftRepoMessage *self)
{
  return get_request (self, WEFT_REPO_OPERATION_COMMIT);
}

/**
 * weft_repo_message_get_expiration:
 * @self: a message
 *
 * Gets when the answer is of no use any more.
 *
 * Returns: milliseconds since the epoch, or zero for never
 *
 * Since: 0.1
 */
gint64
weft_repo_message_get_expiration (WeftRepoMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expiration_msec;
}

/**
 * weft_repo_message_get_coordinating_block_ids:
 * @self: a message
 *
 * Gets the blocks whose coordinators take part in the request.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): their ids, or %NULL if the
 *   message does not say
 *
 * Since: 0.1
 */
const char * const *
weft_repo_message_get_coordinating_block_ids (WeftRepoMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->coordinating_block_ids;
}

static char **
sorted_copy (const char * const *ids)
{
  char **copy = g_strdupv ((char **) ids);

  qsort (copy, g_strv_length (copy), sizeof (char *), weft_ids_compare);
  return copy;
}

/**
 * weft_repo_message_get_block_ids:
 * @self: a message
 *
 * Lists the blocks that the request touches, each once, sorted by bytes.
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids
 *
 * Since: 0.1
 */
char **
weft_repo_message_get_block_ids (WeftRepoMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  switch (self->operation)
    {
    case WEFT_REPO_OPERATION_GET:
      return sorted_copy (weft_block_gets_get_block_ids (self->request));

    case WEFT_REPO_OPERATION_PEND:
      return weft_transforms_get_block_ids (weft_pend_request_get_transforms (self->request));

    case WEFT_REPO_OPERATION_CANCEL:
      return sorted_copy (weft_action_blocks_get_block_ids (self->request));

    case WEFT_REPO_OPERATION_COMMIT:
      return sorted_copy (weft_commit_request_get_block_ids (self->request));

    default:
      g_assert_not_reached ();
    }
}

/**
 * weft_repo_message_from_json:
 * @json: `{"operations":[one of {"get":BlockGets} {"pend":PendRequest}
 *   {"cancel":{"actionRef":ActionBlocks}} {"commit":CommitRequest}], "expiration"?:epoch-ms,
 *   "coordinatingBlockIds"?:[…]}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a message. There is exactly one operation. Members it does not know are ignored. An
 * error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_from_json (JsonNode  *json,
                             GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_repo_message_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_repo_message_append (WeftRepoMessage *self,
                          GString         *text)
{
  gsize start = text->len;

  if (self->coordinating_block_ids != NULL)
    {
      weft_members_append_name (text, "coordinatingBlockIds");
      weft_ids_append ((const char * const *) self->coordinating_block_ids, text);
    }
  if (self->expiration_msec > 0)
    weft_members_append_integer (text, "expiration", self->expiration_msec);
  weft_members_append_name (text, "operations");
  g_string_append_printf (text, "[{\"%s\":", operation_names[self->operation]);
  if (self->operation == WEFT_REPO_OPERATION_CANCEL)
    g_string_append (text, "{\"actionRef\":");
  operation_types[self->operation].append (self->request, text);
  if (self->operation == WEFT_REPO_OPERATION_CANCEL)
    g_string_append_c (text, '}');
  g_string_append (text, "}]");
  weft_members_close (text, start);
}
