/* weft-websocket-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define WEFT_WEBSOCKET_TYPE_TRANSPORT (weft_websocket_transport_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftWebsocketTransport, weft_websocket_transport, WEFT_WEBSOCKET, TRANSPORT,
                      WeftChannelTransport)

WEFT_AVAILABLE_IN_ALL
void                    weft_websocket_transport_register (void);
WEFT_AVAILABLE_IN_ALL
WeftWebsocketTransport *weft_websocket_transport_new      (WeftIdentity *identity,
                                                           const char   *network,
                                                           WeftPeerRole  role,
                                                           WeftClock    *clock,
                                                           WeftRandom   *random)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
guint                   weft_websocket_transport_get_n_connections
                                                          (WeftWebsocketTransport *self);

G_END_DECLS
