/* weft-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-repo.h"

/**
 * WeftRepo:
 *
 * Reads and changes blocks: get, put, pend, commit and cancel.
 *
 * It is the same whether the blocks are on this machine, at one other peer or at a cluster of them.
 * What every implementation keeps to:
 *
 * - A message is answered exactly once, with a reply of its own operation or with an error, and
 *   never from within [method@Weft.Repo.perform].
 * - A stale answer is a reply, not an error: the caller reads what it missed, and tries again. An
 *   error says that there is no answer: [error@Weft.Error.UNAVAILABLE] when nothing was done,
 *   [error@Weft.Error.INDETERMINATE] or [error@Weft.Error.TIMED_OUT] when it is not known whether
 *   it was.
 * - Get answers for each block on its own, so that a bad block fails no other. It never tells
 *   "absent" when it means "not known".
 * - Put, pend and commit take all blocks or none. To pend the same action again is a success, and
 *   so is to commit it at the same revision again, or to put it again: it is done once. To cancel
 *   what is not pending is a success too.
 * - A put is a pend and its commit in one request. It is what an application writes with; to pend
 *   and commit by oneself is for whoever has something to do or to ask in between.
 * - A change that was answered with success is durable.
 * - [signal@Weft.Repo::committed] is emitted once for each revision that lands here, by whatever
 *   way it came, after it is durable.
 * - Messages and replies are immutable, and nothing is shared that could change.
 * - To cancel stops the waiting, and whatever has not begun; a change that was sent may still
 *   happen.
 * - It is used by one thread, that of the main context that was the thread-default one when it was
 *   made, and calls back from there.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftRepo, weft_repo, G_TYPE_OBJECT)

static guint committed_signal;

typedef void (*CommittedFunc) (gpointer    repo,
                               const char *collection_id,
                               char      **block_ids,
                               const char *action_id,
                               gint64      rev,
                               gpointer    user_data);

/* What takes any signature costs more than most who listen, and this comes with each commit. */
static void
marshal_committed (GClosure     *closure,
                   GValue       *result,
                   guint         n_values,
                   const GValue *values,
                   gpointer      hint,
                   gpointer      marshal_data)
{
  CommittedFunc callback
    = (CommittedFunc) (marshal_data != NULL ? marshal_data : ((GCClosure *) closure)->callback);
  gpointer repo = g_value_peek_pointer (&values[0]);
  gboolean is_swapped = G_CCLOSURE_SWAP_DATA (closure);

  g_assert (n_values == 5);

  callback (is_swapped ? closure->data : repo, g_value_get_string (&values[1]),
            g_value_get_boxed (&values[2]), g_value_get_string (&values[3]),
            g_value_get_int64 (&values[4]), is_swapped ? repo : closure->data);
}

static void
weft_repo_default_init (WeftRepoInterface *iface)
{
  /**
   * WeftRepo::committed:
   * @self: the repo
   * @collection_id: the collection
   * @block_ids: the blocks that the action changed
   * @action_id: the action
   * @rev: the revision it became
   *
   * A revision has landed here, and is durable.
   *
   * Since: 0.1
   */
  committed_signal
    = g_signal_new ("committed", WEFT_TYPE_REPO, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    marshal_committed, G_TYPE_NONE, 4,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                    G_TYPE_STRV | G_SIGNAL_TYPE_STATIC_SCOPE,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_INT64);
}

/**
 * weft_repo_perform:
 * @self: a repo
 * @message: what to do
 * @cancellable: (nullable): stops the waiting
 * @done: (scope async) (closure user_data): what to call with the answer
 * @user_data: data for @done
 *
 * Answers one message, of any operation.
 *
 * Since: 0.1
 */
void
weft_repo_perform (WeftRepo        *self,
                   WeftRepoMessage *message,
                   GCancellable    *cancellable,
                   WeftRepoDoneFunc done,
                   gpointer         user_data)
{
  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail (done != NULL);

  WEFT_REPO_GET_IFACE (self)->perform (self, message, cancellable, done, user_data);
}

