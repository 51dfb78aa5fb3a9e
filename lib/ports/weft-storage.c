/* weft-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-storage-private.h"

#include <string.h>

#include "weft-limits.h"

/**
 * WeftStorage:
 *
 * Where a node keeps its blocks: named records, changed in atomic batches.
 *
 * A storage knows nothing of revisions that follow each other, of cohorts or of votes; the layers
 * above do. What every implementation keeps to:
 *
 * 1. A batch is atomic. After a crash at any byte of any write either all of it is there, or none.
 * 2. Reads see a batch as soon as [method@Weft.Storage.submit] has returned. It is durable when its
 *    function is called without an error.
 * 3. Those functions are called exactly once each, in the order of submission, and never from
 *    within [method@Weft.Storage.submit]. After a crash the batches that are there are a prefix of
 *    those that were submitted.
 * 4. What was reported durable survives. What is read is byte for byte what was written, in
 *    canonical JSON.
 * 5. What is absent reads as absent: %NULL, or nothing in a list, without an error. A list is
 *    complete and in order, also when the caller submits batches between its pages.
 * 6. Promoting a pending action makes it committed in one step. The batch fails with
 *    [error@Weft.Error.NOT_FOUND] when the action is not pending, and with
 *    [error@Weft.Error.EXISTS] when an action that is committed is to be made pending: no action is
 *    ever both on one block.
 * 7. Nothing is shared. What a caller hands in or gets out cannot change what is stored.
 * 8. Names are kept apart, and inside the storage, whatever is in them: `..`, `/`, `:`, `a` and
 *    `A`, 256 bytes, any script.
 * 9. What is damaged is reported as [error@Weft.Error.CORRUPT], and the message names the file or
 *    key. It never reads as absent, and all other blocks can be read.
 * 10. A full disk or a failing device fails the batch with [error@Weft.Error.UNAVAILABLE]. Every
 *     batch that was submitted after it and is not done fails with it, because it may build on what
 *     is not there, and reads no longer see any of them. Nothing that was reported durable is lost;
 *     the storage goes on reading, and writes again as soon as it can.
 * 11. A store has one owner. To open it twice fails with [error@Weft.Error.EXISTS], and the message
 *     names the lock and the process that holds it.
 *
 * A storage is used by one thread, that of the main context that was the thread-default one when it
 * was made, and calls back from there. Since a read sees what was submitted a moment ago, to look
 * and then to submit is atomic on that thread, without a lock. Reads do not wait for writes.
 *
 * After [method@Weft.Storage.close] reads and batches fail with [error@Weft.Error.CLOSED].
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftStorage, weft_storage, G_TYPE_OBJECT)

static void
weft_storage_default_init (WeftStorageInterface *iface)
{
}

/**
 * weft_storage_read_metadata:
 * @self: a storage
 * @block_id: a block
 * @error: return location for an error
 *
 * Reads what is known of a block.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the metadata, or %NULL without an error when there is none
 *
 * Since: 0.1
 */
