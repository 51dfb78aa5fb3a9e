/* weft-sim-world-run.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a world runs: one event after the other, and the main context between them. */

#include "weft-sim-context-private.h"
#include "weft-sim-fence-private.h"
#include "weft-sim-world-private.h"

/**
 * weft_sim_world_schedule:
 * @self: a world
 * @at_usec: when, in the time of the world; what is past happens next
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data when the event is over
 *
 * Asks for a function to be called at a time. It is never called from within this function.
 *
 * Returns: an id for [method@WeftSim.World.cancel], greater than zero and never used twice
 *
 * Since: 0.1
 */
guint64
weft_sim_world_schedule (WeftSimWorld     *self,
                         gint64            at_usec,
                         WeftSimEventFunc  func,
                         gpointer          user_data,
                         GDestroyNotify    destroy)
{
  return weft_sim_world_schedule_event (self, at_usec, WEFT_SIM_EVENT_KIND_CALL, 0, 0, func,
                                        user_data, destroy);
}

/**
 * weft_sim_world_schedule_event:
 * @self: a world
 * @at_usec: when, in the time of the world; what is past happens next
 * @kind: what it is about
 * @actor: to whom it happens: the number of an actor, or 0 for the world
 * @digest: a number that stands for what the event carries, for the hash of the run
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data when the event is over
 *
 * Asks for a function to be called at a time, as something that happens to an actor.
 *
 * Returns: an id for [method@WeftSim.World.cancel], greater than zero and never used twice
 *
 * Since: 0.1
 */
guint64
weft_sim_world_schedule_event (WeftSimWorld     *self,
                               gint64            at_usec,
                               WeftSimEventKind  kind,
                               guint             actor,
                               guint64           digest,
                               WeftSimEventFunc  func,
                               gpointer          user_data,
                               GDestroyNotify    destroy)
{
  WeftSimEvent event = {
    .func = func,
    .user_data = user_data,
    .destroy = destroy,
    .digest = digest,
    .cause = self->current,
    .kind = kind,
    .actor = actor,
  };

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);
  g_return_val_if_fail (func != NULL, 0);
  g_return_val_if_fail (actor < self->actors->len, 0);

  return weft_sim_queue_add (&self->queue, MAX (at_usec, self->now_usec), &event);
}

/**
 * weft_sim_world_cancel:
 * @self: a world
 * @event_id: an id from [method@WeftSim.World.schedule]
 *
 * Forgets an event that has not happened yet. Its destroy notify runs at once.
 *
 * Returns: whether it was still waiting
 *
 * Since: 0.1
 */
gboolean
weft_sim_world_cancel (WeftSimWorld *self,
                       guint64       event_id)
{
  WeftSimEvent event;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), FALSE);

  if (!weft_sim_queue_cancel (&self->queue, event_id, &event))
    return FALSE;
  if (event.destroy != NULL)
    event.destroy (event.user_data);

  return TRUE;
}

void
weft_sim_world_set_cause (WeftSimWorld *self,
                          guint64       id,
                          guint64       cause)
{
  WeftSimEvent *event = weft_sim_queue_get_event (&self->queue, id);

  g_assert (event != NULL);
  event->cause = cause;
}

/* Sets the next event aside when its actor is paused. */
static gboolean
defer (WeftSimWorld           *self,
       const WeftSimHeapEntry *entry)
{
  WeftSimHeapEntry kept = *entry;
  WeftSimActor *actor
    = weft_sim_world_get_actor (self, weft_sim_queue_get_event (&self->queue, entry->id)->actor);

  if (!actor->is_paused)
    return FALSE;

  weft_sim_queue_unheap (&self->queue);
  g_array_append_val (actor->deferred, kept);

  return TRUE;
}

/* The next event that can happen until a time; NULL when there is none. */
static const WeftSimHeapEntry *
peek (WeftSimWorld *self,
      gint64        until_usec)
{
  const WeftSimHeapEntry *entry = weft_sim_queue_peek (&self->queue);

  while (entry != NULL && entry->at_usec <= until_usec)
    {
      if (G_LIKELY (self->n_paused == 0) || !defer (self, entry))
        return entry;
      entry = weft_sim_queue_peek (&self->queue);
    }

  return NULL;
}

