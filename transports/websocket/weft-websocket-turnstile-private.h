/* weft-websocket-turnstile-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeftWebsocketTurnstile WeftWebsocketTurnstile;
typedef struct _WeftWebsocketTurn      WeftWebsocketTurn;

/* Called once, when it is somebody's turn. */
typedef void (*WeftWebsocketTurnFunc) (gpointer user_data);

WeftWebsocketTurnstile *weft_websocket_turnstile_new         (guint                   running_max);
void                    weft_websocket_turnstile_free        (WeftWebsocketTurnstile *self);
WeftWebsocketTurn      *weft_websocket_turnstile_enter       (WeftWebsocketTurnstile *self,
                                                              const char             *address,
                                                              WeftWebsocketTurnFunc   func,
                                                              gpointer                user_data);
void                    weft_websocket_turnstile_advance     (WeftWebsocketTurnstile *self);
void                    weft_websocket_turnstile_leave       (WeftWebsocketTurnstile *self,
                                                              WeftWebsocketTurn      *turn);
guint                   weft_websocket_turnstile_get_running (WeftWebsocketTurnstile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftWebsocketTurnstile, weft_websocket_turnstile_free)

G_END_DECLS
