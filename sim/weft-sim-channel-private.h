/* weft-sim-channel-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

typedef struct _WeftSimConnection WeftSimConnection;

#define WEFT_TYPE_SIM_CHANNEL (weft_sim_channel_get_type ())

G_DECLARE_FINAL_TYPE (WeftSimChannel, weft_sim_channel, WEFT, SIM_CHANNEL, WeftChannel)

WeftSimChannel *weft_sim_channel_new     (WeftSimConnection *connection,
                                          guint              side) G_GNUC_WARN_UNUSED_RESULT;
void            weft_sim_channel_receive (WeftSimChannel    *self,
                                          GBytes            *message);
/* The last thing a channel hears of its connection. Its signal comes as an event of its own. */
void            weft_sim_channel_finish  (WeftSimChannel    *self,
                                          const char        *reason);
/* The process is gone: nothing is emitted any more. */
void            weft_sim_channel_kill    (WeftSimChannel    *self);

G_END_DECLS
