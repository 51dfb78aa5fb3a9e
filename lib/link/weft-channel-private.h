/* weft-channel-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-channel.h"

G_BEGIN_DECLS

typedef void (*WeftChannelReceiver) (WeftChannel *channel,
                                     GBytes      *message,
                                     gpointer     user_data);

/* A transport that speaks on a channel is handed each message by a call: what listens to a signal
 * costs more than most messages. NULL to give it back. */
void weft_channel_set_receiver (WeftChannel         *self,
                                WeftChannelReceiver  receiver,
                                gpointer             user_data);

G_END_DECLS
