/* weft-websocket-dial.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-dial-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "weft-websocket-certificate-private.h"
#include "weft-websocket-head-private.h"
#include "weft-websocket-upgrade-private.h"

/* Those whom we dial share one place in the line for TLS. */
#define LINE "outbound"
#define KEY_BYTES 16

/* One attempt to reach an address: socket, TLS, guard, HTTP, upgrade, all before one deadline.
 *
 * The upgrade is asked for here and not by libsoup's client, because libsoup would make the
 * connection itself and so read it without our guard: whoever we dial is as much a stranger as
 * whoever dials us. */
struct _WeftWebsocketDial
{
  GObject parent_instance;

  WeftWebsocketTerms *terms;
  WeftMultiaddr *address;
  WeftWebsocketDialFunc func;
  gpointer user_data;

  GCancellable *cancellable;
  guint64 deadline;
  GSocketConnection *socket;
  WeftWebsocketTurn *turn;
  gboolean is_shaking_hands;
  GBytes *binding;
  WeftWebsocketGuard *guard;
  char *key;
  char *request;
  char head[WEFT_LIMIT_HTTP_HEAD_BYTES_MAX];
  gboolean has_ended;
};

G_DEFINE_FINAL_TYPE (WeftWebsocketDial, weft_websocket_dial, G_TYPE_OBJECT)

static void
leave_turn (WeftWebsocketDial *self)
{
  WeftWebsocketTurn *turn = g_steal_pointer (&self->turn);

  if (turn)
    weft_websocket_turnstile_leave (self->terms->turnstile, turn);
}

static void
finish (WeftWebsocketDial           *self,
        const WeftWebsocketUpgraded *upgraded,
        const GError                *error)
{
  g_autoptr(WeftWebsocketDial) alive = g_object_ref (self);

  if (self->has_ended)
    return;

  self->has_ended = TRUE;
  if (self->deadline != 0)
    weft_clock_remove_alarm (self->terms->clock, self->deadline);
  self->deadline = 0;
  g_cancellable_cancel (self->cancellable);
  if (!self->is_shaking_hands)
    leave_turn (self);
  if (self->guard)
    g_signal_handlers_disconnect_by_data (self->guard, self);
  if (self->guard && !upgraded)
    weft_websocket_guard_shut (self->guard);
  else if (self->socket && !self->guard && !self->is_shaking_hands)
    g_io_stream_close (G_IO_STREAM (self->socket), NULL, NULL);

  self->func (self, upgraded, error, self->user_data);
}

/* Nothing of a request was sent, so whatever went wrong leaves nothing in doubt. */
static void
fail (WeftWebsocketDial *self,
      const char        *reason)
{
  g_autoptr(GError) error = NULL;

  g_set_error (&error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "cannot be reached: %s", reason);
  finish (self, NULL, error);
}

static void
late_cb (gpointer user_data)
{
  WeftWebsocketDial *self = user_data;

  self->deadline = 0;
  fail (self, "no answer within 3 seconds");
}

static void
fault_cb (WeftWebsocketGuard *guard,
          const GError       *fault,
          gpointer            user_data)
{
  fail (user_data, fault->message);
}

static void
shut_cb (WeftWebsocketGuard *guard,
         gpointer            user_data)
{
  fail (user_data, "the connection was lost");
}

static void
upgrade (WeftWebsocketDial *self)
{
  g_autoptr(SoupWebsocketConnection) connection = NULL;
  g_autoptr(GSocketAddress) remote = NULL;
  WeftWebsocketUpgraded upgraded;

  connection = weft_websocket_connection_new (G_IO_STREAM (self->guard),
                                              SOUP_WEBSOCKET_CONNECTION_CLIENT);
  remote = g_socket_connection_get_remote_address (self->socket, NULL);
  upgraded = (WeftWebsocketUpgraded) { self->guard, connection, remote, self->binding };
  finish (self, &upgraded, NULL);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeftWebsocketDial) self = user_data;
  g_autoptr(GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (self->has_ended)
    return;

  /* The guard passes a head on whole. */
  if (n > 0 && weft_websocket_head_check_response (self->head, n, self->key, &error))
    upgrade (self);
  else
    fail (self, error ? error->message : "the other side closed the connection");
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeftWebsocketDial) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean is_written;

  is_written = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  if (self->has_ended)
    return;

  if (is_written)
    g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->guard)), self->head,
                               sizeof self->head, G_PRIORITY_DEFAULT, self->cancellable, read_cb,
                               g_object_ref (self));
  else
    fail (self, error->message);
}

