/* bench-agreement.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an agreement costs beside sockets and disks: nodes in this process that keep blocks
 * together, over the loopback transport, and callers that put, or pend and commit, through the
 * first.
 * Processor time and allocations are those of all nodes and the callers; the rest is counted by
 * the nodes.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <sys/resource.h>

#include "load.h"
#include "weft-bench-count.h"
#include "weft-bench.h"
#include "weft-fleet.h"

#define BLOCK_BYTES 200

static int n_members = 3;
static int only_callers;
static double seconds;
static int n_operations;
static gboolean in_two;
static gboolean is_hot;
static int n_through;
static char *folder;

static const GOptionEntry options[] = {
  { "members", 0, 0, G_OPTION_ARG_INT, &n_members, "How many members the cluster has", "N" },
  { "callers", 0, 0, G_OPTION_ARG_INT, &only_callers, "Measure with so many callers only", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "Measure each for so long", "SECONDS" },
  { "operations", 0, 0, G_OPTION_ARG_INT, &n_operations,
    "Measure so many instead: for what counts instructions", "N" },
  { "in-two", 0, 0, G_OPTION_ARG_NONE, &in_two, "Pend and commit instead of a put", NULL },
  { "hot", 0, 0, G_OPTION_ARG_NONE, &is_hot, "Put one block through all members", NULL },
  { "through", 0, 0, G_OPTION_ARG_INT, &n_through, "Put that through so many of them only", "N" },
  { "folder", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Keep blocks in files there", "FOLDER" },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  WeftFleet *fleet;
  Load *load;
  guint index;
  char *block_id;
  char *action_id;
  gint64 rev;
  guint n_actions;
} Caller;

/* What is counted of a run, before and after. */
typedef struct
{
  double cpu_seconds;
  double allocations;
  double messages;
  double signatures;
  double checks;
  double requests_unknown;
} Counts;

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static Counts
count (WeftFleet *fleet)
{
  Counts counts = { get_cpu_seconds (), weft_bench_count_get () };

  for (guint i = 0; i < fleet->n_nodes; i++)
    {
      counts.messages += weft_fleet_get_count (fleet, i, "messages-sent");
      counts.signatures += weft_fleet_get_count (fleet, i, "signatures-made");
      counts.checks += weft_fleet_get_count (fleet, i, "signatures-checked");
      counts.requests_unknown += weft_fleet_get_count (fleet, i, "requests-unknown");
    }

  return counts;
}

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftCommitResult) answer
      = weft_repo_commit_finish (WEFT_REPO (source), result, &error);

  g_assert_true (answer == NULL || weft_commit_result_is_success (answer));
  caller->rev += error == NULL;
  load_done (caller->load, caller->index, error);
}

static void
pended_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Caller *caller = user_data;
  const char *block_ids[] = { caller->block_id, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftPendResult) answer = weft_repo_pend_finish (WEFT_REPO (source), result, &error);
  g_autoptr(WeftCommitRequest) request = NULL;

  if (answer == NULL)
    {
      load_done (caller->load, caller->index, error);
      return;
    }
  g_assert_true (weft_pend_result_is_success (answer));
  request = weft_commit_request_new (caller->action_id, block_ids, caller->rev + 1, &error);
  g_assert_no_error (error);
  weft_repo_commit_async (WEFT_REPO (source), request, NULL, committed_cb, caller);
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftCommitResult) answer = weft_repo_put_finish (WEFT_REPO (source), result, &error);

  g_assert_true (answer == NULL || weft_commit_result_is_success (answer));
  caller->rev += error == NULL;
  load_done (caller->load, caller->index, error);
}

static WeftTransforms *
make_transforms (Caller *caller)
{
  g_autofree char *value = g_strnfill (BLOCK_BYTES, 'x');
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) json = NULL;
  g_autoptr(GError) error = NULL;
  WeftTransforms *transforms;

  if (caller->rev == 0)
    text = g_strdup_printf ("{\"inserts\":{\"%s\":{\"header\":{\"id\":\"%s\",\"type\":\"bench\","
                            "\"collectionId\":\"bench\"},\"value\":\"%s\"}},\"updates\":{},"
                            "\"deletes\":[]}", caller->block_id, caller->block_id, value);
  else
    text = g_strdup_printf ("{\"inserts\":{},\"updates\":{\"%s\":[[\"value\",null,null,\"%s\"]]},"
                            "\"deletes\":[]}", caller->block_id, value);
  json = weft_json_parse (text, -1, &error);
  g_assert_no_error (error);
  transforms = weft_transforms_from_json (json, &error);
  g_assert_no_error (error);

  return transforms;
}

