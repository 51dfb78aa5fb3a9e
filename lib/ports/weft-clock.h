/* weft-clock.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftAlarmFunc:
 * @user_data: what was given to [method@Weft.Clock.add_alarm]
 *
 * Called once, on the thread that owns the clock, when an alarm's deadline has come.
 *
 * Since: 0.1
 */
typedef void (*WeftAlarmFunc) (gpointer user_data);

#define WEFT_TYPE_CLOCK (weft_clock_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftClock, weft_clock, WEFT, CLOCK, GObject)

/**
 * WeftClockInterface:
 * @get_monotonic: returns the time since a fixed point, in microseconds; it never decreases
 * @get_real: returns the time since 1970-01-01 UTC, in microseconds; it may step
 * @add_alarm: calls a function once when the monotonic time reaches a deadline; returns an id > 0
 * @remove_alarm: forgets an alarm that was not called yet; its function will not be called
 *
 * The virtual function table for [iface@Weft.Clock].
 *
 * Alarms are called in the order of their deadlines, those with equal deadlines in the order they
 * were added, and never from within @add_alarm.
 *
 * Since: 0.1
 */
struct _WeftClockInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  gint64  (*get_monotonic) (WeftClock      *self);
  gint64  (*get_real)      (WeftClock      *self);
  guint64 (*add_alarm)     (WeftClock      *self,
                            gint64          deadline_usec,
                            WeftAlarmFunc   func,
                            gpointer        user_data,
                            GDestroyNotify  destroy);
  void    (*remove_alarm)  (WeftClock      *self,
                            guint64         alarm_id);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
gint64  weft_clock_get_monotonic (WeftClock     *self);
WEFT_AVAILABLE_IN_ALL
gint64  weft_clock_get_real      (WeftClock     *self);
WEFT_AVAILABLE_IN_ALL
guint64 weft_clock_add_alarm     (WeftClock     *self,
                                  gint64         deadline_usec,
                                  WeftAlarmFunc  func,
                                  gpointer       user_data,
                                  GDestroyNotify destroy);
WEFT_AVAILABLE_IN_ALL
void    weft_clock_remove_alarm  (WeftClock     *self,
                                  guint64        alarm_id);

G_END_DECLS
