/* test-websocket.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-transport-contract.h"

#include <weft-websocket.h>

static WeftTransport *
make (WeftIdentity *identity,
      const char   *network,
      WeftPeerRole  role,
      WeftClock    *clock,
      WeftRandom   *random)
{
  return WEFT_TRANSPORT (weft_websocket_transport_new (identity, network, role, clock, random));
}

static const WeftTransportContract plain = { "ws", "/ip4/127.0.0.1/tcp/0/ws", make };
static const WeftTransportContract tls = { "wss", "/ip4/127.0.0.1/tcp/0/wss", make };

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_transport_contract_add (&plain);
  weft_transport_contract_add (&tls);

  return g_test_run ();
}