WeftBlockMetadata *
weft_storage_read_metadata (WeftStorage *self,
                            const char  *block_id,
                            GError     **error)
{
  WeftStorageInterface *iface = self != NULL ? WEFT_STORAGE_GET_IFACE (self) : NULL;

  g_return_val_if_fail (iface != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  return iface->read_metadata (self, block_id, error);
}

/**
 * weft_storage_read_revision:
 * @self: a storage
 * @block_id: a block
 * @rev: a revision
 * @error: return location for an error
 *
 * Reads which action made a revision of a block.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the action id, or %NULL without an error when there is none
 *
 * Since: 0.1
 */
char *
weft_storage_read_revision (WeftStorage *self,
                            const char  *block_id,
                            gint64       rev,
                            GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->read_revision (self, block_id, rev, error);
}

/**
 * weft_storage_list_revisions:
 * @self: a storage
 * @block_id: a block
 * @from: the first revision
 * @to: the last revision
 * @max: how many to list at most, or 0 for all
 * @error: return location for an error
 *
 * Lists the revisions of a block from @from to @to, both included: the oldest first, or the newest
 * first when @from is larger than @to.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer container) (element-type WeftActionRev): the revisions, perhaps none
 *
 * Since: 0.1
 */
GPtrArray *
weft_storage_list_revisions (WeftStorage *self,
                             const char  *block_id,
                             gint64       from,
                             gint64       to,
                             guint        max,
                             GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->list_revisions (self, block_id, from, to, max, error);
}

/**
 * weft_storage_read_pending:
 * @self: a storage
 * @block_id: a block
 * @action_id: an action
 * @error: return location for an error
 *
 * Reads what a pending action would change in a block.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the change, or %NULL without an error when the action is not
 *   pending
 *
 * Since: 0.1
 */
WeftPending *
weft_storage_read_pending (WeftStorage *self,
                           const char  *block_id,
                           const char  *action_id,
                           GError     **error)
{
  WeftStorageInterface *iface = self != NULL ? WEFT_STORAGE_GET_IFACE (self) : NULL;

  g_return_val_if_fail (iface != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (action_id != NULL, NULL);

  return iface->read_pending (self, block_id, action_id, error);
}

/**
 * weft_storage_list_pendings:
 * @self: a storage
 * @block_id: a block
 * @error: return location for an error
 *
 * Lists the actions that are pending on a block, ordered by the bytes of their ids.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (array zero-terminated=1): the action ids, perhaps none
 *
 * Since: 0.1
 */
char **
weft_storage_list_pendings (WeftStorage *self,
                            const char  *block_id,
                            GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->list_pendings (self, block_id, error);
}

/**
 * weft_storage_read_action:
 * @self: a storage
 * @block_id: a block
 * @action_id: an action
 * @error: return location for an error
 *
 * Reads what a committed action changed in a block.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the change, or %NULL without an error when the action is not
 *   committed
 *
 * Since: 0.1
 */
WeftPending *
weft_storage_read_action (WeftStorage *self,
                          const char  *block_id,
                          const char  *action_id,
                          GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (action_id != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->read_action (self, block_id, action_id, error);
}

/**
 * weft_storage_read_materialized:
 * @self: a storage
 * @block_id: a block
 * @action_id: an action
 * @error: return location for an error
 *
 * Reads a block as an action left it.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the block, or %NULL without an error when it is not kept
 *
 * Since: 0.1
 */
WeftBlock *
weft_storage_read_materialized (WeftStorage *self,
                                const char  *block_id,
                                const char  *action_id,
                                GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);
  g_return_val_if_fail (action_id != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->read_materialized (self, block_id, action_id, error);
}

/**
 * weft_storage_list_blocks:
 * @self: a storage
 * @after: (nullable): the block after which to begin, or %NULL for the first
 * @max: how many to list at most, or 0 for all
 * @error: return location for an error
 *
 * Lists the blocks of which anything was ever stored, ordered by the bytes of their ids.
 *
 * @after need not be there any more, so that a list goes on where its last page ended.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (array zero-terminated=1): the block ids, perhaps none
 *
 * Since: 0.1
 */
char **
weft_storage_list_blocks (WeftStorage *self,
                          const char  *after,
                          guint        max,
                          GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);

  return WEFT_STORAGE_GET_IFACE (self)->list_blocks (self, after, max, error);
}

/**
 * weft_storage_read_record:
 * @self: a storage
 * @message_hash: the hash of a record's message
 * @error: return location for an error
 *
 * Reads a cluster record.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the record, immutable, or %NULL without an error when there
 *   is none
 *
 * Since: 0.1
 */
JsonNode *
weft_storage_read_record (WeftStorage *self,
                          const char  *message_hash,
                          GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (message_hash != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->read_record (self, message_hash, error);
}

/**
 * weft_storage_read_record_text:
 * @self: a storage
 * @message_hash: the hash of a record's message
 * @error: return location for an error
 *
 * Reads a cluster record as text. A storage need not implement it; one that keeps text saves a tree
 * with it, wherever the library looks at a record once.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the record in canonical JSON, or %NULL without an error when
 *   there is none
 *
 * Since: 0.1
 */
char *
weft_storage_read_record_text (WeftStorage *self,
                               const char  *message_hash,
                               GError     **error)
{
  g_autoptr (JsonNode) json = NULL;

  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (message_hash != NULL, NULL);

  if (WEFT_STORAGE_GET_IFACE (self)->read_record_text != NULL)
    return WEFT_STORAGE_GET_IFACE (self)->read_record_text (self, message_hash, error);

  json = weft_storage_read_record (self, message_hash, error);
  return json != NULL ? weft_json_to_string (json) : NULL;
}

/* Records hold others, and are larger than anything a peer may send. */
static WeftTape *
read_text (const char  *text,
           GError     **error)
{
  const WeftJsonLimits limits = {
    .bytes_max = G_MAXUINT32,
    .depth_max = 2 * WEFT_LIMIT_JSON_DEPTH_MAX,
    .nodes_max = G_MAXUINT,
  };

  return weft_tape_read_text (text, strlen (text), &limits, error);
}

WeftTape *
weft_storage_read_record_tape (WeftStorage  *self,
                               const char   *message_hash,
                               GError      **error)
{
  WeftStorageReadRecordTape read_tape = WEFT_STORAGE_GET_IFACE (self)->read_record_tape;
  g_autoptr (JsonNode) json = NULL;
  g_autofree char *text = NULL;

  if (read_tape != NULL)
    return read_tape (self, message_hash, error);
  if (WEFT_STORAGE_GET_IFACE (self)->read_record_text != NULL)
    {
      text = WEFT_STORAGE_GET_IFACE (self)->read_record_text (self, message_hash, error);
      return text != NULL ? read_text (text, error) : NULL;
    }

  json = weft_storage_read_record (self, message_hash, error);
  return json != NULL ? weft_tape_new_from_node (json, error) : NULL;
}

/**
 * weft_storage_list_unresolved_records:
 * @self: a storage
 * @error: return location for an error
 *
 * Lists the cluster records that were not stored as resolved, ordered by their hashes.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer container) (element-type JsonNode): the records, immutable, perhaps none
 *
 * Since: 0.1
 */
GPtrArray *
weft_storage_list_unresolved_records (WeftStorage *self,
                                      GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);

  return WEFT_STORAGE_GET_IFACE (self)->list_unresolved_records (self, error);
}

/**
 * weft_storage_read_value:
 * @self: a storage
 * @name: the name of a value of the node
 * @error: return location for an error
 *
 * Reads a small value that the node keeps for itself.
 *
 * Sets [error@Weft.Error.CORRUPT], [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: (transfer full) (nullable): the value, immutable, or %NULL without an error when there
 *   is none
 *
 * Since: 0.1
 */
JsonNode *
weft_storage_read_value (WeftStorage *self,
                         const char  *name,
                         GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return WEFT_STORAGE_GET_IFACE (self)->read_value (self, name, error);
}

/**
 * weft_storage_get_usage:
 * @self: a storage
 * @bytes_used: (out) (optional): about how many bytes it takes
 * @bytes_available: (out) (optional): about how many more it could take, or %G_MAXUINT64 when
 *   it has no bound of its own
 * @error: return location for an error
 *
 * Gets how large the storage is.
 *
 * Sets [error@Weft.Error.UNAVAILABLE] or [error@Weft.Error.CLOSED].
 *
 * Returns: whether it could be found out
 *
 * Since: 0.1
 */
gboolean
weft_storage_get_usage (WeftStorage *self,
                        guint64     *bytes_used,
                        guint64     *bytes_available,
                        GError     **error)
{
  guint64 used = 0;
  guint64 available = 0;

  g_return_val_if_fail (WEFT_IS_STORAGE (self), FALSE);

  if (!WEFT_STORAGE_GET_IFACE (self)->get_usage (self, &used, &available, error))
    return FALSE;

  if (bytes_used != NULL)
    *bytes_used = used;
  if (bytes_available != NULL)
    *bytes_available = available;

  return TRUE;
}

/**
 * weft_storage_submit:
 * @self: a storage
 * @batch: what to change; it is frozen
 * @done: (nullable) (scope async) (closure user_data): what to call when it is durable, or failed
 * @user_data: data for @done
 *
 * Changes the storage. Reads see the change at once; it is durable when @done is called without an
 * error.
 *
 * A submitted batch cannot be taken back. The storage stays alive until @done was called.
 *
 * Since: 0.1
 */
void
weft_storage_submit (WeftStorage      *self,
                     WeftBatch        *batch,
                     WeftBatchDoneFunc done,
                     gpointer          user_data)
{
  g_return_if_fail (WEFT_IS_STORAGE (self));
  g_return_if_fail (batch != NULL);

  weft_batch_freeze (batch);
  WEFT_STORAGE_GET_IFACE (self)->submit (self, batch, done, user_data);
}

/**
 * weft_storage_close:
 * @self: a storage
 * @error: return location for an error
 *
 * Makes everything that was submitted durable, and lets go of the store, so that another can open
 * it. The functions of batches that are under way are still called. Closing it again does nothing.
 *
 * Sets [error@Weft.Error.UNAVAILABLE] when something that was submitted could not be written; it is
 * closed all the same.
 *
 * Returns: whether all is durable
 *
 * Since: 0.1
 */
gboolean
weft_storage_close (WeftStorage *self,
                    GError     **error)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (self), FALSE);

  return WEFT_STORAGE_GET_IFACE (self)->close (self, error);
}

