/* bench-sim.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How fast a simulated world is, as a ratio to the same work in a bare heap loop of the same run,
 * and what a node in it costs. */

#include <math.h>

#include <weft-sim.h>

#ifdef WITH_NS3
#include "bench-sim-ns3.h"
#endif
#include "bench-sim-town.h"
#include "weft-bench-count.h"
#include "weft-bench.h"

#define PENDING 1000
#define EVENTS_PER_CALL 1000
#define DELAY_USEC_MAX 10000
#define NODES 10000
/* So that ten thousand of them fit into a machine. */
#define NODE_KIB_MAX 200

/* The bare loop: a binary heap of times and numbers, and nothing else. */
typedef struct
{
  gint64 at_usec;
  guint64 sequence;
} Entry;

typedef struct
{
  Entry entries[PENDING];
  guint n_entries;
  guint64 sequence;
  WeftSimPrng *prng;
} Bare;

static gboolean
is_before (Entry a,
           Entry b)
{
  return a.at_usec < b.at_usec || (a.at_usec == b.at_usec && a.sequence < b.sequence);
}

static void
bare_push (Bare  *self,
           gint64 at_usec)
{
  Entry entry = { at_usec, ++self->sequence };
  guint i = self->n_entries++;

  for (; i > 0 && is_before (entry, self->entries[(i - 1) / 2]); i = (i - 1) / 2)
    self->entries[i] = self->entries[(i - 1) / 2];
  self->entries[i] = entry;
}

/* The hole goes down to a leaf, and the last entry rises from there, as in the world's own heap:
 * the ratio is to be what a world costs beyond its heap. */
static Entry
bare_pop (Bare *self)
{
  Entry top = self->entries[0];
  Entry last = self->entries[--self->n_entries];
  guint i = 0;

  for (guint child = 1; child < self->n_entries; child = 2 * i + 1)
    {
      child += child + 1 < self->n_entries &&
               is_before (self->entries[child + 1], self->entries[child]);
      self->entries[i] = self->entries[child];
      i = child;
    }
  for (; i > 0 && is_before (last, self->entries[(i - 1) / 2]); i = (i - 1) / 2)
    self->entries[i] = self->entries[(i - 1) / 2];
  self->entries[i] = last;

  return top;
}

static void
run_bare (gpointer data)
{
  Bare *self = data;

  for (guint i = 0; i < EVENTS_PER_CALL; i++)
    {
      Entry entry = bare_pop (self);

      bare_push (self, entry.at_usec + weft_sim_prng_next (self->prng) % DELAY_USEC_MAX);
    }
}

/* How many events that are in a second of processor time, to compare with what takes long. */
static double
measure_bare (void)
{
  g_autoptr(WeftSimPrng) prng = weft_sim_prng_new (1, "bench");
  g_autofree Bare *bare = g_new0 (Bare, 1);
  guint n_calls = weft_bench_is_quick () ? 100 : 5000;
  double start;

  bare->prng = prng;
  for (guint i = 0; i < PENDING; i++)
    bare_push (bare, weft_sim_prng_next (prng) % DELAY_USEC_MAX);
  start = bench_town_get_seconds ();
  for (guint i = 0; i < n_calls; i++)
    run_bare (bare);

  return n_calls * EVENTS_PER_CALL / (bench_town_get_seconds () - start);
}

