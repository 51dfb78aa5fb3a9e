/* weft-cluster-settler-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-private.h"

G_BEGIN_DECLS

/* Finds out from neighbours which blocks this node should keep, and fetches those that it lacks: at
 * first before it speaks for blocks that it does not know, then whenever somebody came or went. */

WeftClusterSettler *weft_cluster_settler_new   (WeftCoordinatorRepo *repo)
    G_GNUC_WARN_UNUSED_RESULT;
void                weft_cluster_settler_unref (WeftClusterSettler  *self);
/* Nothing is begun any more. */
void                weft_cluster_settler_close (WeftClusterSettler  *self);

G_END_DECLS
