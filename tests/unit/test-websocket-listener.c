/* test-websocket-listener.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The accept path over real sockets, with a clock that we turn: who gets in, who waits, who is
 * sent away, and what they are told. */

#include "raw-peer.h"
#include "manual-clock.h"
#include "weft-websocket-certificate-private.h"
#include "weft-websocket-head-private.h"
#include "weft-websocket-listener-private.h"

#include <gnutls/gnutls.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/weft/net"

typedef struct
{
  ManualClock *clock;
  WeftRandom *random;
  WeftWebsocketTerms *terms;
  WeftWebsocketListener *listener;
  guint16 port;
  GPtrArray *peers;  /* (element-type RawPeer) (owned) */
  GPtrArray *guards; /* (element-type WeftWebsocketGuard) (owned) */
  GPtrArray *connections;
  GHashTable *counters;
  GBytes *binding;
} Fixture;

static void
accepted_cb (const WeftWebsocketUpgraded *upgraded,
             gpointer                     user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->guards, g_object_ref (upgraded->guard));
  g_ptr_array_add (fixture->connections, g_object_ref (upgraded->connection));
  g_clear_pointer (&fixture->binding, g_bytes_unref);
  fixture->binding = upgraded->binding ? g_bytes_ref (upgraded->binding) : NULL;
}

static guint
get_count (Fixture    *fixture,
           const char *counter)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (fixture->counters, counter));
}

static void
count_cb (const char *counter,
          gpointer    user_data)
{
  Fixture *fixture = user_data;

  g_hash_table_insert (fixture->counters, (char *) counter,
                       GUINT_TO_POINTER (get_count (fixture, counter) + 1));
}

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  fixture->clock = manual_clock_new ();
  fixture->random = weft_system_random_new ();
  fixture->terms = weft_websocket_terms_new (WEFT_CLOCK (fixture->clock), fixture->random, "net");
  fixture->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_peer_free);
  fixture->guards = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->connections = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->counters = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
fixture_listen (Fixture  *fixture,
                gboolean  is_tls,
                guint     connections_max,
                guint     per_address_max)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GError) error = NULL;

  if (is_tls)
    fixture->terms->certificate = weft_websocket_certificate_new (WEFT_CLOCK (fixture->clock),
                                                                  fixture->random, &error);
  g_assert_no_error (error);
  fixture->listener = weft_websocket_listener_new (fixture->terms, connections_max,
                                                   per_address_max, accepted_cb, count_cb,
                                                   fixture);
  bound = weft_websocket_listener_listen (fixture->listener, address, is_tls, &error);
  g_assert_no_error (error);
  fixture->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* Turns the loop until nothing happens for a moment, in which threads may report. */
static void
fixture_settle (Fixture *fixture)
{
  gint64 quiet_usec = g_get_monotonic_time ();

  while (g_get_monotonic_time () - quiet_usec < 20 * 1000)
    {
      if (g_main_context_iteration (NULL, FALSE))
        quiet_usec = g_get_monotonic_time ();
      manual_clock_run_due (fixture->clock);
      for (guint i = 0; i < fixture->peers->len; i++)
        raw_peer_pump (g_ptr_array_index (fixture->peers, i));
    }
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  for (guint i = 0; i < fixture->guards->len; i++)
    weft_websocket_guard_shut (g_ptr_array_index (fixture->guards, i));
  while (weft_websocket_listener_get_n_connections (fixture->listener) > 0
         || weft_websocket_turnstile_get_running (fixture->terms->turnstile) > 0)
    fixture_settle (fixture);
  g_ptr_array_unref (fixture->guards);
  g_ptr_array_unref (fixture->connections);
  g_assert_finalize_object (fixture->listener);
  fixture_settle (fixture);
  g_ptr_array_unref (fixture->peers);
  weft_websocket_terms_unref (fixture->terms);
  g_assert_finalize_object (fixture->random);
  g_assert_finalize_object (fixture->clock);
  g_hash_table_unref (fixture->counters);
  g_clear_pointer (&fixture->binding, g_bytes_unref);
}

