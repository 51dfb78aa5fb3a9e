/* bench-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts, pends with their commits, and reads, by concurrent callers on a cluster of real nodes over
 * WebSocket on loopback, with durable storage; beside puts and reads of an etcd of as many members
 * in the same run, on the same disk.
 */

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "etcd-client.h"
#include "members.h"
#include "weft-bench.h"
#include "weft-load.h"

#define BLOCK_BYTES 200

#define ETCD_PUT "etcd put, own key"
#define ETCD_GET "etcd linearizable get, own key"
#define ETCD_HOT_PUT "etcd put, one hot key"

static const guint counts[] = { 1, 8, 64, 256 };

static int n_members = 3;
static char *node_program;
static char *folder;
static gboolean is_without_etcd;
static gboolean is_spread;
static int only_callers;
static char *only_row;
static double only_seconds;

static const GOptionEntry options[] = {
  { "members", 0, 0, G_OPTION_ARG_INT, &n_members, "How many members each cluster has", "N" },
  { "weft-node", 0, 0, G_OPTION_ARG_FILENAME, &node_program, "The node to start", "PROGRAM" },
  { "folder", 0, 0, G_OPTION_ARG_FILENAME, &folder, "On which disk to keep the data", "FOLDER" },
  { "without-etcd", 0, 0, G_OPTION_ARG_NONE, &is_without_etcd, "Measure Weft alone", NULL },
  { "spread", 0, 0, G_OPTION_ARG_NONE, &is_spread, "Spread the callers over all nodes", NULL },
  { "callers", 0, 0, G_OPTION_ARG_INT, &only_callers, "Measure with so many callers only", "N" },
  { "only", 0, 0, G_OPTION_ARG_STRING, &only_row, "Measure rows with this in their name", "TEXT" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &only_seconds, "Measure each for so long", "SECONDS" },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  EtcdClient *client;
  char *value;
  Load *load;
  gboolean is_hot;
} EtcdLoad;

typedef struct
{
  EtcdLoad *owner;
  guint caller;
} EtcdCall;

static void
etcd_done_cb (const guint8 *message,
              gsize         length,
              const GError *error,
              gpointer      user_data)
{
  g_autofree EtcdCall *call = user_data;

  load_done (call->owner->load, call->caller, error);
}

static EtcdCall *
etcd_call_new (EtcdLoad *self,
               Load     *load,
               guint     caller,
               char     *key,
               gsize     key_length)
{
  EtcdCall *call = g_new0 (EtcdCall, 1);

  g_snprintf (key, key_length, "bench-%u", self->is_hot ? 0 : caller);
  self->load = load;
  call->owner = self;
  call->caller = caller;

  return call;
}

static void
etcd_put (Load     *load,
          guint     caller,
          gpointer  data)
{
  EtcdLoad *self = data;
  char key[32];
  EtcdCall *call = etcd_call_new (self, load, caller, key, sizeof key);

  etcd_client_put (self->client, key, self->value, etcd_done_cb, call);
}

static void
etcd_get (Load     *load,
          guint     caller,
          gpointer  data)
{
  EtcdLoad *self = data;
  char key[32];
  EtcdCall *call = etcd_call_new (self, load, caller, key, sizeof key);

  etcd_client_get (self->client, key, FALSE, etcd_done_cb, call);
}

/* What is measured, and what of etcd's is as much as that. */
typedef struct
{
  WeftBenchTable *table;
  Members *members;
  GHashTable *yardsticks; /* (element-type utf8 LoadResult): etcd's rows */
} Bench;

static double
get_own_cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* Rows of Weft name the row of etcd that they are measured by; etcd's own are kept. */
static void
run (Bench      *bench,
     const char *name,
     const char *yardstick,
     guint       n_callers,
     LoadFunc    func,
     gpointer    data)
{
  double seconds = only_seconds > 0 ? only_seconds : weft_bench_is_quick () ? 0.3 : 3;
  double cpu = members_cpu_time (bench->members);
  double own_cpu = get_own_cpu_time ();
  g_autofree char *row = g_strdup_printf ("%s, %u callers", name, n_callers);
  g_autofree char *other = g_strdup_printf ("%s, %u callers", yardstick, n_callers);
  const LoadResult *by = NULL;
  LoadResult result;
  double rate;

  if ((only_callers > 0 && n_callers != (guint) only_callers)
      || (only_row && !strstr (row, only_row) && !g_str_has_prefix (row, "etcd")))
    return;
  result = load_run (n_callers, seconds, func, data);
  cpu = members_cpu_time (bench->members) - cpu;
  own_cpu = get_own_cpu_time () - own_cpu;
  rate = result.n_done / result.seconds;
  by = g_hash_table_lookup (bench->yardsticks, other);
  weft_bench_table_add (bench->table, row, rate, by ? rate / (by->n_done / by->seconds) : NAN,
                        result.p50_msec, by ? result.p50_msec / by->p50_msec : NAN,
                        result.p99_msec, result.n_done > 0 ? cpu * 1e6 / result.n_done : NAN,
                        result.n_done > 0 ? own_cpu * 1e6 / result.n_done : NAN,
                        (double) result.n_failed);
  if (result.failure != NULL)
    g_printerr ("bench-cluster: %s: %s\n", row, result.failure);
  load_result_clear (&result);
  if (yardstick == NULL)
    g_hash_table_insert (bench->yardsticks, g_steal_pointer (&row),
                         g_memdup2 (&result, sizeof result));
}

