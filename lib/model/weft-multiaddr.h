/* weft-multiaddr.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-peer-id.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftMultiaddrScheme:
 * @WEFT_MULTIADDR_SCHEME_WS: WebSocket over TCP, `/ip4/127.0.0.1/tcp/9000/ws`
 * @WEFT_MULTIADDR_SCHEME_WSS: WebSocket over TLS, `/dns4/example.org/tcp/443/wss`
 * @WEFT_MULTIADDR_SCHEME_MEMORY: in this process, `/memory/1`
 * @WEFT_MULTIADDR_SCHEME_SIM: in a simulated world, `/sim/1`
 *
 * How a peer at an address is reached.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_MULTIADDR_SCHEME_WS,
  WEFT_MULTIADDR_SCHEME_WSS,
  WEFT_MULTIADDR_SCHEME_MEMORY,
  WEFT_MULTIADDR_SCHEME_SIM,
} WeftMultiaddrScheme;

/**
 * WeftMultiaddrHostKind:
 * @WEFT_MULTIADDR_HOST_KIND_NONE: there is no host: the scheme is of this process
 * @WEFT_MULTIADDR_HOST_KIND_IP4: an IPv4 address, `/ip4/127.0.0.1`
 * @WEFT_MULTIADDR_HOST_KIND_IP6: an IPv6 address, `/ip6/::1`
 * @WEFT_MULTIADDR_HOST_KIND_DNS: a name, for addresses of either version, `/dns/example.org`
 * @WEFT_MULTIADDR_HOST_KIND_DNS4: a name, for its IPv4 addresses, `/dns4/example.org`
 * @WEFT_MULTIADDR_HOST_KIND_DNS6: a name, for its IPv6 addresses, `/dns6/example.org`
 *
 * What the host of an address is.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_MULTIADDR_HOST_KIND_NONE,
  WEFT_MULTIADDR_HOST_KIND_IP4,
  WEFT_MULTIADDR_HOST_KIND_IP6,
  WEFT_MULTIADDR_HOST_KIND_DNS,
  WEFT_MULTIADDR_HOST_KIND_DNS4,
  WEFT_MULTIADDR_HOST_KIND_DNS6,
} WeftMultiaddrHostKind;

#define WEFT_TYPE_MULTIADDR (weft_multiaddr_get_type ())

typedef struct _WeftMultiaddr WeftMultiaddr;

WEFT_AVAILABLE_IN_ALL
GType                 weft_multiaddr_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr        *weft_multiaddr_new_socket    (const char         *host,
                                                    guint16             port,
                                                    gboolean            is_tls,
                                                    GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr        *weft_multiaddr_new_local     (WeftMultiaddrScheme scheme,
                                                    guint64             number)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr        *weft_multiaddr_parse         (const char         *text,
                                                    GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr        *weft_multiaddr_with_peer_id  (WeftMultiaddr      *self,
                                                    WeftPeerId         *peer_id)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftMultiaddrScheme   weft_multiaddr_get_scheme    (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddrHostKind weft_multiaddr_get_host_kind (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
const char           *weft_multiaddr_get_host      (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
guint16               weft_multiaddr_get_port      (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
guint64               weft_multiaddr_get_number    (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
WeftPeerId           *weft_multiaddr_get_peer_id   (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr        *weft_multiaddr_ref           (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
void                  weft_multiaddr_unref         (WeftMultiaddr      *self);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr        *weft_multiaddr_from_json     (JsonNode           *json,
                                                    GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode             *weft_multiaddr_to_json       (WeftMultiaddr      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char                 *weft_multiaddr_to_string     (WeftMultiaddr      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean              weft_multiaddr_equal         (WeftMultiaddr      *a,
                                                    WeftMultiaddr      *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftMultiaddr, weft_multiaddr_unref)

G_END_DECLS
