/* test-websocket-plain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Two peers over TLS in a program without g_test_init(), under which GTls never resumes a session
 * and so never skips its certificate check: identity is proved on every connection all the same,
 * resumed or not. Prints what the test harness reads. */

#include <stdio.h>
#include <string.h>
#include <weft-websocket.h>

#define ECHO "/test/echo/1.0.0"

typedef struct
{
  gboolean is_done;
  WeftPeer *peer;
  char *text;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_object (&outcome->peer);
  g_clear_pointer (&outcome->text, g_free);
  g_clear_error (&outcome->error);
  outcome->is_done = FALSE;
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  Outcome *outcome = user_data;

  outcome->is_done = TRUE;
  outcome->peer = peer ? g_object_ref (peer) : NULL;
  outcome->error = error ? g_error_copy (error) : NULL;
}

static void
replied_cb (WeftTransport *transport,
            JsonNode      *body,
            const GError  *error,
            gpointer       user_data)
{
  Outcome *outcome = user_data;

  outcome->is_done = TRUE;
  outcome->text = body ? weft_json_to_string (body) : NULL;
  outcome->error = error ? g_error_copy (error) : NULL;
}

static void
request_cb (WeftTransport *transport,
            WeftRequest   *request,
            gpointer       user_data)
{
  weft_request_reply (request, weft_request_get_body (request));
}

static void
wait_for (Outcome *outcome)
{
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static WeftTransport *
make_transport (WeftIdentity **identity)
{
  static const char *const protocols[] = { ECHO, NULL };
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  WeftTransport *transport;

  *identity = weft_identity_new (random);
  transport = WEFT_TRANSPORT (weft_websocket_transport_new (*identity, "plain",
                                                            WEFT_PEER_ROLE_PEER, clock, random));
  weft_transport_set_handler (transport, protocols, request_cb, NULL, NULL);

  return transport;
}

/* Connects, asks, checks who answered, and parts again. */
static void
visit (WeftTransport *client,
       WeftMultiaddr *address,
       WeftPeerId    *expected)
{
  g_autoptr(JsonNode) body = weft_json_parse ("{\"a\":1}", -1, NULL);
  Outcome outcome = { 0 };

  weft_transport_dial (client, address, 0, dialled_cb, &outcome);
  wait_for (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_true (weft_peer_id_equal (weft_peer_get_peer_id (outcome.peer), expected));
  g_assert_true (weft_peer_is_bound (outcome.peer));
  outcome_clear (&outcome);

  weft_transport_request (client, expected, ECHO, body, 0, replied_cb, &outcome);
  wait_for (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.text, ==, "{\"a\":1}");
  outcome_clear (&outcome);
  weft_transport_drop_peer (client, expected, "until the next time");
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(WeftIdentity) server_identity = NULL;
  g_autoptr(WeftIdentity) client_identity = NULL;
  g_autoptr(WeftMultiaddr) listen = NULL;
  g_autoptr(WeftMultiaddr) wrong = NULL;
  g_autoptr(WeftTransport) server = NULL;
  g_autoptr(WeftTransport) client = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GError) error = NULL;
  Outcome outcome = { 0 };

  weft_websocket_transport_register ();
  server = make_transport (&server_identity);
  client = make_transport (&client_identity);
  listen = weft_multiaddr_parse ("/ip4/127.0.0.1/tcp/0/wss", &error);
  g_assert_no_error (error);
  weft_transport_listen (server, listen, &error);
  g_assert_no_error (error);
  addresses = weft_transport_list_addresses (server);

  for (guint i = 0; i < 4; i++)
    visit (client, g_ptr_array_index (addresses, 0), weft_identity_get_peer_id (server_identity));

  /* The same place, which TLS knows by now, but somebody else is expected there. */
  wrong = weft_multiaddr_with_peer_id (g_ptr_array_index (addresses, 0),
                                       weft_identity_get_peer_id (client_identity));
  weft_transport_dial (client, wrong, 0, dialled_cb, &outcome);
  wait_for (&outcome);
  g_assert_null (outcome.peer);
  g_assert_nonnull (outcome.error);
  outcome_clear (&outcome);

  printf ("1..1\nok 1 identity is proved on each of five connections over TLS\n");

  return 0;
}
