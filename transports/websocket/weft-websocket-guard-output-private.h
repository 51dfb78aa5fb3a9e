/* weft-websocket-guard-output-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weft-websocket-pool-private.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WEBSOCKET_GUARD_OUTPUT (weft_websocket_guard_output_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketGuardOutput, weft_websocket_guard_output,
                      WEFT, WEBSOCKET_GUARD_OUTPUT, GOutputStream)

typedef void (*WeftWebsocketNoticeFunc) (gpointer user_data);

/* @broken_func is called, from the loop, when the connection takes nothing any more. */
WeftWebsocketGuardOutput *weft_websocket_guard_output_new
    (GPollableOutputStream   *base,
     WeftWebsocketPool       *pool,
     WeftWebsocketNoticeFunc  broken_func,
     gpointer                 user_data) G_GNUC_WARN_UNUSED_RESULT;
void    weft_websocket_guard_output_send_text      (WeftWebsocketGuardOutput *self,
                                                    GBytes                   *text,
                                                    const guint8             *mask);
guint64 weft_websocket_guard_output_get_data_bytes (WeftWebsocketGuardOutput *self);
guint64 weft_websocket_guard_output_get_pongs      (WeftWebsocketGuardOutput *self);
void    weft_websocket_guard_output_shut           (WeftWebsocketGuardOutput *self);

G_END_DECLS
