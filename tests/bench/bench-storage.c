/* bench-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Storages: batches shaped like a pend and a commit of a block of 200 bytes, by concurrent callers,
 * and reads of blocks with 200 revisions, below the repo.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "weft-bench.h"
#include "weft-file-storage-private.h"
#include "weft-memory-storage.h"
#include "weft-storage-contract.h"

#define N_REVISIONS 200
#define N_READ_BLOCKS 25
/* As the repo keeps them: one materialisation of so many stays. */
#define KEEP_EVERY 32
#define TEXT_BYTES 130

typedef struct
{
  const char *name;
  WeftStorage *(*open) (const char *path);
  gboolean is_file;
} Kind;

typedef struct _Bench Bench;

typedef struct
{
  Bench *bench;
  guint index;
  guint n_blocks;
  gint64 rev;
  gboolean is_pended;
  char *block_id;
  char *action_id;
  char *last_action_id;
} Caller;

struct _Bench
{
  char *path;
  WeftStorage *storage;
  gboolean is_file;
  gboolean makes_blocks; /* each commit is the first of a block */
  char *text;
  guint n_running;
  guint n_commits;
  double deadline;
};

static WeftStorage *
open_memory (const char *path)
{
  return weft_memory_storage_new ();
}

static WeftStorage *
open_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  WeftStorage *storage = weft_file_storage_open (path, &error);

  g_assert_no_error (error);

  return storage;
}

static const Kind kinds[] = {
  { "memory", open_memory, FALSE },
  { "file", open_file, TRUE },
};

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  for (const char *name = folder != NULL ? g_dir_read_name (folder) : NULL; name != NULL;
       name = g_dir_read_name (folder))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

/* ext4 is slow to make files for seconds after many were deleted, so all go at the end. */
static GPtrArray *paths;

static void
bench_open (Bench      *self,
            const Kind *kind)
{
  *self = (Bench) { .path = g_dir_make_tmp ("weft-bench-XXXXXX", NULL) };
  self->storage = kind->open (self->path);
  self->is_file = kind->is_file;
  self->text = g_strnfill (TEXT_BYTES, 'x');
}

static void
bench_close (Bench *self)
{
  weft_storage_close (self->storage, NULL);
  g_object_unref (self->storage);
  g_ptr_array_add (paths, self->path);
  g_free (self->text);
}

static void
choose_names (Caller *caller)
{
  caller->rev++;
  if (caller->bench->makes_blocks || caller->block_id == NULL)
    {
      g_free (caller->block_id);
      g_clear_pointer (&caller->last_action_id, g_free);
      caller->block_id = g_strdup_printf ("block-%u-%u", caller->index, caller->n_blocks++);
      caller->rev = 1;
    }
  g_free (caller->last_action_id);
  caller->last_action_id = caller->action_id;
  caller->action_id = g_strdup_printf ("action-%u-%u-%" G_GINT64_FORMAT, caller->index,
                                       caller->n_blocks, caller->rev);
}

static WeftBatch *
make_pend (Caller *caller)
{
  WeftBatch *batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = NULL;

  pending = weft_storage_contract_pending (caller->block_id, caller->bench->text);
  weft_batch_put_pending (batch, caller->block_id, caller->action_id, pending);

  return batch;
}

static WeftBatch *
make_commit (Caller *caller)
{
  WeftBatch *batch = weft_batch_new ();

  weft_storage_contract_commit (batch, caller->block_id, caller->action_id, caller->rev,
                                caller->bench->text);
  if (caller->last_action_id != NULL && caller->rev % KEEP_EVERY != 2)
    weft_batch_delete_materialized (batch, caller->block_id, caller->last_action_id);

  return batch;
}

static void go_on (Caller *caller);

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Caller *caller = user_data;

  g_assert_no_error (error);
  if (!caller->is_pended)
    caller->bench->n_commits++;
  go_on (caller);
}

static void
go_on (Caller *caller)
{
  Bench *bench = caller->bench;
  g_autoptr (WeftBatch) batch = NULL;

  if (!caller->is_pended && weft_bench_now_seconds () > bench->deadline)
    {
      bench->n_running--;
      return;
    }
  if (!caller->is_pended)
    choose_names (caller);
  batch = caller->is_pended ? make_commit (caller) : make_pend (caller);
  caller->is_pended = !caller->is_pended;
  weft_storage_submit (bench->storage, batch, done_cb, caller);
}

