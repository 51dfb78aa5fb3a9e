/* weft-ring-fleet.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-ring-fleet.h"

#include "weft-node-pair.h"

/* Much more than it takes, on a machine that has much else to do. */
#define PATIENCE_USEC (60 * G_TIME_SPAN_SECOND)

static WeftStorage *
open_storage (WeftRingFleet *self,
              guint          index)
{
  g_autofree char *name = g_strdup_printf ("node-%u", index);
  g_autoptr(WeftStorage) storage = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  if (self->directory == NULL)
    return weft_memory_storage_new ();

  path = g_build_filename (self->directory, name, NULL);
  storage = weft_file_storage_open (path, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&storage);
}

void
weft_ring_fleet_start (WeftRingFleet *self,
                       guint          index)
{
  const char *const listen[] = { "/memory/0", NULL };
  g_autoptr(WeftTransport) transport
      = WEFT_TRANSPORT (weft_loopback_transport_new (self->identities[index], "test",
                                                     WEFT_PEER_ROLE_PEER, self->clock,
                                                     self->random));
  g_autoptr(WeftStorage) storage = open_storage (self, index);
  g_autoptr(WeftRingKeyNetwork) ring
      = weft_ring_key_network_new (transport, storage, self->replication);
  g_autoptr(GError) error = NULL;

  g_assert_null (self->nodes[index]);

  if (self->bootstrap != NULL)
    weft_ring_key_network_add_bootstrap (ring, self->bootstrap, &error);
  g_assert_no_error (error);
  self->nodes[index] = g_object_new (WEFT_TYPE_NODE,
                                     "transport", transport,
                                     "storage", storage,
                                     "listen", listen,
                                     "key-network", ring,
                                     "cluster-min", self->cluster_min,
                                     NULL);
  weft_test_start_node (self->nodes[index]);
  if (self->bootstrap == NULL)
    {
      g_autoptr(GPtrArray) addresses = weft_node_list_addresses (self->nodes[index]);

      self->bootstrap = weft_multiaddr_to_string (g_ptr_array_index (addresses, 0));
    }
}

void
weft_ring_fleet_stop (WeftRingFleet *self,
                      guint          index)
{
  g_autoptr(WeftRingKeyNetwork) ring = g_object_ref (weft_ring_fleet_get_ring (self, index));

  weft_test_stop_node (self->nodes[index]);
  weft_test_settle (G_OBJECT (self->nodes[index]));
  g_assert_finalize_object (g_steal_pointer (&self->nodes[index]));
  weft_test_settle (G_OBJECT (ring));
  g_assert_finalize_object (g_steal_pointer (&ring));
}

void
weft_ring_fleet_kill (WeftRingFleet *self,
                      guint          index)
{
  g_clear_object (&self->nodes[index]);
}

WeftRingKeyNetwork *
weft_ring_fleet_get_ring (WeftRingFleet *self,
                          guint          index)
{
  return WEFT_RING_KEY_NETWORK (weft_node_get_key_network (self->nodes[index]));
}

WeftRepo *
weft_ring_fleet_get_repo (WeftRingFleet *self,
                          guint          index)
{
  return WEFT_REPO (weft_node_get_coordinator (self->nodes[index]));
}

static guint
count_running (WeftRingFleet *self)
{
  guint n_running = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i] != NULL)
      n_running++;

  return n_running;
}

static gboolean
has_converged (WeftRingFleet *self)
{
  guint n_running = count_running (self);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      WeftRingKeyNetwork *ring;

      if (self->nodes[i] == NULL)
        continue;
      ring = weft_ring_fleet_get_ring (self, i);
      if (weft_ring_key_network_get_n_peers (ring) != n_running - 1
          || weft_ring_key_network_get_size (ring) != n_running)
        return FALSE;
    }

  return TRUE;
}

static void
fail_cb (gpointer user_data)
{
  WeftRingFleet *self = user_data;

  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i] != NULL)
      {
        WeftRingKeyNetwork *ring = weft_ring_fleet_get_ring (self, i);
        g_autoptr(JsonNode) status = weft_ring_key_network_get_status (ring);
        g_autofree char *text = json_to_string (status, FALSE);

        g_test_message ("node %u: %s", i, text);
      }
  g_error ("the ring did not converge");
}

void
weft_ring_fleet_converge (WeftRingFleet *self)
{
  guint64 alarm_id
      = weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock) + PATIENCE_USEC,
                              fail_cb, self, NULL);

  while (!has_converged (self))
    g_main_context_iteration (NULL, TRUE);
  weft_clock_remove_alarm (self->clock, alarm_id);
}

WeftRingFleet *
weft_ring_fleet_new_part (guint       n_nodes,
                          guint       late,
                          guint       cluster_min,
                          guint       replication,
                          const char *directory)
{
  WeftRingFleet *self = g_new0 (WeftRingFleet, 1);

  g_assert_cmpuint (n_nodes, <=, RING_FLEET_MAX);

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
      if ((late & 1u << i) == 0)
        weft_ring_fleet_start (self, i);
    }

  return self;
}

WeftRingFleet *
weft_ring_fleet_new (guint       n_nodes,
                     guint       cluster_min,
                     guint       replication,
                     const char *directory)
{
  return weft_ring_fleet_new_part (n_nodes, 0, cluster_min, replication, directory);
}

void
weft_ring_fleet_free (WeftRingFleet *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      if (self->nodes[i] != NULL)
        weft_ring_fleet_stop (self, i);
      g_object_unref (self->identities[i]);
    }
  g_object_unref (self->random);
  g_object_unref (self->clock);
  g_free (self->bootstrap);
  g_free (self->directory);
  g_free (self);
}
