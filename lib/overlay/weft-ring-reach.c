/* weft-ring-reach.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For blocks that move: where they should go, and the way to those who have them. */

#include "config.h"

#include "weft-cluster-peer-private.h"
#include "weft-error.h"
#include "weft-ring-key-network-private.h"

/* Whoever is not connected in this time is not waited for. */
#define REACH_USEC (2 * G_TIME_SPAN_SECOND)

typedef struct
{
  WeftRingKeyNetwork *network; /* (owned) */
  GPtrArray *peers;            /* (element-type WeftClusterPeer) */
  guint n_waiting;             /* peers that are being dialled, and one more */
  WeftKeyNetworkFunc done;
  gpointer user_data;
} Reaching;

/* Who is gone does not count: where a block goes, it is decided by those who have it. */
GPtrArray *
weft_ring_reach_get_target (WeftKeyNetwork *network,
                            const char     *block_id,
                            gboolean       *is_confident)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  g_autoptr(GPtrArray) contacts = NULL;
  WeftRingCohort *cohort;
  WeftRingPoint point;
  GPtrArray *peers;

  *is_confident = FALSE;
  if (self->machine == NULL)
    return weft_ring_find_make_only_us (self);

  point = weft_ring_find_place (block_id);
  contacts = weft_ring_machine_get_cohort (self->machine, &point, self->replication, NULL,
                                           is_confident);
  cohort = weft_ring_find_arrange (self, block_id, contacts, *is_confident);
  peers = weft_ring_cohort_list_peers (cohort);
  weft_ring_cohort_free (cohort);
  if (peers->len > 0)
    return peers;

  g_ptr_array_unref (peers);
  return weft_ring_find_make_only_us (self);
}

static void
reached (Reaching *reaching)
{
  if (--reaching->n_waiting > 0)
    return;

  reaching->done (WEFT_KEY_NETWORK (reaching->network), reaching->peers, NULL,
                  reaching->user_data);
  g_ptr_array_unref (reaching->peers);
  g_object_unref (reaching->network);
  g_free (reaching);
}

static void
reached_cb (WeftPeerId   *peer_id,
            const GError *error,
            gpointer      user_data)
{
  reached (user_data);
}

static void
alarm_cb (gpointer user_data)
{
  reached (user_data);
}

/* (element-type utf8): where the ring saw the peer last, else where it once was. */
static GPtrArray *
list_addresses (WeftRingKeyNetwork *self,
                WeftClusterPeer    *peer)
{
  WeftRingTable *table = weft_ring_machine_get_table (self->machine);
  WeftRingEntry *entry = weft_ring_table_find (table, weft_cluster_peer_get_peer_id (peer));
  GPtrArray *addresses;
  GPtrArray *texts;

  if (entry != NULL && weft_ring_contact_get_addresses (entry->contact)->len > 0)
    return g_ptr_array_ref (weft_ring_contact_get_addresses (entry->contact));

  texts = g_ptr_array_new_with_free_func (g_free);
  addresses = weft_cluster_peer_get_addresses (peer);
  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (texts, weft_multiaddr_to_string (g_ptr_array_index (addresses, i)));

  return texts;
}

static void
reach_peer (Reaching        *reaching,
            WeftClusterPeer *peer)
{
  WeftRingKeyNetwork *self = reaching->network;
  WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (peer);
  g_autoptr(GPtrArray) addresses = NULL;

  weft_ring_connector_touch (self->connector, peer_id);
  if (weft_peer_id_equal (peer_id, weft_identity_get_peer_id (self->identity))
      || weft_ring_connector_is_connected (self->connector, peer_id)
      || weft_ring_connector_has_failed (self->connector, peer_id))
    return;

  addresses = list_addresses (self, peer);
  if (addresses->len == 0)
    return;
  reaching->n_waiting++;
  weft_ring_connector_reach (self->connector, peer_id, addresses, REACH_USEC, reached_cb,
                             reaching);
}

static gpointer
copy_peer (gconstpointer peer,
           gpointer      user_data)
{
  return weft_cluster_peer_ref ((WeftClusterPeer *) peer);
}

void
weft_ring_reach_peers (WeftKeyNetwork     *network,
                       GPtrArray          *peers,
                       WeftKeyNetworkFunc  done,
                       gpointer            user_data)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  Reaching *reaching = g_new0 (Reaching, 1);

  reaching->network = g_object_ref (self);
  reaching->peers = g_ptr_array_copy (peers, copy_peer, NULL);
  g_ptr_array_set_free_func (reaching->peers, (GDestroyNotify) weft_cluster_peer_unref);
  reaching->done = done;
  reaching->user_data = user_data;
  reaching->n_waiting = 1;
  for (guint i = 0; i < peers->len && self->machine != NULL; i++)
    reach_peer (reaching, g_ptr_array_index (peers, i));
  /* Never from within the call, also when all are connected. */
  weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock), alarm_cb, reaching,
                        NULL);
}
