/* weft-cluster-vouch-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-record-private.h"
#include "weft-cluster-parts-private.h"

G_BEGIN_DECLS

/* Asks those who keep a block, as this node sees it, whether they have the same first revision: one
 * more of them than may lie has to. Where none of them has the block yet, as they are all new, the
 * neighbours are asked as well. `settled` is called once, and not from within; with REFUSED when
 * too few vouch for it. */
void weft_cluster_vouch (WeftClusterParts  *parts,
                         const char        *block_id,
                         WeftClusterRecord *certificate,
                         WeftSettledFunc    settled,
                         gpointer           user_data);

G_END_DECLS
