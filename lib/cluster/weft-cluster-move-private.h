/* weft-cluster-move-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-private.h"

G_BEGIN_DECLS

/* Lets those who keep some blocks decide that `target` (element-type WeftClusterPeer) does from now
 * on: an action that changes nothing, and its commit, which names them. `settled` is called once,
 * and not from within. */
void weft_cluster_move (WeftCoordinatorRepo *repo,
                        const char * const  *block_ids,
                        GPtrArray           *target,
                        WeftSettledFunc      settled,
                        gpointer             user_data);

G_END_DECLS