/**
 * weft_repo_emit_committed:
 * @self: a repo
 * @collection_id: the collection
 * @block_ids: (array zero-terminated=1): the blocks that the action changed
 * @action_id: the action
 * @rev: the revision it became
 *
 * Emits [signal@Weft.Repo::committed]. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_repo_emit_committed (WeftRepo           *self,
                          const char         *collection_id,
                          const char * const *block_ids,
                          const char         *action_id,
                          gint64              rev)
{
  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (collection_id != NULL);
  g_return_if_fail (block_ids != NULL);
  g_return_if_fail (action_id != NULL);
  g_return_if_fail (rev > 0);

  if (g_signal_has_handler_pending (self, committed_signal, 0, FALSE))
    g_signal_emit (self, committed_signal, 0, collection_id, block_ids, action_id, rev);
}

static void
performed_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  g_autoptr(GTask) task = user_data;

  g_assert ((reply != NULL) != (error != NULL));

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, weft_repo_reply_ref (reply),
                           (GDestroyNotify) weft_repo_reply_unref);
}

static void
perform_async (WeftRepo           *self,
               WeftRepoMessage    *message,
               GCancellable       *cancellable,
               GAsyncReadyCallback callback,
               gpointer            user_data,
               gpointer            source_tag)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  if (g_task_return_error_if_cancelled (task))
    return;

  /* The repo says how it ended; a late cancel must not hide that something was committed. */
  g_task_set_check_cancellable (task, FALSE);
  weft_repo_perform (self, message, cancellable, performed_cb, g_steal_pointer (&task));
}

static WeftRepoReply *
perform_finish (WeftRepo         *self,
                GAsyncResult     *result,
                WeftRepoOperation operation,
                GError          **error)
{
  WeftRepoReply *reply = g_task_propagate_pointer (G_TASK (result), error);

  g_assert (reply == NULL || weft_repo_reply_get_operation (reply) == operation);

  return reply;
}

/**
 * weft_repo_get_async:
 * @self: a repo
 * @request: which blocks, and as of when
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Reads blocks.
 *
 * Since: 0.1
 */
void
weft_repo_get_async (WeftRepo           *self,
                     WeftBlockGets      *request,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_autoptr(WeftRepoMessage) message = NULL;

  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  message = weft_repo_message_new_get (request, 0);
  perform_async (self, message, cancellable, callback, user_data, weft_repo_get_async);
}

/**
 * weft_repo_get_finish:
 * @self: a repo
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Repo.get_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the blocks, each with its state
 *
 * Since: 0.1
 */
WeftGetResult *
weft_repo_get_finish (WeftRepo     *self,
                      GAsyncResult *result,
                      GError      **error)
{
  g_autoptr(WeftRepoReply) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_repo_get_async), NULL);

  reply = perform_finish (self, result, WEFT_REPO_OPERATION_GET, error);

  return reply != NULL ? weft_get_result_ref (weft_repo_reply_get_get (reply)) : NULL;
}

/**
 * weft_repo_put_async:
 * @self: a repo
 * @request: what an action is to change
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Makes an action a revision of its blocks, with one request: all of them or none.
 *
 * The revision is that of @request; where it names none, the one after the highest of the bases. A
 * block whose base @request names is changed only while that is the latest revision. A block of
 * which it says nothing is changed on whatever is the latest: whoever puts does not hear of a race
 * then, as an update or a delete finds its place after the others. Only an insert that names
 * neither a base nor a revision is of a block that was never there.
 *
 * Asked again with the same action id and the same content it is done once; that is how one finds
 * out what became of a put whose answer was lost. All blocks are kept by the same peers.
 *
 * Since: 0.1
 */
void
weft_repo_put_async (WeftRepo           *self,
                     WeftPendRequest    *request,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_autoptr(WeftRepoMessage) message = NULL;

  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  message = weft_repo_message_new_put (request, 0);
  perform_async (self, message, cancellable, callback, user_data, weft_repo_put_async);
}

