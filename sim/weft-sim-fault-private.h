/* weft-sim-fault-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-node.h"
#include "weft-sim-selector-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_SIM_FAULT_KILL,
  WEFT_SIM_FAULT_PAUSE,
  WEFT_SIM_FAULT_CLOCK_STEP,
  WEFT_SIM_FAULT_CLOCK_DRIFT,
  WEFT_SIM_FAULT_PARTITION,
  WEFT_SIM_FAULT_RESET,
  WEFT_SIM_FAULT_HALF_OPEN,
  WEFT_SIM_FAULT_SLOW_LINK,
  WEFT_SIM_FAULT_LOSSY_LINK,
  WEFT_SIM_FAULT_CORRUPT_LINK,
  WEFT_SIM_FAULT_FULL_DISK,
  WEFT_SIM_FAULT_SLOW_DISK,
  WEFT_SIM_FAULT_STALLED_DISK,
  WEFT_SIM_FAULT_FAILING_DISK,
} WeftSimFaultKind;

#define WEFT_SIM_N_FAULT_KINDS (WEFT_SIM_FAULT_FAILING_DISK + 1)

/* Which way of a node's links is cut. */
typedef enum
{
  WEFT_SIM_CUT_BOTH,
  WEFT_SIM_CUT_IN,
  WEFT_SIM_CUT_OUT,
} WeftSimCut;

/* A fault as a scenario tells of it; the spans are drawn from once for each time it happens. */
typedef struct
{
  WeftSimFaultKind kind;
  WeftSimSpan at_usec;
  WeftSimSpan lasting_usec;
  WeftSimSpan every_usec; /* from one beginning to the next */
  guint n_times;
  WeftSimSelector node;
  WeftSimDiskFate disk;
  WeftSimCut cut;
  WeftSimSpan span_usec; /* by how much a clock steps, how late a link or a disk is */
  double amount;         /* a chance, millionths of drift, bytes */
} WeftSimFault;

extern const char * const weft_sim_fault_names[];

/* Whether a kind changes what messages on the way meet, or what disks do. */
gboolean weft_sim_fault_is_of_links (WeftSimFaultKind kind);
gboolean weft_sim_fault_is_of_disks (WeftSimFaultKind kind);

void weft_sim_fault_read  (WeftSimFault       *self,
                           const WeftSimPlace *place,
                           guint               n_nodes);
/* What a swarm takes for a fault of this kind; times are still to be set. */
void weft_sim_fault_init  (WeftSimFault       *self,
                           WeftSimFaultKind    kind);

G_END_DECLS
