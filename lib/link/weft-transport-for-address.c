/* weft-transport-for-address.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft.h>

/**
 * weft_transport_new_for_address:
 * @address: an address to listen at or to dial
 * @identity: the key with which this side proves who it is
 * @network: the name of the network
 * @role: whether this side serves others or only asks
 * @clock: the time by which deadlines are kept
 * @random: the chance from which nonces are drawn
 * @error: return location for an error
 *
 * Makes a transport of the implementation that reaches an address.
 *
 * Implementations in other libraries are known once they have registered with
 * weft_transport_register(), which getting their type does. Sets [error@Weft.Error.NOT_FOUND] when
 * none has.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 0.1
 */
WeftTransport *
weft_transport_new_for_address (WeftMultiaddr *address,
                                WeftIdentity  *identity,
                                const char    *network,
                                WeftPeerRole   role,
                                WeftClock     *clock,
                                WeftRandom    *random,
                                GError       **error)
{
  GType type;

  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (WEFT_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (network != NULL, NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  g_type_ensure (WEFT_TYPE_LOOPBACK_TRANSPORT);
  type = weft_transport_lookup_for_address (address);
  if (type == G_TYPE_INVALID)
    {
      g_autofree char *text = weft_multiaddr_to_string (address);

      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "%s: no transport for such addresses is in this program", text);
      return NULL;
    }

  return g_object_new (type,
                       "identity", identity,
                       "network", network,
                       "role", role,
                       "clock", clock,
                       "random", random,
                       NULL);
}
