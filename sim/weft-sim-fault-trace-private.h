/* weft-sim-fault-trace-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-plan-private.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/* Tells the trace of a fault that begins, in words too; `actors` are those of all nodes. */
void weft_sim_fault_trace_begin (WeftSimWorld         *world,
                                 const WeftSimPlanned *planned,
                                 const GArray         *actors);
void weft_sim_fault_trace_end   (WeftSimWorld         *world,
                                 const WeftSimPlanned *planned);

G_END_DECLS