/* On top of whatever is the latest. */
static void
put_hot (Caller *caller)
{
  g_autoptr(WeftTransforms) transforms = NULL;
  g_autoptr(WeftPendRequest) request = NULL;
  g_autoptr(GError) error = NULL;
  guint n_asked;

  caller->action_id = g_strdup_printf ("action-%u-%u", caller->index, caller->n_actions++);
  caller->rev = 1;
  transforms = make_transforms (caller);
  request = weft_pend_request_new (caller->action_id, 0, transforms, NULL,
                                   WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);
  n_asked = n_through > 0 ? (guint) n_through : caller->fleet->n_nodes;
  weft_repo_put_async (weft_fleet_get_repo (caller->fleet, caller->index % n_asked), request,
                       NULL, put_cb, caller);
}

static void
begin (Load     *load,
       guint     index,
       gpointer  data)
{
  Caller *caller = (Caller *) data + index;
  g_autoptr(WeftTransforms) transforms = NULL;
  g_autoptr(WeftPendRequest) request = NULL;
  g_autoptr(JsonObject) bases = json_object_new ();
  g_autoptr(GError) error = NULL;

  caller->load = load;
  g_clear_pointer (&caller->action_id, g_free);
  if (is_hot)
    {
      put_hot (caller);
      return;
    }

  transforms = make_transforms (caller);
  caller->action_id
      = g_strdup_printf ("action-of-%s-%" G_GINT64_FORMAT, caller->block_id, caller->rev + 1);
  json_object_set_int_member (bases, caller->block_id, caller->rev);
  request = weft_pend_request_new (caller->action_id, caller->rev + 1, transforms, bases,
                                   WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);
  if (in_two)
    weft_repo_pend_async (weft_fleet_get_repo (caller->fleet, 0), request, NULL, pended_cb,
                          caller);
  else
    weft_repo_put_async (weft_fleet_get_repo (caller->fleet, 0), request, NULL, put_cb, caller);
}

static void
remove_all (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  gboolean *is_made = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftCommitResult) answer = weft_repo_put_finish (WEFT_REPO (source), result, &error);

  g_assert_no_error (error);
  *is_made = TRUE;
}

static void
make_block (Caller *caller)
{
  g_autoptr(WeftTransforms) transforms = make_transforms (caller);
  g_autoptr(WeftPendRequest) request = NULL;
  g_autoptr(GError) error = NULL;
  gboolean is_made = FALSE;

  request = weft_pend_request_new ("action", 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE,
                                   &error);
  g_assert_no_error (error);
  weft_repo_put_async (weft_fleet_get_repo (caller->fleet, 0), request, NULL, made_cb, &is_made);
  while (!is_made)
    g_main_context_iteration (NULL, TRUE);
}

static void
measure (WeftBenchTable *table,
         guint           n_callers)
{
  g_autofree char *directory
      = folder != NULL ? g_mkdtemp (g_build_filename (folder, "agreement-XXXXXX", NULL)) : NULL;
  WeftFleet *fleet = weft_fleet_new (n_members, 1, 0, directory);
  g_autofree Caller *callers = g_new0 (Caller, n_callers);
  g_autofree char *row = g_strdup_printf ("%d members, %u callers", n_members, n_callers);
  LoadResult result;
  Counts before;
  Counts after;
  double n;

  for (guint i = 0; i < n_callers; i++)
    {
      callers[i].fleet = fleet;
      callers[i].index = i;
      callers[i].block_id = g_strdup_printf ("block-%u", is_hot ? 0 : i);
    }
  if (is_hot)
    make_block (&callers[0]);
  before = count (fleet);
  result = n_operations > 0
             ? load_run_counted (n_callers, (guint64) n_operations, begin, callers)
             : load_run (n_callers, seconds > 0 ? seconds : weft_bench_is_quick () ? 0.1 : 2,
                         begin, callers);
  weft_fleet_settle (fleet);
  after = count (fleet);
  n = MAX (result.n_done, 1);
  weft_bench_table_add (table, row, (after.cpu_seconds - before.cpu_seconds) * 1e6 / n,
                        (after.allocations - before.allocations) / n,
                        (after.messages - before.messages) / n,
                        (after.signatures - before.signatures) / n,
                        (after.checks - before.checks) / n, n / result.seconds,
                        after.requests_unknown - before.requests_unknown,
                        (double) result.n_failed);
  if (result.failure != NULL)
    g_printerr ("%s: %s\n", row, result.failure);
  load_result_clear (&result);
  for (guint i = 0; i < n_callers; i++)
    {
      g_free (callers[i].block_id);
      g_free (callers[i].action_id);
    }
  weft_fleet_free (fleet);
  if (directory != NULL)
    remove_all (directory);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = {
    "CPU us/op", "allocations/op", "messages/op", "signatures/op", "checks/op", "op/s", "unknown",
    "errors", NULL,
  };
  const guint counts[] = { 1, 8, 64, 256 };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  WeftBenchTable *table;

  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  g_assert_no_error (error);
  weft_bench_init (&argc, &argv);
  table = weft_bench_table_new ("agreement", columns);
  if (only_callers > 0)
    measure (table, (guint) only_callers);
  for (guint i = 0; i < G_N_ELEMENTS (counts) && only_callers == 0; i++)
    measure (table, counts[i]);
  weft_bench_table_print (table);

  return 0;
}
