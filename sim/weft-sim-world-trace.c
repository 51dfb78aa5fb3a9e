/* weft-sim-world-trace.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What tells two runs apart: the hash over all that happened, and the trace that shows it. */

#include <string.h>

#include "weft-sim-hash-private.h"
#include "weft-sim-trace-private.h"
#include "weft-sim-world-private.h"

/* Where two runs with different hashes first differ is looked for between two checkpoints. */
#define CHECKPOINT_EVENTS 4096

static const char *const kinds[] = {
  [WEFT_SIM_EVENT_KIND_CALL] = "call",       [WEFT_SIM_EVENT_KIND_ALARM] = "alarm",
  [WEFT_SIM_EVENT_KIND_DIAL] = "dial",       [WEFT_SIM_EVENT_KIND_DELIVER] = "deliver",
  [WEFT_SIM_EVENT_KIND_CLOSE] = "close",     [WEFT_SIM_EVENT_KIND_DISK] = "disk",
  [WEFT_SIM_EVENT_KIND_FAULT] = "fault",     [WEFT_SIM_EVENT_KIND_WORKLOAD] = "workload",
};

/* As weft_sim_trace_end() would write it, but faster: half of all lines are events. */
static void
trace_event (WeftSimWorld       *self,
             guint64             sequence,
             const WeftSimEvent *event)
{
  char cause[32] = "";
  g_autofree char *line = NULL;

  if (event->cause != 0)
    g_snprintf (cause, sizeof cause, "\"cause\":%" G_GUINT64_FORMAT ",", event->cause);
  line = g_strdup_printf ("{\"actor\":%u,\"at\":%" G_GINT64_FORMAT ",%s\"digest\":\"%016"
                          G_GINT64_MODIFIER "x\",\"event\":%" G_GUINT64_FORMAT ",\"kind\":\"%s\","
                          "\"record\":\"event\"}",
                          event->actor, self->now_usec, cause, event->digest, sequence,
                          kinds[event->kind]);
  weft_sim_trace_write (self, line);
}

void
weft_sim_world_record (WeftSimWorld       *self,
                       guint64             id,
                       const WeftSimEvent *event)
{
  guint64 sequence = weft_sim_queue_get_sequence (id);
  guint64 when = weft_sim_hash_mix (self->now_usec, sequence);
  guint64 what = weft_sim_hash_mix ((guint64) event->kind << 32 | event->actor, event->digest);

  self->hash = weft_sim_hash_mix (self->hash ^ when, what);
  self->n_events++;
  if (G_UNLIKELY (self->trace != NULL))
    trace_event (self, sequence, event);
  if (self->n_events % CHECKPOINT_EVENTS == 0)
    {
      g_array_append_val (self->checkpoints, self->hash);
      if (self->trace != NULL)
        weft_sim_trace_checkpoint (self);
    }
}

/**
 * weft_sim_world_get_hash:
 * @self: a world
 *
 * Gets a number that stands for everything that has happened: time, order, kind, actor and content
 * of each event, and every note. Two runs with one seed have the same; anything else is a defect of
 * the simulation or of the program in it.
 *
 * Returns: the hash
 *
 * Since: 0.1
 */
guint64
weft_sim_world_get_hash (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);

  return self->hash;
}

/**
 * weft_sim_world_get_n_events:
 * @self: a world
 *
 * Gets how many events have happened.
 *
 * Returns: the number of events
 *
 * Since: 0.1
 */
guint64
weft_sim_world_get_n_events (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);

  return self->n_events;
}

/**
 * weft_sim_world_get_n_checkpoints:
 * @self: a world
 *
 * Gets how many hashes are kept: one after each 4096 events.
 *
 * Returns: the number of checkpoints
 *
 * Since: 0.1
 */
guint
weft_sim_world_get_n_checkpoints (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);

  return self->checkpoints->len;
}

/**
 * weft_sim_world_get_checkpoint:
 * @self: a world
 * @position: which, from 0
 *
 * Gets what the hash was after 4096 times @position + 1 events, to find where two runs part.
 *
 * Returns: the hash
 *
 * Since: 0.1
 */
guint64
weft_sim_world_get_checkpoint (WeftSimWorld *self,
                               guint         position)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);
  g_return_val_if_fail (position < self->checkpoints->len, 0);

  return g_array_index (self->checkpoints, guint64, position);
}

/**
 * weft_sim_world_set_trace:
 * @self: a world
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): what to give each line
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data
 *
 * Listens to everything that happens. It changes nothing in the run, not even its hash. The page
 * on traces describes the lines.
 *
 * The actors that are there already are told of at once. For the trace of a whole
 * [class@WeftSim.Run], listen before [method@WeftSim.Run.perform].
 *
 * Since: 0.1
 */
void
weft_sim_world_set_trace (WeftSimWorld     *self,
                          WeftSimTraceFunc  func,
                          gpointer          user_data,
                          GDestroyNotify    destroy)
{
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_return_if_fail (WEFT_IS_SIM_WORLD (self));

  old_destroy = self->trace_destroy;
  old_data = self->trace_data;
  self->trace = func;
  self->trace_data = user_data;
  self->trace_destroy = destroy;
  g_clear_pointer (&self->trace_checksum, g_checksum_free);
  if (func != NULL)
    {
      self->trace_checksum = g_checksum_new (G_CHECKSUM_SHA256);
      for (guint actor = 1; actor < self->actors->len; actor++)
        weft_sim_trace_actor (self, actor);
    }
  if (old_destroy != NULL)
    old_destroy (old_data);
}

static void
trace_note (WeftSimWorld *self,
            guint         actor,
            const char   *kind,
            const char   *text)
{
  JsonObject *line = weft_sim_trace_begin (self, "note");

  json_object_set_int_member (line, "actor", actor);
  json_object_set_string_member (line, "note", kind);
  json_object_set_string_member (line, "text", text);
  weft_sim_trace_end (self, line);
}

/**
 * weft_sim_world_note:
 * @self: a world
 * @actor: about whom: the number of an actor, or 0 for the world
 * @kind: one word, such as `kill`
 * @text: what a person wants to read, in UTF-8
 *
 * Writes something into the trace and the hash of the run.
 *
 * Since: 0.1
 */
void
weft_sim_world_note (WeftSimWorld *self,
                     guint         actor,
                     const char   *kind,
                     const char   *text)
{
  guint64 digest;

  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (actor < self->actors->len);
  g_return_if_fail (kind != NULL);
  g_return_if_fail (text != NULL);

  digest = weft_sim_hash_bytes (weft_sim_hash_bytes (actor, kind, strlen (kind)),
                                text, strlen (text));
  self->hash = weft_sim_hash_mix (self->hash ^ self->now_usec, digest);
  if (self->trace != NULL)
    trace_note (self, actor, kind, text);
}
