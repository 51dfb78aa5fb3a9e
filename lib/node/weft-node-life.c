/* weft-node-life.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a node starts and stops. Whatever it takes registers its undo before the next thing is
 * taken, so that a start that fails at any point, a stop and a node that is dropped all give back
 * exactly what is there, the newest first. See data/docs/node.md. */

#include "config.h"

#include "weft-channel-transport.h"

#include "weft-buggify-private.h"
#include "weft-limits.h"
#include "weft-node-private.h"
#include "weft-protocol-private.h"
#include "weft-service-private.h"

/* Who is told goodbye has so long to hear it. */
#define GOODBYE_USEC (250 * G_TIME_SPAN_MILLISECOND)

/* Taken or not, each of these is a line of the table in data/docs/node.md. */
static const WeftService *const services[] = {
  &weft_cluster_service,
  &weft_repo_service,
  &weft_sync_service,
  &weft_node_service,
  &weft_ring_service,
};


/* Who keeps its blocks alone has nothing to agree upon. */
static gboolean
is_served (WeftNode          *self,
           const WeftService *service)
{
  if (service == &weft_ring_service)
    return weft_node_is_on_ring (self);

  return service != &weft_cluster_service || self->key_network != NULL;
}

static const WeftService *
find_service (WeftNode   *self,
              const char *protocol)
{
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (is_served (self, services[i])
        && weft_protocol_is (protocol, self->prefix, services[i]->name))
      return services[i];

  return NULL;
}

static void
request_cb (WeftTransport *transport,
            WeftRequest   *request,
            gpointer       user_data)
{
  WeftNode *self = WEFT_NODE (user_data);
  const char *protocol = weft_request_get_protocol (request);
  const WeftService *service = find_service (self, protocol);
  WeftCall *call;

  /* Nothing served here makes sense without an answer. */
  if (weft_request_is_one_way (request))
    {
      weft_call_stats_drop (self->stats);
      return;
    }

  call = weft_call_new (request, self->stats);
  if (self->state != WEFT_NODE_STATE_RUNNING || WEFT_BUGGIFY ("node-is-not-ready"))
    {
      weft_call_fail_literal (call, WEFT_ERROR_UNAVAILABLE, "this node is not running");
    }
  else if (service == NULL)
    {
      g_autofree char *message = g_strdup_printf ("the protocol %s is not served here", protocol);

      weft_call_fail_literal (call, WEFT_ERROR_REFUSED, message);
    }
  else
    {
      service->serve (self, call);
    }
}


static void
committed_cb (WeftRepo   *repo,
              const char *collection_id,
              char      **block_ids,
              const char *action_id,
              gint64      rev,
              gpointer    user_data)
{
  weft_node_add_commit (WEFT_NODE (user_data), collection_id, block_ids, action_id, rev);
}

static gboolean
undo_storage (gpointer   user_data,
              GError   **error)
{
  WeftNode *self = user_data;

  return weft_storage_close (self->storage, error);
}

static gboolean
undo_commits (gpointer   user_data,
              GError   **error)
{
  WeftNode *self = user_data;

  g_signal_handlers_disconnect_by_func (self->repo, committed_cb, self);
  return TRUE;
}

static gboolean
undo_transport (gpointer   user_data,
                GError   **error)
{
  WeftNode *self = user_data;

  weft_transport_close (self->transport);
  return TRUE;
}

static gboolean
undo_handler (gpointer   user_data,
              GError   **error)
{
  WeftNode *self = user_data;

  weft_transport_set_handler (self->transport, NULL, NULL, NULL, NULL);
  return TRUE;
}

static void
take_handler (WeftNode *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) protocols = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      g_autofree char *name = weft_protocol_make_name (self->prefix, services[i]->name);

      if (is_served (self, services[i]))
        g_strv_builder_add (builder, name);
    }

  protocols = g_strv_builder_end (builder);
  weft_transport_set_handler (self->transport, (const char * const *) protocols,
                              request_cb, self, NULL);
  weft_undo_push (self->undo, "leaving the requests", undo_handler, self);
}

