/* weft-websocket-pool-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-websocket-turn-private.h"

G_BEGIN_DECLS

/* What all messages that have begun and not ended may hold together: two of the largest at once,
 * or some hundred of a usual size. */
#define WEFT_WEBSOCKET_UNFINISHED_BYTES_MAX (16 * 1024 * 1024)

typedef struct _WeftWebsocketPool  WeftWebsocketPool;
typedef struct _WeftWebsocketShare WeftWebsocketShare;

/* Called when the memory of a share is needed; it must leave the pool. */
typedef void (*WeftWebsocketPoolFunc) (gpointer user_data);

WeftWebsocketPool  *weft_websocket_pool_new       (gsize                  bytes_max);
WeftWebsocketPool  *weft_websocket_pool_ref       (WeftWebsocketPool     *self);
void                weft_websocket_pool_unref     (WeftWebsocketPool     *self);
WeftWebsocketShare *weft_websocket_pool_join      (WeftWebsocketPool     *self,
                                                   WeftWebsocketPoolFunc  func,
                                                   gpointer               user_data);
void                weft_websocket_pool_leave     (WeftWebsocketPool     *self,
                                                   WeftWebsocketShare    *share);
void                weft_websocket_pool_set       (WeftWebsocketPool     *self,
                                                   WeftWebsocketShare    *share,
                                                   gsize                  bytes);
gsize               weft_websocket_pool_get_bytes (WeftWebsocketPool     *self);
guint8             *weft_websocket_pool_get_scratch (WeftWebsocketPool   *self);
WeftWebsocketTurn  *weft_websocket_pool_get_turn  (WeftWebsocketPool     *self);
GByteArray         *weft_websocket_pool_take_buffer (WeftWebsocketPool   *self)
    G_GNUC_WARN_UNUSED_RESULT;
void                weft_websocket_pool_give_buffer (WeftWebsocketPool   *self,
                                                     GByteArray          *buffer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftWebsocketPool, weft_websocket_pool_unref)

G_END_DECLS
