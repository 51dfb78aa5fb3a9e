/* weft-loopback-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

G_BEGIN_DECLS

#define WEFT_TYPE_LOOPBACK_TRANSPORT (weft_loopback_transport_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftLoopbackTransport, weft_loopback_transport, WEFT, LOOPBACK_TRANSPORT,
                      WeftChannelTransport)

WEFT_AVAILABLE_IN_ALL
WeftLoopbackTransport *weft_loopback_transport_new (WeftIdentity *identity,
                                                    const char   *network,
                                                    WeftPeerRole  role,
                                                    WeftClock    *clock,
                                                    WeftRandom   *random)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
