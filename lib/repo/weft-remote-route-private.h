/* weft-remote-route-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-multiaddr.h"
#include "weft-peer-id.h"
#include "weft-tape-private.h"
#include "weft-transport.h"

G_BEGIN_DECLS

/* How one peer is reached: who it is, as soon as that is known, and its addresses. All who want
 * to connect at the same time share one dial. */
typedef struct _WeftRemoteRoute WeftRemoteRoute;

/* `error` is NULL when the peer is connected. */
typedef void (*WeftRemoteRouteFunc) (WeftRemoteRoute *route,
                                     const GError    *error,
                                     gpointer         user_data);

WeftRemoteRoute *weft_remote_route_new           (WeftTransport       *transport,
                                                  WeftPeerId          *peer_id,
                                                  GPtrArray           *addresses)
    G_GNUC_WARN_UNUSED_RESULT;
/* From {"id","addrs"} of a redirect. */
WeftRemoteRoute *weft_remote_route_new_read      (WeftTransport       *transport,
                                                  const WeftItem      *item)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRemoteRoute *weft_remote_route_ref           (WeftRemoteRoute     *self);
void             weft_remote_route_unref         (WeftRemoteRoute     *self);
WeftPeerId      *weft_remote_route_get_peer_id   (WeftRemoteRoute     *self);
const char      *weft_remote_route_get_name      (WeftRemoteRoute     *self);
/* The message with the peer's name in front, once. */
char            *weft_remote_route_name_error    (WeftRemoteRoute     *self,
                                                  const char          *message)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean         weft_remote_route_can_dial      (WeftRemoteRoute     *self);
gboolean         weft_remote_route_is_connected  (WeftRemoteRoute     *self);
void             weft_remote_route_connect       (WeftRemoteRoute     *self,
                                                  WeftRemoteRouteFunc  done,
                                                  gpointer             user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRemoteRoute, weft_remote_route_unref)

G_END_DECLS
