/* weft-repo-message.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-repo-message-internal-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-commit-request-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"

/**
 * WeftRepoMessage:
 *
 * One of the five requests that a [iface@Weft.Repo] answers, and until when it makes sense.
 *
 * Since: 0.1
 */

const WeftListType weft_repo_message_types[] = {
  [WEFT_REPO_OPERATION_GET] = WEFT_LIST_TYPE (weft_block_gets),
  [WEFT_REPO_OPERATION_PEND] = WEFT_LIST_TYPE (weft_pend_request),
  [WEFT_REPO_OPERATION_CANCEL] = WEFT_LIST_TYPE (weft_action_blocks),
  [WEFT_REPO_OPERATION_COMMIT] = WEFT_LIST_TYPE (weft_commit_request),
  [WEFT_REPO_OPERATION_PUT] = WEFT_LIST_TYPE (weft_pend_request),
};

static void
clear (WeftRepoMessage *self)
{
  if (self->request != NULL)
    weft_repo_message_types[self->operation].unref (self->request);
  g_clear_pointer (&self->places, g_free);
  g_clear_pointer (&self->commits, g_ptr_array_unref);
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
 * {"cancel":{"actionRef":ActionBlocks}} {"commit":CommitRequest} {"put":PendRequest}],
 * "expiration"?:epoch-ms, "coordinatingBlockIds"?:[…]}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftRepoMessage, weft_repo_message, clear)

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
  self->request = weft_repo_message_types[operation].ref (request);
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
 * weft_repo_message_new_put:
 * @pend: the action to commit at once
 * @expiration_msec: when the answer is of no use any more, in milliseconds since the epoch, or
 *   zero for never
 *
 * Creates the message that stores an action as pending and makes it a revision, both or neither:
 * the revision that @pend names, or where it names none the one above its highest base.
 *
 * Returns: (transfer full): the message
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_new_put (WeftPendRequest *pend,
                           gint64           expiration_msec)
{
  return new_message (WEFT_REPO_OPERATION_PUT, pend, expiration_msec);
}

WeftRepoMessage *
weft_repo_message_new_commits (GPtrArray *commits,
                               gint64     expiration_msec)
{
  gboolean fits = TRUE;
  WeftRepoMessage *self;

  g_assert (commits->len >= 1 && commits->len <= WEFT_LIMIT_GROUP_MAX);

  self = new_message (WEFT_REPO_OPERATION_COMMIT, g_ptr_array_index (commits, 0),
                      expiration_msec);
  if (commits->len == 1)
    return self;

  self->commits = g_ptr_array_new_full (commits->len, (GDestroyNotify) weft_commit_request_unref);
  for (guint i = 0; i < commits->len; i++)
    fits = fits
           && weft_repo_message_add_commit (self, g_ptr_array_index (commits, i), NULL, NULL);
  fits = fits && weft_repo_message_take_places (self, NULL, NULL);
  g_assert (fits);

  return self;
}

/**
 * weft_repo_message_get_operation:
 * @self: a message
 *
 * Tells which of the five requests it is.
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
 * weft_repo_message_get_put:
 * @self: a message
 *
 * Gets the action to commit at once.
 *
 * Returns: (transfer none) (nullable): the request, or %NULL if the operation is another
 *
 * Since: 0.1
 */
WeftPendRequest *
weft_repo_message_get_put (WeftRepoMessage *self)
{
  return get_request (self, WEFT_REPO_OPERATION_PUT);
}

guint
weft_repo_message_get_n_commits (WeftRepoMessage *self)
{
  if (self->operation != WEFT_REPO_OPERATION_COMMIT)
    return 0;

  return self->commits != NULL ? self->commits->len : 1;
}

WeftCommitRequest *
weft_repo_message_get_commit_at (WeftRepoMessage *self,
                                 guint            index)
{
  g_assert (index < weft_repo_message_get_n_commits (self));

  return self->commits != NULL ? g_ptr_array_index (self->commits, index) : self->request;
}

/* The first place of a block, or where it would be. */
static guint
find_place (WeftRepoMessage *self,
            const char      *block_id)
{
  guint low = 0;
  guint high = self->n_places;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (self->places[middle].block_id, block_id) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Of several commits: the one at a place, if that is of the block. */
static WeftCommitRequest *
get_at_place (WeftRepoMessage *self,
              guint            index,
              const char      *block_id)
{
  if (index >= self->n_places || !g_str_equal (self->places[index].block_id, block_id))
    return NULL;

  return g_ptr_array_index (self->commits, self->places[index].commit);
}

WeftCommitRequest *
weft_repo_message_find_commit (WeftRepoMessage *self,
                               const char      *block_id)
{
  if (self->commits == NULL)
    return self->operation == WEFT_REPO_OPERATION_COMMIT
                   && weft_commit_request_has_block (self->request, block_id)
               ? self->request : NULL;

  return get_at_place (self, find_place (self, block_id), block_id);
}

/* Those of one block stand in the order of their bases, without a gap. */
WeftCommitRequest *
weft_repo_message_find_commit_at (WeftRepoMessage *self,
                                  const char      *block_id,
                                  gint64           base)
{
  guint index = self->commits != NULL ? find_place (self, block_id) : 0;
  WeftCommitRequest *commit = self->commits != NULL
                                  ? get_at_place (self, index, block_id)
                                  : weft_repo_message_find_commit (self, block_id);
  gint64 first = commit != NULL ? weft_commit_request_get_base (commit, block_id) : -1;

  if (first < 0 || base < first)
    return NULL;
  if (base == first)
    return commit;

  return base - first < self->n_places
             ? get_at_place (self, index + (guint) (base - first), block_id) : NULL;
}

/* Who makes several revisions of a block makes one after the other. */
WeftCommitRequest *
weft_repo_message_find_revision (WeftRepoMessage *self,
                                 const char      *block_id,
                                 gint64           rev)
{
  WeftCommitRequest *commit = weft_repo_message_find_commit (self, block_id);

  return commit == NULL || weft_commit_request_get_rev (commit) == rev
             ? commit : weft_repo_message_find_commit_at (self, block_id, rev - 1);
}

gboolean
weft_repo_message_check_one (WeftRepoMessage *self,
                             GError         **error)
{
  if (self->commits == NULL)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected one operation, got %u",
               self->commits->len);
  return FALSE;
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

/* Of all commits. */
static char **
list_places (WeftRepoMessage *self)
{
  char **ids = g_new0 (char *, self->n_places + 1);
  guint n_ids = 0;

  for (guint i = 0; i < self->n_places; i++)
    if (i == 0 || !g_str_equal (self->places[i - 1].block_id, self->places[i].block_id))
      ids[n_ids++] = g_strdup (self->places[i].block_id);

  return ids;
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
    case WEFT_REPO_OPERATION_PUT:
      return weft_transforms_get_block_ids (weft_pend_request_get_transforms (self->request));

    case WEFT_REPO_OPERATION_CANCEL:
      return sorted_copy (weft_action_blocks_get_block_ids (self->request));

    case WEFT_REPO_OPERATION_COMMIT:
      return self->commits != NULL
                 ? list_places (self)
                 : sorted_copy (weft_commit_request_get_block_ids (self->request));

    default:
      g_assert_not_reached ();
    }
}
