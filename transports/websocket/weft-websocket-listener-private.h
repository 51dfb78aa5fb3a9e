/* weft-websocket-listener-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-websocket-arrival-private.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WEBSOCKET_LISTENER (weft_websocket_listener_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketListener, weft_websocket_listener, WEFT, WEBSOCKET_LISTENER,
                      GObject)

/* Called for each connection that has upgraded. */
typedef void (*WeftWebsocketAcceptedFunc) (const WeftWebsocketUpgraded *upgraded,
                                           gpointer                     user_data);
/* Called for each thing worth counting. */
typedef void (*WeftWebsocketCountFunc)    (const char                  *counter,
                                           gpointer                     user_data);

WeftWebsocketListener *weft_websocket_listener_new
    (WeftWebsocketTerms        *terms,
     guint                      connections_max,
     guint                      per_address_max,
     WeftWebsocketAcceptedFunc  accepted_func,
     WeftWebsocketCountFunc     count_func,
     gpointer                   user_data) G_GNUC_WARN_UNUSED_RESULT;
GSocketAddress        *weft_websocket_listener_listen
    (WeftWebsocketListener     *self,
     GSocketAddress            *address,
     gboolean                   is_tls,
     GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
guint                  weft_websocket_listener_get_n_connections
    (WeftWebsocketListener     *self);
void                   weft_websocket_listener_stop (WeftWebsocketListener *self);

G_END_DECLS
