/* test-bad-requests-websocket.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What no member of a cluster should be sent, through a socket to a real node: an answer that says
 * why, a count, and nothing that stays behind. */

#include <string.h>

#include <weft-websocket.h>

#include "weft-node-pair.h"

#define CLUSTER "/db-p2p/cluster/1.0.0"

static WeftTransport *
make_transport (WeftPeerRole   role,
                WeftPeerId   **peer_id)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  *peer_id = weft_peer_id_ref (weft_identity_get_peer_id (identity));

  return WEFT_TRANSPORT (weft_websocket_transport_new (identity, "test", role, clock, random));
}

static gint64
get_count (WeftNode   *node,
           const char *counter)
{
  g_autoptr(JsonNode) status
      = weft_coordinator_repo_get_status (weft_node_get_coordinator (node));
  JsonObject *counters
      = json_object_get_object_member (json_node_get_object (status), "counters");

  return json_object_get_int_member_with_default (counters, counter, 0);
}

static char *
ask (WeftTransport *transport,
     WeftPeerId    *peer_id,
     const char    *text)
{
  g_autoptr(JsonNode) body = weft_json_parse (text, -1, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  weft_transport_request_async (transport, peer_id, CLUSTER, body, 0, NULL, weft_test_await_cb,
                                &result);
  answer = weft_transport_request_finish (transport, weft_test_await (&result), &error);

  return answer != NULL ? weft_json_to_string (answer)
                        : g_strdup_printf ("error %s", weft_error_to_name (error->code));
}

static void
dial (WeftTransport *transport,
      WeftNode      *node)
{
  g_autoptr(GPtrArray) addresses = weft_node_list_addresses (node);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(WeftPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  weft_transport_dial_async (transport, g_ptr_array_index (addresses, 0), NULL,
                             weft_test_await_cb, &result);
  peer = weft_transport_dial_finish (transport, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
test_bad_requests (void)
{
  static const struct
  {
    const char *body;
    const char *expected; /* part of the answer */
    const char *counter;
  } cases[] = {
    { "{}", "error invalid", "messages-malformed" },
    { "{\"requests\":[]}", "error invalid", "messages-malformed" },
    { "{\"requests\":7}", "error invalid", "messages-malformed" },
    { "{\"requests\":[{}]}", "\"code\":\"invalid\"", "requests-malformed" },
    { "{\"requests\":[{\"update\":{}}]}", "update.version", "requests-malformed" },
    { "{\"requests\":[{\"update\":{\"version\":3}}]}", "update.version", "requests-malformed" },
    { "{\"requests\":[{\"prepare\":{}}]}", "prepare.slots", "requests-malformed" },
    { "{\"requests\":[{\"latest\":{\"blockIds\":[]}}]}", "latest.blockIds", "requests-malformed" },
  };
  const char *const listen[] = { "/ip4/127.0.0.1/tcp/0/ws", NULL };
  g_autoptr(WeftPeerId) node_id = NULL;
  g_autoptr(WeftPeerId) peer_id = NULL;
  g_autoptr(WeftPeerId) client_id = NULL;
  g_autoptr(WeftTransport) transport = make_transport (WEFT_PEER_ROLE_PEER, &node_id);
  g_autoptr(WeftTransport) peer = make_transport (WEFT_PEER_ROLE_PEER, &peer_id);
  g_autoptr(WeftTransport) client = make_transport (WEFT_PEER_ROLE_CLIENT, &client_id);
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftFixedKeyNetwork) network = weft_fixed_key_network_new (node_id, 0, clock);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autofree char *answer = NULL;
  WeftNode *node;

  g_test_summary ("A peer that sends what is no request is told so, and counted; a client may not "
                  "ask a member at all");

  node = g_object_new (WEFT_TYPE_NODE, "transport", transport, "storage", storage,
                       "listen", listen, "key-network", network, "cluster-min", 1, NULL);
  weft_test_start_node (node);
  dial (peer, node);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 count = get_count (node, cases[i].counter);
      g_autofree char *told = ask (peer, node_id, cases[i].body);
      g_auto(GStrv) block_ids = weft_storage_list_blocks (storage, NULL, 1, NULL);
      g_autoptr(GPtrArray) records = weft_storage_list_unresolved_records (storage, NULL);

      g_test_message ("%s: %s", cases[i].body, told);
      g_assert_nonnull (strstr (told, cases[i].expected));
      g_assert_cmpint (get_count (node, cases[i].counter), ==, count + 1);
      g_assert_cmpuint (g_strv_length (block_ids), ==, 0);
      g_assert_cmpuint (records->len, ==, 0);
    }

  dial (client, node);
  answer = ask (client, node_id, "{\"requests\":[{\"latest\":{\"blockIds\":[\"b\"]}}]}");
  g_assert_cmpstr (answer, ==, "error refused");

  weft_test_stop_node (node);
  weft_transport_close (peer);
  weft_transport_close (client);
  weft_test_settle (G_OBJECT (node));
  g_assert_finalize_object (node);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bad-requests/websocket", test_bad_requests);

  return g_test_run ();
}
