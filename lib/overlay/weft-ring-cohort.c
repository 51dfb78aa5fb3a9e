/* weft-ring-cohort.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-peer-private.h"
#include "weft-multiaddr.h"
#include "weft-ring-cohort-private.h"

/* Addresses that cannot be read are for a node that is newer than this one. */
WeftClusterPeer *
weft_ring_cohort_make_peer (WeftRingContact *contact)
{
  GPtrArray *texts = weft_ring_contact_get_addresses (contact);
  g_autoptr(GPtrArray) addresses
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);

  for (guint i = 0; i < texts->len; i++)
    {
      WeftMultiaddr *address = weft_multiaddr_parse (g_ptr_array_index (texts, i), NULL);

      if (address != NULL)
        g_ptr_array_add (addresses, address);
    }

  return weft_cluster_peer_new (weft_ring_contact_get_peer_id (contact), addresses);
}

WeftRingCohort *
weft_ring_cohort_new (GPtrArray *contacts,
                      gboolean   is_confident)
{
  WeftRingCohort *self = g_new0 (WeftRingCohort, 1);

  self->contacts = contacts;
  self->is_confident = is_confident;
  self->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < contacts->len; i++)
    g_ptr_array_add (self->peers, weft_ring_cohort_make_peer (g_ptr_array_index (contacts, i)));
  g_ptr_array_sort (self->peers, weft_cluster_peer_order);

  return self;
}

WeftRingCohort *
weft_ring_cohort_copy (const WeftRingCohort *self)
{
  WeftRingCohort *copy = g_memdup2 (self, sizeof *self);

  g_ptr_array_ref (copy->contacts);
  g_ptr_array_ref (copy->peers);

  return copy;
}

void
weft_ring_cohort_free (gpointer data)
{
  WeftRingCohort *self = data;

  g_ptr_array_unref (self->contacts);
  g_ptr_array_unref (self->peers);
  g_free (self);
}

static gpointer
copy_peer (gconstpointer peer,
           gpointer      user_data)
{
  return weft_cluster_peer_ref ((WeftClusterPeer *) peer);
}

GPtrArray *
weft_ring_cohort_list_peers (const WeftRingCohort *self)
{
  return g_ptr_array_copy (self->peers, copy_peer, NULL);
}
