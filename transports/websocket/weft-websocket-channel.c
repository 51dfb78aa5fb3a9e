/* weft-websocket-channel.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-channel-private.h"

#include "weft-websocket-frames-private.h"

/* A close frame has room for 125 bytes, two of them for its code. */
#define REASON_BYTES_MAX 123
/* Chance is asked for the masks of so many messages at once: it takes longer to begin than to
 * give. */
#define MASKS 64

/* One end of a WebSocket connection behind its guard.
 *
 * libsoup may tell of messages after an error and complains about a second close, so its first
 * word of an end is the last that is listened to. The end is reported from an alarm, never from
 * within libsoup or a call from outside. */
struct _WeftWebsocketChannel
{
  WeftChannel parent_instance;

  WeftClock *clock;
  WeftRandom *random;
  WeftWebsocketGuard *guard;
  SoupWebsocketConnection *connection;
  GBytes *binding; /* (nullable) */
  guint8 masks[MASKS][WEFT_WEBSOCKET_MASK_BYTES];
  guint n_masks; /* not used yet */
  guint64 sent_bytes;
  guint64 alarm;
  gboolean is_closing;
  gboolean is_over;
  GError *error; /* (nullable): why it is over */
};

G_DEFINE_FINAL_TYPE (WeftWebsocketChannel, weft_websocket_channel, WEFT_TYPE_CHANNEL)

/* An alarm keeps the channel alive: somebody waits for what it will tell. */
static void
set_alarm (WeftWebsocketChannel *self,
           gint64                delay_usec,
           WeftAlarmFunc         func)
{
  g_autoptr(WeftWebsocketChannel) alive = g_object_ref (self);

  if (self->alarm != 0)
    weft_clock_remove_alarm (self->clock, self->alarm);
  self->alarm = weft_clock_add_alarm (self->clock,
                                      weft_clock_get_monotonic (self->clock) + delay_usec,
                                      func, g_object_ref (self), g_object_unref);
}

static void
over_cb (gpointer user_data)
{
  WeftWebsocketChannel *self = user_data;

  self->alarm = 0;
  weft_channel_emit_closed (WEFT_CHANNEL (self), self->error);
}

/* Takes the error. */
static void
end (WeftWebsocketChannel *self,
     GError               *error)
{
  g_autoptr(WeftWebsocketChannel) alive = g_object_ref (self);

  /* What was said before is heard before. */
  if (!self->is_over)
    weft_websocket_guard_deliver (self->guard);
  if (self->is_over)
    {
      g_clear_error (&error);
      return;
    }

  self->is_over = TRUE;
  if (!self->error)
    self->error = g_steal_pointer (&error);
  g_clear_error (&error);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->guard, self);
  weft_websocket_guard_set_message_func (self->guard, NULL, NULL);
  weft_websocket_guard_shut (self->guard);
  set_alarm (self, 0, over_cb);
}

static void
unanswered_cb (gpointer user_data)
{
  WeftWebsocketChannel *self = user_data;

  self->alarm = 0;
  end (self, NULL);
}

/* As much of @reason as fits, without cutting a character. */
static char *
fit_reason (const char *reason)
{
  g_autofree char *valid = g_utf8_make_valid (reason, -1);
  const char *end = valid;

  while (*end != '\0' && g_utf8_next_char (end) - valid <= REASON_BYTES_MAX)
    end = g_utf8_next_char (end);

  return g_strndup (valid, end - valid);
}

static void
start_close (WeftWebsocketChannel *self,
             gushort               code,
             const char           *reason)
{
  g_autofree char *fitting = fit_reason (reason);

  if (self->is_over || self->is_closing)
    return;

  self->is_closing = TRUE;
  set_alarm (self, WEFT_WEBSOCKET_CLOSE_USEC, unanswered_cb);
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, code, fitting);
}

static gushort
choose_code (const GError *fault)
{
  if (g_error_matches (fault, WEFT_ERROR, WEFT_ERROR_TOO_LARGE))
    return SOUP_WEBSOCKET_CLOSE_TOO_BIG;
  if (g_error_matches (fault, WEFT_ERROR, WEFT_ERROR_REFUSED))
    return SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION;

  return SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR;
}

static void
say_fault_cb (gpointer user_data)
{
  WeftWebsocketChannel *self = user_data;
  const GError *fault = weft_websocket_guard_get_fault (self->guard);

  self->alarm = 0;
  start_close (self, choose_code (fault), fault->message);
}

/* Called from within libsoup's reading, which is no place to close. */
static void
fault_cb (WeftWebsocketGuard *guard,
          const GError       *fault,
          gpointer            user_data)
{
  WeftWebsocketChannel *self = user_data;

  if (!self->error)
    self->error = g_error_copy (fault);
  if (!self->is_closing)
    set_alarm (self, 0, say_fault_cb);
}

/* The other side has closed, with a reason perhaps, or has just gone. */
static void
end_as_told (WeftWebsocketChannel *self)
{
  const char *reason = soup_websocket_connection_get_close_data (self->connection);
  gboolean is_told = soup_websocket_connection_get_close_code (self->connection) != 0;
  GError *error = NULL;

  if (!self->is_closing)
    error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                 reason && *reason != '\0' ? reason
                                 : is_told ? "the other side closed the connection"
                                           : "the connection was lost");
  end (self, error);
}

/* libsoup closes the stream before it tells that it is closed. */
static void
shut_cb (WeftWebsocketGuard *guard,
         gpointer            user_data)
{
  end_as_told (user_data);
}

