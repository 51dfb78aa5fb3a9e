/* test-sim-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

#include "weft-transport-contract.h"

/* All stories happen in one world, one after the other, each on hosts of its own. The suite turns
 * the main loop, and each turn lets one event happen. In a second world the ways have faults that
 * connections survive, and so nothing that the contract says may be different there. */
static WeftSimWorld *world;
static WeftSimWorld *faulty_world;

static gboolean
step_cb (gpointer user_data)
{
  weft_sim_world_step (world);
  weft_sim_world_step (faulty_world);

  return G_SOURCE_CONTINUE;
}

static WeftTransport *
make_in (WeftSimWorld *in,
         WeftIdentity *identity,
         const char   *network,
         WeftPeerRole  role)
{
  guint host = weft_sim_world_add_actor (in, "host");
  g_autoptr(WeftSimClock) sim_clock = weft_sim_clock_new (in, host);
  g_autofree char *stream = g_strdup_printf ("host/%u", host);
  g_autoptr(WeftSimRandom) sim_random = weft_sim_random_new (1, stream);

  return WEFT_TRANSPORT (weft_sim_transport_new (identity, network, role, sim_clock,
                                                 WEFT_RANDOM (sim_random)));
}

static WeftTransport *
make (WeftIdentity *identity,
      const char   *network,
      WeftPeerRole  role,
      WeftClock    *clock,
      WeftRandom   *random)
{
  return make_in (world, identity, network, role);
}

static WeftTransport *
make_faulty (WeftIdentity *identity,
             const char   *network,
             WeftPeerRole  role,
             WeftClock    *clock,
             WeftRandom   *random)
{
  return make_in (faulty_world, identity, network, role);
}

/* Late, lost and sent again, held up, and through a narrow way whose queue is full. */
static void
break_ways (WeftSimWorld *in)
{
  WeftSimLink link = {
    .delay = { WEFT_SIM_DELAY_SHAPE_EXPONENTIAL, G_TIME_SPAN_MILLISECOND,
               10 * G_TIME_SPAN_MILLISECOND, 0 },
    .bytes_per_second = 50 * 1024 * 1024,
    .queue_bytes = 1024 * 1024,
    .loss = 0.02,
    .hold = 0.05,
    .hold_usec = 50 * G_TIME_SPAN_MILLISECOND,
  };

  weft_sim_network_set_default_link (weft_sim_network_get (in), &link);
}

static const WeftTransportContract contract = { "sim", "/sim/0", make };
static const WeftTransportContract faulty_contract = { "sim-faulty", "/sim/0", make_faulty };

int
main (int    argc,
      char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  world = weft_sim_world_new (1);
  weft_sim_world_set_context (world, NULL);
  faulty_world = weft_sim_world_new (2);
  weft_sim_world_set_context (faulty_world, NULL);
  break_ways (faulty_world);
  g_idle_add (step_cb, NULL);

  weft_transport_contract_add (&contract);
  weft_transport_contract_add (&faulty_contract);
  result = g_test_run ();
  g_assert_finalize_object (world);
  g_assert_finalize_object (faulty_world);

  return result;
}
