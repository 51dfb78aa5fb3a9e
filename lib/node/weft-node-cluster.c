/* weft-node-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A node as a member of clusters, for one that has a key network. */

#include "config.h"

#include "weft-coordinator-private.h"
#include "weft-node-private.h"

static gboolean
undo_cluster (gpointer   user_data,
              GError   **error)
{
  WeftNode *self = user_data;

  weft_coordinator_repo_close (self->coordinator);
  return TRUE;
}

static gboolean
undo_dialler (gpointer   user_data,
              GError   **error)
{
  WeftNode *self = user_data;

  g_clear_pointer (&self->dialler, weft_dialler_free);
  return TRUE;
}

void
weft_node_take_cluster (WeftNode *self)
{
  if (self->key_network == NULL)
    return;

  self->coordinator = g_object_new (WEFT_TYPE_COORDINATOR_REPO,
                                    "storage-repo", self->repo,
                                    "key-network", self->key_network,
                                    "transport", self->transport,
                                    "identity", self->identity,
                                    "network", self->network,
                                    "prefix", self->prefix,
                                    "random", self->random,
                                    "verifier", self->verifier,
                                    "cluster-min", self->cluster_min,
                                    NULL);
  weft_coordinator_repo_set_moves (self->coordinator, self->moves);
  weft_undo_push (self->undo, "leaving the clusters", undo_cluster, self);
}

void
weft_node_take_dialler (WeftNode *self)
{
  /* A ring keeps its own connections. */
  if (self->key_network == NULL || weft_node_is_on_ring (self))
    return;

  self->dialler
    = weft_dialler_new (self->transport, self->key_network, self->clock, self->random);
  weft_undo_push (self->undo, "leaving the peers", undo_dialler, self);
}

static gboolean
has_peer (GPtrArray  *peers,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), peer_id))
      return TRUE;

  return FALSE;
}

static gboolean
have_same_peers (GPtrArray *a,
                 GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!has_peer (b, weft_cluster_peer_get_peer_id (g_ptr_array_index (a, i))))
      return FALSE;

  return TRUE;
}

static JsonNode *
make_redirect (GPtrArray *peers)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "redirect");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "peers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (peers, i);
      GPtrArray *addresses = weft_cluster_peer_get_addresses (peer);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder,
                                     weft_peer_id_get_text (weft_cluster_peer_get_peer_id (peer)));
      json_builder_set_member_name (builder, "addrs");
      json_builder_begin_array (builder);
      for (guint j = 0; j < addresses->len; j++)
        json_builder_add_value (builder,
                                weft_multiaddr_to_json (g_ptr_array_index (addresses, j)));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "reason");
  json_builder_add_string_value (builder, "not_in_cluster");
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

JsonNode *
weft_node_make_redirect (WeftNode        *self,
                         WeftRepoMessage *message)
{
  g_autoptr(GPtrArray) peers = NULL;
  g_auto(GStrv) block_ids = NULL;

  if (self->coordinator == NULL)
    return NULL;

  block_ids = weft_repo_message_get_block_ids (message);
  if (weft_coordinator_works_on (self->coordinator, block_ids[0]))
    return NULL;

  peers = weft_coordinator_list_near (self->coordinator, block_ids[0]);

  /* Nobody keeps blocks of several clusters; who is asked for them asks on. */
  for (guint i = 1; block_ids[i] != NULL; i++)
    {
      g_autoptr(GPtrArray) others
        = weft_coordinator_list_near (self->coordinator, block_ids[i]);

      if (!have_same_peers (peers, others))
        return NULL;
    }

  return make_redirect (peers);
}

/**
 * weft_node_get_key_network: (get-property key-network)
 * @self: a node
 *
 * Gets what says who keeps a block.
 *
 * Returns: (transfer none) (nullable): the key network, or %NULL for a node that keeps its blocks
 *   alone
 *
 * Since: 0.1
 */
WeftKeyNetwork *
weft_node_get_key_network (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->key_network;
}

/**
 * weft_node_get_cluster_min: (get-property cluster-min)
 * @self: a node
 *
 * Gets how many members a cluster has at least.
 *
 * Returns: the number, at least 1
 *
 * Since: 0.1
 */
guint
weft_node_get_cluster_min (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), 0);

  return self->cluster_min;
}

/**
 * weft_node_get_moves: (get-property moves)
 * @self: a node
 *
 * Gets whether blocks that this node keeps go to those who should, as nodes come and go.
 *
 * Returns: whether they do
 *
 * Since: 0.1
 */
gboolean
weft_node_get_moves (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), FALSE);

  return self->moves;
}

/**
 * weft_node_get_coordinator: (get-property coordinator)
 * @self: a node
 *
 * Gets the blocks of the network, for the program that embeds the node.
 *
 * Returns: (transfer none) (nullable): the repo, or %NULL before the node runs and for one that
 *   keeps its blocks alone
 *
 * Since: 0.1
 */
WeftCoordinatorRepo *
weft_node_get_coordinator (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->coordinator;
}
