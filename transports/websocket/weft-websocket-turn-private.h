/* weft-websocket-turn-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who has something to do once a turn of the loop is over, before it looks for more. */
typedef struct _WeftWebsocketTurn WeftWebsocketTurn;

/* Called from within a source that is asked whether it is ready: nothing that is somebody else's
 * may be called from there, and the loop may not be run. */
typedef void (*WeftWebsocketTurnFunc) (gpointer user_data);

/* A place in the line, which its owner keeps. */
typedef struct
{
  GList link; /* its data is not NULL while it is in the line */
  WeftWebsocketTurnFunc func;
  gpointer user_data;
} WeftWebsocketTurnPlace;

/* For the thread-default main context, until it is freed. */
WeftWebsocketTurn *weft_websocket_turn_new   (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_websocket_turn_free  (WeftWebsocketTurn      *self);
void               weft_websocket_turn_enter (WeftWebsocketTurn      *self,
                                              WeftWebsocketTurnPlace *place);
void               weft_websocket_turn_leave (WeftWebsocketTurn      *self,
                                              WeftWebsocketTurnPlace *place);

G_END_DECLS
