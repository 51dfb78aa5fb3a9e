/* bench-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A storage repo: pends and commits by concurrent callers, and reads of latest and old revisions of
 * a block with a history.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sys/resource.h>
#include <weft.h>

#include "weft-bench.h"
#include "weft-file-storage-private.h"

#define HISTORY_REVISIONS 200

typedef struct
{
  const char *name;
  WeftStorage *(*open) (const char *path);
} Kind;

typedef struct _Bench Bench;

/* One who pends and commits, again and again. */
typedef struct
{
  Bench *bench;
  guint index;
  guint n_done;
  char *action_id;
} Caller;

struct _Bench
{
  char *path;
  WeftStorage *storage;
  WeftRepo *repo;
  gboolean is_hot;  /* all callers change one block, one after the other */
  guint n_callers;
  guint n_active;
  guint n_done;
  guint n_running;  /* commits that may still be begun */
  gint64 last_rev;
  gint64 read_rev;
  gboolean is_answered;
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

static void
bench_open (Bench      *self,
            const Kind *kind)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  self->path = g_dir_make_tmp ("weft-bench-XXXXXX", NULL);
  self->storage = kind->open (self->path);
  self->repo = WEFT_REPO (weft_storage_repo_new (self->storage, clock));
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);

  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL;
       name = g_dir_read_name (directory))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

static void
bench_close (Bench *self)
{
  g_object_unref (self->repo);
  weft_storage_close (self->storage, NULL);
  g_object_unref (self->storage);
  remove_all (self->path);
  g_free (self->path);
}

static WeftTransforms *
make_insert (const char *block_id)
{
  g_autoptr (GPtrArray) blocks
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  g_autoptr (JsonObject) attributes = json_object_new ();
  JsonArray *tags = json_array_new ();

  for (guint i = 0; i < 8; i++)
    json_array_add_string_element (tags, "a tag of usual length");
  json_object_set_string_member (attributes, "name", "Somebody Or-Other");
  json_object_set_string_member (attributes, "note", "Met at the winter conference, and asked "
                                                     "about the migration of the old catalogue.");
  json_object_set_int_member (attributes, "count", 0);
  json_object_set_array_member (attributes, "tags", tags);
  g_ptr_array_add (blocks, weft_block_new (block_id, "person", "addresses", attributes, NULL));

  return weft_transforms_new_for_blocks (blocks, NULL);
}

static WeftTransforms *
make_update (const char *block_id,
             gint64      count)
{
  g_autoptr (GPtrArray) updates
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
  g_autoptr (JsonNode) value = json_node_init_int (json_node_alloc (), count);
  g_autoptr (WeftTransform) transform = NULL;

  g_ptr_array_add (updates, weft_operation_new_set ("count", value, NULL));
  transform = weft_transform_new (NULL, updates, FALSE);

  return weft_transforms_new_for_block (block_id, transform, NULL);
}

static char *
make_block_id (Caller *caller)
{
  if (caller->bench->is_hot)
    return g_strdup ("hot");

  return g_strdup_printf ("Zk9_wQ2-x1s0aB7dPq3LtAzB4cHs6mEo1aQ%08u", caller->index);
}

static void caller_pend (Caller *caller);

static void
committed_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  Caller *caller = user_data;
  Bench *self = caller->bench;

  g_assert_no_error (error);
  g_assert_true (weft_commit_result_is_success (weft_repo_reply_get_commit (reply)));

  caller->n_done++;
  self->n_done++;
  g_clear_pointer (&caller->action_id, g_free);
  if (self->n_running > 0)
    caller_pend (caller);
  else
    self->n_active--;
}

static void
pended_cb (WeftRepo      *repo,
           WeftRepoReply *reply,
           const GError  *error,
           gpointer       user_data)
{
  Caller *caller = user_data;
  g_autofree char *block_id = make_block_id (caller);
  const char *block_ids[] = { block_id, NULL };
  g_autoptr (WeftCommitRequest) commit = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;

  g_assert_no_error (error);
  g_assert_true (weft_pend_result_is_success (weft_repo_reply_get_pend (reply)));

  commit = weft_commit_request_new (caller->action_id, block_ids, ++caller->bench->last_rev, NULL);
  message = weft_repo_message_new_commit (commit, 0);
  weft_repo_perform (repo, message, NULL, committed_cb, caller);
}

static void
caller_pend (Caller *caller)
{
  g_autofree char *block_id = make_block_id (caller);
  g_autoptr (WeftTransforms) transforms = NULL;
  g_autoptr (WeftPendRequest) pend = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  caller->bench->n_running--;
  if (caller->n_done == 0 && (!caller->bench->is_hot || caller->bench->last_rev == 0))
    transforms = make_insert (block_id);
  else
    transforms = make_update (block_id, caller->n_done);
  caller->action_id = g_strdup_printf ("8fJx0KqLz3vR-%03u-%06u", caller->index, caller->n_done);
  pend = weft_pend_request_new (caller->action_id, 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE,
                                &error);
  g_assert_no_error (error);
  message = weft_repo_message_new_pend (pend, 0);
  weft_repo_perform (caller->bench->repo, message, NULL, pended_cb, caller);
}

static guint64
count_bytes (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint64 n_bytes = 0;
  GStatBuf info;

  if (g_lstat (path, &info) == 0)
    n_bytes += info.st_blocks * 512;
  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL;
       name = g_dir_read_name (directory))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n_bytes += count_bytes (child);
    }

  return n_bytes;
}

