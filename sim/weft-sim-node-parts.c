/* weft-sim-node-parts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-node-private.h"

/**
 * weft_sim_node_set_key_network_func:
 * @self: a node
 * @make: (nullable) (scope notified) (closure user_data) (destroy destroy): makes its key network,
 *   or %NULL for a node that keeps its blocks alone
 * @cluster_min: how many members a cluster has at least, from 1
 * @user_data: data for @make
 * @destroy: (nullable): frees @user_data
 *
 * Makes the node a member of clusters. Each life has a key network of its own, for the clock of the
 * life before has stopped. It counts from the next start on.
 *
 * Since: 0.1
 */
void
weft_sim_node_set_key_network_func (WeftSimNode           *self,
                                    WeftSimKeyNetworkFunc  make,
                                    guint                  cluster_min,
                                    gpointer               user_data,
                                    GDestroyNotify         destroy)
{
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_return_if_fail (WEFT_IS_SIM_NODE (self));
  g_return_if_fail (cluster_min > 0);

  old_destroy = self->network_destroy;
  old_data = self->network_data;
  self->make_network = make;
  self->cluster_min = cluster_min;
  self->network_data = user_data;
  self->network_destroy = destroy;
  if (old_destroy != NULL)
    old_destroy (old_data);
}

/**
 * weft_sim_node_get_world:
 * @self: a node
 *
 * Gets the world that the node is in.
 *
 * Returns: (transfer none): the world
 *
 * Since: 0.1
 */
WeftSimWorld *
weft_sim_node_get_world (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->world;
}

/**
 * weft_sim_node_get_actor:
 * @self: a node
 *
 * Gets the number of the node in its world, which is also its host in the network.
 *
 * Returns: the number of an actor
 *
 * Since: 0.1
 */
guint
weft_sim_node_get_actor (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), 0);

  return self->actor;
}

/**
 * weft_sim_node_get_name:
 * @self: a node
 *
 * Gets what the node is called.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
weft_sim_node_get_name (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return weft_sim_world_get_actor_name (self->world, self->actor);
}

/**
 * weft_sim_node_get_identity:
 * @self: a node
 *
 * Gets who the node is, in every life.
 *
 * Returns: (transfer none): the identity
 *
 * Since: 0.1
 */
WeftIdentity *
weft_sim_node_get_identity (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->identity;
}

/**
 * weft_sim_node_get_address:
 * @self: a node
 *
 * Gets where the node listens, with its peer id.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_sim_node_get_address (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->address;
}

/**
 * weft_sim_node_get_clock:
 * @self: a node
 *
 * Gets the clock of this life.
 *
 * Returns: (transfer none) (nullable): the clock, or %NULL while the node is down
 *
 * Since: 0.1
 */
WeftSimClock *
weft_sim_node_get_clock (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->clock;
}

/**
 * weft_sim_node_get_random:
 * @self: a node
 *
 * Gets the chance of this life.
 *
 * Returns: (transfer none) (nullable): the source of chance, or %NULL while the node is down
 *
 * Since: 0.1
 */
WeftRandom *
weft_sim_node_get_random (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->random;
}

/**
 * weft_sim_node_get_transport:
 * @self: a node
 *
 * Gets the transport of this life.
 *
 * Returns: (transfer none) (nullable): the transport, or %NULL while the node is down
 *
 * Since: 0.1
 */
WeftTransport *
weft_sim_node_get_transport (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->transport;
}

/**
 * weft_sim_node_get_storage:
 * @self: a node
 *
 * Gets the storage of this life.
 *
 * Returns: (transfer none) (nullable): the storage, or %NULL of a client and while the node is down
 *
 * Since: 0.1
 */
WeftStorage *
weft_sim_node_get_storage (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->storage;
}

/**
 * weft_sim_node_get_node:
 * @self: a node
 *
 * Gets the node of this life.
 *
 * Returns: (transfer none) (nullable): the node, or %NULL of a client and while it is down
 *
 * Since: 0.1
 */
WeftNode *
weft_sim_node_get_node (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->node;
}

/**
 * weft_sim_node_make_repo:
 * @self: a node that is up
 * @server: another node
 *
 * Makes a way for this life of one node to read and write the blocks of another.
 *
 * Returns: (transfer full): the blocks of @server, as @self reaches them
 *
 * Since: 0.1
 */
WeftRemoteRepo *
weft_sim_node_make_repo (WeftSimNode *self,
                         WeftSimNode *server)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);
  g_return_val_if_fail (WEFT_IS_SIM_NODE (server), NULL);
  g_return_val_if_fail (self->clock != NULL, NULL);

  return g_object_new (WEFT_TYPE_REMOTE_REPO,
                       "transport", self->transport,
                       "address", server->address,
                       "clock", self->clock,
                       "random", self->random,
                       NULL);
}
