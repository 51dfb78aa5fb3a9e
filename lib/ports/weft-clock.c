/* weft-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-clock.h"

/**
 * WeftClock:
 *
 * A source of time, and of waiting.
 *
 * Whatever in Weft needs to know the time, or to be woken at a time, asks a `WeftClock`; nothing
 * reads the clock of the system by itself. That lets the very same node run in real time and in
 * a simulation.
 *
 * What every implementation keeps to:
 *
 * - Monotonic time never decreases and has no relation to the calendar. Real time is that of the
 *   calendar and may step in either direction; no alarm depends on it.
 * - An alarm is called at most once, and never before monotonic time has reached its deadline. It
 *   may be called later, when the thread was busy.
 * - Alarms are called in the order of their deadlines, those with equal deadlines in the order in
 *   which they were added. This holds also for those that were due together.
 * - No alarm is called from within [method@Weft.Clock.add_alarm], even if its deadline has passed.
 * - An alarm may add and remove alarms, also itself, also one that is due at the same time.
 * - The destroy notify of an alarm runs exactly once: after its function returned, or when it is
 *   removed, or when the clock is disposed of. A clock that is disposed of calls no more alarms.
 * - Alarms belong to one thread, that which created the clock: they are added, removed and called
 *   on it. The time can be read on any thread.
 * - Nothing here fails.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftClock, weft_clock, G_TYPE_OBJECT)

static void
weft_clock_default_init (WeftClockInterface *iface)
{
}

/* One look tells what WEFT_IS_CLOCK() would, and finds what to call. */
static inline WeftClockInterface *
get_iface (WeftClock *self)
{
  return self != NULL ? WEFT_CLOCK_GET_IFACE (self) : NULL;
}

/**
 * weft_clock_get_monotonic:
 * @self: a clock
 *
 * Gets the time that has passed since a fixed but arbitrary point.
 *
 * It is meaningful only beside other times of the same clock.
 *
 * Returns: the monotonic time, in microseconds
 *
 * Since: 0.1
 */
gint64
weft_clock_get_monotonic (WeftClock *self)
{
  WeftClockInterface *iface = get_iface (self);

  g_return_val_if_fail (iface != NULL, 0);

  return iface->get_monotonic (self);
}

/**
 * weft_clock_get_real:
 * @self: a clock
 *
 * Gets the time of the calendar, which may step.
 *
 * Returns: the time since 1970-01-01 00:00 UTC, in microseconds
 *
 * Since: 0.1
 */
gint64
weft_clock_get_real (WeftClock *self)
{
  WeftClockInterface *iface = get_iface (self);

  g_return_val_if_fail (iface != NULL, 0);

  return iface->get_real (self);
}

/**
 * weft_clock_add_alarm:
 * @self: a clock
 * @deadline_usec: when to call, on the scale of [method@Weft.Clock.get_monotonic]
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data when the alarm is over
 *
 * Asks for @func to be called once, when the monotonic time has reached @deadline_usec.
 *
 * A deadline that has passed makes the alarm due at once, but it is not called before this
 * function has returned.
 *
 * Returns: an id for [method@Weft.Clock.remove_alarm], greater than zero
 *
 * Since: 0.1
 */
guint64
weft_clock_add_alarm (WeftClock     *self,
                      gint64         deadline_usec,
                      WeftAlarmFunc  func,
                      gpointer       user_data,
                      GDestroyNotify destroy)
{
  WeftClockInterface *iface = get_iface (self);
  guint64 alarm_id;

  g_return_val_if_fail (iface != NULL, 0);
  g_return_val_if_fail (func != NULL, 0);

  alarm_id = iface->add_alarm (self, deadline_usec, func, user_data, destroy);
  g_assert (alarm_id > 0);

  return alarm_id;
}

/**
 * weft_clock_remove_alarm:
 * @self: a clock
 * @alarm_id: an id from [method@Weft.Clock.add_alarm]
 *
 * Forgets an alarm that has not been called yet; its function will not be called.
 *
 * An alarm that was called or removed before, or is being called now, is left alone: ids are
 * never used twice.
 *
 * Since: 0.1
 */
void
weft_clock_remove_alarm (WeftClock *self,
                         guint64    alarm_id)
{
  WeftClockInterface *iface = get_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (alarm_id > 0);

  iface->remove_alarm (self, alarm_id);
}
