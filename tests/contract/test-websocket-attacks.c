/* test-websocket-attacks.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What strangers can do to a node that serves WebSocket, each while an honest peer of the same
 * node asks all the time: its every request is answered, memory stays bounded, and no turn of the
 * main loop is long. Limits are tested at their edge in the unit tests; here the node is whole. */

#include "siege.h"

#include <string.h>
#include <sys/resource.h>
#include <weft-websocket.h>

static WeftTransport *
make (WeftIdentity *identity,
      const char   *network,
      WeftPeerRole  role,
      WeftClock    *clock,
      WeftRandom   *random)
{
  return WEFT_TRANSPORT (weft_websocket_transport_new (identity, network, role, clock, random));
}

static const WeftTransportContract plain = { "ws", "/ip4/127.0.0.1/tcp/0/ws", make };
static const WeftTransportContract tls = { "wss", "/ip4/127.0.0.1/tcp/0/wss", make };

/* Somebody new and honest gets in while the attack goes on. */
static void
assert_newcomer_is_served (Siege *siege)
{
  ContractNode *newcomer = contract_node_new (siege->contract, 3, SIEGE_NETWORK,
                                              WEFT_PEER_ROLE_CLIENT);
  g_autoptr(GPtrArray) addresses = weft_transport_list_addresses (siege->node->transport);
  g_auto(ContractOutcome) dialled = { 0 };
  g_auto(ContractOutcome) answer = { 0 };

  contract_node_dial (newcomer, g_ptr_array_index (addresses, 0), &dialled);
  siege_run_until (siege, dialled.n_done > 0);
  g_assert_no_error (dialled.error);
  contract_node_request (newcomer, siege->node, ECHO, "{}", 0, &answer);
  siege_run_until (siege, answer.n_done > 0);
  contract_outcome_expect (&answer, "{}");
  contract_node_free (newcomer);
}

static void
test_idle (gconstpointer data)
{
  Siege *siege = siege_new (data);

  g_test_summary ("300 who say nothing, from six addresses, keep nobody out.");

  for (guint i = 0; i < 300; i++)
    {
      siege_add (siege, 10 + i % 6);
      siege_turn (siege);
    }
  siege_run (siege, 200, NULL);
  g_assert_cmpuint (contract_node_get_counter (siege->node, "arrivals-displaced"), ==, 300 - 32);
  assert_newcomer_is_served (siege);
  siege_end (siege);
}

static void
step_half_requests (Siege *siege)
{
  const char *request = "GET /weft/siege HTTP/1.1\r\nHost: a\r\nX: ";

  for (guint i = 0; i < siege->attackers->len; i++)
    {
      RawPeer *peer = g_ptr_array_index (siege->attackers, i);
      char byte = request[siege->n_answered % strlen (request)];

      if (!peer->is_ended)
        raw_peer_send (peer, &byte, 1);
    }
}

static void
test_half_requests (gconstpointer data)
{
  Siege *siege = siege_new (data);

  g_test_summary ("30 who write a request byte by byte cost no more than their bytes.");

  for (guint i = 0; i < 30; i++)
    siege_add (siege, 10);
  siege_run (siege, 500, step_half_requests);
  assert_newcomer_is_served (siege);
  siege_end (siege);
}

typedef struct
{
  const char *bytes;
  gsize length;
  const char *answer;
} Request;

#define REQUEST(bytes, answer) { bytes, sizeof bytes - 1, answer }

