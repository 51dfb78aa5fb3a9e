/* weft-websocket-arrival-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "weft-websocket-guard-private.h"
#include "weft-websocket-terms-private.h"

G_BEGIN_DECLS

/* From the moment its turn has come, a TLS handshake takes an honest peer two journeys. */
#define WEFT_WEBSOCKET_TLS_USEC (2 * G_TIME_SPAN_SECOND)
/* How long our last words have to arrive before the socket is closed. */
#define WEFT_WEBSOCKET_LINGER_USEC (G_TIME_SPAN_SECOND / 2)

/* A connection that has upgraded; nothing in it is the receiver's to free. */
typedef struct
{
  WeftWebsocketGuard *guard;
  SoupWebsocketConnection *connection;
  GSocketAddress *remote;
  GBytes *binding; /* (nullable): of TLS */
} WeftWebsocketUpgraded;

#define WEFT_TYPE_WEBSOCKET_ARRIVAL (weft_websocket_arrival_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketArrival, weft_websocket_arrival, WEFT, WEBSOCKET_ARRIVAL,
                      GObject)

/* Called exactly once, never from within weft_websocket_arrival_start(): with what has upgraded,
 * or with the counter of why it did not. */
typedef void (*WeftWebsocketArrivalFunc) (WeftWebsocketArrival        *self,
                                          const WeftWebsocketUpgraded *upgraded,
                                          const char                  *counter,
                                          gpointer                     user_data);

WeftWebsocketArrival *weft_websocket_arrival_new   (WeftWebsocketTerms       *terms,
                                                    GSocketConnection        *socket,
                                                    const char               *address,
                                                    gboolean                  is_tls)
    G_GNUC_WARN_UNUSED_RESULT;
void                  weft_websocket_arrival_start (WeftWebsocketArrival     *self,
                                                    WeftWebsocketArrivalFunc  func,
                                                    gpointer                  user_data);
void                  weft_websocket_arrival_end   (WeftWebsocketArrival     *self,
                                                    const char               *counter);

G_END_DECLS