static RawPeer *
fixture_connect (Fixture    *fixture,
                 const char *source,
                 const char *text)
{
  RawPeer *peer = raw_peer_new (fixture->port, source);

  g_ptr_array_add (fixture->peers, peer);
  if (text)
    raw_peer_send_text (peer, text);
  fixture_settle (fixture);

  return peer;
}

static RawPeer *
fixture_upgrade (Fixture    *fixture,
                 const char *source)
{
  g_autofree char *request = raw_peer_write_upgrade (PATH, "");

  return fixture_connect (fixture, source, request);
}

/* Upgrades and says what opens a connection. */
static RawPeer *
fixture_open (Fixture    *fixture,
              const char *source)
{
  RawPeer *peer = fixture_upgrade (fixture, source);

  raw_peer_send_frame (peer, 0x81, "hello", 5);
  raw_peer_send_frame (peer, 0x81, "proof", 5);
  fixture_settle (fixture);

  return peer;
}

static void
test_listener_upgrade (Fixture       *fixture,
                       gconstpointer  user_data)
{
  g_autofree char *request = raw_peer_write_upgrade (PATH,
      "Sec-WebSocket-Extensions: permessage-deflate\r\nRange: bytes=0-\r\n");
  g_autoptr(GError) error = NULL;
  RawPeer *peer;

  g_test_summary ("A good request is upgraded, without compression, and counts as a connection.");

  fixture_listen (fixture, FALSE, 8, 8);
  peer = fixture_connect (fixture, "127.0.0.1", request);
  g_assert_true (weft_websocket_head_check_response ((char *) peer->got->data, peer->got->len,
                                                     "dGhlIHNhbXBsZSBub25jZQ==", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->guards->len, ==, 1);
  g_assert_null (fixture->binding);
  g_assert_cmpuint (weft_websocket_listener_get_n_connections (fixture->listener), ==, 1);

  /* The deadline of arrivals is over for it. */
  manual_clock_advance (fixture->clock, 3600 * G_TIME_SPAN_SECOND);
  manual_clock_run_due (fixture->clock);
  fixture_settle (fixture);
  g_assert_false (peer->is_ended);

  g_socket_close (peer->socket, NULL);
  fixture_settle (fixture);
  g_assert_cmpuint (weft_websocket_listener_get_n_connections (fixture->listener), ==, 0);
}

static void
test_listener_texts (Fixture       *fixture,
                     gconstpointer  user_data)
{
  static const struct
  {
    const char *request;
    const char *status;
    const char *text;
  } cases[] = {
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ", "Nothing is here." },
    { "GET /weft/other HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ", "Nothing is here." },
    { "GET /weft/net/more HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ", "Nothing is here." },
    { "GET " PATH " HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 426 ", "serves WebSocket here" },
    { "POST " PATH " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 400 ", "expected the method GET" },
    { "GET " PATH " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 400 ", "expected a request without a body" },
    { "GET " PATH " HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "HTTP/1.1 400 ", "expected one Host" },
    { "\x16\x03\x01\x02\x08\x01\r\n\r\n", "HTTP/1.1 400 ", "expected the method GET" },
  };

  g_test_summary ("What is no upgrade is answered with a short text and the end.");

  fixture_listen (fixture, FALSE, 8, 8);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RawPeer *peer = fixture_connect (fixture, "127.0.0.1", cases[i].request);

      manual_clock_advance (fixture->clock, WEFT_WEBSOCKET_LINGER_USEC);
      manual_clock_run_due (fixture->clock);
      fixture_settle (fixture);
      g_assert_true (raw_peer_got (peer, cases[i].status));
      g_assert_true (raw_peer_got (peer, cases[i].text));
      g_assert_true (peer->is_ended);
    }
  g_assert_cmpuint (fixture->guards->len, ==, 0);
  g_assert_cmpuint (get_count (fixture, "arrivals-faulty"), ==, 4);
  g_assert_cmpuint (get_count (fixture, "arrivals-gone"), ==, 4);
  g_assert_cmpuint (weft_websocket_listener_get_n_connections (fixture->listener), ==, 0);
}

static void
test_listener_protocol (Fixture       *fixture,
                        gconstpointer  user_data)
{
  g_autofree char *good = raw_peer_write_upgrade (PATH, "");
  g_autoptr(GString) without = g_string_new (good);
  g_autoptr(GString) other = g_string_new (good);

  g_test_summary ("An upgrade without our sub-protocol is none.");

  fixture_listen (fixture, FALSE, 8, 8);
  g_string_replace (without, "Sec-WebSocket-Protocol: weft.v1\r\n", "", 1);
  g_string_replace (other, "weft.v1", "weft.v2", 1);
  g_assert_true (raw_peer_got (fixture_connect (fixture, "127.0.0.1", without->str),
                               "HTTP/1.1 426 "));
  g_assert_true (raw_peer_got (fixture_connect (fixture, "127.0.0.1", other->str),
                               "HTTP/1.1 426 "));
  g_assert_cmpuint (fixture->guards->len, ==, 0);
}

static void
test_listener_late (Fixture       *fixture,
                    gconstpointer  user_data)
{
  RawPeer *idle;
  RawPeer *slow;

  g_test_summary ("Who says nothing, or half a request byte by byte, has ten seconds in all.");

  fixture_listen (fixture, FALSE, 8, 8);
  idle = fixture_connect (fixture, "127.0.0.1", NULL);
  slow = fixture_connect (fixture, "127.0.0.1", NULL);
  for (guint i = 0; i < 9; i++)
    {
      raw_peer_send (slow, &"GET / HTT"[i], 1);
      manual_clock_advance (fixture->clock, G_TIME_SPAN_SECOND);
      manual_clock_run_due (fixture->clock);
      fixture_settle (fixture);
    }
  g_assert_false (idle->is_ended);
  g_assert_false (slow->is_ended);
  manual_clock_advance (fixture->clock, G_TIME_SPAN_SECOND);
  manual_clock_run_due (fixture->clock);
  fixture_settle (fixture);
  g_assert_true (idle->is_ended);
  g_assert_true (slow->is_ended);
  g_assert_cmpuint (get_count (fixture, "arrivals-late"), ==, 2);
}

static void
test_listener_caps (Fixture       *fixture,
                    gconstpointer  user_data)
{
  RawPeer *first;
  RawPeer *extra;

  g_test_summary ("Connections are bounded in all and from one address; who leaves makes room.");

  fixture_listen (fixture, FALSE, 3, 2);
  first = fixture_open (fixture, "127.0.0.2");
  fixture_open (fixture, "127.0.0.2");
  extra = fixture_open (fixture, "127.0.0.2");
  g_assert_true (extra->is_ended);
  g_assert_cmpuint (fixture->guards->len, ==, 2);

  fixture_open (fixture, "127.0.0.3");
  g_assert_cmpuint (fixture->guards->len, ==, 3);
  extra = fixture_open (fixture, "127.0.0.4");
  g_assert_true (extra->is_ended);
  g_assert_cmpuint (fixture->guards->len, ==, 3);
  g_assert_cmpuint (get_count (fixture, "connections-refused"), ==, 2);

  g_socket_close (first->socket, NULL);
  fixture_settle (fixture);
  fixture_open (fixture, "127.0.0.4");
  g_assert_cmpuint (fixture->guards->len, ==, 4);
}

static void
test_listener_arrivals (Fixture       *fixture,
                        gconstpointer  user_data)
{
  RawPeer *lone;
  RawPeer *oldest;
  RawPeer *upgraded;

  g_test_summary ("Of 32 who have not said who they are, the oldest of the most crowded address "
                  "makes room for one more, upgraded or not.");

  fixture_listen (fixture, FALSE, 256, 64);
  lone = fixture_connect (fixture, "127.0.0.3", NULL);
  oldest = fixture_connect (fixture, "127.0.0.2", NULL);
  upgraded = fixture_upgrade (fixture, "127.0.0.2");
  for (guint i = 3; i < 32; i++)
    fixture_connect (fixture, "127.0.0.2", "GET /");
  g_assert_cmpuint (weft_websocket_listener_get_n_connections (fixture->listener), ==, 32);
  g_assert_false (oldest->is_ended);

  g_assert_false (fixture_open (fixture, "127.0.0.4")->is_ended);
  g_assert_true (oldest->is_ended);
  g_assert_cmpuint (get_count (fixture, "arrivals-displaced"), ==, 1);

  g_assert_false (fixture_open (fixture, "127.0.0.4")->is_ended);
  g_assert_false (upgraded->is_ended);
  fixture_connect (fixture, "127.0.0.5", NULL);
  g_assert_false (upgraded->is_ended);
  g_assert_false (fixture_open (fixture, "127.0.0.4")->is_ended);
  g_assert_true (upgraded->is_ended);
  g_assert_false (lone->is_ended);
  g_assert_cmpuint (get_count (fixture, "arrivals-displaced"), ==, 2);
  g_assert_cmpuint (weft_websocket_listener_get_n_connections (fixture->listener), ==, 34);

  weft_websocket_listener_stop (fixture->listener);
  fixture_settle (fixture);
  g_assert_true (lone->is_ended);
  g_assert_cmpuint (get_count (fixture, "arrivals-stopped"), ==, 31);
}

/* A TLS client made with GnuTLS itself, which lets us choose the version. */
static gnutls_session_t
new_session (RawPeer    *peer,
             const char *priority)
{
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t session;

  peer->is_deaf = TRUE;
  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_init (&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  g_assert_cmpint (gnutls_priority_set_direct (session, priority, NULL), ==, 0);
  gnutls_transport_set_int (session, g_socket_get_fd (peer->socket));
  gnutls_session_set_ptr (session, credentials);

  return session;
}

/* Threads may take their time on a busy machine: a round is 20 ms or more. */
#define MANY_ROUNDS 500

static int
shake_hands (Fixture          *fixture,
             gnutls_session_t  session,
             guint             n_rounds)
{
  int result = GNUTLS_E_AGAIN;

  for (guint i = 0; i < n_rounds && result == GNUTLS_E_AGAIN; i++)
    {
      result = gnutls_handshake (session);
      fixture_settle (fixture);
    }

  return result;
}

static void
end_session (gnutls_session_t session)
{
  gnutls_certificate_free_credentials (gnutls_session_get_ptr (session));
  gnutls_deinit (session);
}

static void
test_listener_tls (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_autofree char *request = raw_peer_write_upgrade (PATH, "");
  RawPeer *peer;
  gnutls_session_t session;
  gnutls_datum_t binding = { NULL, 0 };
  char answer[1024];
  int result;

  g_test_summary ("TLS 1.3 is upgraded, and both ends know the same binding.");

  fixture_listen (fixture, TRUE, 8, 8);
  peer = fixture_connect (fixture, "127.0.0.1", NULL);
  session = new_session (peer, "NORMAL:-VERS-ALL:+VERS-TLS1.3");
  g_assert_cmpint (shake_hands (fixture, session, MANY_ROUNDS), ==, GNUTLS_E_SUCCESS);
  g_assert_cmpint (gnutls_record_send (session, request, strlen (request)), ==, strlen (request));
  result = GNUTLS_E_AGAIN;
  for (guint i = 0; i < MANY_ROUNDS && result == GNUTLS_E_AGAIN; i++)
    {
      fixture_settle (fixture);
      result = gnutls_record_recv (session, answer, sizeof answer);
    }
  g_assert_cmpint (result, >, 0);
  g_assert_nonnull (memmem (answer, result, "HTTP/1.1 101 ", 13));
  g_assert_cmpint (gnutls_session_channel_binding (session, GNUTLS_CB_TLS_EXPORTER, &binding), ==,
                   0);
  g_assert_cmpmem (g_bytes_get_data (fixture->binding, NULL), g_bytes_get_size (fixture->binding),
                   binding.data, binding.size);

  gnutls_free (binding.data);
  end_session (session);
}

static void
test_listener_tls_old (Fixture       *fixture,
                       gconstpointer  user_data)
{
  RawPeer *peer;
  gnutls_session_t session;

  g_test_summary ("TLS 1.2 is sent away after its handshake.");

  fixture_listen (fixture, TRUE, 8, 8);
  peer = fixture_connect (fixture, "127.0.0.1", NULL);
  session = new_session (peer, "NORMAL:-VERS-ALL:+VERS-TLS1.2");
  shake_hands (fixture, session, MANY_ROUNDS);
  end_session (session);
  peer->is_deaf = FALSE;
  while (!peer->is_ended)
    fixture_settle (fixture);
  g_assert_cmpuint (get_count (fixture, "arrivals-tls-failed"), ==, 1);
  g_assert_cmpuint (fixture->guards->len, ==, 0);
}

static void
test_listener_plain_into_tls (Fixture       *fixture,
                              gconstpointer  user_data)
{
  g_autofree char *request = raw_peer_write_upgrade (PATH, "");
  RawPeer *peer;

  g_test_summary ("Plain HTTP on a port of TLS is told so.");

  fixture_listen (fixture, TRUE, 8, 8);
  peer = fixture_connect (fixture, "127.0.0.1", request);
  g_assert_true (peer->is_ended);
  g_assert_true (raw_peer_got (peer, "This port speaks TLS"));
}

/* A client's first words, taken from GnuTLS. */
static GBytes *
write_client_hello (void)
{
  RawPeer nobody = { 0 };
  gnutls_session_t session;
  int fds[2];
  char hello[4096];
  gssize n;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  nobody.socket = g_socket_new_from_fd (fds[0], NULL);
  session = new_session (&nobody, "NORMAL:-VERS-ALL:+VERS-TLS1.3");
  g_socket_set_blocking (nobody.socket, FALSE);
  g_assert_cmpint (gnutls_handshake (session), ==, GNUTLS_E_AGAIN);
  n = read (fds[1], hello, sizeof hello);
  g_assert_cmpint (n, >, 200);
  end_session (session);
  g_object_unref (nobody.socket);
  close (fds[1]);

  return g_bytes_new (hello, n);
}

static void
test_listener_tls_half_open (Fixture       *fixture,
                             gconstpointer  user_data)
{
  g_autoptr(GBytes) hello = write_client_hello ();
  const char *bytes = g_bytes_get_data (hello, NULL);
  gsize length = g_bytes_get_size (hello);
  RawPeer *honest;
  gnutls_session_t session;

  g_test_summary ("Half a hello holds no thread, a whole one at most six, and one from elsewhere "
                  "is next.");

  fixture_listen (fixture, TRUE, 256, 64);
  for (guint i = 0; i < 10; i++)
    raw_peer_send (fixture_connect (fixture, "127.0.0.2", NULL), bytes, i * 20);
  fixture_settle (fixture);
  g_assert_cmpuint (weft_websocket_turnstile_get_running (fixture->terms->turnstile), ==, 0);

  for (guint i = 0; i < 12; i++)
    raw_peer_send (fixture_connect (fixture, "127.0.0.2", NULL), bytes, length);
  fixture_settle (fixture);
  g_assert_cmpuint (weft_websocket_turnstile_get_running (fixture->terms->turnstile), ==, 6);

  honest = fixture_connect (fixture, "127.0.0.3", NULL);
  session = new_session (honest, "NORMAL:-VERS-ALL:+VERS-TLS1.3");
  manual_clock_advance (fixture->clock, WEFT_WEBSOCKET_TLS_USEC - 1);
  manual_clock_run_due (fixture->clock);
  g_assert_cmpint (shake_hands (fixture, session, 3), ==, GNUTLS_E_AGAIN);
  manual_clock_advance (fixture->clock, 1);
  manual_clock_run_due (fixture->clock);
  g_assert_cmpint (shake_hands (fixture, session, MANY_ROUNDS), ==, GNUTLS_E_SUCCESS);
  end_session (session);
  g_assert_cmpuint (get_count (fixture, "arrivals-late"), ==, 6);
  while (weft_websocket_turnstile_get_running (fixture->terms->turnstile) < 6)
    fixture_settle (fixture);

  weft_websocket_listener_stop (fixture->listener);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/websocket/listener/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("upgrade", test_listener_upgrade);
  ADD ("texts", test_listener_texts);
  ADD ("protocol", test_listener_protocol);
  ADD ("late", test_listener_late);
  ADD ("caps", test_listener_caps);
  ADD ("arrivals", test_listener_arrivals);
  ADD ("tls", test_listener_tls);
  ADD ("tls-old", test_listener_tls_old);
  ADD ("plain-into-tls", test_listener_plain_into_tls);
  ADD ("tls-half-open", test_listener_tls_half_open);

  return g_test_run ();
}
