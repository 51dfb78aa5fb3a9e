/* weft-cluster-mover-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-private.h"

G_BEGIN_DECLS

/* Lets blocks go where they should be: looks through those that are here, a few at a time, and
 * proposes the moves of those that this node keeps and others should. */

WeftClusterMover *weft_cluster_mover_new     (WeftCoordinatorRepo *repo) G_GNUC_WARN_UNUSED_RESULT;
void              weft_cluster_mover_unref   (WeftClusterMover    *self);
/* Nothing is begun any more. */
void              weft_cluster_mover_close   (WeftClusterMover    *self);
/* {"toMove","moving","moved","failed","lastFailure"?} */
JsonNode         *weft_cluster_mover_to_json (WeftClusterMover    *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
