/* bench-storage-burst.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A long burst of small things in a file storage: new blocks, or records of a cluster, so many of
 * them by so many callers, then closing it and opening it again. What counts is what each costs in
 * time of the processor, in syncs and on the disk; how long it takes depends on who else is there.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weft-bench.h"
#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

#define TEXT_BYTES 100

typedef struct _Burst Burst;

typedef struct
{
  Burst *burst;
  guint number;
  gboolean is_second; /* of the two batches that everything here is made of */
} Caller;

struct _Burst
{
  const char *name;
  guint n_callers;
  guint n_things;
  void (*make) (Caller *caller, WeftBatch *batch);

  char *path;
  WeftStorage *storage;
  char *text;
  guint next;
  guint n_running;
};

/* A block that is pended and committed. */
static void
make_block (Caller    *caller,
            WeftBatch *batch)
{
  g_autofree char *block_id = g_strdup_printf ("addresses/block-%u", caller->number);
  g_autofree char *action_id = g_strdup_printf ("kf0Pq7RkQ2mBxVtT-%u", caller->number);
  g_autoptr (WeftPending) pending = NULL;

  if (caller->is_second)
    {
      weft_storage_contract_commit (batch, block_id, action_id, 1, caller->burst->text);
      return;
    }
  pending = weft_storage_contract_pending (block_id, caller->burst->text);
  weft_batch_put_pending (batch, block_id, action_id, pending);
}

/* What a member keeps of a decision: a vote, then what it came to. */
static void
make_record (Caller    *caller,
             WeftBatch *batch)
{
  g_autofree char *key = g_strdup_printf ("4mVxN0d9yTqkLw5Zs8HcQeRb2uGf7aJp1iXo-%u",
                                          caller->number);
  g_autoptr (JsonNode) record = json_node_init_string (json_node_alloc (), caller->burst->text);

  weft_batch_put_record (batch, key, record, caller->is_second);
}

static void go_on (Caller *caller);

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Caller *caller = user_data;

  g_assert_no_error (error);
  caller->is_second = !caller->is_second;
  if (!caller->is_second)
    caller->number = caller->burst->next++;
  go_on (caller);
}

static void
go_on (Caller *caller)
{
  Burst *burst = caller->burst;
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  if (caller->number >= burst->n_things)
    {
      burst->n_running--;
      return;
    }
  burst->make (caller, batch);
  weft_storage_submit (burst->storage, batch, done_cb, caller);
}

static void
run_callers (Burst *burst)
{
  g_autofree Caller *callers = g_new0 (Caller, burst->n_callers);

  burst->n_running = burst->n_callers;
  for (guint i = 0; i < burst->n_callers; i++)
    {
      callers[i] = (Caller) { .burst = burst, .number = burst->next++ };
      go_on (&callers[i]);
    }
  while (burst->n_running > 0)
    g_main_context_iteration (NULL, TRUE);
}

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + 1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  const char *resident;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  resident = strchr (text, ' ');

  return resident != NULL ? g_ascii_strtod (resident, NULL) * (double) sysconf (_SC_PAGESIZE) : 0;
}

/* What the disk gives for it, or that and takes it back. */
static double
measure_folder (const char *path,
                gboolean    removes)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  double bytes = 0;
  GStatBuf info;

  for (const char *name = folder != NULL ? g_dir_read_name (folder) : NULL; name != NULL;
       name = g_dir_read_name (folder))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      bytes += measure_folder (child, removes);
    }
  if (g_lstat (path, &info) == 0)
    bytes += 512.0 * (double) info.st_blocks;
  if (removes)
    g_remove (path);

  return bytes;
}

static WeftStorage *
open_storage (const char *path)
{
  g_autoptr (GError) error = NULL;
  WeftStorage *storage = weft_file_storage_open (path, &error);

  g_assert_no_error (error);

  return storage;
}

static double
get_allocated_bytes (void)
{
  const struct mallinfo2 info = mallinfo2 ();

  return (double) (info.uordblks + info.hblkhd);
}

static void
run_burst (WeftBenchTable *table,
           Burst          *burst)
{
  g_autofree char *row = NULL;
  guint n_batches;
  double start;
  double cpu;
  double seconds;
  double close_seconds;
  double open_seconds;
  double syncs;
  double allocated;
  double resident = get_resident_bytes ();

  burst->n_things /= weft_bench_is_quick () ? 100 : 1;
  n_batches = 2 * burst->n_things;
  burst->path = g_dir_make_tmp ("weft-bench-XXXXXX", NULL);
  burst->text = g_strnfill (TEXT_BYTES, 'x');
  burst->storage = open_storage (burst->path);
  start = weft_bench_now_seconds ();
  cpu = get_cpu_seconds ();
  run_callers (burst);
  seconds = weft_bench_now_seconds () - start;
  syncs = (double) weft_file_storage_get_n_syncs (WEFT_FILE_STORAGE (burst->storage));
  resident = get_resident_bytes () - resident;
  start = weft_bench_now_seconds ();
  g_assert_true (weft_storage_close (burst->storage, NULL));
  g_object_unref (burst->storage);
  close_seconds = weft_bench_now_seconds () - start;
  cpu = get_cpu_seconds () - cpu;

  /* Values are not read, so what is allocated is what has to be known of them. */
  allocated = get_allocated_bytes ();
  start = weft_bench_now_seconds ();
  burst->storage = open_storage (burst->path);
  open_seconds = weft_bench_now_seconds () - start;
  allocated = get_allocated_bytes () - allocated;
  row = g_strdup_printf ("%u %s, %u callers", burst->n_things, burst->name, burst->n_callers);
  weft_bench_table_add (table, row, n_batches / seconds, 1e6 * cpu / n_batches, syncs / n_batches,
                        measure_folder (burst->path, FALSE) / burst->n_things,
                        resident / burst->n_things, allocated / burst->n_things,
                        1e3 * close_seconds, 1e3 * open_seconds);
  weft_storage_close (burst->storage, NULL);
  g_object_unref (burst->storage);
  measure_folder (burst->path, TRUE);
  g_free (burst->path);
  g_free (burst->text);
}

int
main (int    argc,
      char **argv)
{
  static const char * const columns[] = {
    "batches/s", "CPU us", "syncs", "disk B each", "memory B each", "index B each", "close ms",
    "open ms", NULL,
  };
  Burst bursts[] = {
    { .name = "records", .n_callers = 1, .n_things = 5000, .make = make_record },
    { .name = "records", .n_callers = 8, .n_things = 10000, .make = make_record },
    { .name = "records", .n_callers = 64, .n_things = 20000, .make = make_record },
    { .name = "blocks", .n_callers = 64, .n_things = 20000, .make = make_block },
  };
  WeftBenchTable *table;

  weft_bench_init (&argc, &argv);
  table = weft_bench_table_new ("storage-burst", columns);
  for (gsize i = 0; i < G_N_ELEMENTS (bursts); i++)
    run_burst (table, &bursts[i]);
  weft_bench_table_print (table);

  return 0;
}
