/* weft-cluster-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-request.h"
#include "weft-prepare-private.h"

G_BEGIN_DECLS

/* JSON: {"update":Record} or {"prepare":Prepare} or {"latest":{"blockIds":[…]}}. */
WeftClusterRequest *weft_cluster_request_new_prepare (WeftPrepare        *prepare)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPrepare        *weft_cluster_request_get_prepare (WeftClusterRequest *self);
WeftClusterRequest *weft_cluster_request_read        (const WeftItem     *item,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_cluster_request_to_json(). */
void                weft_cluster_request_append      (WeftClusterRequest *self,
                                                      GString            *text);

G_END_DECLS
