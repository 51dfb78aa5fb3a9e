/* weft-channel.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CHANNEL (weft_channel_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (WeftChannel, weft_channel, WEFT, CHANNEL, GObject)

/**
 * WeftChannelClass:
 * @send: queues one whole message; never blocks, never fails: a broken channel reports closed
 * @close: starts closing with a reason for the other side; reports closed once, later
 * @get_binding: (nullable): the TLS channel binding of both ends, or %NULL without TLS
 * @get_queued_bytes: how many bytes wait to leave this process
 *
 * The virtual function table for [class@Weft.Channel], which is derivable because a channel is
 * how others bring their own kind of connection.
 *
 * Since: 0.1
 */
struct _WeftChannelClass
{
  /*< private >*/
  GObjectClass parent_class;

  /*< public >*/
  void    (*send)             (WeftChannel *self,
                               GBytes      *message);
  void    (*close)            (WeftChannel *self,
                               const char  *reason);
  GBytes *(*get_binding)      (WeftChannel *self);
  gsize   (*get_queued_bytes) (WeftChannel *self);

  /*< private >*/
  gpointer padding[8];
};

WEFT_AVAILABLE_IN_ALL
void    weft_channel_send             (WeftChannel  *self,
                                       GBytes       *message);
WEFT_AVAILABLE_IN_ALL
void    weft_channel_close            (WeftChannel  *self,
                                       const char   *reason);
WEFT_AVAILABLE_IN_ALL
GBytes *weft_channel_get_binding      (WeftChannel  *self);
WEFT_AVAILABLE_IN_ALL
gsize   weft_channel_get_queued_bytes (WeftChannel  *self);
WEFT_AVAILABLE_IN_ALL
void    weft_channel_emit_received    (WeftChannel  *self,
                                       GBytes       *message);
WEFT_AVAILABLE_IN_ALL
void    weft_channel_emit_closed      (WeftChannel  *self,
                                       const GError *error);

G_END_DECLS