static void
speak_http (WeftWebsocketDial *self,
            GIOStream         *stream)
{
  const char *host = weft_multiaddr_get_host (self->address);
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  g_autofree char *authority = NULL;
  guint8 key[KEY_BYTES];

  self->guard = weft_websocket_guard_new (stream, self->terms->clock, self->terms->pool, FALSE);
  g_signal_connect (self->guard, "fault", G_CALLBACK (fault_cb), self);
  g_signal_connect (self->guard, "shut", G_CALLBACK (shut_cb), self);

  weft_random_fill (self->terms->random, key, sizeof key);
  self->key = g_base64_encode (key, sizeof key);
  authority = g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", host,
                               weft_multiaddr_get_port (self->address));
  self->request = weft_websocket_head_write_request (authority, self->terms->path, self->key);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->guard)),
                                   self->request, strlen (self->request), G_PRIORITY_DEFAULT,
                                   self->cancellable, written_cb, g_object_ref (self));
}

static void
handshake_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(WeftWebsocketDial) self = user_data;
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
    fail (self, error->message);
}

/* Who it is will be proved over this connection's binding; no certificate can tell us. */
static gboolean
accept_certificate_cb (GTlsConnection       *connection,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  return TRUE;
}

static void
turn_cb (gpointer user_data)
{
  WeftWebsocketDial *self = user_data;
  g_autoptr(GSocketConnectable) name = NULL;
  g_autoptr(GIOStream) tls = NULL;
  g_autoptr(GError) error = NULL;

  name = g_network_address_new (weft_multiaddr_get_host (self->address),
                                weft_multiaddr_get_port (self->address));
  tls = weft_websocket_new_tls_client (G_IO_STREAM (self->socket), name, &error);
  if (!tls)
    {
      fail (self, error->message);
      return;
    }

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  self->is_shaking_hands = TRUE;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->cancellable,
                                    handshake_cb, g_object_ref (self));
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(WeftWebsocketDial) self = user_data;
  g_autoptr(GError) error = NULL;

  self->socket = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  if (self->has_ended)
    {
      if (self->socket)
        g_io_stream_close (G_IO_STREAM (self->socket), NULL, NULL);
      return;
    }
  if (!self->socket)
    {
      fail (self, error->message);
      return;
    }

  g_socket_set_option (g_socket_connection_get_socket (self->socket), IPPROTO_TCP, TCP_NODELAY,
                       TRUE, NULL);
  if (weft_multiaddr_get_scheme (self->address) == WEFT_MULTIADDR_SCHEME_WS)
    {
      speak_http (self, G_IO_STREAM (self->socket));
      return;
    }
  self->turn = weft_websocket_turnstile_enter (self->terms->turnstile, LINE, turn_cb, self);
  weft_websocket_turnstile_advance (self->terms->turnstile);
}

static void
weft_websocket_dial_finalize (GObject *object)
{
  WeftWebsocketDial *self = WEFT_WEBSOCKET_DIAL (object);

  g_assert (self->turn == NULL);

  g_clear_object (&self->guard);
  g_clear_object (&self->socket);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->binding, g_bytes_unref);
  g_clear_pointer (&self->address, weft_multiaddr_unref);
  g_clear_pointer (&self->terms, weft_websocket_terms_unref);
  g_free (self->key);
  g_free (self->request);

  G_OBJECT_CLASS (weft_websocket_dial_parent_class)->finalize (object);
}

static void
weft_websocket_dial_class_init (WeftWebsocketDialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_websocket_dial_finalize;
}

static void
weft_websocket_dial_init (WeftWebsocketDial *self)
{
  self->cancellable = g_cancellable_new ();
}

WeftWebsocketDial *
weft_websocket_dial_new (WeftWebsocketTerms *terms,
                         WeftMultiaddr      *address)
{
  WeftWebsocketDial *self = g_object_new (WEFT_TYPE_WEBSOCKET_DIAL, NULL);

  self->terms = weft_websocket_terms_ref (terms);
  self->address = weft_multiaddr_ref (address);

  return self;
}

/* The owner keeps its reference until @func was called. */
void
weft_websocket_dial_start (WeftWebsocketDial     *self,
                           WeftWebsocketDialFunc  func,
                           gpointer               user_data)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  WeftClock *clock = self->terms->clock;

  self->func = func;
  self->user_data = user_data;
  self->deadline = weft_clock_add_alarm (clock,
                                         weft_clock_get_monotonic (clock) + WEFT_LIMIT_DIAL_USEC,
                                         late_cb, self, NULL);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, weft_multiaddr_get_host (self->address),
                                         weft_multiaddr_get_port (self->address),
                                         self->cancellable, connected_cb, g_object_ref (self));
}

/* Gives up, and says so. */
void
weft_websocket_dial_stop (WeftWebsocketDial *self)
{
  fail (self, "the transport is closed");
}