static double
get_syncs (Bench *bench)
{
  if (!bench->is_file)
    return NAN;

  return (double) weft_file_storage_get_n_syncs (WEFT_FILE_STORAGE (bench->storage));
}

static void
run_callers (Bench *bench,
             guint  n_callers)
{
  g_autofree Caller *callers = g_new0 (Caller, n_callers);

  bench->n_running = n_callers;
  for (guint i = 0; i < n_callers; i++)
    {
      callers[i].bench = bench;
      callers[i].index = i;
      go_on (&callers[i]);
    }
  while (bench->n_running > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < n_callers; i++)
    {
      g_free (callers[i].block_id);
      g_free (callers[i].action_id);
      g_free (callers[i].last_action_id);
    }
}

/* The second figure counts the time until everything is in the files, too: no storage can do more
 * for ever. */
static void
bench_writes (WeftBenchTable *table,
              const Kind     *kind,
              guint           n_callers,
              gboolean        makes_blocks)
{
  Bench bench;
  g_autofree char *row = NULL;
  double start;
  double syncs;
  double seconds;
  double all_seconds;
  guint64 before = 0;
  guint64 after = 0;

  bench_open (&bench, kind);
  bench.makes_blocks = makes_blocks;
  weft_storage_get_usage (bench.storage, &before, NULL, NULL);
  syncs = get_syncs (&bench);
  start = weft_bench_now_seconds ();
  bench.deadline = start + (weft_bench_is_quick () ? 0.1 : 3);
  run_callers (&bench, n_callers);
  seconds = weft_bench_now_seconds () - start;
  syncs = get_syncs (&bench) - syncs;
  if (kind->is_file)
    weft_file_storage_checkpoint (WEFT_FILE_STORAGE (bench.storage));
  all_seconds = weft_bench_now_seconds () - start;
  weft_storage_get_usage (bench.storage, &after, NULL, NULL);

  row = g_strdup_printf ("%s, %u callers%s", kind->name, n_callers,
                         makes_blocks ? ", new blocks" : "");
  weft_bench_table_add (table, row, bench.n_commits / seconds, bench.n_commits / all_seconds,
                        syncs / bench.n_commits,
                        ((double) after - (double) before) / bench.n_commits);
  bench_close (&bench);
}

static char *
read_block_id (guint i)
{
  return g_strdup_printf ("block-%u", i);
}

static void
fill (Bench *bench)
{
  for (guint i = 0; i < N_READ_BLOCKS; i++)
    {
      Caller caller = { .bench = bench, .index = i, .block_id = read_block_id (i) };

      for (guint rev = 1; rev <= N_REVISIONS; rev++)
        {
          g_autoptr (WeftBatch) pend = NULL;
          g_autoptr (WeftBatch) commit = NULL;

          choose_names (&caller);
          pend = make_pend (&caller);
          commit = make_commit (&caller);
          weft_storage_submit (bench->storage, pend, NULL, NULL);
          g_assert_true (rev % 50 != 0
                           ? (weft_storage_submit (bench->storage, commit, NULL, NULL), TRUE)
                           : weft_storage_contract_write (bench->storage, commit, NULL));
        }
      g_free (caller.block_id);
      g_free (caller.action_id);
      g_free (caller.last_action_id);
    }
}

/* What a repo does for a get: the metadata, the pendings, the revision, and back from there to the
 * next materialisation, and the actions in between. */
static void
read_revision (Bench *bench,
               guint  block,
               gint64 rev)
{
  g_autofree char *block_id = read_block_id (block);
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  g_autoptr (GPtrArray) revisions = NULL;
  g_auto (GStrv) pendings = NULL;
  g_autoptr (WeftBlock) found = NULL;

  metadata = weft_storage_read_metadata (bench->storage, block_id, NULL);
  g_assert_nonnull (metadata);
  pendings = weft_storage_list_pendings (bench->storage, block_id, NULL);
  revisions = weft_storage_list_revisions (bench->storage, block_id, rev, 1, KEEP_EVERY + 1, NULL);
  for (guint i = 0; i < revisions->len && found == NULL; i++)
    {
      const char *action_id = weft_action_rev_get_action_id (g_ptr_array_index (revisions, i));
      g_autoptr (WeftPending) action = NULL;

      found = weft_storage_read_materialized (bench->storage, block_id, action_id, NULL);
      if (found == NULL)
        action = weft_storage_read_action (bench->storage, block_id, action_id, NULL);
    }
  g_assert_nonnull (found);
}

