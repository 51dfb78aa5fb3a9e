/* manual-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "manual-clock.h"

/* An arbitrary day, so that real and monotonic time differ. */
#define REAL_START_USEC (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

typedef struct
{
  guint64 id;
  gint64 deadline_usec;
  WeftAlarmFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Alarm;

struct _ManualClock
{
  GObject parent_instance;

  gint64 now_usec;
  guint64 last_id;
  GArray *alarms; /* Alarm, by deadline and then by id */
};

static void clock_iface_init (WeftClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ManualClock, manual_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLOCK, clock_iface_init))

static gint64
get_monotonic (WeftClock *clock)
{
  return MANUAL_CLOCK (clock)->now_usec;
}

static gint64
get_real (WeftClock *clock)
{
  return REAL_START_USEC + MANUAL_CLOCK (clock)->now_usec;
}

static guint64
add_alarm (WeftClock      *clock,
           gint64          deadline_usec,
           WeftAlarmFunc   func,
           gpointer        user_data,
           GDestroyNotify  destroy)
{
  ManualClock *self = MANUAL_CLOCK (clock);
  Alarm alarm = { ++self->last_id, deadline_usec, func, user_data, destroy };
  guint position = 0;

  while (position < self->alarms->len &&
         g_array_index (self->alarms, Alarm, position).deadline_usec <= deadline_usec)
    position++;
  g_array_insert_val (self->alarms, position, alarm);

  return alarm.id;
}

static void
remove_alarm (WeftClock *clock,
              guint64    alarm_id)
{
  ManualClock *self = MANUAL_CLOCK (clock);

  for (guint i = 0; i < self->alarms->len; i++)
    {
      Alarm alarm = g_array_index (self->alarms, Alarm, i);

      if (alarm.id != alarm_id)
        continue;
      g_array_remove_index (self->alarms, i);
      if (alarm.destroy != NULL)
        alarm.destroy (alarm.user_data);
      return;
    }
}

static void
clock_iface_init (WeftClockInterface *iface)
{
  iface->get_monotonic = get_monotonic;
  iface->get_real = get_real;
  iface->add_alarm = add_alarm;
  iface->remove_alarm = remove_alarm;
}

static void
manual_clock_finalize (GObject *object)
{
  ManualClock *self = MANUAL_CLOCK (object);

  g_assert_cmpuint (self->alarms->len, ==, 0);
  g_array_unref (self->alarms);

  G_OBJECT_CLASS (manual_clock_parent_class)->finalize (object);
}

static void
manual_clock_class_init (ManualClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = manual_clock_finalize;
}

static void
manual_clock_init (ManualClock *self)
{
  self->alarms = g_array_new (FALSE, FALSE, sizeof (Alarm));
  self->now_usec = G_USEC_PER_SEC;
}

ManualClock *
manual_clock_new (void)
{
  return g_object_new (MANUAL_TYPE_CLOCK, NULL);
}

gboolean
manual_clock_run_next (ManualClock *self)
{
  Alarm alarm;

  if (self->alarms->len == 0)
    return FALSE;

  alarm = g_array_index (self->alarms, Alarm, 0);
  g_array_remove_index (self->alarms, 0);
  self->now_usec = MAX (self->now_usec, alarm.deadline_usec);
  alarm.func (alarm.user_data);
  if (alarm.destroy != NULL)
    alarm.destroy (alarm.user_data);

  return TRUE;
}

void
manual_clock_run_due (ManualClock *self)
{
  while (self->alarms->len > 0
         && g_array_index (self->alarms, Alarm, 0).deadline_usec <= self->now_usec)
    manual_clock_run_next (self);
}

void
manual_clock_advance (ManualClock *self,
                      gint64       usec)
{
  g_assert (usec >= 0);

  self->now_usec += usec;
}
