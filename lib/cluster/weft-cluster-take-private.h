/* weft-cluster-take-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-member-private.h"

G_BEGIN_DECLS

/* `is_false`: nothing that an honest peer could have given. */
typedef void (*WeftTakenFunc) (gboolean      is_false,
                               const GError *error,
                               gpointer      user_data);

/* Takes over a revision that somebody else has, when it proves that it was decided: by itself, by
 * what is here before it, or as others vouch for it. It goes through the member like one that is
 * told by `source`, who has the other blocks of its action too. `taken` is called once, maybe from
 * within. */
void weft_cluster_take_revision (WeftClusterMember   *member,
                                 WeftClusterParts    *parts,
                                 WeftPeerId          *source,
                                 const char          *block_id,
                                 WeftArchiveRevision *revision,
                                 WeftTakenFunc        taken,
                                 gpointer             user_data);

G_END_DECLS