static gboolean
take_addresses (WeftNode  *self,
                GError   **error)
{
  for (guint i = 0; self->listen[i] != NULL; i++)
    {
      g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (self->listen[i], error);

      if (address == NULL)
        return FALSE;
      if (!weft_transport_listen (self->transport, address, error))
        {
          g_prefix_error (error, "listening on %s: ", self->listen[i]);
          return FALSE;
        }
    }

  return TRUE;
}


/* Two ways to say who one is can disagree; better found here than by puzzled peers. */
static gboolean
check_transport (WeftNode  *self,
                 GError   **error)
{
  WeftChannelTransport *transport;
  WeftPeerId *own;
  WeftPeerId *theirs;

  if (!WEFT_IS_CHANNEL_TRANSPORT (self->transport))
    return TRUE;

  transport = WEFT_CHANNEL_TRANSPORT (self->transport);
  own = weft_identity_get_peer_id (self->identity);
  theirs = weft_identity_get_peer_id (weft_channel_transport_get_identity (transport));
  if (!weft_peer_id_equal (own, theirs))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a transport that speaks as %s, got one that speaks as %s",
                   weft_peer_id_get_text (own), weft_peer_id_get_text (theirs));
      return FALSE;
    }
  if (!g_str_equal (self->network, weft_channel_transport_get_network (transport)))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a transport for the network %s, got one for %s",
                   self->network, weft_channel_transport_get_network (transport));
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_parts (WeftNode  *self,
             GError   **error)
{
  const struct
  {
    const char *name;
    gpointer part;
  } parts[] = {
    { "transport", self->transport },
    { "storage", self->storage },
    { "identity", self->identity },
    { "network", self->network },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].part == NULL)
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "expected a node with the property %s, got none", parts[i].name);
        return FALSE;
      }

  return check_transport (self, error);
}

static gboolean
take_all (WeftNode      *self,
          GCancellable  *cancellable,
          GError       **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!check_parts (self, error))
    return FALSE;

  weft_undo_push (self->undo, "closing the storage", undo_storage, self);
  g_signal_connect (self->repo, "committed", G_CALLBACK (committed_cb), self);
  weft_undo_push (self->undo, "leaving the repo", undo_commits, self);
  weft_node_take_peers (self);
  weft_node_take_cluster (self);
  take_handler (self);
  /* Closing it ends listening and lets every peer go, so it is registered before the first
   * address and undone before the list of peers is left. */
  weft_undo_push (self->undo, "closing the transport", undo_transport, self);

  if (!take_addresses (self, error))
    return FALSE;
  if (!weft_node_take_ring (self, error))
    return FALSE;
  weft_node_take_dialler (self);

  return TRUE;
}

static void
finish_start (WeftNode *self,
              GError   *error)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->start_task);

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start_alarm_cb (gpointer user_data)
{
  WeftNode *self = WEFT_NODE (user_data);
  g_autoptr(GError) undo_error = NULL;
  GError *error = NULL;

  self->alarm_id = 0;
  g_assert (self->state == WEFT_NODE_STATE_STARTING);

  if (take_all (self, g_task_get_cancellable (self->start_task), &error))
    {
      self->started_usec = weft_clock_get_monotonic (self->clock);
      self->started_real_usec = weft_clock_get_real (self->clock);
      weft_node_set_state (self, WEFT_NODE_STATE_RUNNING);
      finish_start (self, NULL);
      return;
    }

  if (!weft_undo_unwind (self->undo, &undo_error))
    g_info ("after a start that failed: %s", undo_error->message);
  weft_node_set_state (self, WEFT_NODE_STATE_STOPPED);
  finish_start (self, error);
}


