/* weft-coordinator-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "weft-block-gets.h"
#include "weft-cluster.h"
#include "weft-identity.h"
#include "weft-key-network.h"
#include "weft-storage-repo.h"
#include "weft-transport.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WEFT_CLUSTER_MIN_DEFAULT:
 *
 * How many members a cluster has at least, without other settings: with three one may be away.
 *
 * Since: 0.1
 */
#define WEFT_CLUSTER_MIN_DEFAULT 3

#define WEFT_TYPE_COORDINATOR_REPO (weft_coordinator_repo_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftCoordinatorRepo, weft_coordinator_repo, WEFT, COORDINATOR_REPO, GObject)

WEFT_AVAILABLE_IN_ALL
WeftCoordinatorRepo *weft_coordinator_repo_new             (WeftStorageRepo     *storage_repo,
                                                            WeftKeyNetwork      *key_network,
                                                            WeftTransport       *transport,
                                                            WeftIdentity        *identity,
                                                            const char          *network)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftStorageRepo     *weft_coordinator_repo_get_storage_repo (WeftCoordinatorRepo *self);
WEFT_AVAILABLE_IN_ALL
WeftKeyNetwork      *weft_coordinator_repo_get_key_network (WeftCoordinatorRepo *self);
WEFT_AVAILABLE_IN_ALL
WeftCluster         *weft_coordinator_repo_get_member      (WeftCoordinatorRepo *self);
WEFT_AVAILABLE_IN_ALL
guint                weft_coordinator_repo_get_cluster_min (WeftCoordinatorRepo *self);
WEFT_AVAILABLE_IN_ALL
WeftConsistency      weft_coordinator_repo_get_consistency (WeftCoordinatorRepo *self);
WEFT_AVAILABLE_IN_ALL
void                 weft_coordinator_repo_set_consistency (WeftCoordinatorRepo *self,
                                                            WeftConsistency      consistency);
WEFT_AVAILABLE_IN_ALL
void                 weft_coordinator_repo_set_moves       (WeftCoordinatorRepo *self,
                                                            gboolean             moves);
WEFT_AVAILABLE_IN_ALL
JsonNode            *weft_coordinator_repo_get_status      (WeftCoordinatorRepo *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode            *weft_coordinator_repo_explain_action  (WeftCoordinatorRepo *self,
                                                            const char          *action_id)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode            *weft_coordinator_repo_describe_block  (WeftCoordinatorRepo *self,
                                                            const char          *block_id)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void                 weft_coordinator_repo_close           (WeftCoordinatorRepo *self);

G_END_DECLS
