/* weft-node.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "weft-clock.h"
#include "weft-coordinator-repo.h"
#include "weft-identity.h"
#include "weft-key-network.h"
#include "weft-random.h"
#include "weft-storage-repo.h"
#include "weft-storage.h"
#include "weft-transport.h"
#include "weft-verifier.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftNodeState:
 * @WEFT_NODE_STATE_NEW: made, and nothing else
 * @WEFT_NODE_STATE_STARTING: taking its resources, one by one
 * @WEFT_NODE_STATE_RUNNING: serving
 * @WEFT_NODE_STATE_STOPPING: answering what it was asked, refusing what is new
 * @WEFT_NODE_STATE_STOPPED: stopped, or its start failed; its resources are given back
 *
 * Where a [class@Weft.Node] is in its life, which it lives once.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_NODE_STATE_NEW,
  WEFT_NODE_STATE_STARTING,
  WEFT_NODE_STATE_RUNNING,
  WEFT_NODE_STATE_STOPPING,
  WEFT_NODE_STATE_STOPPED,
} WeftNodeState;

#define WEFT_TYPE_NODE (weft_node_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftNode, weft_node, WEFT, NODE, GObject)

WEFT_AVAILABLE_IN_ALL
WeftNode           *weft_node_new                (WeftTransport       *transport,
                                                  WeftStorage         *storage,
                                                  const char * const  *listen)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void                weft_node_start_async        (WeftNode            *self,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
gboolean            weft_node_start_finish       (WeftNode            *self,
                                                  GAsyncResult        *result,
                                                  GError             **error);
WEFT_AVAILABLE_IN_ALL
void                weft_node_stop_async         (WeftNode            *self,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
gboolean            weft_node_stop_finish        (WeftNode            *self,
                                                  GAsyncResult        *result,
                                                  GError             **error);
WEFT_AVAILABLE_IN_ALL
WeftNodeState       weft_node_get_state          (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftIdentity       *weft_node_get_identity       (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftVerifier       *weft_node_get_verifier       (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
const char         *weft_node_get_network        (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftClock          *weft_node_get_clock          (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftRandom         *weft_node_get_random         (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftTransport      *weft_node_get_transport      (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftStorage        *weft_node_get_storage        (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
const char * const *weft_node_get_listen         (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
const char         *weft_node_get_prefix         (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
const char         *weft_node_get_agent          (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftStorageRepo    *weft_node_get_repo           (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftKeyNetwork     *weft_node_get_key_network    (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
guint               weft_node_get_cluster_min    (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
gboolean            weft_node_get_moves          (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
WeftCoordinatorRepo *weft_node_get_coordinator   (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
GListModel         *weft_node_get_peers          (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
GListModel         *weft_node_get_recent_commits (WeftNode            *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray          *weft_node_list_addresses     (WeftNode            *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode           *weft_node_get_status         (WeftNode            *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
