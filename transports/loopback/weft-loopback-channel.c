/* weft-loopback-channel.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-loopback-channel-private.h"

/* One end of a pair. What one end sends waits in the other's inbox until the other's clock has an
 * alarm for it: so nothing is ever received from within a call, and the order is the clock's. */
struct _WeftLoopbackChannel
{
  WeftChannel parent_instance;

  WeftClock *clock;
  WeftLoopbackChannel *other; /* unowned: cleared when either end is over */
  GQueue inbox;               /* (element-type GBytes) */
  gsize inbox_bytes;
  guint64 alarm_id;
  gboolean is_over; /* closed by either end; the signal is still due */
  GError *error;    /* for the signal */
};

G_DEFINE_FINAL_TYPE (WeftLoopbackChannel, weft_loopback_channel, WEFT_TYPE_CHANNEL)

static void
on_alarm (gpointer user_data)
{
  WeftLoopbackChannel *self = user_data;
  GBytes *message;

  self->alarm_id = 0;
  while ((message = g_queue_pop_head (&self->inbox)) != NULL)
    {
      g_autoptr (GBytes) owned = message;

      self->inbox_bytes -= g_bytes_get_size (message);
      weft_channel_emit_received (WEFT_CHANNEL (self), message);
    }
  if (self->is_over)
    weft_channel_emit_closed (WEFT_CHANNEL (self), self->error);
}

/* The alarm keeps the channel alive, as somebody waits for what it will tell. */
static void
arm (WeftLoopbackChannel *self)
{
  if (self->alarm_id == 0)
    self->alarm_id = weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock),
                                           on_alarm, g_object_ref (self), g_object_unref);
}

static void
end (WeftLoopbackChannel *self,
     const char          *reason)
{
  if (self->is_over)
    return;

  self->is_over = TRUE;
  self->other = NULL;
  if (reason != NULL)
    g_set_error_literal (&self->error, WEFT_ERROR, WEFT_ERROR_CLOSED, reason);
  arm (self);
}

static void
weft_loopback_channel_send (WeftChannel *channel,
                            GBytes      *message)
{
  WeftLoopbackChannel *other = WEFT_LOOPBACK_CHANNEL (channel)->other;

  if (other == NULL)
    return;

  g_queue_push_tail (&other->inbox, g_bytes_ref (message));
  other->inbox_bytes += g_bytes_get_size (message);
  arm (other);
}

/* What the other end has been sent already still comes before its end; what this one has not
 * looked at is dropped. */
static void
weft_loopback_channel_close (WeftChannel *channel,
                             const char  *reason)
{
  WeftLoopbackChannel *self = WEFT_LOOPBACK_CHANNEL (channel);

  g_queue_clear_full (&self->inbox, (GDestroyNotify) g_bytes_unref);
  self->inbox_bytes = 0;
  if (self->other != NULL)
    end (self->other, reason);
  end (self, NULL);
}

static gsize
weft_loopback_channel_get_queued_bytes (WeftChannel *channel)
{
  WeftLoopbackChannel *other = WEFT_LOOPBACK_CHANNEL (channel)->other;

  return other != NULL ? other->inbox_bytes : 0;
}

static void
weft_loopback_channel_dispose (GObject *object)
{
  WeftLoopbackChannel *self = WEFT_LOOPBACK_CHANNEL (object);

  if (self->other != NULL)
    end (self->other, "the other end is gone");
  self->other = NULL;
  self->is_over = TRUE;
  g_queue_clear_full (&self->inbox, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (weft_loopback_channel_parent_class)->dispose (object);
}

static void
weft_loopback_channel_class_init (WeftLoopbackChannelClass *klass)
{
  WeftChannelClass *channel_class = WEFT_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weft_loopback_channel_dispose;
  channel_class->send = weft_loopback_channel_send;
  channel_class->close = weft_loopback_channel_close;
  channel_class->get_queued_bytes = weft_loopback_channel_get_queued_bytes;
}

static void
weft_loopback_channel_init (WeftLoopbackChannel *self)
{
  g_queue_init (&self->inbox);
}

void
weft_loopback_channel_new_pair (WeftClock            *left_clock,
                                WeftClock            *right_clock,
                                WeftLoopbackChannel **left,
                                WeftLoopbackChannel **right)
{
  *left = g_object_new (WEFT_TYPE_LOOPBACK_CHANNEL, NULL);
  *right = g_object_new (WEFT_TYPE_LOOPBACK_CHANNEL, NULL);
  (*left)->clock = g_object_ref (left_clock);
  (*left)->other = *right;
  (*right)->clock = g_object_ref (right_clock);
  (*right)->other = *left;
}