static void
finish_stop (WeftNode *self)
{
  g_autoptr(GPtrArray) tasks = g_steal_pointer (&self->stop_tasks);
  g_autoptr(GError) error = NULL;

  weft_call_stats_watch_idle (self->stats, NULL, NULL);
  weft_undo_unwind (self->undo, &error);
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  weft_node_set_state (self, WEFT_NODE_STATE_STOPPED);

  if (self->start_task != NULL)
    finish_start (self, g_error_new (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                     "the node was stopped before it had started"));
  for (guint i = 0; i < tasks->len; i++)
    if (error == NULL)
      g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
    else
      g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

static void
stop_alarm_cb (gpointer user_data)
{
  WeftNode *self = WEFT_NODE (user_data);

  self->alarm_id = 0;
  g_assert (self->state == WEFT_NODE_STATE_STOPPING);

  finish_stop (self);
}

static void
set_alarm (WeftNode      *self,
           gint64         delay_usec,
           WeftAlarmFunc  func)
{
  gint64 deadline_usec = weft_clock_get_monotonic (self->clock) + delay_usec;

  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  self->alarm_id = weft_clock_add_alarm (self->clock, deadline_usec, func,
                                         g_object_ref (self), g_object_unref);
}

/* The last answer was just given; it is on its way before the alarm comes. */
static void
idle_cb (gpointer user_data)
{
  set_alarm (WEFT_NODE (user_data), 0, stop_alarm_cb);
}

static void
begin_stop (WeftNode *self)
{
  gboolean is_open = weft_call_stats_get_open (self->stats) > 0;
  gint64 delay_usec = weft_node_leave_ring (self) ? GOODBYE_USEC : 0;

  weft_node_set_state (self, WEFT_NODE_STATE_STOPPING);
  if (is_open)
    weft_call_stats_watch_idle (self->stats, idle_cb, self);
  set_alarm (self, is_open ? WEFT_LIMIT_DRAIN_USEC : delay_usec, stop_alarm_cb);
}


void
weft_node_abandon (WeftNode *self)
{
  g_autoptr(GError) error = NULL;

  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  self->alarm_id = 0;
  weft_call_stats_watch_idle (self->stats, NULL, NULL);
  if (!weft_undo_unwind (self->undo, &error))
    g_warning ("a node was dropped while it ran: %s", error->message);
}

/**
 * weft_node_start_async:
 * @self: a node
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when the node runs, or could not
 * @user_data: for @callback
 *
 * Starts to serve.
 *
 * A start that fails gives everything back, also what it took before it failed: no port stays
 * bound, and the transport and the storage are closed. A node lives once: one that was stopped, or
 * whose start failed, cannot be started again.
 *
 * Since: 0.1
 */
void
weft_node_start_async (WeftNode            *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (WEFT_IS_NODE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_node_start_async);
  /* A cancellation that comes after the start succeeded must not hide that the node runs. */
  g_task_set_check_cancellable (task, FALSE);
  if (self->state != WEFT_NODE_STATE_NEW)
    {
      g_task_return_new_error (task, WEFT_ERROR, WEFT_ERROR_CLOSED,
                               "expected a node that was never started; make a new one");
      return;
    }

  self->start_task = g_steal_pointer (&task);
  weft_node_set_state (self, WEFT_NODE_STATE_STARTING);
  set_alarm (self, 0, start_alarm_cb);
}

/**
 * weft_node_start_finish:
 * @self: a node
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Learns whether the node runs. The error is %WEFT_ERROR_INVALID for a part that is missing, does
 * not fit another or an address that is not one, %WEFT_ERROR_CLOSED for a node that lived already,
 * and else what the transport says of an address it cannot serve.
 *
 * Returns: whether it runs
 *
 * Since: 0.1
 */
gboolean
weft_node_start_finish (WeftNode      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * weft_node_stop_async:
 * @self: a node
 * @cancellable: (nullable): not to hear of the end; the node stops all the same
 * @callback: (scope async): called when the node has stopped
 * @user_data: for @callback
 *
 * Stops to serve: refuses new requests, answers those it has, for at most five seconds, lets its
 * peers go, and closes the transport and the storage.
 *
 * Stopping a node that stops or has stopped is fine.
 *
 * Since: 0.1
 */
void
weft_node_stop_async (WeftNode            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (WEFT_IS_NODE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_node_stop_async);
  if (self->state == WEFT_NODE_STATE_STOPPED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_ptr_array_add (self->stop_tasks, g_steal_pointer (&task));
  if (self->state != WEFT_NODE_STATE_STOPPING)
    begin_stop (self);
}

/**
 * weft_node_stop_finish:
 * @self: a node
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Learns how the node stopped. It has stopped in any case; an error tells what the storage could
 * not write any more.
 *
 * Returns: whether everything was given back without loss
 *
 * Since: 0.1
 */
gboolean
weft_node_stop_finish (WeftNode      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
