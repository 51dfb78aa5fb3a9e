/* weft-ring-key-network.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include "weft-key-network.h"
#include "weft-storage.h"
#include "weft-transport.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WEFT_RING_REPLICATION_DEFAULT:
 *
 * How many peers keep a block when nobody says otherwise.
 *
 * Since: 0.1
 */
#define WEFT_RING_REPLICATION_DEFAULT 10
/**
 * WEFT_RING_REPLICATION_MAX:
 *
 * How many peers can keep a block: as many as a node watches around itself.
 *
 * Since: 0.1
 */
#define WEFT_RING_REPLICATION_MAX 32

/**
 * WeftRingReadiness:
 * @WEFT_RING_READINESS_ALONE: nobody else is there
 * @WEFT_RING_READINESS_DEGRADED: others are there, but fewer than there should be
 * @WEFT_RING_READINESS_HEALTHY: all is well
 *
 * Whether the ring of a [class@Weft.RingKeyNetwork] can be worked with.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_RING_READINESS_ALONE,
  WEFT_RING_READINESS_DEGRADED,
  WEFT_RING_READINESS_HEALTHY,
} WeftRingReadiness;

#define WEFT_TYPE_RING_KEY_NETWORK (weft_ring_key_network_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftRingKeyNetwork, weft_ring_key_network, WEFT, RING_KEY_NETWORK, GObject)

WEFT_AVAILABLE_IN_ALL
WeftRingKeyNetwork *weft_ring_key_network_new           (WeftTransport       *transport,
                                                         WeftStorage         *storage,
                                                         guint                replication)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean            weft_ring_key_network_add_bootstrap (WeftRingKeyNetwork  *self,
                                                         const char          *address,
                                                         GError             **error);
WEFT_AVAILABLE_IN_ALL
void                weft_ring_key_network_forget_missing (WeftRingKeyNetwork *self);
WEFT_AVAILABLE_IN_ALL
guint               weft_ring_key_network_get_replication (WeftRingKeyNetwork *self);
WEFT_AVAILABLE_IN_ALL
WeftRingReadiness   weft_ring_key_network_get_readiness (WeftRingKeyNetwork  *self);
WEFT_AVAILABLE_IN_ALL
guint               weft_ring_key_network_get_n_peers   (WeftRingKeyNetwork  *self);
WEFT_AVAILABLE_IN_ALL
double              weft_ring_key_network_get_size      (WeftRingKeyNetwork  *self);
WEFT_AVAILABLE_IN_ALL
JsonNode           *weft_ring_key_network_get_status    (WeftRingKeyNetwork  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode           *weft_ring_key_network_get_ring      (WeftRingKeyNetwork  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void                weft_ring_key_network_wait_async    (WeftRingKeyNetwork  *self,
                                                         guint                n_peers,
                                                         gint64               timeout_usec,
                                                         GCancellable        *cancellable,
                                                         GAsyncReadyCallback  callback,
                                                         gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
gboolean            weft_ring_key_network_wait_finish   (WeftRingKeyNetwork  *self,
                                                         GAsyncResult        *result,
                                                         GError             **error);

G_END_DECLS
