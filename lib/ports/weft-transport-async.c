/* weft-transport-async.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transport.h"

/* The awaitable forms of dial and request, over the ones with a function that is called once. */

/* One call that can be cancelled. The transport holds one reference until it calls back; the
 * source that watches the cancellable holds the other. */
typedef struct
{
  GTask *task;     /* NULL once it has returned */
  GSource *source; /* (nullable) */
  guint64 request_id;
} Call;

static Call *
call_new (WeftTransport      *self,
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data,
          gpointer            source_tag)
{
  Call *call = g_new0 (Call, 1);

  call->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (call->task, source_tag);
  /* The transport says how the call ended; a late cancel must not hide that. */
  g_task_set_check_cancellable (call->task, FALSE);

  return call;
}

static void
call_free (Call *call)
{
  if (call->source != NULL)
    g_source_destroy (call->source);
  g_clear_pointer (&call->source, g_source_unref);
  g_clear_object (&call->task);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* A cancellable may be cancelled on any thread; the source brings it to ours. */
static void
call_watch (Call                  *call,
            GCancellableSourceFunc cancelled_cb)
{
  GCancellable *cancellable = g_task_get_cancellable (call->task);

  if (cancellable == NULL)
    return;

  call->source = g_cancellable_source_new (cancellable);
  g_source_set_static_name (call->source, "[weft] cancel of a call");
  g_source_set_callback (call->source, G_SOURCE_FUNC (cancelled_cb), call, NULL);
  g_source_attach (call->source, g_task_get_context (call->task));
}

static void
dial_done_cb (WeftTransport *transport,
              WeftPeer      *peer,
              const GError  *error,
              gpointer       user_data)
{
  g_autoptr(Call) call = user_data;

  g_assert ((peer != NULL) != (error != NULL));

  if (call->task == NULL)
    return;
  if (peer != NULL)
    g_task_return_pointer (call->task, g_object_ref (peer), g_object_unref);
  else
    g_task_return_error (call->task, g_error_copy (error));
}

static gboolean
dial_cancelled_cb (GCancellable *cancellable,
                   gpointer      user_data)
{
  Call *call = user_data;
  g_autoptr(GTask) task = g_steal_pointer (&call->task);

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the dial was cancelled");

  return G_SOURCE_REMOVE;
}

/**
 * weft_transport_dial_async:
 * @self: a transport
 * @address: where to connect to
 * @cancellable: (nullable): stops the waiting; a connection that comes about all the same is kept
 * @callback: (scope async): called when it is connected, or not
 * @user_data: data for @callback
 *
 * Connects to a peer, within the usual time.
 *
 * See [method@Weft.Transport.dial].
 *
 * Since: 0.1
 */
void
weft_transport_dial_async (WeftTransport      *self,
                           WeftMultiaddr      *address,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr(Call) call = NULL;

  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (address != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = call_new (self, cancellable, callback, user_data, weft_transport_dial_async);
  if (g_task_return_error_if_cancelled (call->task))
    return;

  call_watch (call, dial_cancelled_cb);
  weft_transport_dial (self, address, 0, dial_done_cb, g_steal_pointer (&call));
}

/**
 * weft_transport_dial_finish:
 * @self: a transport
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Transport.dial_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the peer that proved itself
 *
 * Since: 0.1
 */
WeftPeer *
weft_transport_dial_finish (WeftTransport *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_transport_dial_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
request_done_cb (WeftTransport *transport,
                 JsonNode      *body,
                 const GError  *error,
                 gpointer       user_data)
{
  g_autoptr(Call) call = user_data;

  g_assert ((body != NULL) != (error != NULL));

  if (body != NULL)
    g_task_return_pointer (call->task, json_node_ref (body), (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (call->task, g_error_copy (error));
}

static gboolean
request_cancelled_cb (GCancellable *cancellable,
                      gpointer      user_data)
{
  Call *call = user_data;

  weft_transport_cancel (g_task_get_source_object (call->task), call->request_id);

  return G_SOURCE_REMOVE;
}

/**
 * weft_transport_request_async:
 * @self: a transport
 * @peer_id: whom to ask
 * @protocol: the protocol, such as `/db-p2p/repo/1.0.0`
 * @body: what to ask; it is sealed
 * @timeout_usec: how long to wait for the answer, or 0 for the usual time
 * @cancellable: (nullable): gives the request up
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Asks a connected peer.
 *
 * See [method@Weft.Transport.request].
 *
 * Since: 0.1
 */
void
weft_transport_request_async (WeftTransport      *self,
                              WeftPeerId         *peer_id,
                              const char         *protocol,
                              JsonNode           *body,
                              gint64              timeout_usec,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr(Call) call = NULL;
  Call *started;

  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (peer_id != NULL);
  g_return_if_fail (protocol != NULL);
  g_return_if_fail (body != NULL);
  g_return_if_fail (timeout_usec >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = call_new (self, cancellable, callback, user_data, weft_transport_request_async);
  if (g_task_return_error_if_cancelled (call->task))
    return;

  call_watch (call, request_cancelled_cb);
  started = g_steal_pointer (&call);
  started->request_id = weft_transport_request (self, peer_id, protocol, body, timeout_usec,
                                                request_done_cb, started);
}

/**
 * weft_transport_request_finish:
 * @self: a transport
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome of [method@Weft.Transport.request_async].
 *
 * Sets an error of [error@Weft.Error], or %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the body of the answer, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_transport_request_finish (WeftTransport *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weft_transport_request_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
