/* weft-key-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-key-network.h"

/**
 * WeftKeyNetwork:
 *
 * Who keeps which block.
 *
 * The peers that keep a block are its *cluster*. Which they are follows from the place of the block
 * on the ring, and from which peers this node knows; so two nodes may see different clusters while
 * peers come and go, and consensus is safe all the same. What every implementation keeps to:
 *
 * - A cluster has at least one and at most %WEFT_LIMIT_RECORD_PEERS_MAX peers, each once, sorted by
 *   peer id. This node is among them if it keeps the block.
 * - Places on the ring come from weft_ring_key_for_block() and weft_ring_key_for_peer().
 * - What is looked for is told once, and never from within the call that looks for it.
 * - It belongs to one thread, that of its node.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftKeyNetwork, weft_key_network, G_TYPE_OBJECT)

static gboolean
allow_change (WeftKeyNetwork *self,
              GPtrArray      *peers,
              GError        **error)
{
  return TRUE;
}

static void
ignore_lie (WeftKeyNetwork *self,
            WeftPeerId     *peer_id)
{
}

static GPtrArray *
get_cohort_as_target (WeftKeyNetwork *self,
                      const char     *block_id,
                      gboolean       *is_confident)
{
  return WEFT_KEY_NETWORK_GET_IFACE (self)->get_cohort (self, block_id, is_confident);
}

static void
weft_key_network_default_init (WeftKeyNetworkInterface *iface)
{
  iface->get_target = get_cohort_as_target;
  iface->check_change = allow_change;
  iface->report_lie = ignore_lie;
}

/* One look tells what WEFT_IS_KEY_NETWORK() would, and finds what to call. */
static inline WeftKeyNetworkInterface *
get_iface (WeftKeyNetwork *self)
{
  return self != NULL ? WEFT_KEY_NETWORK_GET_IFACE (self) : NULL;
}

/**
 * weft_key_network_get_cohort:
 * @self: a key network
 * @block_id: a block
 * @is_confident: (out) (optional): whether nothing speaks against it
 *
 * Gets the cluster of a block as this node sees it, without asking anybody.
 *
 * Returns: (transfer container) (element-type WeftClusterPeer): the peers, sorted by peer id
 *
 * Since: 0.1
 */
GPtrArray *
weft_key_network_get_cohort (WeftKeyNetwork *self,
                             const char     *block_id,
                             gboolean       *is_confident)
{
  WeftKeyNetworkInterface *iface = get_iface (self);
  gboolean confident = FALSE;
  GPtrArray *peers;

  g_return_val_if_fail (iface != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  peers = iface->get_cohort (self, block_id, &confident);
  if (is_confident != NULL)
    *is_confident = confident;

  return peers;
}

/**
 * weft_key_network_find_cluster:
 * @self: a key network
 * @block_id: a block
 * @done: (scope async) (closure user_data): what to call with the peers
 * @user_data: data for @done
 *
 * Finds the cluster of a block as well as it can be found. The error is %WEFT_ERROR_UNAVAILABLE
 * when nobody can tell now.
 *
 * Since: 0.1
 */
void
weft_key_network_find_cluster (WeftKeyNetwork     *self,
                               const char         *block_id,
                               WeftKeyNetworkFunc  done,
                               gpointer            user_data)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (done != NULL);

  iface->find_cluster (self, block_id, done, user_data);
}

/**
 * weft_key_network_find_coordinator:
 * @self: a key network
 * @block_id: a block
 * @excluded: (nullable) (element-type WeftPeerId): peers that were tried in vain
 * @done: (scope async) (closure user_data): what to call with a list of one peer
 * @user_data: data for @done
 *
 * Finds a peer that can coordinate changes of a block. The error is %WEFT_ERROR_UNAVAILABLE when
 * all were tried.
 *
 * Since: 0.1
 */
void
weft_key_network_find_coordinator (WeftKeyNetwork     *self,
                                   const char         *block_id,
                                   GPtrArray          *excluded,
                                   WeftKeyNetworkFunc  done,
                                   gpointer            user_data)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (done != NULL);

  iface->find_coordinator (self, block_id, excluded, done, user_data);
}

/**
 * weft_key_network_record_coordinator:
 * @self: a key network
 * @block_id: a block
 * @peer_id: a peer that coordinated a change of it
 *
 * Remembers who coordinates a block, so that it is found first the next time.
 *
 * Since: 0.1
 */
void
weft_key_network_record_coordinator (WeftKeyNetwork *self,
                                     const char     *block_id,
                                     WeftPeerId     *peer_id)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (peer_id != NULL);

  iface->record_coordinator (self, block_id, peer_id);
}

