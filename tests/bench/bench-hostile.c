/* bench-hostile.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What 1,000 connections that mean harm cost a node, by kind: its memory, the lag of its main loop,
 * and what an honest peer gets answered meanwhile. The attackers are a process of their own.
 */

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <weft-websocket.h>

#include "contract-node.h"
#include "raw-peer.h"
#include "weft-bench.h"

#define NETWORK "hostile"
#define N_ATTACKERS 1000
/* Attackers come from as many addresses as it takes to fill the node's table. */
#define N_SOURCES 8
#define MIB (1024.0 * 1024.0)

static char *attack_kind;
static int attack_port;

static const GOptionEntry options[] = {
  { "attack", 0, 0, G_OPTION_ARG_STRING, &attack_kind, "Be the attackers", "KIND" },
  { "port", 0, 0, G_OPTION_ARG_INT, &attack_port, "What they attack", "PORT" },
  G_OPTION_ENTRY_NULL
};

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

static void
raise_descriptors (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* What an attacker of a kind writes again and again; NULL to write its beginning alone. */
static GByteArray *
write_round (const char *kind)
{
  GByteArray *round = g_byte_array_new ();
  char filler[4000];

  memset (filler, 'x', sizeof filler);
  if (g_str_equal (kind, "flooding"))
    for (guint i = 0; i < 500; i++)
      raw_peer_append_frame (round, 0x89, "ping", 4);
  else if (g_str_equal (kind, "fragmenting"))
    raw_peer_append_frame (round, 0x00, filler, sizeof filler);

  return round;
}

static void
begin (RawPeer    *peer,
       const char *kind)
{
  static char hello[305] = "\x16\x03\x01\x01\x2c\x01\0\x02\x28\x03\x03";
  g_autofree char *upgrade = raw_peer_write_upgrade ("/weft/" NETWORK, "");

  if (g_str_equal (kind, "half-open"))
    raw_peer_send (peer, hello, sizeof hello);
  else if (!g_str_equal (kind, "idle"))
    raw_peer_send_text (peer, upgrade);
  if (g_str_equal (kind, "fragmenting"))
    raw_peer_send_frame (peer, 0x01, "x", 1);
}

static RawPeer *
connect_attacker (guint       i,
                  const char *kind)
{
  g_autofree char *source = g_strdup_printf ("127.0.0.%u", 10 + i % N_SOURCES);
  RawPeer *peer = raw_peer_new (attack_port, source);

  begin (peer, kind);

  return peer;
}

/* 1,000 at all times: who is thrown out comes back at once. Ends with standard input. */
static int
attack (void)
{
  g_autoptr(GByteArray) round = write_round (attack_kind);
  g_autoptr(GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_peer_free);
  g_autoptr(GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  raise_descriptors ();
  for (guint i = 0; i < N_ATTACKERS; i++)
    g_ptr_array_add (peers, connect_attacker (i, attack_kind));
  while (!g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (input)))
    {
      for (guint i = 0; i < peers->len; i++)
        {
          RawPeer *peer = g_ptr_array_index (peers, i);

          raw_peer_pump (peer);
          g_byte_array_set_size (peer->got, 0);
          if (round->len > 0 && !peer->is_ended
              && g_socket_condition_check (peer->socket, G_IO_OUT))
            raw_peer_send (peer, round->data, round->len);
          if (peer->is_ended)
            {
              raw_peer_free (g_steal_pointer (&g_ptr_array_index (peers, i)));
              g_ptr_array_index (peers, i) = connect_attacker (i, attack_kind);
            }
        }
      g_usleep (1000);
    }

  return 0;
}

typedef struct
{
  ContractNode *node;
  ContractNode *honest;
  guint64 n_answered;
  guint64 n_failed;
  guint n_in_flight;
  gboolean is_over;
} Bench;

static void ask (Bench *bench);

static void
answered_cb (WeftTransport *transport,
             JsonNode      *body,
             const GError  *error,
             gpointer       user_data)
{
  Bench *bench = user_data;

  bench->n_in_flight--;
  bench->n_answered += body != NULL;
  bench->n_failed += error != NULL;
  if (!bench->is_over)
    ask (bench);
}

static void
ask (Bench *bench)
{
  g_autoptr(JsonNode) body = weft_json_parse ("{\"honest\":true}", -1, NULL);

  bench->n_in_flight++;
  weft_transport_request (bench->honest->transport, contract_node_get_id (bench->node), ECHO, body,
                          0, answered_cb, bench);
}

static gsize
read_rss (void)
{
  g_autofree char *text = NULL;
  gulong total = 0;
  gulong resident = 0;

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  if (text)
    sscanf (text, "%lu %lu", &total, &resident);

  return resident * sysconf (_SC_PAGESIZE);
}

typedef struct
{
  double answers_per_second;
  double turn_high_msec; /* processor time of a turn: 99 of 100 take less */
  double turn_worst_msec;
  double wall_worst_msec; /* with what a busy machine adds */
  double rss_mib;        /* the most that was added */
} Figures;

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return left < right ? -1 : left > right;
}

