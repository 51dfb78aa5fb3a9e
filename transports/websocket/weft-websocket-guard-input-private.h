/* weft-websocket-guard-input-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <weft.h>

#include "weft-websocket-guard-output-private.h"
#include "weft-websocket-pool-private.h"

G_BEGIN_DECLS

/* A small message costs its handler about as much as 256 bytes cost the network. With more of
 * them in a turn, what they ask of other nodes leaves so late that those wait meanwhile. */
#define WEFT_WEBSOCKET_FRAMES_PER_TURN_MAX 64
/* What a peer that sends pings and reads nothing can make us keep: 8 KiB of pongs. */
#define WEFT_WEBSOCKET_PONGS_UNREAD_MAX 64

/* Called once, when the peer broke a rule. What it sends from then on is thrown away. */
typedef void (*WeftWebsocketFaultFunc) (const GError *fault,
                                        gpointer      user_data);

/* Takes a message. */
typedef void (*WeftWebsocketMessageFunc) (GBytes  *message,
                                          gpointer user_data);

#define WEFT_TYPE_WEBSOCKET_GUARD_INPUT (weft_websocket_guard_input_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketGuardInput, weft_websocket_guard_input,
                      WEFT, WEBSOCKET_GUARD_INPUT, GInputStream)

WeftWebsocketGuardInput *weft_websocket_guard_input_new
    (GPollableInputStream     *base,
     WeftWebsocketGuardOutput *output,
     WeftClock                *clock,
     WeftWebsocketPool        *pool,
     gboolean                  is_server,
     WeftWebsocketFaultFunc    fault_func,
     WeftWebsocketNoticeFunc   opened_func,
     WeftWebsocketNoticeFunc   crowded_func,
     gpointer                  user_data) G_GNUC_WARN_UNUSED_RESULT;
/* From now on messages that come whole are given to @func, and not passed on to be taken apart once
 * more: at the end of a turn, or when asked for. NULL: to nobody any more. */
void weft_websocket_guard_input_set_message_func (WeftWebsocketGuardInput  *self,
                                                  WeftWebsocketMessageFunc  func,
                                                  gpointer                  user_data);
void weft_websocket_guard_input_deliver          (WeftWebsocketGuardInput  *self);
void weft_websocket_guard_input_shut             (WeftWebsocketGuardInput  *self);

G_END_DECLS
