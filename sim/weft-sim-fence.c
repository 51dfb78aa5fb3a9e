/* weft-sim-fence.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The part of the fence that a world knows: whether it is up, and what time it is inside. What
 * stands at the fence and sends programs back is in the folder fence, because only an executable
 * can put itself before the C library. */

#include "weft-sim-fence-private.h"
#include "weft-sim-world-private.h"

/* Written once, before there are threads. */
static gboolean is_installed;

/* Read by every event: a direct access to the thread's memory, without a call. */
static _Thread_local WeftSimWorld *fenced __attribute__ ((tls_model ("initial-exec")));

WeftSimWorld *
weft_sim_fence_raise (WeftSimWorld *world)
{
  WeftSimWorld *outer = fenced;

  fenced = world;

  return outer;
}

void
weft_sim_fence_lower (WeftSimWorld *outer)
{
  fenced = outer;
}

WeftSimWorld *
weft_sim_fence_peek (void)
{
  return fenced;
}

void
weft_sim_fence_turn (void)
{
  if (fenced != NULL)
    fenced->n_turns++;
}

/**
 * weft_sim_fence_install:
 *
 * Tells the library that the functions of the system that reach out of a world are guarded in this
 * process. `libweft-sim-fence-1` does so when it is loaded; nobody else needs to.
 *
 * Since: 0.1
 */
void
weft_sim_fence_install (void)
{
  is_installed = TRUE;
}

/**
 * weft_sim_fence_is_installed:
 *
 * Gets whether a program in a world that asks the machine for the time, for chance or for a thread
 * is ended in this process.
 *
 * Returns: whether there is a fence
 *
 * Since: 0.1
 */
gboolean
weft_sim_fence_is_installed (void)
{
  return is_installed;
}

/**
 * weft_sim_fence_is_up:
 *
 * Gets whether this thread is within an event of a world.
 *
 * Returns: whether the fence, if there is one, is up
 *
 * Since: 0.1
 */
gboolean
weft_sim_fence_is_up (void)
{
  return fenced != NULL;
}

/**
 * weft_sim_fence_get_monotonic_time:
 *
 * Gets the time that GLib is given within an event instead of that of the machine: the time of the
 * world, and a microsecond more for each turn of a main context so far. So no two turns have the
 * same, and [class@Gio.Task] decides the same in every run.
 *
 * Returns: microseconds, more than zero within an event
 *
 * Since: 0.1
 */
gint64
weft_sim_fence_get_monotonic_time (void)
{
  return fenced != NULL ? fenced->now_usec + fenced->n_turns + 1 : 0;
}

/**
 * weft_sim_fence_get_calendar_time:
 *
 * Gets the time of the calendar that GLib is given within an event.
 *
 * Returns: microseconds since the beginning of 1970
 *
 * Since: 0.1
 */
gint64
weft_sim_fence_get_calendar_time (void)
{
  return WEFT_SIM_EPOCH_USEC + (fenced != NULL ? fenced->now_usec : 0);
}
