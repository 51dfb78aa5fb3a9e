/* weft-websocket-guard-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <weft.h>

#include "weft-websocket-guard-input-private.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WEBSOCKET_GUARD (weft_websocket_guard_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketGuard, weft_websocket_guard, WEFT, WEBSOCKET_GUARD, GIOStream)

WeftWebsocketGuard *weft_websocket_guard_new (GIOStream         *base,
                                              WeftClock         *clock,
                                              WeftWebsocketPool *pool,
                                              gboolean           is_server)
    G_GNUC_WARN_UNUSED_RESULT;
const GError *weft_websocket_guard_get_fault              (WeftWebsocketGuard *self);
guint64       weft_websocket_guard_get_data_bytes_written (WeftWebsocketGuard *self);
void          weft_websocket_guard_send_text              (WeftWebsocketGuard *self,
                                                           GBytes             *text,
                                                           const guint8       *mask);
void          weft_websocket_guard_set_message_func       (WeftWebsocketGuard *self,
                                                           WeftWebsocketMessageFunc func,
                                                           gpointer            user_data);
void          weft_websocket_guard_deliver                (WeftWebsocketGuard *self);
void          weft_websocket_guard_say                    (WeftWebsocketGuard *self,
                                                           const char         *last_words);
gboolean      weft_websocket_guard_is_shut                (WeftWebsocketGuard *self);
void          weft_websocket_guard_shut                   (WeftWebsocketGuard *self);

G_END_DECLS
