/* weft-link-dial-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-link-hub-private.h"

G_BEGIN_DECLS

/* Connects, for all who want the same address at the same time. */
void weft_link_dial_start     (WeftLinkHub   *hub,
                               WeftMultiaddr *address,
                               gint64         timeout_usec,
                               WeftDialFunc   done,
                               gpointer       user_data);
/* The connection is there, or not. */
void weft_link_dial_connected (WeftLinkHub   *hub,
                               guint64        dial_id,
                               WeftChannel   *channel,
                               const GError  *error);
/* The peer has proved itself, or not. */
void weft_link_dial_finish    (WeftLinkHub   *hub,
                               guint64        dial_id,
                               WeftLinkPeer  *peer,
                               const GError  *error);
void weft_link_dial_close_all (WeftLinkHub   *hub);
void weft_link_dial_free      (WeftLinkDial  *self);

G_END_DECLS
