/* weft-sim-fault-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-filter-private.h"
#include "weft-sim-node.h"
#include "weft-sim-selector-private.h"
#include "weft-sim-shape.h"

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
  WEFT_SIM_FAULT_NARROW_LINK,
  WEFT_SIM_FAULT_BREAKING_LINK,
  WEFT_SIM_FAULT_REPEATING_LINK,
  WEFT_SIM_FAULT_DROPPING_LINK,
  WEFT_SIM_FAULT_FULL_DISK,
  WEFT_SIM_FAULT_SLOW_DISK,
  WEFT_SIM_FAULT_STALLED_DISK,
  WEFT_SIM_FAULT_FAILING_DISK,
  WEFT_SIM_FAULT_BIT_ROT,
  WEFT_SIM_FAULT_READ_ERROR,
  WEFT_SIM_FAULT_LYING_DISK,
} WeftSimFaultKind;

#define WEFT_SIM_N_FAULT_KINDS (WEFT_SIM_FAULT_LYING_DISK + 1)

/* Which way of a node's links is cut. */
typedef enum
{
  WEFT_SIM_CUT_BOTH,
  WEFT_SIM_CUT_IN,
  WEFT_SIM_CUT_OUT,
} WeftSimCut;

/* Who is on which side of a partition. */
typedef enum
{
  WEFT_SIM_LAYOUT_ISOLATE, /* some nodes, and all others with all clients */
  WEFT_SIM_LAYOUT_SPLIT,
  WEFT_SIM_LAYOUT_PARTIAL,
  WEFT_SIM_LAYOUT_BRIDGE,
  WEFT_SIM_LAYOUT_RING,
} WeftSimLayout;

#define WEFT_SIM_N_LAYOUTS (WEFT_SIM_LAYOUT_RING + 1)

/* A fault as a scenario tells of it; the spans are drawn from once for each time it happens. */
typedef struct
{
  WeftSimFaultKind kind;
  WeftSimSpan at_usec;
  WeftSimSpan lasting_usec;
  WeftSimSpan every_usec; /* from one beginning to the next */
  guint n_times;
  WeftSimSelector node;
  WeftSimDeath death;
  WeftSimDiskFate disk;
  gboolean is_drawn;
  WeftSimSpan span_usec; /* by how much a clock steps, how late a link or a disk is */
  double amount;         /* millionths of drift, bytes on a disk or in a second, records */
  double chance;         /* of each message, or each read */

  WeftSimCut cut;
  WeftSimLayout layout;
  guint n_first;         /* how many are in the first group; 0 when each seed draws that */
  gboolean is_for_nodes; /* a partition that clients do not notice */
  WeftSimSpan flap_usec; /* how long it is there and how long it is not, in turn; 0 for always */

  gboolean is_directed;  /* from some to some, instead of all ways of nodes */
  WeftSimSelector from;
  WeftSimSelector to;
  gboolean is_filtered;
  WeftSimFilter filter;
  guint64 queue_bytes;
} WeftSimFault;

extern const char * const weft_sim_fault_names[];

/* Whether a kind changes what messages on the way meet, or what disks do. */
gboolean weft_sim_fault_is_of_links (WeftSimFaultKind kind);
gboolean weft_sim_fault_is_of_disks (WeftSimFaultKind kind);

/* What a swarm takes for a fault of this kind; times are still to be set. */
void         weft_sim_fault_init           (WeftSimFault       *self,
                                            WeftSimFaultKind    kind);
void         weft_sim_fault_read           (WeftSimFault       *self,
                                            const WeftSimPlace *place,
                                            guint               n_nodes,
                                            guint               n_clients);
/* How many nodes it takes. */
guint        weft_sim_layout_get_nodes_min (WeftSimLayout       layout);
/* The shape that nodes have in it; there is none that isolates. */
WeftSimShape weft_sim_layout_get_shape     (WeftSimLayout       layout);

G_END_DECLS
