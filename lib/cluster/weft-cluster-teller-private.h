/* weft-cluster-teller-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"
#include "weft-cluster.h"

G_BEGIN_DECLS

/* Tells certificates to members that did not acknowledge them, in the background and across
 * restarts, until they have: 250 ms after the first time, then doubling up to 30 s. */
typedef struct _WeftClusterTeller WeftClusterTeller;

typedef WeftCluster *(*WeftFindClusterFunc) (gpointer    data,
                                             WeftPeerId *peer_id);

/* Goes on with what the storage has. */
WeftClusterTeller *weft_cluster_teller_new      (WeftClusterParts    *parts,
                                                 WeftFindClusterFunc  find,
                                                 gpointer             data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Stops; what it was told of is kept by the storage. */
void               weft_cluster_teller_close    (WeftClusterTeller   *self);
void               weft_cluster_teller_unref    (WeftClusterTeller   *self);
void               weft_cluster_teller_add      (WeftClusterTeller   *self,
                                                 WeftClusterRecord   *certificate,
                                                 GPtrArray           *peer_ids);
/* A peer that came back need not wait. */
void               weft_cluster_teller_hurry    (WeftClusterTeller   *self,
                                                 WeftPeerId          *peer_id);
guint              weft_cluster_teller_get_n    (WeftClusterTeller   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterTeller, weft_cluster_teller_unref)

G_END_DECLS
