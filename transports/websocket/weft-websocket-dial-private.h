/* weft-websocket-dial-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-websocket-arrival-private.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WEBSOCKET_DIAL (weft_websocket_dial_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketDial, weft_websocket_dial, WEFT, WEBSOCKET_DIAL, GObject)

/* Called exactly once, with what has upgraded or with why nothing has. */
typedef void (*WeftWebsocketDialFunc) (WeftWebsocketDial           *self,
                                       const WeftWebsocketUpgraded *upgraded,
                                       const GError                *error,
                                       gpointer                     user_data);

WeftWebsocketDial *weft_websocket_dial_new   (WeftWebsocketTerms    *terms,
                                              WeftMultiaddr         *address)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_websocket_dial_start (WeftWebsocketDial     *self,
                                              WeftWebsocketDialFunc  func,
                                              gpointer               user_data);
void               weft_websocket_dial_stop  (WeftWebsocketDial     *self);

G_END_DECLS
