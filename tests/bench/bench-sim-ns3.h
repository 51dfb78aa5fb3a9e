/* bench-sim-ns3.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The same work in ns-3's scheduler, which is C++. One at a time: its simulator is a global. */
typedef guint (*BenchNs3Delay) (gpointer data);

/* @delay draws the microseconds until the next event. */
void bench_ns3_init  (guint         n_pending,
                      BenchNs3Delay delay,
                      gpointer      data);
void bench_ns3_run   (guint         n_events);
void bench_ns3_clear (void);

G_END_DECLS
