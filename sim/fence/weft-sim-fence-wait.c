/* weft-sim-fence-wait.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "weft-sim-fence-gate-private.h"

#define INSTEAD "set an alarm of the WeftClock of the node"

WEFT_SIM_FENCE_FORBID (guint, g_timeout_add, (guint interval, GSourceFunc func, gpointer data),
                       (interval, func, data), INSTEAD)
WEFT_SIM_FENCE_FORBID (guint, g_timeout_add_full,
                       (gint priority, guint interval, GSourceFunc func, gpointer data,
                        GDestroyNotify notify),
                       (priority, interval, func, data, notify), INSTEAD)
WEFT_SIM_FENCE_FORBID (guint, g_timeout_add_once,
                       (guint interval, GSourceOnceFunc func, gpointer data),
                       (interval, func, data), INSTEAD)
WEFT_SIM_FENCE_FORBID (guint, g_timeout_add_seconds,
                       (guint interval, GSourceFunc func, gpointer data),
                       (interval, func, data), INSTEAD)
WEFT_SIM_FENCE_FORBID (guint, g_timeout_add_seconds_full,
                       (gint priority, guint interval, GSourceFunc func, gpointer data,
                        GDestroyNotify notify),
                       (priority, interval, func, data, notify), INSTEAD)
WEFT_SIM_FENCE_FORBID (GSource *, g_timeout_source_new, (guint interval), (interval), INSTEAD)
WEFT_SIM_FENCE_FORBID (GSource *, g_timeout_source_new_seconds, (guint interval), (interval),
                       INSTEAD)
WEFT_SIM_FENCE_FORBID (int, timer_create,
                       (clockid_t clock_id, struct sigevent *restrict event,
                        timer_t *restrict timer),
                       (clock_id, event, timer), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, timerfd_create, (int clock_id, int flags), (clock_id, flags), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, setitimer,
                       (__itimer_which_t which, const struct itimerval *restrict value,
                        struct itimerval *restrict old),
                       (which, value, old), INSTEAD)
WEFT_SIM_FENCE_FORBID (unsigned int, alarm, (unsigned int seconds), (seconds), INSTEAD)

WEFT_SIM_FENCE_FORBID (unsigned int, sleep, (unsigned int seconds), (seconds), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, usleep, (useconds_t usec), (usec), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, nanosleep, (const struct timespec *wanted, struct timespec *left),
                       (wanted, left), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, clock_nanosleep,
                       (clockid_t clock_id, int flags, const struct timespec *wanted,
                        struct timespec *left),
                       (clock_id, flags, wanted, left), INSTEAD)
WEFT_SIM_FENCE_FORBID (void, g_usleep, (gulong usec), (usec), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, select,
                       (int n_fds, fd_set *restrict in, fd_set *restrict out,
                        fd_set *restrict except, struct timeval *restrict timeout),
                       (n_fds, in, out, except, timeout), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, epoll_wait,
                       (int fd, struct epoll_event *events, int n_events, int timeout_msec),
                       (fd, events, n_events, timeout_msec), INSTEAD)
WEFT_SIM_FENCE_FORBID (void, g_main_loop_run, (GMainLoop *loop), (loop), INSTEAD)

/* A source that is ready at once is how completions are passed on; one that is ready later is a
 * timer. */
WEFT_SIM_FENCE_GATE void
g_source_set_ready_time (GSource *source,
                         gint64   ready_time)
{
  static void (*real) (GSource *, gint64);

  if (ready_time > 0 && weft_sim_fence_is_closed ())
    weft_sim_fence_breach ("g_source_set_ready_time", INSTEAD);
  if (real == NULL)
    real = weft_sim_fence_find ("g_source_set_ready_time");

  real (source, ready_time);
}

/* Asking without waiting is what the check of a stream's state does. */
WEFT_SIM_FENCE_GATE int
poll (struct pollfd *fds,
      nfds_t         n_fds,
      int            timeout_msec)
{
  static int (*real) (struct pollfd *, nfds_t, int);

  if (timeout_msec != 0 && weft_sim_fence_is_closed ())
    weft_sim_fence_breach ("poll", INSTEAD);
  if (real == NULL)
    real = weft_sim_fence_find ("poll");

  return real (fds, n_fds, timeout_msec);
}
