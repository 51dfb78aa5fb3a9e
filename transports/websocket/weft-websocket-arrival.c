/* weft-websocket-arrival.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-arrival-private.h"

#include <sys/socket.h>

#include "weft-websocket-certificate-private.h"
#include "weft-websocket-upgrade-private.h"

/* The first byte of a TLS record that shakes hands, and the record's header. */
#define TLS_HANDSHAKE 0x16
#define TLS_HEADER_BYTES 5
/* A client's first words are 200 to 1,800 bytes. What is longer may start before all is there. */
#define TLS_HELLO_BYTES_MAX 4096

/* One accepted connection on its way to a WebSocket: readable, TLS, guard, HTTP, upgrade. There
 * is one deadline for all of it and a shorter one for TLS, because a TLS handshake holds a thread
 * of a pool that everything shares. A peer gets its turn for TLS only when all of its first words
 * are there, so that half a word holds nothing. */
struct _WeftWebsocketArrival
{
  GObject parent_instance;

  WeftWebsocketTerms *terms;
  GSocketConnection *socket;
  char *address;
  gboolean is_tls;
  WeftWebsocketArrivalFunc func;
  gpointer user_data;

  GSource *readable;
  gssize wanted;
  guint64 deadline;
  guint64 tls_deadline;
  WeftWebsocketTurn *turn;
  GCancellable *cancellable;
  gboolean is_shaking_hands;
  GBytes *binding;
  WeftWebsocketGuard *guard;
  WeftWebsocketUpgrade *upgrade;
  gboolean has_ended;
};

G_DEFINE_FINAL_TYPE (WeftWebsocketArrival, weft_websocket_arrival, G_TYPE_OBJECT)

static void
clear_alarm (WeftWebsocketArrival *self,
             guint64              *alarm)
{
  if (*alarm != 0)
    weft_clock_remove_alarm (self->terms->clock, *alarm);
  *alarm = 0;
}

static void
set_alarm (WeftWebsocketArrival *self,
           guint64              *alarm,
           gint64                delay_usec,
           WeftAlarmFunc         func)
{
  clear_alarm (self, alarm);
  *alarm = weft_clock_add_alarm (self->terms->clock,
                                 weft_clock_get_monotonic (self->terms->clock) + delay_usec,
                                 func, self, NULL);
}

static void
clear_readable (WeftWebsocketArrival *self)
{
  if (self->readable)
    g_source_destroy (self->readable);
  g_clear_pointer (&self->readable, g_source_unref);
}

static void
leave_turn (WeftWebsocketArrival *self)
{
  WeftWebsocketTurn *turn = g_steal_pointer (&self->turn);

  clear_alarm (self, &self->tls_deadline);
  if (turn)
    weft_websocket_turnstile_leave (self->terms->turnstile, turn);
}

static void
nothing_cb (gpointer user_data)
{
}

/* Ends the arrival, telling its owner once. What of it libsoup may be using is freed later. */
static void
finish (WeftWebsocketArrival        *self,
        const WeftWebsocketUpgraded *upgraded,
        const char                  *counter)
{
  g_assert (!self->has_ended);

  self->has_ended = TRUE;
  clear_readable (self);
  clear_alarm (self, &self->deadline);
  g_cancellable_cancel (self->cancellable);
  /* A handshake that runs keeps its turn until its thread is free. */
  if (!self->is_shaking_hands)
    leave_turn (self);
  if (self->guard)
    g_signal_handlers_disconnect_by_data (self->guard, self);
  if (self->guard && !upgraded)
    weft_websocket_guard_shut (self->guard);
  if (!self->guard && !self->is_shaking_hands)
    g_io_stream_close (G_IO_STREAM (self->socket), NULL, NULL);

  weft_clock_add_alarm (self->terms->clock, 0, nothing_cb, g_object_ref (self), g_object_unref);
  self->func (self, upgraded, counter, self->user_data);
}

/* Refuses the connection for the reason that @counter counts. */
void
weft_websocket_arrival_end (WeftWebsocketArrival *self,
                            const char           *counter)
{
  if (!self->has_ended)
    finish (self, NULL, counter);
}

static void
late_cb (gpointer user_data)
{
  WeftWebsocketArrival *self = user_data;

  self->deadline = 0;
  weft_websocket_arrival_end (self, "arrivals-late");
}

