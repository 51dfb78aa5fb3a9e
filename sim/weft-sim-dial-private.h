/* weft-sim-dial-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-network-private.h"

G_BEGIN_DECLS

/* Asks for a connection on behalf of a transport, and tells it how that went. */
void weft_sim_dial_start       (WeftSimNetwork   *network,
                                WeftSimTransport *transport,
                                guint             host,
                                guint64           number,
                                guint64           dial_id);
/* Nobody waits for the dials of a transport any more. */
void weft_sim_dial_cancel_all  (WeftSimNetwork   *network,
                                WeftSimTransport *transport);
/* The process is gone that dialled. */
void weft_sim_dial_drop_host   (WeftSimNetwork   *network,
                                guint             host);
/* The world is gone. */
void weft_sim_dial_detach_all  (WeftSimNetwork   *network);

G_END_DECLS
