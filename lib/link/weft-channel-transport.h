/* weft-channel-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-channel.h"
#include "weft-clock.h"
#include "weft-identity.h"
#include "weft-random.h"
#include "weft-transport.h"
#include "weft-verifier.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CHANNEL_TRANSPORT (weft_channel_transport_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (WeftChannelTransport, weft_channel_transport, WEFT, CHANNEL_TRANSPORT,
                          GObject)

/**
 * WeftPeerPolicyFunc:
 * @transport: the transport
 * @peer: a peer that has proved who it is
 * @user_data: what was given to [method@Weft.ChannelTransport.set_policy]
 *
 * Decides whether a peer is welcome.
 *
 * Returns: whether to keep the connection
 *
 * Since: 0.1
 */
typedef gboolean (*WeftPeerPolicyFunc) (WeftChannelTransport *transport,
                                        WeftPeer             *peer,
                                        gpointer              user_data);

/**
 * WeftChannelTransportClass:
 * @listen_channels: starts accepting at an address; answers the address really bound
 * @dial_channel: starts connecting; ends with exactly one weft_channel_transport_dialled()
 * @stop: stops listening and dialling; channels are closed by the base class
 *
 * The virtual function table for [class@Weft.ChannelTransport], which is derivable so that a
 * transport is written by only making channels: handshake, envelopes, deadlines, flow control
 * and liveness are the base class's.
 *
 * Since: 0.1
 */
struct _WeftChannelTransportClass
{
  /*< private >*/
  GObjectClass parent_class;

  /*< public >*/
  WeftMultiaddr *(*listen_channels) (WeftChannelTransport  *self,
                                     WeftMultiaddr         *address,
                                     GError               **error);
  void           (*dial_channel)    (WeftChannelTransport  *self,
                                     WeftMultiaddr         *address,
                                     guint64                dial_id);
  void           (*stop)            (WeftChannelTransport  *self);

  /*< private >*/
  gpointer padding[8];
};

WEFT_AVAILABLE_IN_ALL
void          weft_channel_transport_set_policy   (WeftChannelTransport *self,
                                                   WeftPeerPolicyFunc    policy,
                                                   gpointer              user_data,
                                                   GDestroyNotify        destroy);
WEFT_AVAILABLE_IN_ALL
WeftIdentity *weft_channel_transport_get_identity (WeftChannelTransport *self);
WEFT_AVAILABLE_IN_ALL
WeftVerifier *weft_channel_transport_get_verifier (WeftChannelTransport *self);
WEFT_AVAILABLE_IN_ALL
WeftClock    *weft_channel_transport_get_clock    (WeftChannelTransport *self);
WEFT_AVAILABLE_IN_ALL
const char   *weft_channel_transport_get_network  (WeftChannelTransport *self);
WEFT_AVAILABLE_IN_ALL
void          weft_channel_transport_accepted     (WeftChannelTransport *self,
                                                   WeftChannel          *channel);
WEFT_AVAILABLE_IN_ALL
void          weft_channel_transport_dialled      (WeftChannelTransport *self,
                                                   guint64               dial_id,
                                                   WeftChannel          *channel,
                                                   const GError         *error);
WEFT_AVAILABLE_IN_ALL
void          weft_channel_transport_count        (WeftChannelTransport *self,
                                                   const char           *counter,
                                                   guint64               amount);

G_END_DECLS
