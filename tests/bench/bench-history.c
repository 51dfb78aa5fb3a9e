/* bench-history.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The checker of histories: operations per second that it takes, begin and end, of many clients
 * that read and write at once. It waits for nothing, so its own processor time is measured, which
 * others on the machine do not change much.
 */

#include "config.h"

#include <time.h>
#include <weft-sim.h>

#include "weft-bench.h"

#define CLIENTS 64
#define ROUNDS 5

typedef struct
{
  const char *name;
  guint n_blocks;
  guint n_parts;       /* blocks of an action */
  guint write_percent;
} Mix;

/* A store without a fault, made to cost little beside the checker: a slot for each block. */
typedef struct
{
  WeftSimHistory *history;
  WeftSimSighting *blocks;
  guint64 chance;
  guint64 last_action;
} Run;

typedef struct
{
  guint64 operation;
  gboolean is_write;
  gint64 rev;
  WeftSimSighting sighting;
} Client;

static guint
draw (Run   *run,
      guint  bound)
{
  run->chance = run->chance * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407;

  return (guint) (((run->chance >> 32) * bound) >> 32);
}

static void
begin (Run       *run,
       const Mix *mix,
       Client    *client,
       guint      number,
       gint64     now_usec)
{
  guint block = draw (run, mix->n_blocks);
  WeftSimChange changes[8];

  client->is_write = draw (run, 100) < mix->write_percent;
  if (!client->is_write)
    {
      client->operation = weft_sim_history_begin_read (run->history, now_usec, number, block);
      client->sighting = run->blocks[block];
      return;
    }

  run->last_action++;
  client->rev = 0;
  for (guint i = 0; i < mix->n_parts; i++)
    {
      guint changed = (block + i) % mix->n_blocks;

      changes[i] = (WeftSimChange) { changed, run->blocks[changed].rev, run->last_action };
      client->rev = MAX (client->rev, run->blocks[changed].rev + 1);
    }
  client->operation = weft_sim_history_begin_write (run->history, now_usec, number,
                                                    run->last_action, changes, mix->n_parts);
  for (guint i = 0; i < mix->n_parts; i++)
    run->blocks[changes[i].block] = (WeftSimSighting) { changes[i].block, client->rev,
                                                        run->last_action, run->last_action };
}

static void
end (Run    *run,
     Client *client,
     gint64  now_usec)
{
  if (client->is_write)
    weft_sim_history_end_write (run->history, now_usec, client->operation,
                                WEFT_SIM_OUTCOME_SUCCESS, client->rev);
  else
    weft_sim_history_end_read (run->history, now_usec, client->operation, &client->sighting);
}

static double
get_cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);

  return now.tv_sec + now.tv_nsec / 1e9;
}

/* Seconds for the operations, and for the sweep at the end. */
static void
run_mix (const Mix *mix,
         guint      n_operations,
         double    *online_seconds,
         double    *sweep_seconds)
{
  g_autoptr (WeftSimHistory) history = weft_sim_history_new ();
  g_autofree WeftSimSighting *blocks = g_new0 (WeftSimSighting, mix->n_blocks);
  Run run = { .history = history, .blocks = blocks, .chance = 1 };
  Client clients[CLIENTS] = { 0 };
  double start;

  for (guint i = 0; i < mix->n_blocks; i++)
    blocks[i].block = i;

  start = get_cpu_seconds ();
  for (guint i = 0; i < n_operations; i++)
    {
      guint number = draw (&run, CLIENTS);
      Client *client = &clients[number];

      if (client->operation != 0)
        end (&run, client, i);
      begin (&run, mix, client, number, i);
    }
  *online_seconds = get_cpu_seconds () - start;

  start = get_cpu_seconds ();
  weft_sim_history_check_order (history);
  *sweep_seconds = get_cpu_seconds () - start;
  g_assert_cmpstr (weft_sim_history_get_words (history), ==, NULL);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = { "Mop/s", "ns each", "sweep ns each", NULL };
  static const Mix mixes[] = {
    { "1,000 blocks, reads alone", 1000, 1, 0 },
    { "1,000 blocks, a tenth is writes", 1000, 1, 10 },
    { "1,000 blocks, half is writes", 1000, 1, 50 },
    { "1,000 blocks, half is writes to 3", 1000, 3, 50 },
    { "100,000 blocks, half is writes", 100000, 1, 50 },
    { "1 block, half is writes", 1, 1, 50 },
  };
  WeftBenchTable *table;
  guint n_rounds;
  guint n_operations;

  weft_bench_init (&argc, &argv);
  n_rounds = weft_bench_is_quick () ? 1 : ROUNDS;
  n_operations = weft_bench_is_quick () ? 10000 : 2000000;
  table = weft_bench_table_new ("history checker", columns);
  for (guint i = 0; i < G_N_ELEMENTS (mixes); i++)
    {
      double online[ROUNDS];
      double sweep[ROUNDS];
      double seconds;

      for (guint round = 0; round < n_rounds; round++)
        run_mix (&mixes[i], n_operations, &online[round], &sweep[round]);
      seconds = weft_bench_median (online, n_rounds);
      weft_bench_table_add (table, mixes[i].name, n_operations / seconds / 1e6,
                            seconds / n_operations * 1e9,
                            weft_bench_median (sweep, n_rounds) / n_operations * 1e9);
    }
  weft_bench_table_print (table);
  return 0;
}
