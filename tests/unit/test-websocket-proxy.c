/* test-websocket-proxy.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A node behind a proxy that ends TLS: peers reach it and prove themselves, and both sides know
 * that nothing binds the proof to the connection. */

#include "weft-websocket-certificate-private.h"
#include "weft-websocket-transport.h"

typedef struct
{
  WeftClock *clock;
  WeftRandom *random;
  GTlsCertificate *certificate;
  guint16 target;
} Proxy;

static void
spliced_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_io_stream_splice_finish (result, NULL);
}

static void
handshake_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Proxy *proxy = user_data;
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) target = NULL;
  g_autoptr(GError) error = NULL;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  target = g_socket_client_connect_to_host (client, "127.0.0.1", proxy->target, NULL, &error);
  g_assert_no_error (error);
  g_io_stream_splice_async (G_IO_STREAM (source), G_IO_STREAM (target),
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, NULL, spliced_cb, NULL);
}

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  Proxy *proxy = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GIOStream) stream = NULL;

  stream = weft_websocket_new_tls_server (G_IO_STREAM (connection), proxy->certificate, &error);
  g_assert_no_error (error);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, NULL,
                                    handshake_cb, proxy);

  return TRUE;
}

static void
appeared_cb (WeftTransport *transport,
             WeftPeer      *peer,
             gpointer       user_data)
{
  g_set_object ((WeftPeer **) user_data, peer);
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  g_assert_no_error (error);
  g_set_object ((WeftPeer **) user_data, peer);
}

static WeftTransport *
make_transport (Proxy *proxy)
{
  g_autoptr(WeftIdentity) identity = weft_identity_new (proxy->random);

  return WEFT_TRANSPORT (weft_websocket_transport_new (identity, "proxied", WEFT_PEER_ROLE_PEER,
                                                       proxy->clock, proxy->random));
}

/* Dials @port with TLS and waits until both sides know each other. */
static void
meet (Proxy     *proxy,
      guint16    port,
      WeftPeer **there,
      WeftPeer **here,
      gboolean   is_proxied)
{
  g_autoptr(WeftTransport) node = make_transport (proxy);
  g_autoptr(WeftTransport) visitor = make_transport (proxy);
  g_autoptr(WeftMultiaddr) listen = weft_multiaddr_new_socket ("127.0.0.1", 0, !is_proxied, NULL);
  g_autoptr(WeftMultiaddr) dial = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GError) error = NULL;

  weft_transport_listen (node, listen, &error);
  g_assert_no_error (error);
  addresses = weft_transport_list_addresses (node);
  proxy->target = weft_multiaddr_get_port (g_ptr_array_index (addresses, 0));
  g_signal_connect (node, "peer-appeared", G_CALLBACK (appeared_cb), there);

  dial = weft_multiaddr_new_socket ("127.0.0.1", is_proxied ? port : proxy->target, TRUE, &error);
  g_assert_no_error (error);
  weft_transport_dial (visitor, dial, 0, dialled_cb, here);
  while (!*here || !*there)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_proxy_ends_tls (void)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(GTlsCertificate) certificate = weft_websocket_certificate_new (clock, random, NULL);
  g_autoptr(GSocketService) service = g_socket_service_new ();
  g_autoptr(WeftPeer) there = NULL;
  g_autoptr(WeftPeer) here = NULL;
  Proxy proxy = { clock, random, certificate, 0 };
  guint16 port;

  g_test_summary ("Through a proxy that ends TLS peers are proved and not bound; without, bound.");

  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_signal_connect (service, "incoming", G_CALLBACK (incoming_cb), &proxy);
  meet (&proxy, port, &there, &here, TRUE);
  g_assert_false (weft_peer_is_bound (there));
  g_assert_false (weft_peer_is_bound (here));

  g_clear_object (&there);
  g_clear_object (&here);
  meet (&proxy, port, &there, &here, FALSE);
  g_assert_true (weft_peer_is_bound (there));
  g_assert_true (weft_peer_is_bound (here));

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  /* Both ends of the proxy's connections close, each with a farewell. */
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket/proxy/ends-tls", test_proxy_ends_tls);

  return g_test_run ();
}
