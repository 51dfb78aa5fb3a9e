/* weft-cluster-peer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-peer.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* Lists of peers (element-type WeftClusterPeer), sorted by peer id: 1 to 64, each once. */

/* `{id:{"addrs":[…]}}`. */
GPtrArray *weft_cluster_peers_read_map  (const WeftItem     *item,
                                         const WeftJsonPath *path,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* The member `peers` of an object. */
GPtrArray *weft_cluster_peers_read      (const WeftItem     *object,
                                         const WeftJsonPath *path,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of the map. */
void       weft_cluster_peers_append    (GPtrArray          *peers,
                                         GString            *text);
/* A sorted copy. */
GPtrArray *weft_cluster_peers_copy      (GPtrArray          *peers,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* The index of a peer, or -1. */
int        weft_cluster_peers_find      (GPtrArray          *peers,
                                         WeftPeerId         *peer_id);
/* A GCompareFunc over pointers to peers. */
int        weft_cluster_peer_order      (gconstpointer       a,
                                         gconstpointer       b);

G_END_DECLS
