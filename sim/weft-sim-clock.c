/* weft-sim-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-clock.h"

#include "weft-sim-world-private.h"

#define MILLION 1000000
/* Machines have been up for anything between a second and a month. */
#define UPTIME_USEC_MIN G_USEC_PER_SEC
#define UPTIME_USEC_MAX (30 * G_TIME_SPAN_DAY)
/* A process that waits so often after it was killed begins something anew whenever it fails. */
#define LAST_ALARMS_MAX 100000
/* A node has a few that wait, and there may be many nodes. */
#define ALARMS_RESERVED 4

/**
 * WeftSimClock:
 *
 * A [iface@Weft.Clock] of one node in a simulated world.
 *
 * Its monotonic time starts at a number of its own, and runs as fast as that of the world unless it
 * drifts. Its real time is that of the world too, until it is stepped; a step changes nothing in
 * the monotonic time, so no alarm notices.
 *
 * When a process is killed its clock runs out: whatever it waits for is over at once. Everything
 * else it could reach is out of reach by then, so all it can still do is to come to its end.
 *
 * Since: 0.1
 */
struct _WeftSimClock
{
  GObject parent_instance;

  WeftSimWorld *world;
  guint actor;
  int drift_ppm;
  gint64 skew_usec;         /* of the real time, against the epoch and the monotonic time */
  gint64 anchor_world_usec; /* when the drift was last set … */
  gint64 anchor_usec;       /* … and the monotonic time then */
  gint64 start_usec;        /* the monotonic time that the world's zero would have had */

  WeftSimQueue alarms; /* by deadline, then id */
  guint64 event_id;  /* of the first alarm; 0 when none waits */
  gint64 event_deadline_usec;
  gboolean is_run_out;
  guint n_last;      /* alarms called since then */
};

static void arm (WeftSimClock *self);

static gint64
get_rate (WeftSimClock *self)
{
  return MILLION + self->drift_ppm;
}

static gint64
now_usec (WeftSimClock *self)
{
  gint64 passed_usec = weft_sim_world_get_time (self->world) - self->anchor_world_usec;

  /* Most never drift, and are asked all the time. */
  if (self->drift_ppm == 0)
    return self->anchor_usec + passed_usec;

  return self->anchor_usec + (gint64) ((__int128) passed_usec * get_rate (self) / MILLION);
}

/* The first time of the world at which the monotonic time has reached a deadline. */
static gint64
to_world_usec (WeftSimClock *self,
               gint64        deadline_usec)
{
  __int128 local_usec = (__int128) deadline_usec - self->anchor_usec;
  gint64 rate = get_rate (self);
  __int128 world_usec;

  if (local_usec <= 0 || self->is_run_out)
    return self->anchor_world_usec;

  world_usec = self->anchor_world_usec + (local_usec * MILLION + rate - 1) / rate;

  return MIN (world_usec, G_MAXINT64);
}

static void
jump (WeftSimClock *self,
      gint64        to_usec)
{
  self->anchor_usec = MAX (now_usec (self), to_usec);
  self->anchor_world_usec = weft_sim_world_get_time (self->world);
  if (++self->n_last > LAST_ALARMS_MAX)
    g_error ("%s was killed and does not come to its end",
             weft_sim_world_get_actor_name (self->world, self->actor));
}

/* One alarm for each event, so that what an alarm caused is done before the next. */
static void
on_event (gpointer user_data)
{
  g_autoptr(WeftSimClock) self = g_object_ref (user_data);
  const WeftSimHeapEntry *first = weft_sim_queue_peek (&self->alarms);
  gint64 deadline_usec = first->at_usec;
  WeftSimEvent alarm;

  self->event_id = 0;
  weft_sim_queue_pop (&self->alarms, &alarm);
  if (self->is_run_out)
    jump (self, deadline_usec);
  g_assert (deadline_usec <= now_usec (self));
  arm (self);
  alarm.func (alarm.user_data);
  if (alarm.destroy != NULL)
    alarm.destroy (alarm.user_data);
}

static void
disarm (WeftSimClock *self)
{
  if (self->event_id != 0)
    weft_sim_world_cancel (self->world, self->event_id);
  self->event_id = 0;
}

