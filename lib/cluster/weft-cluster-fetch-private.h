/* weft-cluster-fetch-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-member-private.h"

G_BEGIN_DECLS

/* Gets from other members what this one missed, through `PREFIX/sync/1.0.0`. Nothing is believed
 * without proof: a revision comes with its certificate and content that has the digest in it, and
 * goes through the member like one that is told. `peer_ids` (element-type WeftPeerId) are asked one
 * after the other, this node itself never. `settled` is called once, and not from within; with
 * NOT_FOUND when all have answered and none could prove that it has it. */

/* Up to `rev`. */
void       weft_cluster_fetch_revisions  (WeftClusterMember *member,
                                          WeftClusterParts  *parts,
                                          const char        *block_id,
                                          gint64             rev,
                                          GPtrArray         *peer_ids,
                                          WeftSettledFunc    settled,
                                          gpointer           user_data);
/* What the commits of a record do to a block, with the digests that they name, one after the other;
 * content that is here is not asked for. */
void       weft_cluster_fetch_content    (WeftClusterMember *member,
                                          WeftClusterParts  *parts,
                                          const char        *block_id,
                                          WeftClusterRecord *record,
                                          GPtrArray         *peer_ids,
                                          WeftSettledFunc    settled,
                                          gpointer           user_data);
/* Of the peers of a record, which come first, those who voted for it, then all others. Without a
 * record, as they are. */
GPtrArray *weft_cluster_fetch_list_peers (WeftClusterRecord *record,
                                          GPtrArray         *peers) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
