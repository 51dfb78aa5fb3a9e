/* weft-sim-together.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nodes that keep blocks together. Each knows all others and dials them by itself; a client may
 * turn to any of them about any key. All of them together are linearizable.
 */

#include "weft-sim-client-private.h"

/* How many others a node is told of that looks for a ring. */
#define BOOTSTRAPS 3

static guint
get_cluster_size (WeftSimDeployment *self)
{
  return self->scenario->replication > 0 ? self->scenario->replication : self->scenario->n_nodes;
}

static void
add_bootstrap (WeftRingKeyNetwork *ring,
               WeftSimNode        *node)
{
  g_autofree char *address = weft_multiaddr_to_string (weft_sim_node_get_address (node));

  if (!weft_ring_key_network_add_bootstrap (ring, address, NULL))
    g_assert_not_reached ();
}

/* Everybody is told of three, also these: the first that are there, as somebody keeps the list
 * true by which others come in; the first of all before anybody is there. */
static WeftKeyNetwork *
make_ring (WeftSimDeployment *self,
           WeftSimNode       *node)
{
  WeftRingKeyNetwork *ring
    = g_object_new (WEFT_TYPE_RING_KEY_NETWORK, "transport", weft_sim_node_get_transport (node),
                    "storage", weft_sim_node_get_storage (node),
                    "random", weft_sim_node_get_random (node),
                    "replication", get_cluster_size (self),
                    "keeper", !weft_sim_deployment_is_edge (self, node), NULL);
  guint n_told = 0;

  for (guint is_any = 0; is_any < 2 && n_told == 0; is_any++)
    for (guint i = 0; i < self->hosts->len && n_told < BOOTSTRAPS; i++)
      {
        WeftSimHost *host = weft_sim_deployment_get_host (self, i);

        if (!is_any && !weft_sim_host_is_running (host))
          continue;
        n_told++;
        if (host->node != node)
          add_bootstrap (ring, host->node);
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
  /* A client that has an edge of its own knows of nobody else. */
  return self->edges->len > 0 ? 0 : weft_sim_prng_below (prng, self->n_honest);
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

static gboolean
has_peer (GPtrArray *peers,
          WeftSimHost *host)
{
  WeftPeerId *peer_id = weft_identity_get_peer_id (weft_sim_node_get_identity (host->node));

  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (peers->pdata[i]), peer_id))
      return TRUE;

  return FALSE;
}

/* Who keeps a block as somebody says who is sure of it and is among them, or as the first says. */
static GPtrArray *
ask_who_keeps (WeftSimDeployment *self,
               guint              key)
{
  g_autofree char *block_id = weft_sim_client_name_block (key);
  g_autoptr(GPtrArray) first = NULL;

  for (guint i = 0; i < self->n_honest; i++)
    {
      WeftSimHost *host = weft_sim_deployment_get_host (self, i);
      g_autoptr(GPtrArray) peers = NULL;
      gboolean is_sure = FALSE;

      if (!weft_sim_host_is_running (host))
        continue;
      peers = weft_key_network_get_cohort (
        weft_node_get_key_network (weft_sim_node_get_node (host->node)), block_id, &is_sure);
      if (!self->scenario->is_ring || (is_sure && has_peer (peers, host)))
        return g_steal_pointer (&peers);
      if (first == NULL)
        first = g_steal_pointer (&peers);
    }

  return first != NULL ? g_steal_pointer (&first) : g_ptr_array_new ();
}

static void
find_members (WeftSimDeployment *self,
              guint              key,
              gboolean          *is_member)
{
  g_autoptr(GPtrArray) peers = ask_who_keeps (self, key);

  for (guint i = 0; i < self->n_honest; i++)
    is_member[i] = has_peer (peers, weft_sim_deployment_get_host (self, i));
}

/* Slots in which a node voted and does not know what became of it. */
static char *
find_open_slot (WeftSimDeployment *self)
{
  for (guint i = 0; i < self->n_honest; i++)
    {
      WeftNode *node = weft_sim_node_get_node (weft_sim_deployment_get_host (self, i)->node);
      g_autoptr(JsonNode) status = NULL;
      JsonArray *open;
      JsonObject *first;

      status = weft_coordinator_repo_get_status (weft_node_get_coordinator (node));
      open = json_object_get_array_member (json_node_get_object (status), "open");
      if (json_array_get_length (open) == 0)
        continue;

      first = json_array_get_object_element (open, 0);
      return g_strdup_printf ("node %u has %u slots in which nothing is decided, the first of "
                              "block “%s” after revision %" G_GINT64_FORMAT, i,
                              json_array_get_length (open),
                              json_object_get_string_member (first, "blockId"),
                              json_object_get_int_member (first, "base"));
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
      g_autofree gboolean *is_member = g_new0 (gboolean, self->n_honest);
      char *words;

      find_members (self, key, is_member);
      words = weft_sim_logs_find_key_difference (logs, key, is_member);
      if (words != NULL)
        return words;
    }

  return find_open_slot (self);
}

/* Where nodes come and go it is enough that somebody has it: who else should, changes. */
static GArray *
check_logs (WeftSimDeployment *self,
            const WeftSimLogs *logs,
            char             **violation)
{
  guint n_least = weft_thresholds_get_commits (get_cluster_size (self)) - self->scenario->n_liars;

  *violation = weft_sim_logs_find_fork (logs);

  return weft_sim_logs_collect (logs, self->scenario->churn->len > 0 ? 1 : n_least);
}

const WeftSimDeploymentKind weft_sim_together = {
  .configure = configure,
  .pick_node = pick_node,
  .may_join = may_join,
  .find_members = find_members,
  .get_losses_max = get_losses_max,
  .find_unsettled = find_unsettled,
  .check_logs = check_logs,
};
