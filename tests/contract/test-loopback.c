/* test-loopback.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-transport-contract.h"

static WeftTransport *
make (WeftIdentity *identity,
      const char   *network,
      WeftPeerRole  role,
      WeftClock    *clock,
      WeftRandom   *random)
{
  return WEFT_TRANSPORT (weft_loopback_transport_new (identity, network, role, clock, random));
}

static const WeftTransportContract contract = { "loopback", "/memory/0", make };

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_transport_contract_add (&contract);

  return g_test_run ();
}
