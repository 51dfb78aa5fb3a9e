/* weft-remote-cluster-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"
#include "weft-cluster.h"

G_BEGIN_DECLS

#define WEFT_TYPE_REMOTE_CLUSTER (weft_remote_cluster_get_type ())

/* A member behind the transport. What waits for it shares a message: one leaves at the end of a
 * turn of the loop, as long as few are on their way, and takes along all that has come together. */
G_DECLARE_FINAL_TYPE (WeftRemoteCluster, weft_remote_cluster, WEFT, REMOTE_CLUSTER, GObject)

WeftRemoteCluster *weft_remote_cluster_new         (WeftClusterParts  *parts,
                                                    WeftPeerId        *peer_id)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPeerId        *weft_remote_cluster_get_peer_id (WeftRemoteCluster *self);
/* Answers whoever waits with CLOSED; nothing is called after that. */
void               weft_remote_cluster_close       (WeftRemoteCluster *self);

G_END_DECLS