static void
lingered_cb (gpointer user_data)
{
  WeftWebsocketArrival *self = user_data;

  self->deadline = 0;
  weft_websocket_arrival_end (self, "arrivals-faulty");
}

static char *
write_refusal (const char *reason)
{
  return g_strdup_printf ("HTTP/1.1 400 Bad Request\r\n"
                          "Connection: close\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n"
                          "%s\n", strlen (reason) + 1, reason);
}

static void
fault_cb (WeftWebsocketGuard *guard,
          const GError       *fault,
          gpointer            user_data)
{
  WeftWebsocketArrival *self = user_data;
  g_autofree char *refusal = write_refusal (fault->message);

  weft_websocket_guard_say (guard, refusal);
  set_alarm (self, &self->deadline, WEFT_WEBSOCKET_LINGER_USEC, lingered_cb);
}

static void
shut_cb (WeftWebsocketGuard *guard,
         gpointer            user_data)
{
  WeftWebsocketArrival *self = user_data;

  weft_websocket_arrival_end (self, weft_websocket_guard_get_fault (guard) ? "arrivals-faulty"
                                                                           : "arrivals-gone");
}

static void
upgraded_cb (SoupWebsocketConnection *connection,
             gpointer                 user_data)
{
  WeftWebsocketArrival *self = user_data;
  g_autoptr(GSocketAddress) remote = NULL;
  WeftWebsocketUpgraded upgraded;

  if (self->has_ended)
    return;

  remote = g_socket_connection_get_remote_address (self->socket, NULL);
  upgraded = (WeftWebsocketUpgraded) { self->guard, connection, remote, self->binding };
  finish (self, &upgraded, NULL);
}

static void
speak_http (WeftWebsocketArrival *self,
            GIOStream            *stream)
{
  g_autoptr(GError) error = NULL;

  self->guard = weft_websocket_guard_new (stream, self->terms->clock, self->terms->pool, TRUE);
  g_signal_connect (self->guard, "fault", G_CALLBACK (fault_cb), self);
  g_signal_connect (self->guard, "shut", G_CALLBACK (shut_cb), self);
  self->upgrade = weft_websocket_upgrade_start (self->guard, self->socket, self->terms->path,
                                                upgraded_cb, self, &error);
  if (!self->upgrade)
    weft_websocket_arrival_end (self, "arrivals-gone");
}

static void
handshake_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(WeftWebsocketArrival) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean is_good;

  is_good = g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);
  self->is_shaking_hands = FALSE;
  leave_turn (self);
  if (self->has_ended)
    {
      g_io_stream_close (G_IO_STREAM (self->socket), NULL, NULL);
      return;
    }

  if (is_good)
    self->binding = weft_websocket_get_tls_binding (G_IO_STREAM (source), &error);
  if (self->binding)
    speak_http (self, G_IO_STREAM (source));
  else
    weft_websocket_arrival_end (self, "arrivals-tls-failed");
}

static void
tls_late_cb (gpointer user_data)
{
  WeftWebsocketArrival *self = user_data;

  self->tls_deadline = 0;
  weft_websocket_arrival_end (self, "arrivals-late");
}

static void
turn_cb (gpointer user_data)
{
  WeftWebsocketArrival *self = user_data;
  g_autoptr(GIOStream) tls = NULL;
  g_autoptr(GError) error = NULL;

  tls = weft_websocket_new_tls_server (G_IO_STREAM (self->socket), self->terms->certificate,
                                       &error);
  if (!tls)
    {
      weft_websocket_arrival_end (self, "arrivals-tls-failed");
      return;
    }

  set_alarm (self, &self->tls_deadline, WEFT_WEBSOCKET_TLS_USEC, tls_late_cb);
  self->is_shaking_hands = TRUE;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->cancellable,
                                    handshake_cb, g_object_ref (self));
}

static void readable_cb (WeftWebsocketArrival *self);

