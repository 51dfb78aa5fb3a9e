/* weft-websocket-crowd-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WeftWebsocketCrowd  WeftWebsocketCrowd;
typedef struct _WeftWebsocketMember WeftWebsocketMember;

WeftWebsocketCrowd  *weft_websocket_crowd_new           (guint                 total_max,
                                                         guint                 per_address_max,
                                                         guint                 arrivals_max);
void                 weft_websocket_crowd_free          (WeftWebsocketCrowd   *self);
char                *weft_websocket_crowd_name_address  (GSocketAddress       *address)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean             weft_websocket_crowd_make_room     (WeftWebsocketCrowd   *self,
                                                         const char           *address,
                                                         gpointer             *victim,
                                                         GError              **error);
WeftWebsocketMember *weft_websocket_crowd_admit         (WeftWebsocketCrowd   *self,
                                                         const char           *address,
                                                         gpointer              owner);
void                 weft_websocket_crowd_settle        (WeftWebsocketCrowd   *self,
                                                         WeftWebsocketMember  *member);
void                 weft_websocket_crowd_leave         (WeftWebsocketCrowd   *self,
                                                         WeftWebsocketMember  *member);
guint                weft_websocket_crowd_get_size      (WeftWebsocketCrowd   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftWebsocketCrowd, weft_websocket_crowd_free)

G_END_DECLS
