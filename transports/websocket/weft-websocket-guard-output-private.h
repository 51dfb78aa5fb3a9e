/* weft-websocket-guard-output-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WEFT_TYPE_WEBSOCKET_GUARD_OUTPUT (weft_websocket_guard_output_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketGuardOutput, weft_websocket_guard_output,
                      WEFT, WEBSOCKET_GUARD_OUTPUT, GOutputStream)

WeftWebsocketGuardOutput *weft_websocket_guard_output_new
    (GPollableOutputStream *base) G_GNUC_WARN_UNUSED_RESULT;
guint64 weft_websocket_guard_output_get_data_bytes (WeftWebsocketGuardOutput *self);
guint64 weft_websocket_guard_output_get_pongs      (WeftWebsocketGuardOutput *self);
void    weft_websocket_guard_output_shut           (WeftWebsocketGuardOutput *self);

G_END_DECLS
