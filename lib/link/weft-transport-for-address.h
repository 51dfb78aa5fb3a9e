/* weft-transport-for-address.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-clock.h"
#include "weft-identity.h"
#include "weft-random.h"
#include "weft-transport.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

WEFT_AVAILABLE_IN_ALL
WeftTransport *weft_transport_new_for_address (WeftMultiaddr *address,
                                               WeftIdentity  *identity,
                                               const char    *network,
                                               WeftPeerRole   role,
                                               WeftClock     *clock,
                                               WeftRandom    *random,
                                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
