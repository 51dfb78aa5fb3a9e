/* bench-sim-ns3.cc
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sim-ns3.h"

#include <ns3/simulator.h>

/* Counted down by the events, each of which schedules the next. */
static unsigned n_left;
static BenchNs3Delay next_delay;
static gpointer next_data;

static void
again ()
{
  ns3::Simulator::Schedule (ns3::MicroSeconds (next_delay (next_data)), &again);
  if (--n_left == 0)
    ns3::Simulator::Stop ();
}

void
bench_ns3_init (guint         n_pending,
                BenchNs3Delay delay,
                gpointer      data)
{
  next_delay = delay;
  next_data = data;
  for (guint i = 0; i < n_pending; i++)
    ns3::Simulator::Schedule (ns3::MicroSeconds (delay (data)), &again);
}

void
bench_ns3_run (guint n_events)
{
  n_left = n_events;
  ns3::Simulator::Run ();
}

void
bench_ns3_clear (void)
{
  ns3::Simulator::Destroy ();
}
