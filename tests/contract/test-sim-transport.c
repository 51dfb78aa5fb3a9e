/* test-sim-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

#include "weft-transport-contract.h"

/* All stories happen in one world, one after the other, each on hosts of its own. The suite turns
 * the main loop, and each turn lets one event happen. */
static WeftSimWorld *world;

static gboolean
step_cb (gpointer user_data)
{
  weft_sim_world_step (world);

  return G_SOURCE_CONTINUE;
}

static WeftTransport *
make (WeftIdentity *identity,
      const char   *network,
      WeftPeerRole  role,
      WeftClock    *clock,
      WeftRandom   *random)
{
  guint host = weft_sim_world_add_actor (world, "host");
  g_autoptr(WeftSimClock) sim_clock = weft_sim_clock_new (world, host);
  g_autofree char *stream = g_strdup_printf ("host/%u", host);
  g_autoptr(WeftSimRandom) sim_random = weft_sim_random_new (1, stream);

  return WEFT_TRANSPORT (weft_sim_transport_new (identity, network, role, sim_clock,
                                                 WEFT_RANDOM (sim_random)));
}

static const WeftTransportContract contract = { "sim", "/sim/0", make };

int
main (int    argc,
      char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  world = weft_sim_world_new (1);
  weft_sim_world_set_context (world, NULL);
  g_idle_add (step_cb, NULL);

  weft_transport_contract_add (&contract);
  result = g_test_run ();
  g_assert_finalize_object (world);

  return result;
}
