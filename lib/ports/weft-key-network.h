/* weft-key-network.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-cluster-peer.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_KEY_NETWORK (weft_key_network_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftKeyNetwork, weft_key_network, WEFT, KEY_NETWORK, GObject)

/**
 * WeftKeyNetworkFunc:
 * @self: the key network
 * @peers: (nullable) (element-type WeftClusterPeer): what was found, sorted by peer id
 * @error: (nullable): why nothing was found; exactly one of @peers and @error is set
 * @user_data: what was given to the call
 *
 * Called once, and never from within the call.
 *
 * Since: 0.1
 */
typedef void (*WeftKeyNetworkFunc) (WeftKeyNetwork *self,
                                    GPtrArray      *peers,
                                    const GError   *error,
                                    gpointer        user_data);

/**
 * WeftKeyNetworkInterface:
 *
 * The virtual function table for [iface@Weft.KeyNetwork]; each function is described at the
 * method of its name.
 *
 * Since: 0.1
 */
struct _WeftKeyNetworkInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  GPtrArray *(*get_cohort) (WeftKeyNetwork *self,
                            const char *block_id,
                            gboolean *is_confident);
  void (*find_cluster) (WeftKeyNetwork *self,
                        const char *block_id,
                        WeftKeyNetworkFunc done,
                        gpointer user_data);
  void (*find_coordinator) (WeftKeyNetwork *self,
                            const char *block_id,
                            GPtrArray *excluded,
                            WeftKeyNetworkFunc done,
                            gpointer user_data);
  void (*record_coordinator) (WeftKeyNetwork *self,
                              const char *block_id,
                              WeftPeerId *peer_id);
  GPtrArray *(*list_peers) (WeftKeyNetwork *self);
  gboolean (*check_change) (WeftKeyNetwork *self,
                            GPtrArray *peers,
                            GError **error);
  void (*report_lie) (WeftKeyNetwork *self,
                      WeftPeerId *peer_id);
  GPtrArray *(*get_target) (WeftKeyNetwork *self,
                            const char *block_id,
                            gboolean *is_confident);
  void (*reach) (WeftKeyNetwork *self,
                 GPtrArray *peers,
                 WeftKeyNetworkFunc done,
                 gpointer user_data);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
GPtrArray *weft_key_network_get_cohort          (WeftKeyNetwork      *self,
                                                 const char          *block_id,
                                                 gboolean            *is_confident)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void       weft_key_network_find_cluster        (WeftKeyNetwork      *self,
                                                 const char          *block_id,
                                                 WeftKeyNetworkFunc   done,
                                                 gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
void       weft_key_network_find_coordinator    (WeftKeyNetwork      *self,
                                                 const char          *block_id,
                                                 GPtrArray           *excluded,
                                                 WeftKeyNetworkFunc   done,
                                                 gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
void       weft_key_network_record_coordinator  (WeftKeyNetwork      *self,
                                                 const char          *block_id,
                                                 WeftPeerId          *peer_id);
WEFT_AVAILABLE_IN_ALL
GPtrArray *weft_key_network_list_peers          (WeftKeyNetwork      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean   weft_key_network_check_change        (WeftKeyNetwork      *self,
                                                 GPtrArray           *peers,
                                                 GError             **error);
WEFT_AVAILABLE_IN_ALL
void       weft_key_network_report_lie          (WeftKeyNetwork      *self,
                                                 WeftPeerId          *peer_id);
WEFT_AVAILABLE_IN_ALL
GPtrArray *weft_key_network_get_target          (WeftKeyNetwork      *self,
                                                 const char          *block_id,
                                                 gboolean            *is_confident)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void       weft_key_network_reach               (WeftKeyNetwork      *self,
                                                 GPtrArray           *peers,
                                                 WeftKeyNetworkFunc   done,
                                                 gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
void       weft_key_network_find_cluster_async  (WeftKeyNetwork      *self,
                                                 const char          *block_id,
                                                 GCancellable        *cancellable,
                                                 GAsyncReadyCallback  callback,
                                                 gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
GPtrArray *weft_key_network_find_cluster_finish (WeftKeyNetwork      *self,
                                                 GAsyncResult        *result,
                                                 GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
