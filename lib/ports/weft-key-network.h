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
 * @error: (nullable): why nothing was found
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

struct _WeftKeyNetworkInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  /* The cluster of a block as this node sees it without asking anybody, sorted by peer id. */
  GPtrArray *(*get_cohort) (WeftKeyNetwork *self, const char *block_id, gboolean *is_confident);
  /* The same after looking as well as it can. */
  void (*find_cluster) (WeftKeyNetwork *self, const char *block_id, WeftKeyNetworkFunc done, gpointer user_data);
  /* One peer that coordinates, none of those in `excluded` (element-type WeftPeerId). */
  void (*find_coordinator) (WeftKeyNetwork *self, const char *block_id, GPtrArray *excluded, WeftKeyNetworkFunc done, gpointer user_data);
  void (*record_coordinator) (WeftKeyNetwork *self, const char *block_id, WeftPeerId *peer_id);

  /*< private >*/
  gpointer padding[8];
};

G_END_DECLS
