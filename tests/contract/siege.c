/* siege.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "siege.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define IN_FLIGHT 4
/* What an attack may cost. Loop lag is asserted with room for a busy machine; the figure is
 * printed, and measured by bench-hostile. */
#define RSS_BYTES_MAX (32 * 1024 * 1024)
#define GAP_USEC_MAX (1500 * 1000)

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED TRUE
#else
#define IS_SANITIZED FALSE
#endif

static gsize
read_rss (void)
{
  g_autofree char *text = NULL;
  gulong total;
  gulong resident;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  g_assert_cmpint (sscanf (text, "%lu %lu", &total, &resident), ==, 2);

  return resident * sysconf (_SC_PAGESIZE);
}

static void ask (Siege *siege);

static void
answered_cb (WeftTransport *transport,
             JsonNode      *body,
             const GError  *error,
             gpointer       user_data)
{
  Siege *siege = user_data;

  siege->n_in_flight--;
  if (error)
    {
      siege->n_failed++;
      g_test_message ("the honest peer's request failed: %s", error->message);
    }
  else
    siege->n_answered++;
  if (!siege->is_over)
    ask (siege);
}

static void
ask (Siege *siege)
{
  g_autoptr(JsonNode) body = weft_json_parse ("{\"honest\":true}", -1, NULL);

  siege->n_asked++;
  siege->n_in_flight++;
  weft_transport_request (siege->honest->transport, contract_node_get_id (siege->node), ECHO, body,
                          0, answered_cb, siege);
}

Siege *
siege_new (const WeftTransportContract *contract)
{
  Siege *siege = g_new0 (Siege, 1);
  g_autoptr(GPtrArray) addresses = NULL;

  siege->contract = contract;
  siege->attackers = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_peer_free);
  siege->node = contract_node_new (contract, 1, SIEGE_NETWORK, WEFT_PEER_ROLE_PEER);
  siege->honest = contract_node_new (contract, 2, SIEGE_NETWORK, WEFT_PEER_ROLE_PEER);
  contract_node_connect (siege->honest, siege->node, contract);
  addresses = weft_transport_list_addresses (siege->node->transport);
  siege->port = weft_multiaddr_get_port (g_ptr_array_index (addresses, 0));
  for (guint i = 0; i < IN_FLIGHT; i++)
    ask (siege);
  siege_run (siege, 50, NULL);
  siege->rss_start = read_rss ();
  siege->rss_worst = siege->rss_start;
  siege->worst_gap_usec = 0;

  return siege;
}

/* Says how it went, and asserts that the honest peer noticed nothing. */
void
siege_end (Siege *siege)
{
  siege->is_over = TRUE;
  siege_run_until (siege, siege->n_in_flight == 0);

  g_test_message ("honest answers %u, worst turn %.1f ms, memory +%.1f MiB", siege->n_answered,
                  siege->worst_gap_usec / 1e3,
                  (siege->rss_worst - siege->rss_start) / (1024.0 * 1024.0));
  g_assert_cmpuint (siege->n_failed, ==, 0);
  g_assert_cmpuint (siege->n_answered, ==, siege->n_asked);
  g_assert_cmpuint (siege->n_answered, >, 20);
  g_assert_cmpuint (siege->honest->n_went, ==, 0);
  if (!IS_SANITIZED)
    {
      g_assert_cmpuint (siege->rss_worst - siege->rss_start, <=, RSS_BYTES_MAX);
      g_assert_cmpint (siege->worst_gap_usec, <=, GAP_USEC_MAX);
    }

  g_ptr_array_unref (siege->attackers);
  contract_node_free (siege->honest);
  contract_node_free (siege->node);
  g_free (siege);
}

/* One turn of the main loop, and of everybody's ears. */
void
siege_turn (Siege *siege)
{
  gint64 start_usec = g_get_monotonic_time ();

  g_main_context_iteration (NULL, FALSE);
  siege->worst_gap_usec = MAX (siege->worst_gap_usec, g_get_monotonic_time () - start_usec);
  siege->rss_worst = MAX (siege->rss_worst, read_rss ());
  for (guint i = 0; i < siege->attackers->len; i++)
    raw_peer_pump (g_ptr_array_index (siege->attackers, i));
}