/**
 * weft_repo_put_finish:
 * @self: a repo
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Repo.put_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED: %WEFT_ERROR_EXISTS when the action
 * is pending or committed with another content, %WEFT_ERROR_INVALID when the revision does not
 * come after all bases, %WEFT_ERROR_MISSING_BASE when an update has nothing to change,
 * %WEFT_ERROR_REFUSED when an application objects. With %WEFT_ERROR_INDETERMINATE and
 * %WEFT_ERROR_TIMED_OUT it may have been done, or may still be.
 *
 * Returns: (transfer full): the revision that it is now, or why it is stale
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_repo_put_finish (WeftRepo     *self,
                      GAsyncResult *result,
                      GError      **error)
{
  g_autoptr(WeftRepoReply) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_repo_put_async), NULL);

  reply = perform_finish (self, result, WEFT_REPO_OPERATION_PUT, error);

  return reply != NULL ? weft_commit_result_ref (weft_repo_reply_get_put (reply)) : NULL;
}

/**
 * weft_repo_pend_async:
 * @self: a repo
 * @request: what an action is to change
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Stores an action as pending, so that it can be committed.
 *
 * Since: 0.1
 */
void
weft_repo_pend_async (WeftRepo           *self,
                      WeftPendRequest    *request,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_autoptr(WeftRepoMessage) message = NULL;

  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  message = weft_repo_message_new_pend (request, 0);
  perform_async (self, message, cancellable, callback, user_data, weft_repo_pend_async);
}

/**
 * weft_repo_pend_finish:
 * @self: a repo
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Repo.pend_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): whether it is pending, or what is in the way
 *
 * Since: 0.1
 */
WeftPendResult *
weft_repo_pend_finish (WeftRepo     *self,
                       GAsyncResult *result,
                       GError      **error)
{
  g_autoptr(WeftRepoReply) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_repo_pend_async), NULL);

  reply = perform_finish (self, result, WEFT_REPO_OPERATION_PEND, error);

  return reply != NULL ? weft_pend_result_ref (weft_repo_reply_get_pend (reply)) : NULL;
}

/**
 * weft_repo_commit_async:
 * @self: a repo
 * @request: a pending action, and the revision it is to become
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Makes a pending action a revision.
 *
 * Since: 0.1
 */
void
weft_repo_commit_async (WeftRepo           *self,
                        WeftCommitRequest  *request,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr(WeftRepoMessage) message = NULL;

  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  message = weft_repo_message_new_commit (request, 0);
  perform_async (self, message, cancellable, callback, user_data, weft_repo_commit_async);
}

/**
 * weft_repo_commit_finish:
 * @self: a repo
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Repo.commit_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): whether it is a revision now, or why it is stale
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_repo_commit_finish (WeftRepo     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_autoptr(WeftRepoReply) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_repo_commit_async), NULL);

  reply = perform_finish (self, result, WEFT_REPO_OPERATION_COMMIT, error);

  return reply != NULL ? weft_commit_result_ref (weft_repo_reply_get_commit (reply)) : NULL;
}

/**
 * weft_repo_cancel_async:
 * @self: a repo
 * @request: an action and its blocks
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Drops a pending action; one that is not pending is fine.
 *
 * Since: 0.1
 */
void
weft_repo_cancel_async (WeftRepo           *self,
                        WeftActionBlocks   *request,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr(WeftRepoMessage) message = NULL;

  g_return_if_fail (WEFT_IS_REPO (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  message = weft_repo_message_new_cancel (request, 0);
  perform_async (self, message, cancellable, callback, user_data, weft_repo_cancel_async);
}

/**
 * weft_repo_cancel_finish:
 * @self: a repo
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Repo.cancel_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is not pending any more
 *
 * Since: 0.1
 */
gboolean
weft_repo_cancel_finish (WeftRepo     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_autoptr(WeftRepoReply) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_repo_cancel_async), FALSE);

  reply = perform_finish (self, result, WEFT_REPO_OPERATION_CANCEL, error);

  return reply != NULL;
}
