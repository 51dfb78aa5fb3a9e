/* weft-transport-contract.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/**
 * WeftTransportContract:
 * @name: what the tests are called by, such as `loopback`
 * @listen_address: an address to listen at that takes any free port
 * @make: makes a transport; the caller owns it
 *
 * What the contract suite has to know of an implementation of WeftTransport.
 *
 * The suite runs in the default main context, with the system's clock.
 */
typedef struct
{
  const char *name;
  const char *listen_address;
  WeftTransport *(*make) (WeftIdentity *identity,
                          const char   *network,
                          WeftPeerRole  role,
                          WeftClock    *clock,
                          WeftRandom   *random);
} WeftTransportContract;

/* Adds the suite to GTest, as /transport/NAME/...; `contract` must stay valid. */
void weft_transport_contract_add (const WeftTransportContract *contract);

G_END_DECLS
