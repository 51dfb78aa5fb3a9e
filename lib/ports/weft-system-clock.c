/* weft-system-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-system-clock.h"
#include "weft-sequence-private.h"

/**
 * WeftSystemClock:
 *
 * The [iface@Weft.Clock] of the machine it runs on.
 *
 * It belongs to the thread-default main context of the moment it was created in, and calls its
 * alarms from there. All its alarms share one [struct@GLib.Source], because a context dispatches
 * sources that are ready together in the order they were attached in, not by their deadlines, and
 * slows down with each source it holds.
 *
 * Since: 0.1
 */
struct _WeftSystemClock
{
  GObject parent_instance;

  GSource *source;
  GSequence *alarms; /* (element-type Alarm) (owned), by deadline, then id */
  GHashTable *by_id; /* (element-type guint64 GSequenceIter) (unowned), for removal */
  guint64 last_id;
};

typedef struct
{
  guint64 id;
  gint64 deadline_usec;
  WeftAlarmFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Alarm;

typedef struct
{
  GSource parent;

  WeftSystemClock *clock; /* unowned, NULL once it is disposed of */
} ClockSource;

static void
alarm_free (Alarm *alarm)
{
  if (alarm->destroy != NULL)
    alarm->destroy (alarm->user_data);
  g_free (alarm);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Alarm, alarm_free)

static int
alarm_compare (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const Alarm *left = a;
  const Alarm *right = b;

  if (left->deadline_usec != right->deadline_usec)
    return left->deadline_usec < right->deadline_usec ? -1 : 1;

  return left->id < right->id ? -1 : left->id > right->id;
}

static Alarm *
first_alarm (WeftSystemClock *self)
{
  if (g_sequence_is_empty (self->alarms))
    return NULL;

  return g_sequence_get (g_sequence_get_begin_iter (self->alarms));
}

/* Takes an alarm out without telling its owner. */
static Alarm *
take_alarm (WeftSystemClock *self,
            GSequenceIter   *iter)
{
  Alarm *alarm = g_sequence_get (iter);

  g_hash_table_remove (self->by_id, &alarm->id);
  g_sequence_remove (iter);

  return alarm;
}

/* Alarms are added, removed and called on one thread, so the loop is never asleep when they change,
 * and asks here each time before it goes to sleep. A ready time that is set would write to the
 * descriptor that wakes the loop, each time the first alarm changes. */
static gboolean
clock_source_prepare (GSource *source,
                      int     *timeout_msec)
{
  WeftSystemClock *self = ((ClockSource *) source)->clock;
  Alarm *first = self != NULL ? first_alarm (self) : NULL;
  gint64 left_usec;

  *timeout_msec = -1;
  if (first == NULL)
    return FALSE;

  left_usec = MAX (first->deadline_usec, 0) - g_source_get_time (source);
  if (left_usec <= 0)
    return TRUE;
  *timeout_msec = (int) MIN (left_usec / 1000 + (left_usec % 1000 > 0), G_MAXINT);

  return FALSE;
}

static gboolean
clock_source_check (GSource *source)
{
  WeftSystemClock *self = ((ClockSource *) source)->clock;
  Alarm *first = self != NULL ? first_alarm (self) : NULL;

  return first != NULL && first->deadline_usec <= g_source_get_time (source);
}

/* Calls what is due, in order. What alarms add meanwhile takes its place in that order, but no
 * more alarms are called than were waiting at first: one that always adds another that is due
 * must not keep the loop from everything else. An alarm may let go of the clock. */
static gboolean
clock_source_dispatch (GSource     *source,
                       GSourceFunc  callback,
                       gpointer     user_data)
{
  ClockSource *clock_source = (ClockSource *) source;
  gint64 now_usec = g_get_monotonic_time ();
  int budget = g_sequence_get_length (clock_source->clock->alarms);

  while (budget-- > 0 && clock_source->clock != NULL)
    {
      WeftSystemClock *self = clock_source->clock;
      Alarm *first = first_alarm (self);
      g_autoptr(Alarm) alarm = NULL;

      if (first == NULL || first->deadline_usec > now_usec)
        break;
      alarm = take_alarm (self, g_sequence_get_begin_iter (self->alarms));
      alarm->func (alarm->user_data);
    }

  return clock_source->clock != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static GSourceFuncs clock_source_funcs = {
  .prepare = clock_source_prepare,
  .check = clock_source_check,
  .dispatch = clock_source_dispatch,
};

static gint64
weft_system_clock_get_monotonic (WeftClock *clock)
{
  return g_get_monotonic_time ();
}

static gint64
weft_system_clock_get_real (WeftClock *clock)
{
  return g_get_real_time ();
}

static guint64
weft_system_clock_add_alarm (WeftClock     *clock,
                             gint64         deadline_usec,
                             WeftAlarmFunc  func,
                             gpointer       user_data,
                             GDestroyNotify destroy)
{
  WeftSystemClock *self = WEFT_SYSTEM_CLOCK (clock);
  Alarm *alarm = g_new (Alarm, 1);

  *alarm = (Alarm) { ++self->last_id, deadline_usec, func, user_data, destroy };
  g_hash_table_insert (self->by_id, &alarm->id,
                       weft_sequence_insert_sorted (self->alarms, alarm, alarm_compare));

  return alarm->id;
}

static void
weft_system_clock_remove_alarm (WeftClock *clock,
                                guint64    alarm_id)
{
  WeftSystemClock *self = WEFT_SYSTEM_CLOCK (clock);
  GSequenceIter *iter = g_hash_table_lookup (self->by_id, &alarm_id);
  g_autoptr(Alarm) alarm = NULL;

  if (iter != NULL)
    alarm = take_alarm (self, iter);
}

static void
clock_iface_init (WeftClockInterface *iface)
{
  iface->get_monotonic = weft_system_clock_get_monotonic;
  iface->get_real = weft_system_clock_get_real;
  iface->add_alarm = weft_system_clock_add_alarm;
  iface->remove_alarm = weft_system_clock_remove_alarm;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSystemClock, weft_system_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLOCK, clock_iface_init))

static void
weft_system_clock_dispose (GObject *object)
{
  WeftSystemClock *self = WEFT_SYSTEM_CLOCK (object);

  if (self->source != NULL)
    {
      ((ClockSource *) self->source)->clock = NULL;
      g_source_destroy (self->source);
    }
  g_clear_pointer (&self->source, g_source_unref);
  while (first_alarm (self) != NULL)
    alarm_free (take_alarm (self, g_sequence_get_begin_iter (self->alarms)));

  G_OBJECT_CLASS (weft_system_clock_parent_class)->dispose (object);
}

static void
weft_system_clock_finalize (GObject *object)
{
  WeftSystemClock *self = WEFT_SYSTEM_CLOCK (object);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->alarms, g_sequence_free);

  G_OBJECT_CLASS (weft_system_clock_parent_class)->finalize (object);
}

static void
weft_system_clock_class_init (WeftSystemClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_system_clock_dispose;
  object_class->finalize = weft_system_clock_finalize;
}

static void
weft_system_clock_init (WeftSystemClock *self)
{
  g_autoptr(GMainContext) context = g_main_context_ref_thread_default ();

  self->alarms = g_sequence_new (NULL);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->source = g_source_new (&clock_source_funcs, sizeof (ClockSource));
  ((ClockSource *) self->source)->clock = self;
  g_source_set_static_name (self->source, "[weft] system clock");
  /* An alarm that runs the loop itself still gets the alarms it may be waiting for. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);
}

/**
 * weft_system_clock_new: (constructor)
 *
 * Creates a clock that tells the time of the machine, and calls its alarms from the thread-default
 * main context of the caller.
 *
 * Returns: (transfer full) (type WeftSystemClock): a new clock
 *
 * Since: 0.1
 */
WeftClock *
weft_system_clock_new (void)
{
  return g_object_new (WEFT_TYPE_SYSTEM_CLOCK, NULL);
}