/* The same in a world: each event schedules the next. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimPrng *prng;
} Engine;

static void
again_cb (gpointer user_data)
{
  Engine *self = user_data;
  gint64 at_usec = weft_sim_world_get_time (self->world) +
                   weft_sim_prng_next (self->prng) % DELAY_USEC_MAX;

  weft_sim_world_schedule (self->world, at_usec, again_cb, self, NULL);
}

static gboolean
count_cb (gpointer user_data)
{
  return (*(guint *) user_data)-- > 0;
}

static void
run_engine (gpointer data)
{
  Engine *self = data;
  guint n_left = EVENTS_PER_CALL;

  weft_sim_world_run_while (self->world, count_cb, &n_left, G_TIME_SPAN_DAY);
}

static void
engine_init (Engine  *self,
             gboolean has_context)
{
  self->world = weft_sim_world_new (1);
  self->prng = weft_sim_world_get_stream (self->world, "bench");
  if (!has_context)
    weft_sim_world_set_context (self->world, NULL);
  for (guint i = 0; i < PENDING; i++)
    again_cb (self);
}

#ifdef WITH_NS3
static guint
draw_delay (gpointer data)
{
  return weft_sim_prng_next (data) % DELAY_USEC_MAX;
}

static void
run_ns3 (gpointer data)
{
  bench_ns3_run (EVENTS_PER_CALL);
}
#endif

static void
bench_engine (void)
{
  static const char *const columns[] = { "M events/s", "ratio", NULL };
  WeftBenchTable *table = weft_bench_table_new ("engine, 1,000 pending", columns);
  g_autoptr(WeftSimPrng) prng = weft_sim_prng_new (1, "bench");
  g_autofree Bare *bare = g_new0 (Bare, 1);
  Engine plain;
  Engine settled;
  WeftBenchCase cases[] = {
    { "bare heap loop", run_bare, bare },
    { "world with hash", run_engine, &plain },
    { "world with hash and main context", run_engine, &settled },
#ifdef WITH_NS3
    { "ns-3, its default scheduler", run_ns3, NULL },
#endif
  };

  bare->prng = prng;
  for (guint i = 0; i < PENDING; i++)
    bare_push (bare, weft_sim_prng_next (prng) % DELAY_USEC_MAX);
  engine_init (&plain, FALSE);
  engine_init (&settled, TRUE);
#ifdef WITH_NS3
  bench_ns3_init (PENDING, draw_delay, prng);
#endif
  weft_bench_measure (cases, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    weft_bench_table_add (table, cases[i].name,
                          cases[i].calls_per_second * EVENTS_PER_CALL / 1e6,
                          cases[i].calls_per_second / cases[0].calls_per_second);
  weft_bench_table_print (table);
#ifdef WITH_NS3
  bench_ns3_clear ();
#endif
  g_object_unref (plain.world);
  g_object_unref (settled.world);
}

/* Nodes that are up and have nothing to do. */
static void
measure_idle (WeftBenchTable *table,
              guint           n_nodes)
{
  WeftSimWorld *world = weft_sim_world_new (1);
  g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func (g_object_unref);
  gsize bytes_before = weft_bench_count_get_bytes ();
  double start = weft_bench_now_seconds ();
  g_autofree char *row = g_strdup_printf ("%u of them", n_nodes);
  double kib;

  for (guint i = 0; i < n_nodes; i++)
    {
      WeftSimNode *node = weft_sim_node_new (world, "idle", WEFT_PEER_ROLE_PEER);

      g_ptr_array_add (nodes, node);
      weft_sim_node_start (node, WEFT_SIM_DISK_FATE_LOST);
      weft_sim_world_run_for (world, 0);
      g_assert_true (weft_sim_node_is_up (node));
    }
  weft_sim_world_run_for (world, G_TIME_SPAN_MINUTE);
  kib = (double) (weft_bench_count_get_bytes () - bytes_before) / 1024 / n_nodes;
  g_assert_cmpfloat (kib, <, NODE_KIB_MAX);
  weft_bench_table_add (table, row, kib, (weft_bench_now_seconds () - start) * 1e6 / n_nodes);
  g_ptr_array_set_size (nodes, 0);
  g_object_unref (world);
}

/* With ten times as many, each is to cost the same. */
static void
bench_memory (void)
{
  static const char *const columns[] = { "KiB/node", "us/start", NULL };
  WeftBenchTable *table = weft_bench_table_new ("idle nodes", columns);
  guint n_nodes = weft_bench_is_quick () ? NODES / 100 : NODES;

  measure_idle (table, n_nodes / 10);
  measure_idle (table, n_nodes);
  weft_bench_table_print (table);
}

int
main (int    argc,
      char **argv)
{
  weft_bench_init (&argc, &argv);
  if (bench_town_count ())
    return 0;
  /* First, while nothing that was freed is lying around. */
  bench_memory ();
  bench_engine ();
  bench_town_put ();
  bench_town_run (measure_bare ());

  return 0;
}
