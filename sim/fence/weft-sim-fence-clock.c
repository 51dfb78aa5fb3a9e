/* weft-sim-fence-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include "weft-sim-fence-gate-private.h"
#include "weft-sim-fence-python-private.h"

#define INSTEAD "ask the WeftClock of the node"

/* GLib asks for the time by itself: in a turn of a main context whose sources or tasks want to
 * know when it began, when it writes a message, and now and then when memory goes back to g_slice,
 * which keeps it for a while. It is given that of the world. The functions by which others ask
 * GLib are guarded below; inside GLib itself nobody can stand before them.
 *
 * The interpreter of Python looks at the monotonic clock each time somebody takes a lock, and is
 * given the same; its functions by which others ask are guarded in weft_sim_fence.py. Where it
 * waits until another thread lets it go on, it is the clock of the machine that it waits by. */
static int
answer (clockid_t        clock_id,
        struct timespec *when)
{
  gint64 usec = clock_id == CLOCK_REALTIME || clock_id == CLOCK_REALTIME_COARSE
    ? weft_sim_fence_get_calendar_time ()
    : weft_sim_fence_get_monotonic_time ();

  when->tv_sec = usec / G_USEC_PER_SEC;
  when->tv_nsec = usec % G_USEC_PER_SEC * 1000;

  return 0;
}

WEFT_SIM_FENCE_GATE int
clock_gettime (clockid_t        clock_id,
               struct timespec *when)
{
  static int (*real) (clockid_t, struct timespec *);

  if (weft_sim_fence_is_closed ())
    {
      gconstpointer caller = __builtin_return_address (0);
      gboolean is_python = clock_id == CLOCK_MONOTONIC && weft_sim_fence_is_python (caller);

      if (weft_sim_fence_is_glib (caller))
        return answer (clock_id, when);
      if (!is_python)
        weft_sim_fence_breach ("clock_gettime", INSTEAD);
      if (!weft_sim_fence_python_is_waiting ())
        return answer (clock_id, when);
    }
  if (real == NULL)
    real = weft_sim_fence_find ("clock_gettime");

  return real (clock_id, when);
}

WEFT_SIM_FENCE_GATE int
gettimeofday (struct timeval *restrict when,
              void *restrict           zone)
{
  static int (*real) (struct timeval *restrict, void *restrict);

  if (weft_sim_fence_is_closed ())
    {
      gint64 usec = weft_sim_fence_get_calendar_time ();

      if (!weft_sim_fence_is_glib (__builtin_return_address (0)))
        weft_sim_fence_breach ("gettimeofday", INSTEAD);
      when->tv_sec = usec / G_USEC_PER_SEC;
      when->tv_usec = usec % G_USEC_PER_SEC;
      return 0;
    }
  if (real == NULL)
    real = weft_sim_fence_find ("gettimeofday");

  return real (when, zone);
}

WEFT_SIM_FENCE_FORBID (time_t, time, (time_t *when), (when), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, timespec_get, (struct timespec *when, int base), (when, base), INSTEAD)
WEFT_SIM_FENCE_FORBID (clock_t, clock, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (clock_t, times, (struct tms *when), (when), INSTEAD)
WEFT_SIM_FENCE_FORBID (gint64, g_get_monotonic_time, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (gint64, g_get_real_time, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (GDateTime *, g_date_time_new_now, (GTimeZone *zone), (zone), INSTEAD)
WEFT_SIM_FENCE_FORBID (GDateTime *, g_date_time_new_now_local, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (GDateTime *, g_date_time_new_now_utc, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (GTimer *, g_timer_new, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (gdouble, g_timer_elapsed, (GTimer *timer, gulong *usec), (timer, usec),
                       INSTEAD)