/* Runs so many commits; on one hot block callers take turns, since each needs the one before. */
static double
run_commits (Bench *self,
             guint  n_callers,
             guint  n_commits)
{
  g_autofree Caller *callers = g_new0 (Caller, n_callers);
  double start = weft_bench_now_seconds ();

  self->n_callers = n_callers;
  self->n_running = n_commits;
  self->n_active = n_callers;
  self->n_done = 0;
  for (guint i = 0; i < n_callers; i++)
    {
      callers[i].bench = self;
      callers[i].index = i;
      caller_pend (&callers[i]);
    }
  while (self->n_active > 0)
    g_main_context_iteration (NULL, TRUE);

  return self->n_done / (weft_bench_now_seconds () - start);
}

static void
bench_commits (WeftBenchTable *table,
               const Kind     *kind,
               guint           n_callers,
               gboolean        is_hot)
{
  Bench bench = { .is_hot = is_hot };
  g_autofree char *name = g_strdup_printf ("%s %s %u", kind->name, is_hot ? "one block" : "callers",
                                           n_callers);
  guint n_commits = weft_bench_is_quick () ? 200 : 4000;
  double rate;
  double n_syncs = NAN;
  double n_bytes = NAN;

  bench_open (&bench, kind);
  rate = run_commits (&bench, n_callers, n_commits);
  if (WEFT_IS_FILE_STORAGE (bench.storage))
    {
      n_syncs = weft_file_storage_get_n_syncs (WEFT_FILE_STORAGE (bench.storage));
      n_bytes = count_bytes (bench.path);
    }
  weft_bench_table_add (table, name, rate, n_syncs / bench.n_done, n_bytes / bench.n_done);
  bench_close (&bench);
}

static void
got_cb (WeftRepo      *repo,
        WeftRepoReply *reply,
        const GError  *error,
        gpointer       user_data)
{
  Bench *self = user_data;
  WeftGetBlockResult *result;

  g_assert_no_error (error);
  result = weft_get_result_lookup (weft_repo_reply_get_get (reply), "hot");
  g_assert_nonnull (weft_get_block_result_get_block (result));
  g_assert_cmpint (weft_get_block_result_get_materialized_rev (result), ==, self->read_rev);
  self->is_answered = TRUE;
}

static void
read_rev (Bench  *self,
          gint64  rev)
{
  const char *block_ids[] = { "hot", NULL };
  g_autoptr (WeftActionContext) context
      = rev > 0 ? weft_action_context_new (NULL, rev, NULL, NULL) : NULL;
  g_autoptr (WeftBlockGets) gets = weft_block_gets_new (block_ids, context, NULL);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_get (gets, 0);

  self->is_answered = FALSE;
  self->read_rev = rev > 0 ? rev : HISTORY_REVISIONS;
  weft_repo_perform (self->repo, message, NULL, got_cb, self);
  while (!self->is_answered)
    g_main_context_iteration (NULL, TRUE);
}

static void
read_latest (gpointer data)
{
  read_rev (data, 0);
}

/* All revisions in an order that jumps about. */
static void
read_old (gpointer data)
{
  static guint n_calls;

  read_rev (data, 1 + n_calls++ * 83 % (HISTORY_REVISIONS - 1));
}

/* As the one before, by a repo that has read nothing yet. */
static void
read_old_cold (gpointer data)
{
  Bench *self = data;
  g_autoptr (WeftClock) clock = weft_storage_repo_get_clock (WEFT_STORAGE_REPO (self->repo));

  g_object_ref (clock);
  g_object_unref (self->repo);
  self->repo = WEFT_REPO (weft_storage_repo_new (self->storage, clock));
  read_old (self);
}

static void
bench_reads (WeftBenchTable *table,
             const Kind     *kind)
{
  Bench bench = { .is_hot = TRUE };
  WeftBenchCase cases[] = {
    { "latest", read_latest, &bench },
    { "old", read_old, &bench },
    { "old, nothing cached", read_old_cold, &bench },
  };

  bench_open (&bench, kind);
  run_commits (&bench, 1, HISTORY_REVISIONS);
  weft_bench_measure (cases, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s %s", kind->name, cases[i].name);

      weft_bench_table_add (table, name, cases[i].calls_per_second,
                            cases[0].calls_per_second / cases[i].calls_per_second);
    }
  bench_close (&bench);
}

int
main (int    argc,
      char **argv)
{
  static const Kind kinds[] = {
    { "memory", open_memory },
    { "file", open_file },
  };
  static const char *const commit_columns[] = { "pend+commit/s", "syncs/commit",
                                                "bytes/commit", NULL };
  static const char *const read_columns[] = { "reads/s", "latest is faster by", NULL };
  WeftBenchTable *commits, *reads;

  weft_bench_init (&argc, &argv);
  commits = weft_bench_table_new ("repo: durable pend and commit", commit_columns);
  reads = weft_bench_table_new ("repo: reads of a block of 200 revisions", read_columns);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      bench_commits (commits, &kinds[i], 1, FALSE);
      bench_commits (commits, &kinds[i], 8, FALSE);
      bench_commits (commits, &kinds[i], 64, FALSE);
      bench_commits (commits, &kinds[i], 1, TRUE);
      bench_reads (reads, &kinds[i]);
    }
  weft_bench_table_print (commits);
  weft_bench_table_print (reads);

  return 0;
}