static double
measure_reads (Bench *bench,
               gint64 rev)
{
  double seconds = weft_bench_is_quick () ? 0.05 : 0.5;
  double start = weft_bench_now_seconds ();
  guint n_reads = 0;

  while (weft_bench_now_seconds () - start < seconds)
    read_revision (bench, n_reads++ % N_READ_BLOCKS, rev);

  return n_reads / (weft_bench_now_seconds () - start);
}

static double
measure_first_reads (Bench      *bench,
                     const Kind *kind,
                     gint64      rev)
{
  double start;

  if (!kind->is_file)
    return NAN;

  weft_storage_close (bench->storage, NULL);
  g_object_unref (bench->storage);
  bench->storage = kind->open (bench->path);
  start = weft_bench_now_seconds ();
  for (guint i = 0; i < N_READ_BLOCKS; i++)
    read_revision (bench, i, rev);

  return N_READ_BLOCKS / (weft_bench_now_seconds () - start);
}

static void
bench_reads (WeftBenchTable *table,
             const Kind     *kind)
{
  static const gint64 revs[] = { N_REVISIONS, 100, 1 };
  Bench bench;

  bench_open (&bench, kind);
  fill (&bench);
  for (gsize i = 0; i < G_N_ELEMENTS (revs); i++)
    {
      g_autofree char *row = g_strdup_printf ("%s, revision %" G_GINT64_FORMAT " of %d",
                                              kind->name, revs[i], N_REVISIONS);
      double first = measure_first_reads (&bench, kind, revs[i]);

      weft_bench_table_add (table, row, measure_reads (&bench, revs[i]), first);
    }
  bench_close (&bench);
}

/* What the disk can do, without which the other figures say little. */
static void
bench_disk (WeftBenchTable *table)
{
  enum { N_SYNCS = 200, N_FILES = 1000, WRITE_BYTES = 4096 };
  static const guint8 bytes[WRITE_BYTES];
  char *path = g_dir_make_tmp ("weft-bench-XXXXXX", NULL);
  WeftFileLayer *layer = weft_file_layer_new_real (path, NULL);
  int handle = layer->create (layer, "journal", TRUE);
  double start;
  double syncs;

  for (guint i = 0; i < N_SYNCS; i++)
    layer->write (layer, handle, bytes, WRITE_BYTES, i * WRITE_BYTES);
  layer->sync (layer, handle);
  start = weft_bench_now_seconds ();
  for (guint i = 0; i < N_SYNCS; i++)
    {
      layer->write (layer, handle, bytes, WRITE_BYTES, i * WRITE_BYTES);
      layer->sync (layer, handle);
    }
  syncs = N_SYNCS / (weft_bench_now_seconds () - start);
  layer->close (layer, handle);

  start = weft_bench_now_seconds ();
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.json", i);

      handle = layer->create (layer, name, TRUE);
      layer->write (layer, handle, bytes, WRITE_BYTES / 16, 0);
      layer->close (layer, handle);
    }
  weft_bench_table_add (table, "plain writes", syncs,
                        N_FILES / (weft_bench_now_seconds () - start));
  weft_file_layer_free (layer);
  g_ptr_array_add (paths, path);
}

int
main (int    argc,
      char **argv)
{
  static const guint callers[] = { 1, 8, 64 };
  static const char * const write_columns[] = {
    "pend+commit/s", "until in files", "syncs/commit", "disk B/commit", NULL,
  };
  static const char * const disk_columns[] = { "syncs/s", "files made/s", NULL };
  static const char * const read_columns[] = { "reads/s", "first reads/s", NULL };
  WeftBenchTable *table;

  weft_bench_init (&argc, &argv);
  paths = g_ptr_array_new_with_free_func (g_free);

  table = weft_bench_table_new ("disk", disk_columns);
  bench_disk (table);
  weft_bench_table_print (table);

  table = weft_bench_table_new ("storage-write", write_columns);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (callers); j++)
        bench_writes (table, &kinds[i], callers[j], FALSE);
      bench_writes (table, &kinds[i], 64, TRUE);
    }
  weft_bench_table_print (table);

  table = weft_bench_table_new ("storage-read", read_columns);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    bench_reads (table, &kinds[i]);
  weft_bench_table_print (table);

  for (guint i = 0; i < paths->len; i++)
    remove_all (g_ptr_array_index (paths, i));
  g_ptr_array_unref (paths);

  return 0;
}
