/* weft-websocket-channel-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-websocket-arrival-private.h"

G_BEGIN_DECLS

/* How long the other side has to answer a close before the socket is closed anyway. */
#define WEFT_WEBSOCKET_CLOSE_USEC G_TIME_SPAN_SECOND

#define WEFT_TYPE_WEBSOCKET_CHANNEL (weft_websocket_channel_get_type ())
G_DECLARE_FINAL_TYPE (WeftWebsocketChannel, weft_websocket_channel, WEFT, WEBSOCKET_CHANNEL,
                      WeftChannel)

WeftWebsocketChannel *weft_websocket_channel_new       (const WeftWebsocketUpgraded *upgraded,
                                                        WeftClock              *clock,
                                                        WeftRandom             *random)
    G_GNUC_WARN_UNUSED_RESULT;
const GError         *weft_websocket_channel_get_fault (WeftWebsocketChannel   *self);

G_END_DECLS