static gboolean
step (WeftSimWorld *self,
      gint64        until_usec)
{
  const WeftSimHeapEntry *entry = peek (self, until_usec);
  WeftSimWorld *outer;
  WeftSimEvent event;
  guint64 id;

  if (entry == NULL)
    return FALSE;

  g_assert (!self->is_running);
  id = entry->id;
  self->now_usec = MAX (self->now_usec, entry->at_usec);
  weft_sim_queue_pop (&self->queue, &event);
  weft_sim_world_record (self, id, &event);

  self->is_running = TRUE;
  outer = weft_sim_fence_raise (self);
  self->current = weft_sim_queue_get_sequence (id);
  event.func (event.user_data);
  if (event.destroy != NULL)
    event.destroy (event.user_data);
  if (self->context != NULL)
    weft_sim_context_settle (self->context);
  weft_sim_fence_lower (outer);
  self->is_running = FALSE;
  self->current = 0;

  return TRUE;
}

/* The context of a world while events happen one after the other. */
typedef struct
{
  GMainContext *context;
  GPollFunc poll_func;
} Stay;

/* What was called from outside, before the first event, may have left something in the context. */
static Stay
begin (WeftSimWorld *self)
{
  Stay stay = { NULL, NULL };
  WeftSimWorld *outer;

  if (self->context == NULL || self->is_running)
    return stay;

  stay.context = weft_sim_context_ref (self->context);
  stay.poll_func = weft_sim_context_enter (stay.context);
  outer = weft_sim_fence_raise (self);
  weft_sim_context_settle (self->context);
  weft_sim_fence_lower (outer);

  return stay;
}

static void
end (Stay *stay)
{
  if (stay->context == NULL)
    return;

  weft_sim_context_leave (stay->context, stay->poll_func);
  g_clear_pointer (&stay->context, weft_sim_context_unref);
}

/**
 * weft_sim_world_step:
 * @self: a world
 *
 * Goes to the next event and lets it happen.
 *
 * Returns: whether there was one
 *
 * Since: 0.1
 */
gboolean
weft_sim_world_step (WeftSimWorld *self)
{
  g_autoptr(WeftSimWorld) alive = NULL;
  gboolean is_done;
  Stay stay;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), FALSE);

  alive = g_object_ref (self);
  stay = begin (self);
  is_done = step (self, G_MAXINT64);
  end (&stay);

  return is_done;
}

/**
 * weft_sim_world_run_until:
 * @self: a world
 * @at_usec: a time of the world
 *
 * Lets everything happen that happens until a time, and goes to that time.
 *
 * Since: 0.1
 */
void
weft_sim_world_run_until (WeftSimWorld *self,
                          gint64        at_usec)
{
  g_autoptr(WeftSimWorld) alive = NULL;
  Stay stay;

  g_return_if_fail (WEFT_IS_SIM_WORLD (self));

  alive = g_object_ref (self);
  stay = begin (self);
  while (step (self, at_usec))
    ;
  end (&stay);
  self->now_usec = MAX (self->now_usec, at_usec);
}

/**
 * weft_sim_world_run_for:
 * @self: a world
 * @duration_usec: how long, in microseconds
 *
 * Lets everything happen that happens in a while, and goes to its end.
 *
 * Since: 0.1
 */
void
weft_sim_world_run_for (WeftSimWorld *self,
                        gint64        duration_usec)
{
  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (duration_usec >= 0);

  weft_sim_world_run_until (self, self->now_usec + MIN (duration_usec, G_MAXINT64 / 2));
}

/**
 * weft_sim_world_run_while:
 * @self: a world
 * @condition: (scope call) (closure user_data): whether to go on
 * @user_data: data for @condition
 * @duration_usec: how long at most, in microseconds
 *
 * Lets one event happen after the other as long as something is so. When it no longer is, the time
 * is that of the last event.
 *
 * Returns: %TRUE when @condition said no, %FALSE when the time was over or nothing was left to
 *   happen
 *
 * Since: 0.1
 */
gboolean
weft_sim_world_run_while (WeftSimWorld         *self,
                          WeftSimConditionFunc  condition,
                          gpointer              user_data,
                          gint64                duration_usec)
{
  g_autoptr(WeftSimWorld) alive = NULL;
  gint64 until_usec;
  gboolean is_wanted;
  Stay stay;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), FALSE);
  g_return_val_if_fail (condition != NULL, FALSE);
  g_return_val_if_fail (duration_usec >= 0, FALSE);

  alive = g_object_ref (self);
  until_usec = self->now_usec + MIN (duration_usec, G_MAXINT64 / 2);
  stay = begin (self);
  while ((is_wanted = condition (user_data)) && step (self, until_usec))
    ;
  end (&stay);
  if (is_wanted)
    self->now_usec = MAX (self->now_usec, until_usec);

  return !is_wanted;
}
