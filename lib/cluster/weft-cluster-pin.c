/* weft-cluster-pin.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-pin-private.h"

#include "weft-cluster-peer-private.h"
#include "weft-cluster-proof-private.h"
#include "weft-cluster-record-private.h"
#include "weft-message-hash-private.h"
#include "weft-repo-message-private.h"

/* Blocks that are near each other have the same peers, so that a few serve many; when there are too
 * many all are forgotten. */
#define PINS_MAX 256

gboolean
weft_cluster_pin_equal (GPtrArray *a,
                        GPtrArray *b)
{
  if (a == b)
    return TRUE;
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (a, i)),
                             weft_cluster_peer_get_peer_id (g_ptr_array_index (b, i))))
      return FALSE;

  return TRUE;
}

/* The hash of who keeps a block; NULL where there is nothing, or nobody was named. */
static char *
read_hash (WeftClusterParts *parts,
           const char       *block_id,
           gint64           *latest_rev)
{
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (parts->storage, block_id, NULL);

  *latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;

  return *latest_rev > 0 ? g_strdup (weft_block_metadata_get_cluster (metadata)) : NULL;
}

/* Who decided the latest revision names them, or they are who decided it. */
static GPtrArray *
read_peers (WeftClusterParts *parts,
            const char       *block_id,
            gint64            latest_rev,
            const char       *hash)
{
  g_autoptr(WeftClusterRecord) certificate
      = weft_cluster_proof_read (parts->repo, block_id, latest_rev);
  WeftCommitRequest *commit;
  GPtrArray *peers;

  if (certificate == NULL || !g_str_equal (weft_cluster_record_get_pin (certificate), hash))
    return NULL;
  commit = weft_repo_message_find_commit (weft_cluster_record_get_message (certificate), block_id);
  if (commit == NULL)
    return NULL;
  peers = weft_commit_request_get_cluster (commit);
  if (peers == NULL)
    peers = weft_cluster_record_get_peers (certificate);

  if (g_hash_table_size (parts->pins) == PINS_MAX)
    g_hash_table_remove_all (parts->pins);
  g_hash_table_insert (parts->pins, g_strdup (hash), g_ptr_array_ref (peers));

  return peers;
}

/* Where they are now, as far as that is known. */
static GPtrArray *
freshen (GPtrArray *peers,
         GPtrArray *cohort)
{
  GPtrArray *fresh;

  if (weft_cluster_pin_equal (peers, cohort))
    return g_ptr_array_ref (cohort);

  fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (peers, i);
      int index = weft_cluster_peers_find (cohort, weft_cluster_peer_get_peer_id (peer));

      if (index >= 0)
        peer = g_ptr_array_index (cohort, index);
      g_ptr_array_add (fresh, weft_cluster_peer_ref (peer));
    }

  return fresh;
}

/* Not owned: those that were named, wherever they are now. */
static GPtrArray *
find_named (WeftClusterParts *parts,
            const char       *block_id)
{
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (parts->storage, block_id, NULL);
  gint64 latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
  const char *hash = latest_rev > 0 ? weft_block_metadata_get_cluster (metadata) : NULL;
  GPtrArray *peers;

  if (hash == NULL)
    return NULL;
  peers = g_hash_table_lookup (parts->pins, hash);

  return peers != NULL ? peers : read_peers (parts, block_id, latest_rev, hash);
}

GPtrArray *
weft_cluster_pin_find (WeftClusterParts *parts,
                       const char       *block_id)
{
  GPtrArray *peers = find_named (parts, block_id);
  g_autoptr(GPtrArray) cohort = NULL;

  if (peers == NULL)
    return NULL;
  cohort = weft_key_network_get_cohort (parts->key_network, block_id, NULL);

  return freshen (peers, cohort);
}

GPtrArray *
weft_cluster_pin_find_among (WeftClusterParts *parts,
                             const char       *block_id,
                             GPtrArray        *cohort)
{
  GPtrArray *peers = find_named (parts, block_id);

  return peers != NULL ? freshen (peers, cohort) : NULL;
}

gboolean
weft_cluster_pin_has_us (WeftClusterParts *parts,
                         const char       *block_id)
{
  GPtrArray *peers = find_named (parts, block_id);

  return peers != NULL && weft_cluster_parts_is_in (parts, peers);
}

gboolean
weft_cluster_pin_has (WeftClusterParts *parts,
                      const char       *block_id)
{
  gint64 latest_rev;
  g_autofree char *hash = read_hash (parts, block_id, &latest_rev);

  return hash != NULL;
}

gboolean
weft_cluster_pin_is (WeftClusterParts *parts,
                     GPtrArray        *peers,
                     const char       *block_id)
{
  gint64 latest_rev;
  g_autofree char *hash = read_hash (parts, block_id, &latest_rev);
  g_autofree char *membership = hash != NULL ? weft_message_hash_of_membership (peers) : NULL;

  return hash != NULL && g_str_equal (hash, membership);
}