static gboolean
socket_cb (GSocket      *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  g_autoptr(WeftWebsocketArrival) self = g_object_ref (user_data);

  readable_cb (self);

  return self->readable ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Waits for @n_bytes to be there. The system counts, so that who sends them one by one wakes us
 * once; and who closes before that wakes us too. */
static void
wait_for (WeftWebsocketArrival *self,
          int                   n_bytes)
{
  GSocket *socket = g_socket_connection_get_socket (self->socket);

  self->wanted = n_bytes;
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVLOWAT, n_bytes, NULL);
  if (self->readable)
    return;

  self->readable = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (socket_cb), self, NULL);
  g_source_attach (self->readable, g_main_context_get_thread_default ());
}

/* Somebody speaks plain HTTP where TLS is spoken: say so, if it can be said at once. */
static void
refuse_plain (WeftWebsocketArrival *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->socket);
  g_autofree char *refusal = write_refusal ("This port speaks TLS: use https or wss.");
  char scratch[TLS_HELLO_BYTES_MAX];

  /* What is left unread when a socket closes takes the answer with it. */
  recv (g_socket_get_fd (socket), scratch, sizeof scratch, MSG_DONTWAIT);
  g_socket_send (socket, refusal, strlen (refusal), NULL, NULL);
  weft_websocket_arrival_end (self, "arrivals-faulty");
}

static void
readable_cb (WeftWebsocketArrival *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->socket);
  guint8 hello[TLS_HELLO_BYTES_MAX];
  gssize wanted;
  gssize n;

  if (!self->is_tls)
    {
      clear_readable (self);
      speak_http (self, G_IO_STREAM (self->socket));
      return;
    }

  n = recv (g_socket_get_fd (socket), hello, sizeof hello, MSG_PEEK | MSG_DONTWAIT);
  if (n < self->wanted)
    {
      weft_websocket_arrival_end (self, "arrivals-gone");
      return;
    }
  if (hello[0] != TLS_HANDSHAKE)
    {
      refuse_plain (self);
      return;
    }

  wanted = MIN (TLS_HEADER_BYTES + (hello[3] << 8 | hello[4]), TLS_HELLO_BYTES_MAX);
  if (n < wanted)
    {
      wait_for (self, wanted);
      return;
    }

  wait_for (self, 1);
  clear_readable (self);
  self->turn = weft_websocket_turnstile_enter (self->terms->turnstile, self->address, turn_cb,
                                               self);
  weft_websocket_turnstile_advance (self->terms->turnstile);
}

static void
weft_websocket_arrival_finalize (GObject *object)
{
  WeftWebsocketArrival *self = WEFT_WEBSOCKET_ARRIVAL (object);

  g_assert (self->turn == NULL);
  g_assert (self->readable == NULL);

  g_clear_pointer (&self->upgrade, weft_websocket_upgrade_free);
  g_clear_object (&self->guard);
  g_clear_pointer (&self->binding, g_bytes_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->terms, weft_websocket_terms_unref);
  g_free (self->address);

  G_OBJECT_CLASS (weft_websocket_arrival_parent_class)->finalize (object);
}

static void
weft_websocket_arrival_class_init (WeftWebsocketArrivalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_websocket_arrival_finalize;
}

static void
weft_websocket_arrival_init (WeftWebsocketArrival *self)
{
  self->cancellable = g_cancellable_new ();
}

/* @address: as weft_websocket_crowd_name_address() names it. */
WeftWebsocketArrival *
weft_websocket_arrival_new (WeftWebsocketTerms *terms,
                            GSocketConnection  *socket,
                            const char         *address,
                            gboolean            is_tls)
{
  WeftWebsocketArrival *self = g_object_new (WEFT_TYPE_WEBSOCKET_ARRIVAL, NULL);

  g_assert (!is_tls || terms->certificate != NULL);

  self->terms = weft_websocket_terms_ref (terms);
  self->socket = g_object_ref (socket);
  self->address = g_strdup (address);
  self->is_tls = is_tls;

  return self;
}

/* The owner keeps its reference until @func was called. */
void
weft_websocket_arrival_start (WeftWebsocketArrival     *self,
                              WeftWebsocketArrivalFunc  func,
                              gpointer                  user_data)
{
  self->func = func;
  self->user_data = user_data;
  set_alarm (self, &self->deadline, WEFT_LIMIT_HANDSHAKE_USEC, late_cb);
  wait_for (self, self->is_tls ? TLS_HEADER_BYTES : 1);
}
