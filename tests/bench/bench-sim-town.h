/* bench-sim-town.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One client that writes to one node. */
void     bench_town_put         (void);
/* Fifty clients that work with five nodes, with all checks on, beside a bare loop of heap
 * operations that does so many events in a second. */
void     bench_town_run         (double events_per_second);
/* Of processor time, so that it does not matter what else the machine does. */
double   bench_town_get_seconds (void);
/* In a process that was started to count: counts, prints, and says that it was. */
gboolean bench_town_count       (void);

G_END_DECLS
