/* weft-peer.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-multiaddr.h"
#include "weft-peer-id.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftPeerRole:
 * @WEFT_PEER_ROLE_PEER: a node, which serves others
 * @WEFT_PEER_ROLE_CLIENT: a client, which only asks
 *
 * What the other end of a connection says it is.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_PEER_ROLE_PEER,
  WEFT_PEER_ROLE_CLIENT,
} WeftPeerRole;

#define WEFT_TYPE_PEER (weft_peer_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftPeer, weft_peer, WEFT, PEER, GObject)

WEFT_AVAILABLE_IN_ALL
WeftPeer          *weft_peer_new           (WeftPeerId         *peer_id,
                                            WeftPeerRole        role,
                                            const char         *agent,
                                            const char * const *protocols,
                                            WeftMultiaddr      *address,
                                            gboolean            is_outbound,
                                            gboolean            is_bound,
                                            gint64              since_usec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPeerId        *weft_peer_get_peer_id   (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
WeftPeerRole       weft_peer_get_role      (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_peer_get_agent     (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
const char* const *weft_peer_get_protocols (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr     *weft_peer_get_address   (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
gboolean           weft_peer_is_outbound   (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
gboolean           weft_peer_is_bound      (WeftPeer           *self);
WEFT_AVAILABLE_IN_ALL
gint64             weft_peer_get_since     (WeftPeer           *self);

G_END_DECLS
