/* weft-cluster-peer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-peer.h"
#include "weft-json-private.h"

G_BEGIN_DECLS

/* The member of an object at @list, an array of no more addresses than a peer may have, or NULL.
 * What is in it is still to be looked at. */
JsonArray *weft_cluster_peer_get_address_list (JsonObject         *object,
                                               const WeftJsonPath *list,
                                               GError            **error);

/* Lists of peers (element-type WeftClusterPeer), sorted by peer id: 1 to 64, each once. */

/* `{id:{"addrs":[…]}}`. */
GPtrArray *weft_cluster_peers_parse_map (JsonNode           *json,
                                         const WeftJsonPath *path,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* The member `peers` of an object. */
GPtrArray *weft_cluster_peers_parse     (JsonObject         *object,
                                         const WeftJsonPath *path,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode  *weft_cluster_peers_to_json   (GPtrArray          *peers) G_GNUC_WARN_UNUSED_RESULT;
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
