/* weft-node-parts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a node is made of, for those who ask. */

#include "config.h"

#include "weft-node-private.h"

/**
 * weft_node_new:
 * @transport: how it is reached; the node closes it
 * @storage: where it keeps its blocks; the node closes it
 * @listen: (nullable) (array zero-terminated=1): the multiaddrs at which it serves
 *
 * Creates a node that is the peer its transport speaks as, in the transport's network. It does
 * nothing before [method@Weft.Node.start_async].
 *
 * Returns: (transfer full): a new node
 *
 * Since: 0.1
 */
WeftNode *
weft_node_new (WeftTransport      *transport,
               WeftStorage        *storage,
               const char * const *listen)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (WEFT_IS_STORAGE (storage), NULL);

  return g_object_new (WEFT_TYPE_NODE,
                       "transport", transport,
                       "storage", storage,
                       "listen", listen,
                       NULL);
}

/**
 * weft_node_get_identity: (get-property identity)
 * @self: a node
 *
 * Gets who the node is.
 *
 * Returns: (transfer none) (nullable): the identity, or %NULL when neither the node nor its
 *   transport was given one
 *
 * Since: 0.1
 */
WeftIdentity *
weft_node_get_identity (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->identity;
}

/**
 * weft_node_get_verifier: (get-property verifier)
 * @self: a node
 *
 * Gets what tells the node whether a peer has signed something.
 *
 * Returns: (transfer none): the verifier
 *
 * Since: 0.1
 */
WeftVerifier *
weft_node_get_verifier (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->verifier;
}

/**
 * weft_node_get_network: (get-property network)
 * @self: a node
 *
 * Gets the network of which the node is a peer.
 *
 * Returns: (transfer none) (nullable): the name of the network
 *
 * Since: 0.1
 */
const char *
weft_node_get_network (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->network;
}

/**
 * weft_node_get_clock: (get-property clock)
 * @self: a node
 *
 * Gets where the node has the time from.
 *
 * Returns: (transfer none): the clock
 *
 * Since: 0.1
 */
WeftClock *
weft_node_get_clock (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->clock;
}

/**
 * weft_node_get_random: (get-property random)
 * @self: a node
 *
 * Gets where the node has chance from.
 *
 * Returns: (transfer none): the source of chance
 *
 * Since: 0.1
 */
WeftRandom *
weft_node_get_random (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->random;
}

/**
 * weft_node_get_transport: (get-property transport)
 * @self: a node
 *
 * Gets how the node is reached.
 *
 * Returns: (transfer none) (nullable): the transport
 *
 * Since: 0.1
 */
WeftTransport *
weft_node_get_transport (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->transport;
}

/**
 * weft_node_get_storage: (get-property storage)
 * @self: a node
 *
 * Gets where the node keeps its blocks.
 *
 * Returns: (transfer none) (nullable): the storage
 *
 * Since: 0.1
 */
WeftStorage *
weft_node_get_storage (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->storage;
}

/**
 * weft_node_get_listen: (get-property listen)
 * @self: a node
 *
 * Gets the multiaddrs at which the node was told to serve. Those at which it does are in
 * [method@Weft.Node.list_addresses], with the ports that were free.
 *
 * Returns: (transfer none) (array zero-terminated=1): multiaddrs
 *
 * Since: 0.1
 */
const char * const *
weft_node_get_listen (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return (const char * const *) self->listen;
}

/**
 * weft_node_get_prefix: (get-property prefix)
 * @self: a node
 *
 * Gets what the names of the node's protocols start with.
 *
 * Returns: (transfer none): the prefix
 *
 * Since: 0.1
 */
const char *
weft_node_get_prefix (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->prefix;
}

/**
 * weft_node_get_agent: (get-property agent)
 * @self: a node
 *
 * Gets the program and version that the node names in its status.
 *
 * Returns: (transfer none): the agent
 *
 * Since: 0.1
 */
const char *
weft_node_get_agent (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->agent;
}
