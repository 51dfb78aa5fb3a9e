/* bench-sim-town.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How fast nodes with clients are in a simulated world, and where the time goes. */

#include "bench-sim-town.h"

#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <weft-sim.h>

#include "weft-bench-count.h"
#include "weft-bench-sample.h"
#include "weft-bench.h"

#define COUNT_VARIABLE "WEFT_BENCH_COUNT"

/* Of each of fifty clients, a second. */
#define RATE 50
#define RATE_SLOW 2

/* A client that writes to a node, one write after the other. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimNode *server;
  WeftSimNode *client;
  WeftRemoteRepo *repo;
  WeftWriter *writer;
  gboolean is_waiting;
  gint64 number;
} Town;

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Town *town = user_data;
  g_autoptr(GError) error = NULL;

  weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &error);
  g_assert_no_error (error);
  town->is_waiting = FALSE;
}

static gboolean
is_waiting_cb (gpointer user_data)
{
  return ((Town *) user_data)->is_waiting;
}

static void
run_put (gpointer data)
{
  Town *town = data;
  g_autoptr(JsonObject) attributes = json_object_new ();
  g_autofree char *id = g_strdup_printf ("notes/%d", (int) (town->number % 100));
  g_autoptr(WeftBlock) block = NULL;

  json_object_set_int_member (attributes, "number", town->number++);
  block = weft_block_new (id, "note", "notes", attributes, NULL);
  town->is_waiting = TRUE;
  weft_writer_put_async (town->writer, &block, 1, NULL, put_cb, town);
  weft_sim_world_run_while (town->world, is_waiting_cb, town, G_TIME_SPAN_MINUTE);
  g_assert_false (town->is_waiting);
}

void
bench_town_put (void)
{
  static const char *const columns[]
    = { "puts/s", "events/put", "k events/s", "x real time", NULL };
  WeftBenchTable *table = weft_bench_table_new ("a node and a client", columns);
  Town town = { .world = weft_sim_world_new (1) };
  WeftBenchCase put = { "put", run_put, &town };
  double events_per_put;
  double usec_per_put;

  town.server = weft_sim_node_new (town.world, "server", WEFT_PEER_ROLE_PEER);
  town.client = weft_sim_node_new (town.world, "client", WEFT_PEER_ROLE_CLIENT);
  weft_sim_node_start (town.server, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_node_start (town.client, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (town.world, 0);
  town.repo = weft_sim_node_make_repo (town.client, town.server);
  town.writer = weft_writer_new (WEFT_REPO (town.repo),
                                 WEFT_CLOCK (weft_sim_node_get_clock (town.client)),
                                 weft_sim_node_get_random (town.client));
  weft_bench_measure (&put, 1);
  events_per_put = (double) weft_sim_world_get_n_events (town.world) / town.number;
  usec_per_put = (double) weft_sim_world_get_time (town.world) / town.number;
  weft_bench_table_add (table, put.name, put.calls_per_second, events_per_put,
                        put.calls_per_second * events_per_put / 1e3,
                        put.calls_per_second * usec_per_put / 1e6);
  weft_bench_table_print (table);
  g_object_unref (town.writer);
  g_object_unref (town.repo);
  g_object_unref (town.client);
  g_object_unref (town.server);
  g_object_unref (town.world);
}

/* Blocks of 256 bytes, a trace hash and a checker of histories. Each client asks so many times a
 * second, or as often as it is answered. */
static const char scenario_format[] =
  "{\"name\":\"town\",\"summary\":\"Five nodes, fifty clients.\",\"duration\":\"%u s\",\"nodes\":5,"
  "\"cluster\":%s,"
  "\"signatures\":\"%s\",\"workload\":{\"clients\":50,\"keys\":64,\"rate\":%u,\"bytes\":256},"
  "\"link\":{\"delay\":\"500 us\"},\"disk\":{\"sync\":\"1 ms\"}}";

double
bench_town_get_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);

  return now.tv_sec + now.tv_nsec / 1e9;
}

typedef struct
{
  double seconds;
  guint64 n_events;
  guint64 n_operations;
  gint64 simulated_usec;
  guint64 n_allocations;
} Trip;

