/* weft-websocket-watch-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sees when there is something to read from a socket, for those who come and go. */
typedef struct _WeftWebsocketWatch WeftWebsocketWatch;

/* For the thread-default main context, until it is freed. */
WeftWebsocketWatch *weft_websocket_watch_new   (int                 fd) G_GNUC_WARN_UNUSED_RESULT;
void                weft_websocket_watch_free  (WeftWebsocketWatch *self);
/* There was something to read, and nobody has said since that all of it was read. */
gboolean            weft_websocket_watch_saw   (WeftWebsocketWatch *self);
void                weft_websocket_watch_go_on (WeftWebsocketWatch *self);

G_END_DECLS
