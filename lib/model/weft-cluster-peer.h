/* weft-cluster-peer.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-peer-id.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CLUSTER_PEER (weft_cluster_peer_get_type ())

typedef struct _WeftClusterPeer WeftClusterPeer;

WEFT_AVAILABLE_IN_ALL
GType            weft_cluster_peer_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftClusterPeer *weft_cluster_peer_new           (WeftPeerId      *peer_id,
                                                  GPtrArray       *addresses)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPeerId      *weft_cluster_peer_get_peer_id   (WeftClusterPeer *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray       *weft_cluster_peer_get_addresses (WeftClusterPeer *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterPeer *weft_cluster_peer_ref           (WeftClusterPeer *self);
WEFT_AVAILABLE_IN_ALL
void             weft_cluster_peer_unref         (WeftClusterPeer *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterPeer *weft_cluster_peer_from_json     (JsonNode        *json,
                                                  GError         **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode        *weft_cluster_peer_to_json       (WeftClusterPeer *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char            *weft_cluster_peer_to_string     (WeftClusterPeer *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean         weft_cluster_peer_equal         (WeftClusterPeer *a,
                                                  WeftClusterPeer *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterPeer, weft_cluster_peer_unref)

G_END_DECLS
