/* weft-sim-fault.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-fault-private.h"

/* A scenario that goes on for longer than this tells no story any more. */
#define TIME_USEC_MAX (24 * G_TIME_SPAN_HOUR)
/* Enough for a day with a fault each second. */
#define TIMES_MAX 100000

const char * const weft_sim_fault_names[] = {
  "kill",        "pause",     "clock-step", "clock-drift",  "partition",
  "reset",       "half-open", "slow-link",  "lossy-link",   "corrupt-link",
  "full-disk",   "slow-disk", "stalled-disk", "failing-disk", NULL,
};

static const char * const disk_fates[] = { "kept", "lost", "rolled-back", NULL };
static const char * const cuts[] = { "both", "in", "out", NULL };

/* For each kind: its own member; and unless the scenario says, whom it hits, how long it lasts, and
 * how much. */
static const struct
{
  const char *member;
  WeftSimPick pick; /* whom it hits unless the scenario says */
  gint64 lasting_usec;
  WeftSimSpan span_usec;
  double amount;
} kinds[WEFT_SIM_N_FAULT_KINDS] = {
  [WEFT_SIM_FAULT_KILL] = { "disk", WEFT_SIM_PICK_ANY, G_TIME_SPAN_SECOND, { 0 }, 0 },
  [WEFT_SIM_FAULT_PAUSE] = { NULL, WEFT_SIM_PICK_ANY, G_TIME_SPAN_SECOND, { 0 }, 0 },
  [WEFT_SIM_FAULT_CLOCK_STEP] = { "by", WEFT_SIM_PICK_ANY, 0,
                                  { -G_TIME_SPAN_MINUTE, G_TIME_SPAN_MINUTE }, 0 },
  [WEFT_SIM_FAULT_CLOCK_DRIFT] = { "ppm", WEFT_SIM_PICK_ANY, 5 * G_TIME_SPAN_SECOND, { 0 },
                                   20000 },
  [WEFT_SIM_FAULT_PARTITION] = { "cut", WEFT_SIM_PICK_ANY, 2 * G_TIME_SPAN_SECOND, { 0 }, 0 },
  [WEFT_SIM_FAULT_RESET] = { NULL, WEFT_SIM_PICK_ANY, 0, { 0 }, 0 },
  [WEFT_SIM_FAULT_HALF_OPEN] = { NULL, WEFT_SIM_PICK_ANY, 2 * G_TIME_SPAN_SECOND, { 0 }, 0 },
  [WEFT_SIM_FAULT_SLOW_LINK] = { "delay", WEFT_SIM_PICK_EACH, 2 * G_TIME_SPAN_SECOND,
                                 { 100 * G_TIME_SPAN_MILLISECOND, G_TIME_SPAN_SECOND }, 0 },
  [WEFT_SIM_FAULT_LOSSY_LINK] = { "chance", WEFT_SIM_PICK_EACH, 2 * G_TIME_SPAN_SECOND, { 0 },
                                  0.2 },
  [WEFT_SIM_FAULT_CORRUPT_LINK] = { "chance", WEFT_SIM_PICK_EACH, G_TIME_SPAN_SECOND, { 0 },
                                    0.02 },
  [WEFT_SIM_FAULT_FULL_DISK] = { "bytes", WEFT_SIM_PICK_ANY, 2 * G_TIME_SPAN_SECOND, { 0 }, 0 },
  [WEFT_SIM_FAULT_SLOW_DISK] = { "delay", WEFT_SIM_PICK_ANY, 2 * G_TIME_SPAN_SECOND,
                                 { 50 * G_TIME_SPAN_MILLISECOND, 500 * G_TIME_SPAN_MILLISECOND },
                                 0 },
  [WEFT_SIM_FAULT_STALLED_DISK] = { NULL, WEFT_SIM_PICK_ANY, G_TIME_SPAN_SECOND, { 0 }, 0 },
  [WEFT_SIM_FAULT_FAILING_DISK] = { NULL, WEFT_SIM_PICK_ANY, G_TIME_SPAN_SECOND, { 0 }, 0 },
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
  };
}

