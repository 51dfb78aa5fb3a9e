/* bench-sim-floor.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a simulated event costs when the program in the world does nothing: how fast a simulation
 * could be if all of the library were free, and what links add to that. */

#include <string.h>
#include <time.h>

#include "weft-bench.h"
#include "weft-sim-clock.h"
#include "weft-sim-heap-private.h"
#include "weft-sim-keys.h"
#include "weft-sim-network-private.h"
#include "weft-sim-random.h"
#include "weft-sim-transport.h"

#define SERVERS 5
#define CLIENTS 50
/* A message of a client or a node, on average. */
#define MESSAGE_BYTES 310
#define PENDING 1000
#define DELAY_USEC_MAX 10000
#define PROTOCOL "/floor/1.0.0"

static double
get_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);

  return now.tv_sec + now.tv_nsec / 1e9;
}

static guint64
get_n_wanted (void)
{
  return weft_bench_is_quick () ? 10000 : 2000000;
}

static double
measure_bare (void)
{
  g_autoptr(WeftSimPrng) prng = weft_sim_prng_new (1, "bench");
  guint64 n_left = 5 * get_n_wanted ();
  WeftSimHeap heap;
  double start;

  weft_sim_heap_init (&heap, PENDING);
  for (guint i = 0; i < PENDING; i++)
    weft_sim_heap_push (&heap, (WeftSimHeapEntry) { weft_sim_prng_below (prng, 1000), i });
  start = get_seconds ();
  for (guint64 i = 0; i < n_left; i++)
    {
      WeftSimHeapEntry entry = heap.entries[0];

      weft_sim_heap_pop (&heap);
      entry.at_usec += weft_sim_prng_below (prng, DELAY_USEC_MAX);
      weft_sim_heap_push (&heap, entry);
    }
  start = get_seconds () - start;
  weft_sim_heap_clear (&heap);

  return n_left / start;
}

/* A client that sends, is answered, rests, and sends again. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimPrng *prng;
  guint actor;
  WeftSimChannel *channel; /* when it sends bytes, or else */
  WeftTransport *transport;
  WeftPeerId *server;
  JsonNode *body;
  gboolean is_over;
} Client;

static void turn_cb (gpointer user_data);

static void
rest (Client *self)
{
  gint64 at_usec = weft_sim_world_get_time (self->world)
                   + weft_sim_prng_below (self->prng, DELAY_USEC_MAX);

  weft_sim_world_schedule_event (self->world, at_usec, WEFT_SIM_EVENT_KIND_WORKLOAD, self->actor, 0,
                                 turn_cb, self, NULL);
}

static void
send_message (WeftChannel *channel)
{
  char text[MESSAGE_BYTES];
  g_autoptr(GBytes) message = NULL;

  memset (text, 'a', sizeof text);
  message = g_bytes_new (text, sizeof text);
  weft_channel_send (channel, message);
}

static void
replied_cb (WeftTransport *transport,
            JsonNode      *body,
            const GError  *error,
            gpointer       user_data)
{
  Client *self = user_data;

  /* In the end, what is under way is not. */
  if (self->is_over)
    return;
  g_assert_no_error (error);
  rest (self);
}

static void
turn_cb (gpointer user_data)
{
  Client *self = user_data;

  if (self->channel != NULL)
    send_message (WEFT_CHANNEL (self->channel));
  else
    weft_transport_request (self->transport, self->server, PROTOCOL, self->body,
                            10 * G_TIME_SPAN_SECOND, replied_cb, self);
}

static void
asked_cb (WeftChannel *channel,
          GBytes      *message,
          gpointer     user_data)
{
  send_message (channel);
}

static void
answered_cb (WeftChannel *channel,
             GBytes      *message,
             gpointer     user_data)
{
  rest (user_data);
}

static void
request_cb (WeftTransport *transport,
            WeftRequest   *request,
            gpointer       user_data)
{
  weft_request_reply (request, user_data);
}

static gboolean
count_cb (gpointer user_data)
{
  return (*(guint64 *) user_data)-- > 0;
}

static void
add_row (WeftBenchTable *table,
         const char     *name,
         WeftSimWorld   *world,
         double          bare)
{
  guint64 n_wanted = get_n_wanted ();
  guint64 n_before = weft_sim_world_get_n_events (world);
  double start = get_seconds ();
  double rate;

  weft_sim_world_run_while (world, count_cb, &n_wanted, G_TIME_SPAN_DAY);
  rate = (weft_sim_world_get_n_events (world) - n_before) / (get_seconds () - start);
  weft_bench_table_add (table, name, rate / 1e3, bare / rate);
}