static void
measure_blocks (Bench    *bench,
                WeftLoad *load,
                guint     n_callers)
{
  run (bench, "weft put, own block", ETCD_PUT, n_callers, weft_load_put, load);
  weft_load_set_blind (load, TRUE);
  run (bench, "weft put without base, own block", ETCD_PUT, n_callers, weft_load_put, load);
  weft_load_set_blind (load, FALSE);
  run (bench, "weft pend+commit, own block", ETCD_PUT, n_callers, weft_load_commit, load);
  run (bench, "weft read, own block", ETCD_GET, n_callers, weft_load_read_own, load);
  weft_load_set_fresh (load, TRUE);
  run (bench, "weft put, new blocks", ETCD_PUT, n_callers, weft_load_put, load);
  run (bench, "weft pend+commit, new blocks", ETCD_PUT, n_callers, weft_load_commit, load);
  weft_load_set_fresh (load, FALSE);
}

static void
measure_hot_block (Bench    *bench,
                   WeftLoad *load,
                   guint     n_callers)
{
  LoadResult first = load_run (1, 0, weft_load_write_hot, load);

  load_result_clear (&first);
  weft_load_set_hot (load, TRUE);
  weft_load_set_blind (load, TRUE);
  run (bench, "weft put without base, one hot block", ETCD_HOT_PUT, n_callers, weft_load_put,
       load);
  weft_load_set_blind (load, FALSE);
  run (bench, "weft put, one hot block", ETCD_HOT_PUT, n_callers, weft_load_put, load);
  run (bench, "weft writer, one hot block", ETCD_HOT_PUT, n_callers, weft_load_write_hot, load);
  weft_load_set_apart (load);
  run (bench, "weft writers apart, one hot block", ETCD_HOT_PUT, n_callers, weft_load_write_hot,
       load);
}

static void
measure_weft (Bench *bench)
{
  Members *members = bench->members;
  guint n_nodes = is_spread ? members->n_members : 1;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (WeftLoad) load
          = weft_load_new (members->ports, members->ids, n_nodes, counts[i], BLOCK_BYTES);

      measure_blocks (bench, load, counts[i]);
      measure_hot_block (bench, load, counts[i]);
    }
}

static EtcdClient *
connect_to_leader (Members *members)
{
  for (guint tries = 0; tries < 200; tries++)
    {
      for (guint i = 0; i < members->n_members; i++)
        {
          g_autoptr (EtcdClient) client = etcd_client_new (members->ports[i], NULL);

          if (client && etcd_client_leads (client))
            return g_steal_pointer (&client);
        }
      g_usleep (50000);
    }
  g_error ("etcd chose no leader; see %s", members->folder);
}

static void
measure_etcd (Bench *bench)
{
  g_autoptr (EtcdClient) client = connect_to_leader (bench->members);
  g_autofree char *value = g_strnfill (BLOCK_BYTES, 'x');
  EtcdLoad load = { .client = client, .value = value };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      load.is_hot = FALSE;
      run (bench, ETCD_PUT, NULL, counts[i], etcd_put, &load);
      run (bench, ETCD_GET, NULL, counts[i], etcd_get, &load);
      load.is_hot = TRUE;
      run (bench, ETCD_HOT_PUT, NULL, counts[i], etcd_put, &load);
    }
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = {
    "ops/s", "x etcd", "p50 ms", "x etcd p50", "p99 ms", "members' us/op", "callers' us/op",
    "errors", NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *etcd = NULL;
  Bench bench = { NULL };

  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  g_assert_no_error (error);
  weft_bench_init (&argc, &argv);
  weft_websocket_transport_register ();
  bench.table = weft_bench_table_new ("cluster", columns);
  bench.yardsticks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  etcd = is_without_etcd ? NULL : g_find_program_in_path ("etcd");
  if (etcd)
    {
      g_autoptr (Members) members = members_start_etcd (etcd, folder ? folder : g_get_tmp_dir (),
                                                        (guint) n_members);

      bench.members = members;
      measure_etcd (&bench);
    }
  else if (!is_without_etcd)
    g_printerr ("bench-cluster: no etcd here to compare with (Debian: etcd-server)\n");

  {
    g_autoptr (Members) members = members_start_weft (node_program ? node_program : "weft-node",
                                                      folder ? folder : g_get_tmp_dir (),
                                                      (guint) n_members);

    bench.members = members;
    measure_weft (&bench);
  }
  weft_bench_table_print (bench.table);
  g_hash_table_unref (bench.yardsticks);

  return 0;
}