gboolean
weft_sim_fault_is_of_links (WeftSimFaultKind kind)
{
  return kind == WEFT_SIM_FAULT_SLOW_LINK || kind == WEFT_SIM_FAULT_LOSSY_LINK ||
         kind == WEFT_SIM_FAULT_CORRUPT_LINK;
}

gboolean
weft_sim_fault_is_of_disks (WeftSimFaultKind kind)
{
  return kind == WEFT_SIM_FAULT_FULL_DISK || kind == WEFT_SIM_FAULT_SLOW_DISK ||
         kind == WEFT_SIM_FAULT_FAILING_DISK;
}

static void
read_amount (WeftSimFault       *self,
             const WeftSimPlace *place)
{
  const char *member = kinds[self->kind].member;
  WeftSimPlace at = weft_sim_place_member (place, member != NULL ? member : "");

  if (member == NULL || at.node == NULL)
    return;

  switch (self->kind)
    {
    case WEFT_SIM_FAULT_KILL:
      self->disk = weft_sim_place_get_choice (place, member, disk_fates, WEFT_SIM_DISK_FATE_KEPT);
      break;

    case WEFT_SIM_FAULT_PARTITION:
      self->cut = weft_sim_place_get_choice (place, member, cuts, WEFT_SIM_CUT_BOTH);
      break;

    case WEFT_SIM_FAULT_CLOCK_STEP:
      self->span_usec = weft_sim_place_get_durations (place, member, -TIME_USEC_MAX, TIME_USEC_MAX,
                                                      0);
      break;

    case WEFT_SIM_FAULT_SLOW_LINK:
    case WEFT_SIM_FAULT_SLOW_DISK:
      self->span_usec = weft_sim_place_get_durations (place, member, 0, TIME_USEC_MAX, 0);
      break;

    case WEFT_SIM_FAULT_CLOCK_DRIFT:
      self->amount = (double) weft_sim_place_get_integer (place, member, -500000, 500000, 0);
      break;

    case WEFT_SIM_FAULT_LOSSY_LINK:
    case WEFT_SIM_FAULT_CORRUPT_LINK:
      self->amount = weft_sim_place_get_number (place, member, 0, 1, 0);
      break;

    case WEFT_SIM_FAULT_FULL_DISK:
      self->amount = (double) weft_sim_place_get_integer (place, member, 0, G_MAXINT32, 0);
      break;

    case WEFT_SIM_FAULT_PAUSE:
    case WEFT_SIM_FAULT_RESET:
    case WEFT_SIM_FAULT_HALF_OPEN:
    case WEFT_SIM_FAULT_STALLED_DISK:
    case WEFT_SIM_FAULT_FAILING_DISK:
      g_assert_not_reached ();
    }
}

void
weft_sim_fault_read (WeftSimFault       *self,
                     const WeftSimPlace *place,
                     guint               n_nodes)
{
  const char *names[] = { "fault", "at", "for", "every", "times", "node", NULL, NULL };
  gint64 lasting_usec;
  WeftSimFaultKind kind;

  if (place->node == NULL || !JSON_NODE_HOLDS_OBJECT (place->node))
    {
      weft_sim_place_is_object (place, names);
      return;
    }
  weft_sim_place_require (place, "fault");
  kind = weft_sim_place_get_choice (place, "fault", weft_sim_fault_names, WEFT_SIM_FAULT_KILL);
  names[G_N_ELEMENTS (names) - 2] = kinds[kind].member;
  if (!weft_sim_place_is_object (place, names))
    return;

  weft_sim_fault_init (self, kind);
  weft_sim_place_require (place, "at");
  self->at_usec = weft_sim_place_get_durations (place, "at", 0, TIME_USEC_MAX, 0);
  lasting_usec = self->lasting_usec.low;
  self->lasting_usec = weft_sim_place_get_durations (place, "for", 0, TIME_USEC_MAX, lasting_usec);
  self->every_usec = weft_sim_place_get_durations (place, "every", 1, TIME_USEC_MAX, 0);
  self->n_times = weft_sim_place_get_integer (place, "times", 1, TIMES_MAX, 1);
  if (self->n_times > 1)
    weft_sim_place_require (place, "every");
  self->node = weft_sim_selector_read (place, "node", n_nodes, 0, self->node.pick);
  read_amount (self, place);
}