/* Turns for a while; @step is called between turns. */
void
siege_run (Siege     *siege,
           guint      msec,
           SiegeFunc  step)
{
  gint64 end_usec = g_get_monotonic_time () + msec * 1000;

  while (g_get_monotonic_time () < end_usec)
    {
      if (step)
        step (siege);
      siege_turn (siege);
    }
}

/* An attacker from 127.0.0.@source. */
RawPeer *
siege_add (Siege *siege,
           guint  source)
{
  g_autofree char *address = g_strdup_printf ("127.0.0.%u", source);
  RawPeer *peer = raw_peer_new (siege->port, address);

  g_ptr_array_add (siege->attackers, peer);

  return peer;
}

/* One that has a WebSocket, and has not said who it is. */
RawPeer *
siege_add_upgraded (Siege *siege,
                    guint  source)
{
  g_autofree char *request = raw_peer_write_upgrade (SIEGE_PATH, "");
  RawPeer *peer = siege_add (siege, source);

  raw_peer_send_text (peer, request);
  siege_run_until (siege, raw_peer_got (peer, "\r\n\r\n") || peer->is_ended);
  g_assert_false (peer->is_ended);
  raw_peer_take_head (peer);

  return peer;
}

static JsonNode *
take_hello (Siege   *siege,
            RawPeer *peer)
{
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(JsonNode) envelope = NULL;
  g_autoptr(GError) error = NULL;
  guint8 first_byte;

  siege_run_until (siege, (payload = raw_peer_take_frame (peer, &first_byte)) || peer->is_ended);
  g_assert_nonnull (payload);
  envelope = weft_json_parse_bytes (payload, &error);
  g_assert_no_error (error);

  return json_node_ref (json_object_get_member (json_node_get_object (envelope), "hello"));
}

static char *
write_proof (WeftIdentity *identity,
             const char   *own,
             JsonNode     *other)
{
  g_autofree char *other_text = weft_json_to_string (other);
  g_autofree char *transcript = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) signature = NULL;

  transcript = g_strdup_printf ("[\"weft/handshake/1\",\"dialer\",%s,%s,\"\"]", own, other_text);
  bytes = g_bytes_new (transcript, strlen (transcript));
  signature = weft_identity_sign (identity, bytes);
  text = g_base64_encode (g_bytes_get_data (signature, NULL), g_bytes_get_size (signature));
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return g_strdup_printf ("{\"proof\":\"%s\"}", text);
}

/* One that has proved who it is, with a key of its own: that costs an attacker nothing. */
RawPeer *
siege_add_proved (Siege *siege,
                  guint  source)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);
  RawPeer *peer = siege_add_upgraded (siege, source);
  g_autofree char *nonce = weft_random_new_id (random, 32);
  g_autofree char *own = NULL;
  g_autofree char *hello = NULL;
  g_autofree char *proof = NULL;
  g_autoptr(JsonNode) other = NULL;
  guint n_appeared = siege->node->n_appeared;

  own = g_strdup_printf ("{\"network\":\"%s\",\"nonce\":\"%s\",\"peerId\":\"%s\","
                         "\"role\":\"client\",\"version\":1}", SIEGE_NETWORK, nonce,
                         weft_peer_id_get_text (weft_identity_get_peer_id (identity)));
  hello = g_strdup_printf ("{\"hello\":%s}", own);
  raw_peer_send_frame (peer, 0x81, hello, strlen (hello));
  other = take_hello (siege, peer);
  proof = write_proof (identity, own, other);
  raw_peer_send_frame (peer, 0x81, proof, strlen (proof));
  siege_run_until (siege, siege->node->n_appeared > n_appeared || peer->is_ended);
  g_assert_false (peer->is_ended);

  return peer;
}
