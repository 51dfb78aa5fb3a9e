/* weft-websocket-upgrade-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "weft-websocket-guard-private.h"

G_BEGIN_DECLS

typedef struct _WeftWebsocketUpgrade WeftWebsocketUpgrade;

/* Called at most once, from within libsoup: the upgrade must not be freed there. */
typedef void (*WeftWebsocketUpgradeFunc) (SoupWebsocketConnection *connection,
                                          gpointer                 user_data);

WeftWebsocketUpgrade    *weft_websocket_upgrade_start (WeftWebsocketGuard       *guard,
                                                       GSocketConnection        *socket,
                                                       const char               *path,
                                                       WeftWebsocketUpgradeFunc  func,
                                                       gpointer                  user_data,
                                                       GError                  **error)
    G_GNUC_WARN_UNUSED_RESULT;
void                     weft_websocket_upgrade_free  (WeftWebsocketUpgrade     *self);
SoupWebsocketConnection *weft_websocket_connection_new (GIOStream               *stream,
                                                        SoupWebsocketConnectionType type)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftWebsocketUpgrade, weft_websocket_upgrade_free)

G_END_DECLS
