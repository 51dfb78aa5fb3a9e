/* weft-fixed-key-network.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-clock.h"
#include "weft-key-network.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_FIXED_KEY_NETWORK (weft_fixed_key_network_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftFixedKeyNetwork, weft_fixed_key_network, WEFT, FIXED_KEY_NETWORK, GObject)

WEFT_AVAILABLE_IN_ALL
WeftFixedKeyNetwork *weft_fixed_key_network_new             (WeftPeerId          *own_id,
                                                             guint                replication,
                                                             WeftClock           *clock)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void                 weft_fixed_key_network_add_peer        (WeftFixedKeyNetwork *self,
                                                             WeftClusterPeer     *peer);
WEFT_AVAILABLE_IN_ALL
guint                weft_fixed_key_network_get_n_peers     (WeftFixedKeyNetwork *self);
WEFT_AVAILABLE_IN_ALL
guint                weft_fixed_key_network_get_replication (WeftFixedKeyNetwork *self);

G_END_DECLS