/**
 * weft_key_network_list_peers:
 * @self: a key network
 *
 * Lists the peers to which the node should keep a connection, itself not among them.
 *
 * Returns: (transfer container) (element-type WeftClusterPeer): the peers, sorted by peer id
 *
 * Since: 0.1
 */
GPtrArray *
weft_key_network_list_peers (WeftKeyNetwork *self)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_val_if_fail (iface != NULL, NULL);

  return iface->list_peers (self);
}

/**
 * weft_key_network_check_change:
 * @self: a key network
 * @peers: (element-type WeftClusterPeer): the cluster that is to decide
 * @error: return location for an error
 *
 * Tells whether this node may take part in a decision of @peers now. A cluster of one that once had
 * others, or one in a network that seems to be cut, may not: the others may be deciding too. The
 * error is %WEFT_ERROR_REFUSED and says why.
 *
 * Returns: whether it may
 *
 * Since: 0.1
 */
gboolean
weft_key_network_check_change (WeftKeyNetwork  *self,
                               GPtrArray       *peers,
                               GError         **error)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (peers != NULL, FALSE);

  return iface->check_change (self, peers, error);
}

/**
 * weft_key_network_get_target:
 * @self: a key network
 * @block_id: a block
 * @is_confident: (out) (optional): whether nothing speaks against it
 *
 * Gets the peers that should keep a block from now on, as this node sees it. They differ from the
 * cohort where that still has peers which went a short time ago.
 *
 * Returns: (transfer container) (element-type WeftClusterPeer): the peers, sorted by peer id
 *
 * Since: 0.1
 */
GPtrArray *
weft_key_network_get_target (WeftKeyNetwork *self,
                             const char     *block_id,
                             gboolean       *is_confident)
{
  WeftKeyNetworkInterface *iface = get_iface (self);
  gboolean confident = FALSE;
  GPtrArray *peers;

  g_return_val_if_fail (iface != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  peers = iface->get_target (self, block_id, &confident);
  if (is_confident != NULL)
    *is_confident = confident;

  return peers;
}

/**
 * weft_key_network_reach:
 * @self: a key network
 * @peers: (element-type WeftClusterPeer): peers, with addresses where they were once
 * @done: (scope async) (closure user_data): what to call with the same peers
 * @user_data: data for @done
 *
 * Connects to those of the peers that can be reached within a short time, at the addresses that are
 * known of them now or at those that are given. Whoever could not be reached is told all the same.
 *
 * Since: 0.1
 */
void
weft_key_network_reach (WeftKeyNetwork     *self,
                        GPtrArray          *peers,
                        WeftKeyNetworkFunc  done,
                        gpointer            user_data)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (peers != NULL);
  g_return_if_fail (done != NULL);

  iface->reach (self, peers, done, user_data);
}

/**
 * weft_key_network_report_lie:
 * @self: a key network
 * @peer_id: a peer
 *
 * Notes that a peer did what can be proved to be a lie, so that it coordinates nothing for a while.
 *
 * Since: 0.1
 */
void
weft_key_network_report_lie (WeftKeyNetwork *self,
                             WeftPeerId     *peer_id)
{
  WeftKeyNetworkInterface *iface = get_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (peer_id != NULL);

  iface->report_lie (self, peer_id);
}

static void
found_cb (WeftKeyNetwork *self,
          GPtrArray      *peers,
          const GError   *error,
          gpointer        user_data)
{
  g_autoptr(GTask) task = user_data;

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, g_ptr_array_ref (peers), (GDestroyNotify) g_ptr_array_unref);
}

/**
 * weft_key_network_find_cluster_async:
 * @self: a key network
 * @block_id: a block
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when it was found, or not
 * @user_data: data for @callback
 *
 * Finds the cluster of a block. See [method@Weft.KeyNetwork.find_cluster].
 *
 * Since: 0.1
 */
void
weft_key_network_find_cluster_async (WeftKeyNetwork      *self,
                                     const char          *block_id,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (WEFT_IS_KEY_NETWORK (self));
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_key_network_find_cluster_async);
  weft_key_network_find_cluster (self, block_id, found_cb, task);
}

/**
 * weft_key_network_find_cluster_finish:
 * @self: a key network
 * @result: what the callback was given
 * @error: return location for a [error@Weft.Error]
 *
 * Ends [method@Weft.KeyNetwork.find_cluster_async].
 *
 * Returns: (transfer container) (element-type WeftClusterPeer): the peers, sorted by peer id, or
 *   %NULL with %WEFT_ERROR_UNAVAILABLE when nobody can tell now
 *
 * Since: 0.1
 */
GPtrArray *
weft_key_network_find_cluster_finish (WeftKeyNetwork  *self,
                                      GAsyncResult    *result,
                                      GError         **error)
{
  g_return_val_if_fail (WEFT_IS_KEY_NETWORK (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