static void
test_requests (gconstpointer data)
{
  static const Request requests[] = {
    REQUEST ("POST /weft/siege HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\nbody",
             "expected the method GET"),
    REQUEST ("GET /weft/siege HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
             "expected a request without a body"),
    REQUEST ("GET /weft/siege HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
             "Content-Length: 4\r\n\r\n4\r\n", "expected a request without a body"),
    REQUEST ("GET /weft/siege HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "expected one Host"),
    REQUEST ("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,0-1,0-1\r\n\r\n", "Nothing is here"),
    REQUEST ("\x16\x03\x01\x00\x05hello\r\n\r\n", "expected the method GET"),
  };
  g_autofree char *filler = g_strnfill (17 * 1024, 'x');
  Siege *siege = siege_new (data);
  RawPeer *peer;

  g_test_summary ("Bodies, two hosts, ranges, TLS and a huge head are answered and ended.");

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      peer = siege_add (siege, 10);
      raw_peer_send (peer, requests[i].bytes, requests[i].length);
      siege_run_until (siege, peer->is_ended);
      g_assert_true (raw_peer_got (peer, requests[i].answer));
      g_assert_false (raw_peer_got (peer, "206 Partial"));
    }
  peer = siege_add (siege, 10);
  raw_peer_send_text (peer, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
  raw_peer_send_text (peer, filler);
  siege_run_until (siege, peer->is_ended);
  g_assert_true (raw_peer_got (peer, "expected an HTTP head of at most 16384 bytes"));
  siege_end (siege);
}

/* The close frame that a peer gets: its code, and what its reason begins with. */
static void
expect_close (Siege      *siege,
              RawPeer    *peer,
              guint       code,
              const char *reason)
{
  g_autoptr(GBytes) payload = NULL;
  const guint8 *data;
  gsize length;
  guint8 first_byte = 0;

  siege_run_until (siege, peer->is_ended);
  while (first_byte != 0x88)
    {
      g_clear_pointer (&payload, g_bytes_unref);
      payload = raw_peer_take_frame (peer, &first_byte);
      g_assert_nonnull (payload);
    }
  data = g_bytes_get_data (payload, &length);
  g_assert_cmpuint (length, >=, 2 + strlen (reason));
  g_assert_cmpuint (data[0] << 8 | data[1], ==, code);
  g_assert_cmpmem (data + 2, strlen (reason), reason, strlen (reason));
}

typedef struct
{
  const char *bytes;
  gsize length;
  guint code;
  const char *reason;
} Words;

#define MASK "\0\0\0\0"
#define WORDS(bytes, code, reason) { bytes, sizeof bytes - 1, code, reason }

static void
test_frames (gconstpointer data)
{
  static const Words words[] = {
    WORDS ("\xc1\x81" MASK "a", 1002, "expected reserved bits to be 0"),
    WORDS ("\x81\x01" "a", 1002, "expected a masked frame"),
    WORDS ("\x82\x81" MASK "a", 1002, "expected text frames"),
    WORDS ("\x83\x81" MASK "a", 1002, "expected a known kind of frame"),
    WORDS ("\x80\x81" MASK "a", 1002, "expected the start of a message"),
    WORDS ("\x01\x81" MASK "a\x81\x81" MASK "a", 1002, "expected a continuation"),
    WORDS ("\x09\x80" MASK, 1002, "expected a whole control frame"),
    WORDS ("\x89\xfe\x00\x7e" MASK, 1009, "expected at most 125 bytes"),
    WORDS ("\x81\xff\x80\0\0\0\0\0\0\0" MASK, 1009, "expected a message of at most"),
    WORDS ("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" MASK, 1009, "expected a message of at most"),
    WORDS ("\x81\xfe\x40\x01" MASK, 1009, "expected a message of at most 16384 bytes"),
  };
  Siege *siege = siege_new (data);

  g_test_summary ("Each frame that breaks a rule is answered by a close that says which.");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    raw_peer_send (siege_add_upgraded (siege, 10), words[i].bytes, words[i].length);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    expect_close (siege, g_ptr_array_index (siege->attackers, i), words[i].code, words[i].reason);
  siege_run (siege, 20, NULL);
  g_assert_cmpuint (contract_node_get_counter (siege->node, "connections-faulty"), ==,
                    G_N_ELEMENTS (words));
  siege_end (siege);
}

static void
test_message_size (gconstpointer data)
{
  Siege *siege = siege_new (data);
  RawPeer *peer = siege_add_proved (siege, 10);

  g_test_summary ("A peer may announce a message of 8 MiB, and not one byte more.");

  raw_peer_send (peer, "\x81\xff\0\0\0\0\0\x80\0\0" MASK, 14);
  siege_run (siege, 50, NULL);
  g_assert_false (peer->is_ended);

  peer = siege_add_proved (siege, 10);
  raw_peer_send (peer, "\x81\xff\0\0\0\0\0\x80\0\x01" MASK, 14);
  expect_close (siege, peer, 1009, "expected a message of at most 8388608 bytes");
  siege_end (siege);
}

/* Everybody sends the same bytes again and again, as fast as they are taken. */
static void
step_flood (Siege      *siege,
            const char *bytes,
            gsize       length)
{
  for (guint i = 0; i < siege->attackers->len; i++)
    {
      RawPeer *peer = g_ptr_array_index (siege->attackers, i);

      if (!peer->is_ended)
        raw_peer_send (peer, bytes, length);
    }
}

static void
step_pings (Siege *siege)
{
  step_flood (siege, "\x89\x85" MASK "hello\x89\x85" MASK "hello\x89\x85" MASK "hello", 33);
}

static void
test_pings (gconstpointer data)
{
  Siege *siege = siege_new (data);
  guint i;

  g_test_summary ("Who floods with pings, reading no pong, is closed within a second's allowance.");

  for (i = 0; i < 8; i++)
    siege_add_proved (siege, 10)->is_deaf = TRUE;
  siege_run (siege, 300, step_pings);
  for (i = 0; i < 8; i++)
    {
      RawPeer *peer = g_ptr_array_index (siege->attackers, i);

      peer->is_deaf = FALSE;
      peer->is_ended = FALSE;
    }
  siege_run (siege, 1200, NULL);
  g_assert_cmpuint (contract_node_get_counter (siege->node, "connections-faulty"), ==, 8);
  siege_end (siege);
}

static void
step_fragments (Siege *siege)
{
  static GByteArray *fragments;

  if (!fragments)
    {
      char filler[4000];

      memset (filler, 'x', sizeof filler);
      fragments = g_byte_array_new ();
      for (guint i = 0; i < 8; i++)
        raw_peer_append_frame (fragments, 0x00, filler, sizeof filler);
    }
  for (guint i = 0; i < siege->attackers->len; i++)
    {
      RawPeer *peer = g_ptr_array_index (siege->attackers, i);

      /* Whole frames only, so that nothing but their number is wrong. */
      if (!peer->is_ended && g_socket_condition_check (peer->socket, G_IO_OUT))
        raw_peer_send (peer, fragments->data, fragments->len);
    }
}

static void
test_fragments (gconstpointer data)
{
  Siege *siege = siege_new (data);

  g_test_summary ("100 who have proved themselves and send messages without end fill no memory.");

  for (guint i = 0; i < 100; i++)
    raw_peer_send (siege_add_proved (siege, 10 + i % 2), "\x01\x81" MASK "a", 7);
  siege_run (siege, 1500, step_fragments);
  /* How soon a message has too many pieces depends on how soon they are read. */
  while (contract_node_get_counter (siege->node, "connections-faulty") == 0)
    siege_run (siege, 100, step_fragments);
  assert_newcomer_is_served (siege);
  siege_end (siege);
}

static void
step_replies (Siege *siege)
{
  static GByteArray *frames;

  if (!frames)
    {
      frames = g_byte_array_new ();
      for (guint i = 0; i < 2000; i++)
        raw_peer_append_frame (frames, 0x81, "{\"re\":1,\"body\":{}}", 18);
    }
  for (guint i = 0; i < siege->attackers->len; i++)
    {
      RawPeer *peer = g_ptr_array_index (siege->attackers, i);
      gssize n = 0;

      /* Frames stay whole: what was not taken goes first the next time. */
      if (peer->is_ended)
        continue;
      do
        {
          peer->at += MAX (n, 0);
          if (peer->at == frames->len)
            peer->at = 0;
          n = raw_peer_send (peer, frames->data + peer->at, frames->len - peer->at);
        }
      while (n > 0 && peer->at + n < frames->len);
      peer->at += MAX (n, 0);
    }
}

static void
test_flood (gconstpointer data)
{
  Siege *siege = siege_new (data);

  g_test_summary ("Eight peers that send as much as is taken leave the main loop to the others.");

  for (guint i = 0; i < 8; i++)
    siege_add_proved (siege, 10);
  siege_run (siege, 1000, step_replies);
  assert_newcomer_is_served (siege);
  siege_end (siege);
}

static void
test_connections (gconstpointer data)
{
  Siege *siege = siege_new (data);
  WeftWebsocketTransport *transport = WEFT_WEBSOCKET_TRANSPORT (siege->node->transport);

  g_test_summary ("One address gets 64 connections and no 65th; who leaves makes room.");

  for (guint i = 0; i < 64; i++)
    siege_add_proved (siege, 10);
  g_assert_cmpuint (weft_websocket_transport_get_n_connections (transport), ==, 65);
  siege_run_until (siege, siege_add (siege, 10)->is_ended
                          || contract_node_get_counter (siege->node, "connections-refused") > 0);
  siege_run (siege, 50, NULL);
  g_assert_cmpuint (weft_websocket_transport_get_n_connections (transport), ==, 65);
  assert_newcomer_is_served (siege);

  g_socket_close (((RawPeer *) g_ptr_array_index (siege->attackers, 0))->socket, NULL);
  ((RawPeer *) g_ptr_array_index (siege->attackers, 0))->is_ended = TRUE;
  siege_run_until (siege, weft_websocket_transport_get_n_connections (transport) == 64);
  siege_add_proved (siege, 10);
  siege_end (siege);
}

static void
test_close_flood (gconstpointer data)
{
  Siege *siege = siege_new (data);
  RawPeer *peer;

  g_test_summary ("Many closes, and words after a close, are one close.");

  for (guint i = 0; i < 10; i++)
    {
      peer = siege_add_upgraded (siege, 10);
      for (guint j = 0; j < 50; j++)
        raw_peer_send_frame (peer, 0x88, "\x03\xe8" "bye", 5);

      peer = siege_add_proved (siege, 10);
      raw_peer_send_frame (peer, 0x88, "\x03\xe8" "bye", 5);
      raw_peer_send_frame (peer, 0x81, "{\"ping\":1}", 10);
    }
  for (guint i = 0; i < siege->attackers->len; i++)
    {
      peer = g_ptr_array_index (siege->attackers, i);
      siege_run_until (siege, peer->is_ended);
      g_assert_false (raw_peer_got (peer, "pong"));
    }
  siege_end (siege);
}

static void
append_request (GByteArray *to,
                guint       id,
                const char *filler)
{
  g_autofree char *request = NULL;

  request = g_strdup_printf ("{\"id\":%u,\"to\":\"" ECHO "\",\"deadline\":9000,"
                             "\"body\":{\"x\":\"%s\"}}", id, filler);
  raw_peer_append_frame (to, 0x81, request, strlen (request));
}

static void
test_slow_reader (gconstpointer data)
{
  Siege *siege = siege_new (data);
  RawPeer *peer = siege_add_proved (siege, 10);
  g_autofree char *filler = g_strnfill (200 * 1000, 'x');
  g_autoptr(GByteArray) frames = g_byte_array_new ();

  g_test_summary ("Who asks and reads no answer gets 16 MiB of them, then refusals, then the end.");

  peer->is_deaf = TRUE;
  for (guint id = 1; !peer->is_ended; id++)
    {
      append_request (frames, id, id <= 200 ? filler : "");
      while (frames->len > 0 && !peer->is_ended)
        {
          gssize n = raw_peer_send (peer, frames->data, frames->len);

          g_byte_array_remove_range (frames, 0, MAX (n, 0));
          siege_turn (siege);
        }
    }
  siege_run_until (siege, siege->honest->n_went > 0
                          || contract_node_get_counter (siege->node, "closed-not-reading") == 1);
  siege_end (siege);
}

static void
test_tls_half_open (gconstpointer data)
{
  Siege *siege = siege_new (data);
  /* A hello of 300 bytes is announced, and a part of it sent. */
  const char hello[] = "\x16\x03\x01\x01\x2c\x01\0\x01\x28\x03\x03";

  g_test_summary ("300 who begin TLS and stop, in the midst of a hello or before, hold nobody up.");

  for (guint i = 0; i < 300; i++)
    {
      raw_peer_send (siege_add (siege, 10 + i % 6), hello, i % sizeof hello);
      siege_turn (siege);
    }
  assert_newcomer_is_served (siege);
  siege_end (siege);
}

static void
test_tls_stalled (gconstpointer data)
{
  Siege *siege = siege_new (data);
  char hello[305] = "\x16\x03\x01\x01\x2c\x01\0\x02\x28\x03\x03";

  g_test_summary ("60 whose hello is whole but for a second record hold six threads for two "
                  "seconds each, and somebody new is next.");

  /* The record is there; the message in it goes on in another that never comes. */
  for (guint i = 0; i < 60; i++)
    {
      raw_peer_send (siege_add (siege, 10), hello, sizeof hello);
      siege_turn (siege);
    }
  siege_run (siege, 50, NULL);
  assert_newcomer_is_served (siege);
  siege_end (siege);
}

static void
test_tls_plain (gconstpointer data)
{
  Siege *siege = siege_new (data);
  RawPeer *peer = siege_add (siege, 10);

  g_test_summary ("Plain HTTP on a port of TLS is told so.");

  raw_peer_send_text (peer, "GET /weft/siege HTTP/1.1\r\nHost: a\r\n\r\n");
  siege_run_until (siege, peer->is_ended);
  g_assert_true (raw_peer_got (peer, "This port speaks TLS"));
  siege_end (siege);
}

int
main (int    argc,
      char **argv)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  g_test_init (&argc, &argv, NULL);

#define ADD(contract, path, func) \
  g_test_add_data_func ("/websocket/attacks/" path, &contract, func)
  ADD (plain, "idle", test_idle);
  ADD (plain, "half-requests", test_half_requests);
  ADD (plain, "requests", test_requests);
  ADD (plain, "frames", test_frames);
  ADD (plain, "message-size", test_message_size);
  ADD (plain, "pings", test_pings);
  ADD (plain, "fragments", test_fragments);
  ADD (plain, "flood", test_flood);
  ADD (plain, "connections", test_connections);
  ADD (plain, "close-flood", test_close_flood);
  ADD (plain, "slow-reader", test_slow_reader);
  ADD (tls, "tls-half-open", test_tls_half_open);
  ADD (tls, "tls-stalled", test_tls_stalled);
  ADD (tls, "tls-plain", test_tls_plain);

  return g_test_run ();
}
