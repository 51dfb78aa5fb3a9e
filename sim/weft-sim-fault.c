/* weft-sim-fault.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-fault-private.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE

const char * const weft_sim_fault_names[] = {
  "kill",         "pause",        "clock-step",     "clock-drift",   "partition",
  "reset",        "half-open",    "slow-link",      "lossy-link",    "corrupt-link",
  "narrow-link",  "breaking-link", "repeating-link", "dropping-link", "full-disk",
  "slow-disk",    "stalled-disk", "failing-disk",   "bit-rot",
  "read-error",   "lying-disk",   NULL,
};

/* What is usual for each kind: whom it hits, how long it lasts, and how much. */
static const struct
{
  WeftSimPick pick;
  gint64 lasting_usec;
  WeftSimSpan span_usec;
  double amount;
  double chance;
} kinds[WEFT_SIM_N_FAULT_KINDS] = {
  [WEFT_SIM_FAULT_KILL] = { WEFT_SIM_PICK_ANY, SECOND },
  [WEFT_SIM_FAULT_PAUSE] = { WEFT_SIM_PICK_ANY, SECOND },
  [WEFT_SIM_FAULT_CLOCK_STEP] = { WEFT_SIM_PICK_ANY, 0, { -MINUTE, MINUTE } },
  [WEFT_SIM_FAULT_CLOCK_DRIFT] = { WEFT_SIM_PICK_ANY, 5 * SECOND, { 0 }, 20000 },
  [WEFT_SIM_FAULT_PARTITION] = { WEFT_SIM_PICK_ANY, 2 * SECOND },
  [WEFT_SIM_FAULT_RESET] = { WEFT_SIM_PICK_ANY, 0 },
  [WEFT_SIM_FAULT_HALF_OPEN] = { WEFT_SIM_PICK_ANY, 2 * SECOND },
  [WEFT_SIM_FAULT_SLOW_LINK] = { WEFT_SIM_PICK_EACH, 2 * SECOND, { 100 * MSEC, SECOND }, 0, 1 },
  [WEFT_SIM_FAULT_LOSSY_LINK] = { WEFT_SIM_PICK_EACH, 2 * SECOND, { 0 }, 0, 0.2 },
  [WEFT_SIM_FAULT_CORRUPT_LINK] = { WEFT_SIM_PICK_EACH, SECOND, { 0 }, 0, 0.02 },
  [WEFT_SIM_FAULT_NARROW_LINK] = { WEFT_SIM_PICK_EACH, 2 * SECOND, { 0 }, 5000 },
  [WEFT_SIM_FAULT_BREAKING_LINK] = { WEFT_SIM_PICK_EACH, 2 * SECOND, { 0 }, 0, 0.02 },
  [WEFT_SIM_FAULT_REPEATING_LINK] = { WEFT_SIM_PICK_EACH, 2 * SECOND, { 0 }, 0, 0.05 },
  [WEFT_SIM_FAULT_DROPPING_LINK] = { WEFT_SIM_PICK_EACH, 2 * SECOND, { 0 }, 0, 0.1 },
  [WEFT_SIM_FAULT_FULL_DISK] = { WEFT_SIM_PICK_ANY, 2 * SECOND },
  [WEFT_SIM_FAULT_SLOW_DISK] = { WEFT_SIM_PICK_ANY, 2 * SECOND, { 50 * MSEC, 500 * MSEC } },
  [WEFT_SIM_FAULT_STALLED_DISK] = { WEFT_SIM_PICK_ANY, SECOND },
  [WEFT_SIM_FAULT_FAILING_DISK] = { WEFT_SIM_PICK_ANY, SECOND },
  [WEFT_SIM_FAULT_BIT_ROT] = { WEFT_SIM_PICK_ANY, 2 * SECOND, { 0 }, 3 },
  [WEFT_SIM_FAULT_READ_ERROR] = { WEFT_SIM_PICK_ANY, SECOND, { 0 }, 0, 0.1 },
  [WEFT_SIM_FAULT_LYING_DISK] = { WEFT_SIM_PICK_ANY, 2 * SECOND },
};

void
weft_sim_fault_init (WeftSimFault     *self,
                     WeftSimFaultKind  kind)
{
  *self = (WeftSimFault) {
    .kind = kind,
    .lasting_usec = { kinds[kind].lasting_usec, kinds[kind].lasting_usec },
    .n_times = 1,
    .node = { kinds[kind].pick, 0 },
    .span_usec = kinds[kind].span_usec,
    .amount = kinds[kind].amount,
    .chance = kinds[kind].chance,
  };
}

gboolean
weft_sim_fault_is_of_links (WeftSimFaultKind kind)
{
  return kind >= WEFT_SIM_FAULT_SLOW_LINK && kind <= WEFT_SIM_FAULT_DROPPING_LINK;
}

gboolean
weft_sim_fault_is_of_disks (WeftSimFaultKind kind)
{
  return kind == WEFT_SIM_FAULT_FULL_DISK || kind == WEFT_SIM_FAULT_SLOW_DISK ||
         kind == WEFT_SIM_FAULT_FAILING_DISK || kind == WEFT_SIM_FAULT_READ_ERROR ||
         kind == WEFT_SIM_FAULT_LYING_DISK;
}

WeftSimShape
weft_sim_layout_get_shape (WeftSimLayout layout)
{
  switch (layout)
    {
    case WEFT_SIM_LAYOUT_SPLIT:
      return WEFT_SIM_SHAPE_SPLIT;

    case WEFT_SIM_LAYOUT_PARTIAL:
      return WEFT_SIM_SHAPE_PARTIAL;

    case WEFT_SIM_LAYOUT_BRIDGE:
      return WEFT_SIM_SHAPE_BRIDGE;

    case WEFT_SIM_LAYOUT_RING:
      return WEFT_SIM_SHAPE_RING;

    case WEFT_SIM_LAYOUT_ISOLATE:
    default:
      g_assert_not_reached ();
    }
}

guint
weft_sim_layout_get_nodes_min (WeftSimLayout layout)
{
  if (layout == WEFT_SIM_LAYOUT_ISOLATE)
    return 1;

  return weft_sim_shape_get_hosts_min (weft_sim_layout_get_shape (layout));
}
