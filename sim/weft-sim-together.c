/* weft-sim-together.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nodes that keep blocks together. Each knows all others and dials them by itself; a client may
 * turn to any of them about any key. All of them together are linearizable.
 */

#include "weft-sim-client-private.h"

static guint
get_cluster_size (WeftSimDeployment *self)
{
  return self->scenario->replication > 0 ? self->scenario->replication : self->scenario->n_nodes;
}

/* Everybody is told of the first three, also these. */
static WeftKeyNetwork *
make_ring (WeftSimDeployment *self,
           WeftSimNode       *node)
{
  WeftRingKeyNetwork *ring
    = g_object_new (WEFT_TYPE_RING_KEY_NETWORK, "transport", weft_sim_node_get_transport (node),
                    "storage", weft_sim_node_get_storage (node),
                    "random", weft_sim_node_get_random (node),
                    "replication", get_cluster_size (self), NULL);

  for (guint i = 0; i < MIN (self->hosts->len, 3); i++)
    {
      WeftSimNode *other = weft_sim_deployment_get_host (self, i)->node;
      g_autofree char *address = weft_multiaddr_to_string (weft_sim_node_get_address (other));

      if (other != node && !weft_ring_key_network_add_bootstrap (ring, address, NULL))
        g_assert_not_reached ();
    }

  return WEFT_KEY_NETWORK (ring);
}

static WeftKeyNetwork *
make_network_cb (WeftSimNode *node,
                 gpointer     user_data)
{
  WeftSimDeployment *self = user_data;
  WeftPeerId *own_id = weft_identity_get_peer_id (weft_sim_node_get_identity (node));
  WeftFixedKeyNetwork *network;

  if (self->scenario->is_ring)
    return make_ring (self, node);

  network = weft_fixed_key_network_new (own_id, self->scenario->replication,
                                        WEFT_CLOCK (weft_sim_node_get_clock (node)));
  for (guint i = 0; i < self->hosts->len; i++)
    {
      WeftSimNode *other = weft_sim_deployment_get_host (self, i)->node;
      g_autoptr(GPtrArray) addresses
        = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
      g_autoptr(WeftClusterPeer) peer = NULL;

      g_ptr_array_add (addresses, weft_multiaddr_ref (weft_sim_node_get_address (other)));
      peer = weft_cluster_peer_new (weft_identity_get_peer_id (weft_sim_node_get_identity (other)),
                                    addresses);
      weft_fixed_key_network_add_peer (network, peer);
    }

  return WEFT_KEY_NETWORK (network);
}

static void
configure (WeftSimDeployment *self,
           WeftSimHost       *host)
{
  weft_sim_node_set_key_network_func (host->node, make_network_cb, self->scenario->cluster_min,
                                      self, NULL);
}

static guint
pick_node (WeftSimDeployment *self,
           guint              key,
           WeftSimPrng       *prng)
{
  return weft_sim_prng_below (prng, self->n_honest);
}

/* Blocks of several clusters are not decided about together. */
static gboolean
may_join (WeftSimDeployment *self,
          guint              key,
          guint              other)
{
  return key == other || get_cluster_size (self) == self->scenario->n_nodes;
}

/* Whoever recovers or reads hears of a decision as long as one is left of the members that are
 * both in the majority that committed and among those that answer, and honest. */
static guint
get_losses_max (WeftSimDeployment *self)
{
  guint size = get_cluster_size (self);

  return weft_thresholds_get_promises (size, WEFT_SUPER_MAJORITY_DEFAULT)
         + weft_thresholds_get_commits (size) - size - 1 - self->scenario->n_liars;
}

/* Which of those that are honest keep a block, as bits. */
static guint32
find_members (WeftSimDeployment *self,
              guint              key)
{
  g_autofree char *block_id = weft_sim_client_name_block (key);
  WeftNode *asked = weft_sim_node_get_node (weft_sim_deployment_get_host (self, 0)->node);
  g_autoptr(GPtrArray) peers = NULL;
  guint32 members = 0;

  peers = weft_key_network_get_cohort (weft_node_get_key_network (asked), block_id, NULL);
  for (guint i = 0; i < self->n_honest; i++)
    {
      WeftSimNode *node = weft_sim_deployment_get_host (self, i)->node;
      WeftPeerId *peer_id = weft_identity_get_peer_id (weft_sim_node_get_identity (node));

      for (guint j = 0; j < peers->len; j++)
        if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (peers->pdata[j]), peer_id))
          members |= 1u << i;
    }

  return members;
}

/* Slots in which a node voted and does not know what became of it. */
static char *
find_open_slot (WeftSimDeployment *self)
{
  for (guint i = 0; i < self->n_honest; i++)
    {
      WeftNode *node = weft_sim_node_get_node (weft_sim_deployment_get_host (self, i)->node);
      g_autoptr(JsonNode) status = NULL;
      guint n_open;

      status = weft_coordinator_repo_get_status (weft_node_get_coordinator (node));
      n_open = json_array_get_length (json_object_get_array_member (json_node_get_object (status),
                                                                    "open"));
      if (n_open > 0)
        return g_strdup_printf ("node %u has %u slots in which nothing is decided", i, n_open);
    }

  return NULL;
}

static char *
find_unsettled (WeftSimDeployment *self,
                const WeftSimLogs *logs)
{
  for (guint i = 0; i < self->n_honest; i++)
    if (!weft_sim_host_is_running (weft_sim_deployment_get_host (self, i)))
      return g_strdup_printf ("node %u does not run", i);

  for (guint key = 0; key < logs->n_keys; key++)
    {
      char *words = weft_sim_logs_find_key_difference (logs, key, find_members (self, key));

      if (words != NULL)
        return words;
    }

  return find_open_slot (self);
}

static GArray *
check_logs (WeftSimDeployment *self,
            const WeftSimLogs *logs,
            char             **violation)
{
  *violation = weft_sim_logs_find_fork (logs);

  return weft_sim_logs_collect (logs, weft_thresholds_get_commits (get_cluster_size (self))
                                        - self->scenario->n_liars);
}

const WeftSimDeploymentKind weft_sim_together = {
  .configure = configure,
  .pick_node = pick_node,
  .may_join = may_join,
  .get_losses_max = get_losses_max,
  .find_unsettled = find_unsettled,
  .check_logs = check_logs,
};
