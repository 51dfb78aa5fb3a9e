/* weft-cluster-pin-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"

G_BEGIN_DECLS

/* Who keeps a block from the latest revision that is here on (element-type WeftClusterPeer), as its
 * own history says; with the addresses of now where the key network expects the same peers. NULL
 * where nothing is here, or nobody was named. */
GPtrArray  *weft_cluster_pin_find  (WeftClusterParts   *parts,
                                    const char         *block_id) G_GNUC_WARN_UNUSED_RESULT;
/* With what the key network says of the block, which is given back where it is the same. */
GPtrArray  *weft_cluster_pin_find_among (WeftClusterParts *parts,
                                         const char       *block_id,
                                         GPtrArray        *cohort) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the history that is here names somebody. */
gboolean    weft_cluster_pin_has   (WeftClusterParts   *parts,
                                    const char         *block_id);
/* Whether it names this node. */
gboolean    weft_cluster_pin_has_us (WeftClusterParts  *parts,
                                    const char         *block_id);
/* Whether it names these. */
gboolean    weft_cluster_pin_is    (WeftClusterParts   *parts,
                                    GPtrArray          *peers,
                                    const char         *block_id);
/* Of two sorted lists of peers. */
gboolean    weft_cluster_pin_equal (GPtrArray          *a,
                                    GPtrArray          *b);

G_END_DECLS
