/* weft-loopback-channel-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define WEFT_TYPE_LOOPBACK_CHANNEL (weft_loopback_channel_get_type ())

G_DECLARE_FINAL_TYPE (WeftLoopbackChannel, weft_loopback_channel, WEFT, LOOPBACK_CHANNEL,
                      WeftChannel)

/* Two ends that are connected with each other; each lives by the clock of its own side. */
void weft_loopback_channel_new_pair (WeftClock            *left_clock,
                                     WeftClock            *right_clock,
                                     WeftLoopbackChannel **left,
                                     WeftLoopbackChannel **right);

G_END_DECLS