static void
measure_messages (WeftBenchTable *table,
                  double          bare,
                  gboolean        has_context)
{
  WeftSimWorld *world = weft_sim_world_new (1);
  WeftSimNetwork *network = weft_sim_network_get (world);
  Client clients[CLIENTS];
  WeftSimChannel *accepted[CLIENTS];
  guint servers[SERVERS];

  if (!has_context)
    weft_sim_world_set_context (world, NULL);
  for (guint i = 0; i < SERVERS; i++)
    servers[i] = weft_sim_world_add_actor (world, "server");
  for (guint i = 0; i < CLIENTS; i++)
    {
      Client *client = &clients[i];
      WeftSimConnection *connection;

      *client = (Client) { .world = world };
      client->prng = weft_sim_world_get_stream (world, "bench");
      client->actor = weft_sim_world_add_actor (world, "client");
      connection = weft_sim_connection_new (network, client->actor, servers[i % SERVERS],
                                            &client->channel, &accepted[i]);
      weft_sim_connection_establish (connection);
      weft_sim_connection_unref (connection);
      g_signal_connect (client->channel, "received", G_CALLBACK (answered_cb), client);
      g_signal_connect (accepted[i], "received", G_CALLBACK (asked_cb), NULL);
      rest (client);
    }
  add_row (table, has_context ? "messages, and a main context" : "messages that nobody reads",
           world, bare);
  for (guint i = 0; i < CLIENTS; i++)
    {
      g_signal_handlers_disconnect_by_data (clients[i].channel, &clients[i]);
      g_object_unref (clients[i].channel);
      g_object_unref (accepted[i]);
    }
  g_object_unref (world);
}

static WeftTransport *
make_transport (WeftSimWorld *world,
                const char   *name,
                WeftPeerRole  role)
{
  guint actor = weft_sim_world_add_actor (world, name);
  g_autoptr(WeftSimClock) clock = weft_sim_clock_new (world, actor);
  g_autoptr(WeftSimRandom) random = weft_sim_random_new (1, name);
  g_autoptr(WeftIdentity) identity
    = weft_sim_keys_make_identity (weft_sim_keys_get (world), WEFT_RANDOM (random));

  return WEFT_TRANSPORT (weft_sim_transport_new (identity, "sim", role, clock,
                                                 WEFT_RANDOM (random)));
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  Client *client = user_data;

  g_assert_no_error (error);
  client->server = weft_peer_id_ref (weft_peer_get_peer_id (peer));
  rest (client);
}

static WeftTransport *
make_server (WeftSimWorld *world,
             guint         number,
             JsonNode     *body)
{
  static const char *const protocols[] = { PROTOCOL, NULL };
  g_autoptr(WeftMultiaddr) address
    = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, number);
  g_autofree char *name = g_strdup_printf ("server-%u", number);
  WeftTransport *server = make_transport (world, name, WEFT_PEER_ROLE_PEER);

  weft_transport_set_handler (server, protocols, request_cb, body, NULL);
  if (!weft_transport_listen (server, address, NULL))
    g_assert_not_reached ();

  return server;
}

/* With the trees of the public functions, which nodes do without. */
static void
measure_requests (WeftBenchTable *table,
                  double          bare)
{
  WeftSimWorld *world = weft_sim_world_new (1);
  g_autofree char *value = g_strnfill (MESSAGE_BYTES - 60, 'a');
  g_autofree char *text = g_strdup_printf ("{\"value\":\"%s\"}", value);
  g_autoptr(JsonNode) body = weft_json_parse (text, -1, NULL);
  WeftTransport *servers[SERVERS];
  Client clients[CLIENTS];

  for (guint i = 0; i < SERVERS; i++)
    servers[i] = make_server (world, i + 1, body);
  for (guint i = 0; i < CLIENTS; i++)
    {
      g_autoptr(WeftMultiaddr) address
        = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, i % SERVERS + 1);
      g_autofree char *name = g_strdup_printf ("client-%u", i);

      clients[i] = (Client) { .world = world, .body = body };
      clients[i].prng = weft_sim_world_get_stream (world, "bench");
      clients[i].transport = make_transport (world, name, WEFT_PEER_ROLE_CLIENT);
      weft_transport_dial (clients[i].transport, address, G_TIME_SPAN_MINUTE, dialled_cb,
                           &clients[i]);
    }
  weft_sim_world_run_for (world, G_TIME_SPAN_SECOND);
  add_row (table, "requests over links, and trees", world, bare);
  for (guint i = 0; i < CLIENTS; i++)
    {
      clients[i].is_over = TRUE;
      weft_transport_close (clients[i].transport);
      weft_peer_id_unref (clients[i].server);
    }
  for (guint i = 0; i < SERVERS; i++)
    weft_transport_close (servers[i]);
  for (guint i = 0; i < CLIENTS; i++)
    g_object_unref (clients[i].transport);
  for (guint i = 0; i < SERVERS; i++)
    g_object_unref (servers[i]);
  g_object_unref (world);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = { "k events/s", "x bare loop", NULL };
  WeftBenchTable *table;
  double bare;

  weft_bench_init (&argc, &argv);
  table = weft_bench_table_new ("events in which nothing is done", columns);
  bare = measure_bare ();
  weft_bench_table_add (table, "bare heap loop", bare / 1e3, 1.0);
  measure_messages (table, bare, FALSE);
  measure_messages (table, bare, TRUE);
  measure_requests (table, bare);
  weft_bench_table_print (table);

  return 0;
}