static void
receive (GBytes  *message,
         gpointer user_data)
{
  WeftWebsocketChannel *self = user_data;
  g_autoptr(WeftWebsocketChannel) alive = g_object_ref (self);

  if (!self->is_closing && !weft_websocket_guard_get_fault (self->guard))
    weft_channel_emit_received (WEFT_CHANNEL (self), message);
}

/* A message that came in pieces, or among other things, was put together by libsoup; those that
 * came whole before it are still with the guard. */
static void
message_cb (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  WeftWebsocketChannel *self = user_data;
  g_autoptr(WeftWebsocketChannel) alive = g_object_ref (self);

  /* The guard lets only text through. */
  g_assert (type == SOUP_WEBSOCKET_DATA_TEXT);

  weft_websocket_guard_deliver (self->guard);
  if (!self->is_over)
    receive (message, self);
}

static void
error_cb (SoupWebsocketConnection *connection,
          GError                  *error,
          gpointer                 user_data)
{
  end (user_data, g_error_new (WEFT_ERROR, WEFT_ERROR_CLOSED, "the connection was lost: %s",
                               error->message));
}

static void
closed_cb (SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  end_as_told (user_data);
}

/* Each is used once, and nobody outside knows it before. */
static const guint8 *
take_mask (WeftWebsocketChannel *self)
{
  if (self->n_masks == 0)
    {
      weft_random_fill (self->random, self->masks[0], sizeof self->masks);
      self->n_masks = MASKS;
    }

  return self->masks[--self->n_masks];
}

static void
weft_websocket_channel_send (WeftChannel *channel,
                             GBytes      *message)
{
  WeftWebsocketChannel *self = WEFT_WEBSOCKET_CHANNEL (channel);
  gsize length = g_bytes_get_size (message);
  gboolean is_client;

  if (self->is_over || self->is_closing
      || soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;

  is_client = soup_websocket_connection_get_connection_type (self->connection)
              == SOUP_WEBSOCKET_CONNECTION_CLIENT;
  self->sent_bytes += length + (length < 126 ? 2 : length <= G_MAXUINT16 ? 4 : 10);
  if (is_client)
    self->sent_bytes += WEFT_WEBSOCKET_MASK_BYTES;
  /* Not by way of libsoup, which would copy it, and write each message by itself. */
  weft_websocket_guard_send_text (self->guard, message, is_client ? take_mask (self) : NULL);
}

static void
weft_websocket_channel_close (WeftChannel *channel,
                              const char  *reason)
{
  start_close (WEFT_WEBSOCKET_CHANNEL (channel), SOUP_WEBSOCKET_CLOSE_NORMAL, reason);
}

static GBytes *
weft_websocket_channel_get_binding (WeftChannel *channel)
{
  WeftWebsocketChannel *self = WEFT_WEBSOCKET_CHANNEL (channel);

  return self->binding ? g_bytes_ref (self->binding) : NULL;
}

static gsize
weft_websocket_channel_get_queued_bytes (WeftChannel *channel)
{
  WeftWebsocketChannel *self = WEFT_WEBSOCKET_CHANNEL (channel);
  guint64 written = weft_websocket_guard_get_data_bytes_written (self->guard);

  if (self->is_over)
    return 0;
  g_assert (written <= self->sent_bytes);

  return self->sent_bytes - written;
}

static void
weft_websocket_channel_finalize (GObject *object)
{
  WeftWebsocketChannel *self = WEFT_WEBSOCKET_CHANNEL (object);

  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->guard, self);
  weft_websocket_guard_set_message_func (self->guard, NULL, NULL);
  weft_websocket_guard_shut (self->guard);
  g_clear_object (&self->connection);
  g_clear_object (&self->guard);
  g_clear_pointer (&self->binding, g_bytes_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->random);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (weft_websocket_channel_parent_class)->finalize (object);
}

static void
weft_websocket_channel_class_init (WeftWebsocketChannelClass *klass)
{
  WeftChannelClass *channel_class = WEFT_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weft_websocket_channel_finalize;
  channel_class->send = weft_websocket_channel_send;
  channel_class->close = weft_websocket_channel_close;
  channel_class->get_binding = weft_websocket_channel_get_binding;
  channel_class->get_queued_bytes = weft_websocket_channel_get_queued_bytes;
}

static void
weft_websocket_channel_init (WeftWebsocketChannel *self)
{
}

WeftWebsocketChannel *
weft_websocket_channel_new (const WeftWebsocketUpgraded *upgraded,
                            WeftClock                   *clock,
                            WeftRandom                  *random)
{
  WeftWebsocketChannel *self = g_object_new (WEFT_TYPE_WEBSOCKET_CHANNEL, NULL);

  self->clock = g_object_ref (clock);
  self->random = g_object_ref (random);
  self->guard = g_object_ref (upgraded->guard);
  self->connection = g_object_ref (upgraded->connection);
  self->binding = upgraded->binding ? g_bytes_ref (upgraded->binding) : NULL;
  g_signal_connect (self->guard, "fault", G_CALLBACK (fault_cb), self);
  g_signal_connect (self->guard, "shut", G_CALLBACK (shut_cb), self);
  g_signal_connect (self->connection, "message", G_CALLBACK (message_cb), self);
  weft_websocket_guard_set_message_func (self->guard, receive, self);
  g_signal_connect (self->connection, "error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (closed_cb), self);

  return self;
}

/* The rule that the other side broke, or NULL. */
const GError *
weft_websocket_channel_get_fault (WeftWebsocketChannel *self)
{
  return weft_websocket_guard_get_fault (self->guard);
}
