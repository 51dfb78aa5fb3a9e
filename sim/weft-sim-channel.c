/* weft-sim-channel.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-channel-private.h"

#include "weft-sim-network-private.h"

/* One side of a connection. */
struct _WeftSimChannel
{
  WeftChannel parent_instance;

  WeftSimConnection *connection;
  guint side;
  gboolean is_over; /* nothing comes any more but the signal that says so */
  guint64 event_id; /* of that signal */
  char *reason;     /* for it; NULL when this side closed */
};

G_DEFINE_FINAL_TYPE (WeftSimChannel, weft_sim_channel, WEFT_TYPE_CHANNEL)

static void
leave (WeftSimChannel *self)
{
  self->is_over = TRUE;
  weft_sim_connection_leave (self->connection, self->side);
}

static void
weft_sim_channel_send (WeftChannel *channel,
                       GBytes      *message)
{
  WeftSimChannel *self = WEFT_SIM_CHANNEL (channel);

  if (!self->is_over)
    weft_sim_connection_send (self->connection, self->side, message);
}

static void
weft_sim_channel_close (WeftChannel *channel,
                        const char  *reason)
{
  WeftSimChannel *self = WEFT_SIM_CHANNEL (channel);

  if (self->is_over)
    return;

  weft_sim_connection_end (self->connection, self->side, reason);
  weft_sim_channel_finish (self, NULL);
}

static gsize
weft_sim_channel_get_queued_bytes (WeftChannel *channel)
{
  WeftSimChannel *self = WEFT_SIM_CHANNEL (channel);

  return self->is_over ? 0 : weft_sim_connection_get_bytes (self->connection, self->side);
}

static void
weft_sim_channel_dispose (GObject *object)
{
  WeftSimChannel *self = WEFT_SIM_CHANNEL (object);

  if (!self->is_over)
    {
      weft_sim_connection_end (self->connection, self->side, "the other end is gone");
      leave (self);
    }

  G_OBJECT_CLASS (weft_sim_channel_parent_class)->dispose (object);
}

static void
weft_sim_channel_finalize (GObject *object)
{
  WeftSimChannel *self = WEFT_SIM_CHANNEL (object);

  g_clear_pointer (&self->connection, weft_sim_connection_unref);
  g_clear_pointer (&self->reason, g_free);

  G_OBJECT_CLASS (weft_sim_channel_parent_class)->finalize (object);
}

static void
weft_sim_channel_class_init (WeftSimChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  WeftChannelClass *channel_class = WEFT_CHANNEL_CLASS (klass);

  object_class->dispose = weft_sim_channel_dispose;
  object_class->finalize = weft_sim_channel_finalize;
  channel_class->send = weft_sim_channel_send;
  channel_class->close = weft_sim_channel_close;
  channel_class->get_queued_bytes = weft_sim_channel_get_queued_bytes;
}

static void
weft_sim_channel_init (WeftSimChannel *self)
{
}

WeftSimChannel *
weft_sim_channel_new (WeftSimConnection *connection,
                      guint              side)
{
  WeftSimChannel *self = g_object_new (WEFT_TYPE_SIM_CHANNEL, NULL);

  self->connection = weft_sim_connection_ref (connection);
  self->side = side;

  return self;
}

void
weft_sim_channel_receive (WeftSimChannel *self,
                          GBytes         *message)
{
  if (!self->is_over)
    weft_channel_emit_received (WEFT_CHANNEL (self), message);
}

static void
on_finished (gpointer user_data)
{
  WeftSimChannel *self = user_data;
  g_autoptr(GError) error = NULL;

  self->event_id = 0;
  if (self->reason != NULL)
    g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_CLOSED, self->reason);
  weft_channel_emit_closed (WEFT_CHANNEL (self), error);
}

void
weft_sim_channel_finish (WeftSimChannel *self,
                         const char     *reason)
{
  WeftSimNetwork *network = self->connection->network;

  if (self->is_over)
    return;

  self->reason = g_strdup (reason);
  /* The event keeps the channel alive, as somebody waits for what it will tell. */
  if (network != NULL)
    self->event_id
      = weft_sim_world_schedule_event (network->world, 0, WEFT_SIM_EVENT_KIND_CLOSE,
                                       self->connection->flows[self->side].from, 0, on_finished,
                                       g_object_ref (self), g_object_unref);
  leave (self);
}

void
weft_sim_channel_kill (WeftSimChannel *self)
{
  g_autoptr(WeftSimChannel) alive = g_object_ref (self);
  WeftSimNetwork *network = self->connection->network;

  if (self->event_id != 0 && network != NULL)
    weft_sim_world_cancel (network->world, self->event_id);
  self->event_id = 0;
  if (!self->is_over)
    leave (self);
}