static void
travel (Trip       *trip,
        const char *signatures,
        gboolean    is_cluster,
        guint       rate)
{
  guint n_seconds = weft_bench_is_quick () ? 1 : is_cluster && rate > RATE_SLOW ? 4 : 20;
  g_autofree char *text = g_strdup_printf (scenario_format, n_seconds,
                                           is_cluster ? "true" : "false", signatures, rate);
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftSimScenario) scenario = weft_sim_scenario_new_from_text (text, -1, &error);
  g_autoptr(WeftSimRun) run = NULL;
  WeftSimWorld *world;
  guint64 n_allocations = weft_bench_count_get ();
  double start = bench_town_get_seconds ();

  g_assert_no_error (error);
  run = weft_sim_run_new (scenario, 1);
  g_assert_cmpint (weft_sim_run_perform (run), ==, WEFT_SIM_VERDICT_PASS);
  world = weft_sim_run_get_world (run);
  *trip = (Trip) {
    .seconds = bench_town_get_seconds () - start,
    .n_events = weft_sim_world_get_n_events (world),
    .n_operations = weft_sim_history_get_n_operations (weft_sim_run_get_history (run)),
    .simulated_usec = weft_sim_world_get_time (world),
    .n_allocations = weft_bench_count_get () - n_allocations,
  };
}

gboolean
bench_town_count (void)
{
  Trip trip;

  if (g_getenv (COUNT_VARIABLE) == NULL)
    return FALSE;
  travel (&trip, "simulated", FALSE, RATE);
  g_print ("%.1f\n", (double) trip.n_allocations / trip.n_operations);

  return TRUE;
}

/* GLib reads how it is to allocate slices once, so another process counts all of them. */
static double
count_allocations (void)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GSubprocess) process = NULL;
  g_autofree char *output = NULL;
  g_autoptr(GError) error = NULL;

  if (!weft_bench_count_is_able ())
    return NAN;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_setenv (launcher, COUNT_VARIABLE, "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "G_SLICE", "always-malloc", TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "/proc/self/exe",
                                         weft_bench_is_quick () ? "--quick" : NULL, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);

  return g_ascii_strtod (output, NULL);
}

static void
print_shares (const WeftBenchSamples *samples)
{
  static const char *const columns[] = { "own code %", "JSON values %", "GLib and C %", NULL };
  static const char *const owners[] = { "library", "simulator", "rest" };
  WeftBenchTable *table = weft_bench_table_new ("where the time goes", columns);

  for (guint owner = 0; owner < WEFT_BENCH_N_OWNERS; owner++)
    {
      const guint64 *n = samples->n[owner];
      double scale = 100.0 / MAX (samples->n_total, 1);

      weft_bench_table_add (table, owners[owner], n[WEFT_BENCH_WORK_OWN] * scale,
                            n[WEFT_BENCH_WORK_JSON] * scale, n[WEFT_BENCH_WORK_GLIB] * scale);
    }
  weft_bench_table_print (table);
}

void
bench_town_run (double events_per_second)
{
  static const char *const columns[]
    = { "k events/s", "k ops/s", "x real time", "x bare loop", "allocs/op", NULL };
  static const struct
  {
    const char *name;
    const char *signatures;
    gboolean is_cluster;
    guint rate;
  } kinds[] = {
    { "simulated signatures", "simulated", FALSE, RATE },
    { "real signatures", "real", FALSE, RATE },
    { "100 operations/s", "simulated", FALSE, RATE_SLOW },
    { "a cluster of all five", "simulated", TRUE, RATE },
    { "a cluster, 100 operations/s", "simulated", TRUE, RATE_SLOW },
  };
  WeftBenchTable *table = weft_bench_table_new ("five nodes, fifty clients", columns);
  WeftBenchSamples samples;

  weft_bench_sample_start ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      Trip trip;

      travel (&trip, kinds[i].signatures, kinds[i].is_cluster, kinds[i].rate);
      if (i == 0)
        weft_bench_sample_stop (&samples);
      weft_bench_table_add (table, kinds[i].name, trip.n_events / trip.seconds / 1e3,
                            trip.n_operations / trip.seconds / 1e3,
                            trip.simulated_usec / trip.seconds / 1e6,
                            events_per_second * trip.seconds / trip.n_events,
                            i == 0 ? count_allocations () : NAN);
    }
  weft_bench_table_print (table);
  print_shares (&samples);
}