static void
submitted_cb (WeftStorage  *storage,
              const GError *error,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * weft_storage_submit_async:
 * @self: a storage
 * @batch: what to change; it is frozen
 * @cancellable: (nullable): if it is cancelled already, nothing is submitted; later it has no
 *   effect
 * @callback: (scope async): called when it is durable, or failed
 * @user_data: data for @callback
 *
 * Changes the storage.
 *
 * See [method@Weft.Storage.submit].
 *
 * Since: 0.1
 */
void
weft_storage_submit_async (WeftStorage        *self,
                           WeftBatch          *batch,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (WEFT_IS_STORAGE (self));
  g_return_if_fail (batch != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_storage_submit_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  /* A batch that is on its way will be stored: to say it was cancelled would be wrong. */
  g_task_set_check_cancellable (task, FALSE);
  weft_storage_submit (self, batch, submitted_cb, g_steal_pointer (&task));
}

/**
 * weft_storage_submit_finish:
 * @self: a storage
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Storage.submit_async].
 *
 * Sets [error@Weft.Error.NOT_FOUND] or [error@Weft.Error.EXISTS] when the batch contradicts what is
 * stored, [error@Weft.Error.UNAVAILABLE], [error@Weft.Error.CLOSED] or %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is durable
 *
 * Since: 0.1
 */
gboolean
weft_storage_submit_finish (WeftStorage  *self,
                            GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_storage_submit_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