static void
arm (WeftSimClock *self)
{
  const WeftSimHeapEntry *first = weft_sim_queue_peek (&self->alarms);

  if (self->event_id != 0 && first != NULL && first->at_usec == self->event_deadline_usec)
    return;

  disarm (self);
  if (first == NULL)
    return;
  self->event_deadline_usec = first->at_usec;
  self->event_id
    = weft_sim_world_schedule_event (self->world, to_world_usec (self, first->at_usec),
                                     WEFT_SIM_EVENT_KIND_ALARM, self->actor,
                                     first->at_usec, on_event, self, NULL);
  weft_sim_world_set_cause (self->world, self->event_id,
                            weft_sim_queue_get_event (&self->alarms, first->id)->cause);
}

static gint64
weft_sim_clock_get_monotonic (WeftClock *clock)
{
  return now_usec (WEFT_SIM_CLOCK (clock));
}

static gint64
weft_sim_clock_get_real (WeftClock *clock)
{
  WeftSimClock *self = WEFT_SIM_CLOCK (clock);

  return WEFT_SIM_EPOCH_USEC + self->skew_usec + now_usec (self) - self->start_usec;
}

static guint64
weft_sim_clock_add_alarm (WeftClock     *clock,
                          gint64         deadline_usec,
                          WeftAlarmFunc  func,
                          gpointer       user_data,
                          GDestroyNotify destroy)
{
  WeftSimClock *self = WEFT_SIM_CLOCK (clock);
  const WeftSimEvent alarm = {
    .func = func,
    .user_data = user_data,
    .destroy = destroy,
    .cause = self->world->current,
  };
  guint64 alarm_id = weft_sim_queue_add (&self->alarms, deadline_usec, &alarm);

  arm (self);

  return alarm_id;
}

static void
weft_sim_clock_remove_alarm (WeftClock *clock,
                             guint64    alarm_id)
{
  WeftSimClock *self = WEFT_SIM_CLOCK (clock);
  WeftSimEvent alarm;

  if (!weft_sim_queue_cancel (&self->alarms, alarm_id, &alarm))
    return;

  arm (self);
  if (alarm.destroy != NULL)
    alarm.destroy (alarm.user_data);
}

static void
clock_iface_init (WeftClockInterface *iface)
{
  iface->get_monotonic = weft_sim_clock_get_monotonic;
  iface->get_real = weft_sim_clock_get_real;
  iface->add_alarm = weft_sim_clock_add_alarm;
  iface->remove_alarm = weft_sim_clock_remove_alarm;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimClock, weft_sim_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLOCK, clock_iface_init))

/* A destroy notify may add another alarm. */
static void
weft_sim_clock_dispose (GObject *object)
{
  WeftSimClock *self = WEFT_SIM_CLOCK (object);

  weft_sim_queue_clear (&self->alarms);
  disarm (self);

  G_OBJECT_CLASS (weft_sim_clock_parent_class)->dispose (object);
}

static void
weft_sim_clock_finalize (GObject *object)
{
  WeftSimClock *self = WEFT_SIM_CLOCK (object);

  weft_sim_queue_free (&self->alarms);
  g_clear_object (&self->world);

  G_OBJECT_CLASS (weft_sim_clock_parent_class)->finalize (object);
}

static void
weft_sim_clock_class_init (WeftSimClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_sim_clock_dispose;
  object_class->finalize = weft_sim_clock_finalize;
}

static void
weft_sim_clock_init (WeftSimClock *self)
{
  weft_sim_queue_init (&self->alarms, ALARMS_RESERVED);
}

/**
 * weft_sim_clock_new:
 * @world: the world
 * @actor: whose clock it is
 *
 * Makes a clock that neither drifts nor is wrong.
 *
 * Returns: (transfer full): a new clock
 *
 * Since: 0.1
 */
