/* weft-fleet.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-fleet.h"

#include <string.h>

#include "weft-node-pair.h"

static WeftStorage *
open_storage (WeftFleet *self,
              guint      index)
{
  g_autofree char *name = g_strdup_printf ("node-%u", index);
  g_autoptr(WeftStorage) storage = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  if (self->storages[index] != NULL)
    return g_object_ref (self->storages[index]);
  if (self->directory == NULL)
    return weft_memory_storage_new ();

  path = g_build_filename (self->directory, name, NULL);
  storage = weft_file_storage_open (path, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&storage);
}

/* Every key network knows every node; where they are it learns as they start. */
static void
introduce (WeftFleet *self,
           guint      index,
           GPtrArray *addresses)
{
  g_autoptr(WeftClusterPeer) peer
      = weft_cluster_peer_new (weft_identity_get_peer_id (self->identities[index]), addresses);

  for (guint i = 0; i < self->n_nodes; i++)
    if ((self->hidden[i] & 1u << index) == 0)
      weft_fixed_key_network_add_peer (self->networks[i], peer);
}

/* Two that do not know each other do not meet. */
static guint
count_reachable (WeftFleet *self,
                 guint      index)
{
  guint n_reachable = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    if (i != index && self->nodes[i] != NULL
        && ((self->hidden[i] & 1u << index) == 0 || (self->hidden[index] & 1u << i) == 0))
      n_reachable++;

  return n_reachable;
}

static gboolean
are_connected (WeftFleet *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i] != NULL
        && g_list_model_get_n_items (weft_node_get_peers (self->nodes[i]))
             < count_reachable (self, i))
      return FALSE;

  return TRUE;
}

void
weft_fleet_start (WeftFleet *self,
                  guint      index)
{
  g_autofree char *address
      = g_strdup_printf ("/memory/%" G_GUINT64_FORMAT, self->numbers[index]);
  const char *const listen[] = { address, NULL };
  g_autoptr(WeftTransport) transport
      = WEFT_TRANSPORT (weft_loopback_transport_new (self->identities[index], "test",
                                                     WEFT_PEER_ROLE_PEER, self->clock,
                                                     self->random));
  g_autoptr(WeftStorage) storage = open_storage (self, index);
  g_autoptr(GPtrArray) addresses = NULL;

  g_assert_null (self->nodes[index]);

  self->nodes[index] = g_object_new (WEFT_TYPE_NODE,
                                     "transport", transport,
                                     "storage", storage,
                                     "listen", listen,
                                     "key-network", self->networks[index],
                                     "cluster-min", self->cluster_min,
                                     NULL);
  weft_test_start_node (self->nodes[index]);
  addresses = weft_node_list_addresses (self->nodes[index]);
  self->numbers[index] = weft_multiaddr_get_number (g_ptr_array_index (addresses, 0));
  introduce (self, index, addresses);
  while (!are_connected (self))
    g_main_context_iteration (NULL, TRUE);
}

void
weft_fleet_stop (WeftFleet *self,
                 guint      index)
{
  weft_test_stop_node (self->nodes[index]);
  weft_test_settle (G_OBJECT (self->nodes[index]));
  g_assert_finalize_object (self->nodes[index]);
  self->nodes[index] = NULL;
}

static WeftFleet *
fleet_new (guint        n_nodes,
           guint        cluster_min,
           guint        replication,
           const char  *directory,
           const guint *hidden)
{
  WeftFleet *self = g_new0 (WeftFleet, 1);

  g_assert_cmpuint (n_nodes, <=, FLEET_MAX);

  self->n_nodes = n_nodes;
  self->cluster_min = cluster_min;
  self->replication = replication;
  self->directory = g_strdup (directory);
  self->clock = weft_system_clock_new ();
  self->random = weft_system_random_new ();
  for (guint i = 0; i < n_nodes; i++)
    {
      guint8 seed[32] = { i + 1 };
      g_autoptr(GBytes) bytes = g_bytes_new (seed, sizeof seed);

      self->identities[i] = weft_identity_new_from_seed (bytes, NULL);
      self->networks[i]
          = weft_fixed_key_network_new (weft_identity_get_peer_id (self->identities[i]),
                                        replication, self->clock);
    }
  if (hidden != NULL)
    memcpy (self->hidden, hidden, n_nodes * sizeof *hidden);
  for (guint i = 0; i < n_nodes; i++)
    introduce (self, i, NULL);
  for (guint i = 0; i < n_nodes; i++)
    weft_fleet_start (self, i);

  return self;
}

WeftFleet *
weft_fleet_new (guint       n_nodes,
                guint       cluster_min,
                guint       replication,
                const char *directory)
{
  return fleet_new (n_nodes, cluster_min, replication, directory, NULL);
}

WeftFleet *
weft_fleet_new_blind (guint        n_nodes,
                      guint        cluster_min,
                      const guint *hidden)
{
  return fleet_new (n_nodes, cluster_min, 0, NULL, hidden);
}

void
weft_fleet_free (WeftFleet *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      if (self->nodes[i] != NULL)
        weft_fleet_stop (self, i);
      weft_test_settle (G_OBJECT (self->networks[i]));
      g_assert_finalize_object (self->networks[i]);
      g_object_unref (self->identities[i]);
    }
  g_object_unref (self->random);
  g_object_unref (self->clock);
  g_free (self->directory);
  g_free (self);
}

WeftRepo *
weft_fleet_get_repo (WeftFleet *self,
                     guint      index)
{
  return WEFT_REPO (weft_node_get_coordinator (self->nodes[index]));
}

WeftRepo *
weft_fleet_get_store (WeftFleet *self,
                      guint      index)
{
  return WEFT_REPO (weft_node_get_repo (self->nodes[index]));
}

static gboolean
is_settled (WeftNode *node)
{
  g_autoptr(JsonNode) status
      = weft_coordinator_repo_get_status (weft_node_get_coordinator (node));
  JsonObject *object = json_node_get_object (status);

  return json_object_get_int_member (object, "undelivered") == 0
         && json_object_get_int_member (object, "running") == 0
         && json_array_get_length (json_object_get_array_member (object, "open")) == 0;
}

void
weft_fleet_settle (WeftFleet *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    while (self->nodes[i] != NULL && !is_settled (self->nodes[i]))
      {
        g_main_context_iteration (NULL, TRUE);
        /* Whoever has settled may have been asked something since. */
        i = 0;
        while (self->nodes[i] == NULL)
          i++;
      }
}

gint64
weft_fleet_get_count (WeftFleet  *self,
                      guint       index,
                      const char *counter)
{
  g_autoptr(JsonNode) status
      = weft_coordinator_repo_get_status (weft_node_get_coordinator (self->nodes[index]));
  JsonObject *counters
      = json_object_get_object_member (json_node_get_object (status), "counters");

  return json_object_get_int_member_with_default (counters, counter, 0);
}

gint64
weft_fleet_count_all (WeftFleet  *self,
                      const char *counter)
{
  gint64 n = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i] != NULL)
      n += weft_fleet_get_count (self, i, counter);

  return n;
}

gint64
weft_fleet_get_latest (WeftFleet  *self,
                       guint       index,
                       const char *block_id)
{
  g_autoptr(WeftBlockMetadata) metadata = weft_storage_read_metadata (
      weft_storage_repo_get_storage (weft_node_get_repo (self->nodes[index])), block_id, NULL);

  return metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
}