static double
now_processor_msec (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static Figures
watch (Bench  *bench,
       double  seconds)
{
  g_autoptr(GArray) turns = g_array_new (FALSE, FALSE, sizeof (double));
  double start = weft_bench_now_seconds ();
  guint64 n_before = bench->n_answered;
  gsize rss_start = read_rss ();
  gsize rss_worst = rss_start;
  Figures figures = { 0 };

  while (weft_bench_now_seconds () - start < seconds)
    {
      double before = weft_bench_now_seconds ();
      double before_msec = now_processor_msec ();
      double msec;

      g_main_context_iteration (NULL, FALSE);
      msec = now_processor_msec () - before_msec;
      g_array_append_val (turns, msec);
      figures.wall_worst_msec = MAX (figures.wall_worst_msec,
                                     (weft_bench_now_seconds () - before) * 1e3);
      if (turns->len % 16 == 0)
        rss_worst = MAX (rss_worst, read_rss ());
    }
  g_array_sort (turns, compare_doubles);
  figures.answers_per_second = (bench->n_answered - n_before) / seconds;
  figures.turn_worst_msec = g_array_index (turns, double, turns->len - 1);
  figures.turn_high_msec = g_array_index (turns, double, turns->len * 99 / 100);
  figures.rss_mib = (rss_worst - rss_start) / MIB;

  return figures;
}

static void
add_row (WeftBenchTable *table,
         const char     *kind,
         Figures         figures,
         guint64         n_failed)
{
  weft_bench_table_add (table, kind, figures.answers_per_second, figures.turn_high_msec,
                        figures.turn_worst_msec, figures.wall_worst_msec, figures.rss_mib,
                        (double) n_failed);
}

static void
measure_kind (WeftBenchTable *table,
              const char     *self_path,
              const char     *kind)
{
  const WeftTransportContract *contract = g_str_equal (kind, "half-open") ? &tls : &plain;
  double seconds = weft_bench_is_quick () ? 0.2 : 3;
  g_autofree char *row = g_strdup_printf ("%s, %s", contract->name, kind);
  g_autofree char *port = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GSubprocess) attackers = NULL;
  g_autoptr(GError) error = NULL;
  Bench bench = { 0 };

  bench.node = contract_node_new (contract, 1, NETWORK, WEFT_PEER_ROLE_PEER);
  bench.honest = contract_node_new (contract, 2, NETWORK, WEFT_PEER_ROLE_PEER);
  contract_node_connect (bench.honest, bench.node, contract);
  addresses = weft_transport_list_addresses (bench.node->transport);
  port = g_strdup_printf ("%u", weft_multiaddr_get_port (g_ptr_array_index (addresses, 0)));
  for (guint i = 0; i < 4; i++)
    ask (&bench);
  if (g_str_equal (kind, "none"))
    watch (&bench, seconds / 4);
  else
    {
      watch (&bench, seconds / 4);
      attackers = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, self_path, "--attack",
                                    kind, "--port", port, NULL);
      g_assert_no_error (error);
    }
  malloc_trim (0);
  add_row (table, row, watch (&bench, seconds), bench.n_failed);

  if (attackers)
    {
      g_output_stream_close (g_subprocess_get_stdin_pipe (attackers), NULL, NULL);
      watch (&bench, 0.1);
      g_subprocess_force_exit (attackers);
      g_subprocess_wait (attackers, NULL, NULL);
    }
  bench.is_over = TRUE;
  while (bench.n_in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  contract_node_free (bench.honest);
  contract_node_free (bench.node);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = {
    "answers/s", "turn p99 ms", "turn worst ms", "wall worst ms", "added MiB", "failed", NULL,
  };
  static const char *const kinds[] = { "none", "idle", "half-open", "flooding", "fragmenting" };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  WeftBenchTable *table;

  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  g_assert_no_error (error);
  signal (SIGPIPE, SIG_IGN);
  if (attack_kind)
    return attack ();

  weft_bench_init (&argc, &argv);
  raise_descriptors ();
  weft_websocket_transport_register ();
  table = weft_bench_table_new ("hostile", columns);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    measure_kind (table, argv[0], kinds[i]);
  weft_bench_table_print (table);

  return 0;
}
