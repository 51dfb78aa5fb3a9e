/* weft-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster.h"
#include "weft-limits.h"

/**
 * WeftCluster:
 *
 * A member of a cluster, wherever it is: in this process or behind a transport.
 *
 * What every implementation keeps to:
 *
 * - Each request is answered once, and never from within the call; answers to different requests
 *   come in any order.
 * - A request may be sent again in any state: a member answers the same.
 * - %WEFT_ERROR_UNAVAILABLE means that the member never saw the request. After any other error it
 *   may have, so what it was asked to sign may be signed.
 * - It belongs to one thread.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftCluster, weft_cluster, G_TYPE_OBJECT)

static void
weft_cluster_default_init (WeftClusterInterface *iface)
{
}

/**
 * weft_cluster_perform:
 * @self: a member
 * @request: what to ask
 * @timeout_usec: how long to wait for the answer, or 0 for the usual time
 * @done: (scope async) (closure user_data): what to call with the answer
 * @user_data: data for @done
 *
 * Asks a member. All that can go wrong is told to @done.
 *
 * Since: 0.1
 */
void
weft_cluster_perform (WeftCluster         *self,
                      WeftClusterRequest  *request,
                      gint64               timeout_usec,
                      WeftClusterDoneFunc  done,
                      gpointer             user_data)
{
  g_return_if_fail (WEFT_IS_CLUSTER (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (timeout_usec >= 0);
  g_return_if_fail (done != NULL);

  if (timeout_usec == 0)
    timeout_usec = WEFT_LIMIT_REPLY_USEC;
  WEFT_CLUSTER_GET_IFACE (self)->perform (self, request, timeout_usec, done, user_data);
}

static void
done_cb (WeftCluster       *self,
         WeftClusterAnswer *answer,
         const GError      *error,
         gpointer           user_data)
{
  g_autoptr(GTask) task = user_data;

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, weft_cluster_answer_ref (answer),
                           (GDestroyNotify) weft_cluster_answer_unref);
}

/**
 * weft_cluster_update_async:
 * @self: a member
 * @record: what to vote on, to lock or to apply, whichever it is ready for
 * @timeout_usec: how long to wait for the answer, or 0 for the usual time
 * @cancellable: (nullable): to give up; the member may do it all the same
 * @callback: (scope async): called with the outcome
 * @user_data: data for @callback
 *
 * Shows a record to a member.
 *
 * Since: 0.1
 */
void
weft_cluster_update_async (WeftCluster         *self,
                           WeftClusterRecord   *record,
                           gint64               timeout_usec,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(WeftClusterRequest) request = NULL;
  GTask *task;

  g_return_if_fail (WEFT_IS_CLUSTER (self));
  g_return_if_fail (record != NULL);
  g_return_if_fail (timeout_usec >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_cluster_update_async);
  request = weft_cluster_request_new_update (record);
  weft_cluster_perform (self, request, timeout_usec, done_cb, task);
}

/**
 * weft_cluster_latest_async:
 * @self: a member
 * @block_ids: (array zero-terminated=1): blocks, at least one
 * @timeout_usec: how long to wait for the answer, or 0 for the usual time
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: data for @callback
 *
 * Asks a member for what it knows of some blocks: their latest revisions, and what is not decided
 * yet. The error is %WEFT_ERROR_INVALID, or %WEFT_ERROR_TOO_LARGE, for block ids that are not.
 *
 * Since: 0.1
 */
void
weft_cluster_latest_async (WeftCluster         *self,
                           const char * const  *block_ids,
                           gint64               timeout_usec,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(WeftClusterRequest) request = NULL;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (WEFT_IS_CLUSTER (self));
  g_return_if_fail (block_ids != NULL);
  g_return_if_fail (timeout_usec >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_cluster_latest_async);
  request = weft_cluster_request_new_latest (block_ids, &error);
  if (request != NULL)
    {
      weft_cluster_perform (self, request, timeout_usec, done_cb, task);
      return;
    }

  g_task_return_error (task, error);
  g_object_unref (task);
}

/**
 * weft_cluster_perform_finish:
 * @self: a member
 * @result: what the callback was given
 * @error: return location for a [error@Weft.Error]
 *
 * Ends [method@Weft.Cluster.update_async] and [method@Weft.Cluster.latest_async].
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
WeftClusterAnswer *
weft_cluster_perform_finish (WeftCluster   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (WEFT_IS_CLUSTER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
