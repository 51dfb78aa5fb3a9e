/* bench-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Requests between two processes over WebSocket: round trips with 1 and 64 in flight, and what they
 * carry, with and without TLS.
 */

#include <gio/gunixinputstream.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <weft-websocket.h>

#include "weft-bench.h"

#define ECHO "/bench/echo/1.0.0"
#define NETWORK "bench"

static char *serve_address;

static const GOptionEntry options[] = {
  { "serve", 0, 0, G_OPTION_ARG_STRING, &serve_address, "Be the other process", "ADDRESS" },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  WeftTransport *transport;
  WeftPeerId *peer_id;
  JsonNode *body;
  double end_seconds;
  guint64 n_done;
  guint n_in_flight;
  gboolean is_failed;
} Client;

static void
echo_cb (WeftTransport *transport,
         WeftRequest   *request,
         gpointer       user_data)
{
  weft_request_reply (request, weft_request_get_body (request));
}

static WeftTransport *
make_transport (WeftPeerRole role)
{
  static const char *const protocols[] = { ECHO, NULL };
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);
  WeftTransport *transport;

  transport = WEFT_TRANSPORT (weft_websocket_transport_new (identity, NETWORK, role, clock,
                                                            random));
  weft_transport_set_handler (transport, protocols, echo_cb, NULL, NULL);

  return transport;
}

static gboolean
parent_gone_cb (GObject *stream,
                gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* The other process: says where it listens, and ends with its standard input. */
static int
serve (void)
{
  g_autoptr(WeftTransport) transport = make_transport (WEFT_PEER_ROLE_PEER);
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr(GSource) source = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_over = FALSE;

  address = weft_multiaddr_parse (serve_address, &error);
  g_assert_no_error (error);
  weft_transport_listen (transport, address, &error);
  g_assert_no_error (error);
  addresses = weft_transport_list_addresses (transport);
  text = weft_multiaddr_to_string (g_ptr_array_index (addresses, 0));
  g_print ("%s\n", text);

  source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (parent_gone_cb), &is_over, NULL);
  g_source_attach (source, NULL);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}

static void ask (Client *client);

static void
replied_cb (WeftTransport *transport,
            JsonNode      *body,
            const GError  *error,
            gpointer       user_data)
{
  Client *client = user_data;

  client->n_in_flight--;
  client->n_done += body != NULL;
  client->is_failed = client->is_failed || error != NULL;
  if (error)
    g_printerr ("bench-transport: %s\n", error->message);
  else if (weft_bench_now_seconds () < client->end_seconds)
    ask (client);
}

static void
ask (Client *client)
{
  client->n_in_flight++;
  weft_transport_request (client->transport, client->peer_id, ECHO, client->body, 0, replied_cb,
                          client);
}

/* Round trips a second. */
static double
measure (Client *client,
         guint   in_flight)
{
  double seconds = weft_bench_is_quick () ? 0.1 : 1.5;
  double start = weft_bench_now_seconds ();

  client->n_done = 0;
  client->end_seconds = start + seconds;
  for (guint i = 0; i < in_flight; i++)
    ask (client);
  while (client->n_in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (client->is_failed);

  return client->n_done / (weft_bench_now_seconds () - start);
}

static JsonNode *
make_body (gsize length)
{
  g_autofree char *filler = g_strnfill (length - strlen ("{\"x\":\"\"}"), 'x');
  g_autofree char *text = g_strdup_printf ("{\"x\":\"%s\"}", filler);

  return weft_json_parse (text, -1, NULL);
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  Client *client = user_data;

  g_assert_no_error (error);
  client->peer_id = weft_peer_id_ref (weft_peer_get_peer_id (peer));
}

static void
measure_scheme (WeftBenchTable *table,
                const char     *self_path,
                const char     *scheme)
{
  g_autofree char *wanted = g_strdup_printf ("/ip4/127.0.0.1/tcp/0/%s", scheme);
  g_autoptr(GSubprocess) child = NULL;
  g_autoptr(GDataInputStream) output = NULL;
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  Client client = { 0 };
  const gsize sizes[] = { 300, 64 * 1024 };

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                            self_path, "--serve", wanted, NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  address = weft_multiaddr_parse (line, &error);
  g_assert_no_error (error);

  client.transport = make_transport (WEFT_PEER_ROLE_CLIENT);
  weft_transport_dial (client.transport, address, 0, dialled_cb, &client);
  while (!client.peer_id)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *row = g_strdup_printf ("%s, %" G_GSIZE_FORMAT " B", scheme, sizes[i]);
      double one;
      double many;

      client.body = make_body (sizes[i]);
      one = measure (&client, 1);
      many = measure (&client, 64);
      weft_bench_table_add (table, row, one, many, many * sizes[i] / 1e6);
      g_clear_pointer (&client.body, json_node_unref);
    }

  g_clear_object (&client.transport);
  g_clear_pointer (&client.peer_id, weft_peer_id_unref);
  g_output_stream_close (g_subprocess_get_stdin_pipe (child), NULL, NULL);
  g_subprocess_wait (child, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = {
    "round trips/s", "with 64 in flight", "MB/s each way", NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  WeftBenchTable *table;

  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  g_assert_no_error (error);
  weft_websocket_transport_register ();
  if (serve_address)
    return serve ();

  weft_bench_init (&argc, &argv);
  table = weft_bench_table_new ("transport", columns);
  measure_scheme (table, argv[0], "ws");
  measure_scheme (table, argv[0], "wss");
  weft_bench_table_print (table);

  return 0;
}