WeftSimClock *
weft_sim_clock_new (WeftSimWorld *world,
                    guint         actor)
{
  WeftSimClock *self;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (world), NULL);
  g_return_val_if_fail (actor < weft_sim_world_get_n_actors (world), NULL);

  self = g_object_new (WEFT_TYPE_SIM_CLOCK, NULL);
  self->world = g_object_ref (world);
  self->actor = actor;
  self->anchor_world_usec = weft_sim_world_get_time (world);
  self->anchor_usec = weft_sim_prng_range (weft_sim_world_get_stream (world, "clock"),
                                           UPTIME_USEC_MIN, UPTIME_USEC_MAX);
  self->start_usec = self->anchor_usec - self->anchor_world_usec;

  return self;
}

/**
 * weft_sim_clock_get_world:
 * @self: a clock
 *
 * Gets the world that the clock is in.
 *
 * Returns: (transfer none): the world
 *
 * Since: 0.1
 */
WeftSimWorld *
weft_sim_clock_get_world (WeftSimClock *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_CLOCK (self), NULL);

  return self->world;
}

/**
 * weft_sim_clock_get_actor:
 * @self: a clock
 *
 * Gets whose clock it is.
 *
 * Returns: the number of an actor
 *
 * Since: 0.1
 */
guint
weft_sim_clock_get_actor (WeftSimClock *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_CLOCK (self), 0);

  return self->actor;
}

/**
 * weft_sim_clock_get_drift:
 * @self: a clock
 *
 * Gets by how much the clock runs fast.
 *
 * Returns: millionths, negative for a slow clock
 *
 * Since: 0.1
 */
int
weft_sim_clock_get_drift (WeftSimClock *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_CLOCK (self), 0);

  return self->drift_ppm;
}

/**
 * weft_sim_clock_set_drift:
 * @self: a clock
 * @drift_ppm: by how much the clock runs fast from now on, in millionths; negative for a slow one
 *
 * Makes both times of the clock run faster or slower than those of the world. Alarms that wait are
 * called by the new pace.
 *
 * Since: 0.1
 */
void
weft_sim_clock_set_drift (WeftSimClock *self,
                          int           drift_ppm)
{
  g_return_if_fail (WEFT_IS_SIM_CLOCK (self));
  g_return_if_fail (ABS (drift_ppm) <= WEFT_SIM_DRIFT_PPM_MAX);

  self->anchor_usec = now_usec (self);
  self->anchor_world_usec = weft_sim_world_get_time (self->world);
  self->drift_ppm = drift_ppm;
  disarm (self);
  arm (self);
}

/**
 * weft_sim_clock_get_skew:
 * @self: a clock
 *
 * Gets by how much the real time is ahead of that of the world.
 *
 * Returns: microseconds, negative for a clock that is behind
 *
 * Since: 0.1
 */
gint64
weft_sim_clock_get_skew (WeftSimClock *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_CLOCK (self), 0);

  return weft_sim_clock_get_real (WEFT_CLOCK (self)) - WEFT_SIM_EPOCH_USEC -
         weft_sim_world_get_time (self->world);
}

/**
 * weft_sim_clock_step:
 * @self: a clock
 * @step_usec: how far, in microseconds; negative for backwards
 *
 * Steps the real time of the clock.
 *
 * Since: 0.1
 */
void
weft_sim_clock_step (WeftSimClock *self,
                     gint64        step_usec)
{
  g_return_if_fail (WEFT_IS_SIM_CLOCK (self));

  self->skew_usec += step_usec;
}

/**
 * weft_sim_clock_run_out:
 * @self: a clock
 *
 * Makes everything due that waits, and all that will ever be added. The alarms still come one by
 * one, each as an event, at the present time of the world; the monotonic time jumps along.
 *
 * Since: 0.1
 */
void
weft_sim_clock_run_out (WeftSimClock *self)
{
  g_return_if_fail (WEFT_IS_SIM_CLOCK (self));

  self->is_run_out = TRUE;
  disarm (self);
  arm (self);
}

/**
 * weft_sim_clock_is_run_out:
 * @self: a clock
 *
 * Gets whether the clock has run out, so whether the process it belonged to is gone.
 *
 * Returns: whether every alarm is due at once
 *
 * Since: 0.1
 */
gboolean
weft_sim_clock_is_run_out (WeftSimClock *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_CLOCK (self), FALSE);

  return self->is_run_out;
}
