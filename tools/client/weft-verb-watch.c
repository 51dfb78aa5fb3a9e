/* weft-verb-watch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-print.h"
#include "weft-verbs.h"

static double interval = 1.0;
static gint max;

static const GOptionEntry options[] = {
  { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &interval, "Seconds between looks (default 1)",
    "SECONDS" },
  { "max", 'n', 0, G_OPTION_ARG_INT, &max, "Stop after this many changes (default: never)", "N" },
  G_OPTION_ENTRY_NULL
};

static WeftGetResult *
look (WeftTool      *tool,
      WeftBlockGets *gets,
      GError       **error)
{
  g_auto(WeftAwait) await = { NULL };

  weft_repo_get_async (WEFT_REPO (tool->repo), gets, NULL, weft_await_cb, &await);

  return weft_repo_get_finish (WEFT_REPO (tool->repo), weft_await (&await), error);
}

static void
woken_cb (gpointer user_data)
{
  gboolean *woken = user_data;

  *woken = TRUE;
}

static void
pause_for_interval (WeftTool *tool)
{
  gint64 now_usec = weft_clock_get_monotonic (tool->clock);
  gboolean woken = FALSE;

  weft_clock_add_alarm (tool->clock, now_usec + (gint64) (interval * G_TIME_SPAN_SECOND), woken_cb,
                        &woken, NULL);
  while (!woken)
    g_main_context_iteration (NULL, TRUE);
}

static void
print_change (WeftTool           *tool,
              const char         *id,
              WeftGetBlockResult *found)
{
  WeftActionRev *latest = weft_get_block_result_get_latest (found);
  WeftBlock *block = weft_get_block_result_get_block (found);
  gint64 rev = latest != NULL ? weft_action_rev_get_rev (latest) : 0;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(JsonNode) block_json = NULL;
  g_autofree char *text = NULL;
  JsonObject *object;

  if (block != NULL)
    block_json = weft_block_to_json (block);
  if (!tool->json)
    {
      text = block_json != NULL ? weft_json_to_string (block_json) : g_strdup ("(absent)");
      g_print ("%" G_GINT64_FORMAT "  %s  %s\n", rev, id, text);
      return;
    }

  object = json_object_new ();
  json_object_set_string_member (object, "blockId", id);
  json_object_set_int_member (object, "rev", rev);
  if (block_json != NULL)
    json_object_set_member (object, "block", g_steal_pointer (&block_json));
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  weft_print_json (node);
}

/* Prints the blocks whose latest revision is not the one that was printed last. */
static int
print_changes (WeftTool       *tool,
               WeftGetResult  *result,
               char          **ids,
               gint64         *printed)
{
  int n_changes = 0;

  for (guint i = 0; ids[i] != NULL; i++)
    {
      WeftGetBlockResult *found = weft_get_result_lookup (result, ids[i]);
      WeftActionRev *latest = found != NULL ? weft_get_block_result_get_latest (found) : NULL;
      gint64 rev = latest != NULL ? weft_action_rev_get_rev (latest) : 0;

      if (found == NULL || weft_get_block_result_get_unavailable (found) != NULL ||
          rev == printed[i])
        continue;
      print_change (tool, ids[i], found);
      printed[i] = rev;
      n_changes++;
    }

  return n_changes;
}

static WeftExit
run (WeftTool  *tool,
     char     **ids)
{
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autofree gint64 *printed = g_new (gint64, g_strv_length (ids));
  int n_changes = 0;
  GError *error = NULL;

  if (!(interval >= 0.05 && interval <= 86400)) /* also of NaN */
    return weft_tool_usage (tool, "expected --interval from 0.05 to 86400, got %g", interval);
  if (max < 0)
    return weft_tool_usage (tool, "expected --max to be positive, got %d", max);

  gets = weft_block_gets_new ((const char * const *) ids, NULL, &error);
  if (gets == NULL)
    return weft_tool_refuse (tool, error);
  for (guint i = 0; ids[i] != NULL; i++)
    printed[i] = -1;

  while (TRUE)
    {
      g_autoptr(WeftGetResult) result = look (tool, gets, &error);

      if (result == NULL)
        return weft_tool_fail (tool, error);
      n_changes += print_changes (tool, result, ids, printed);
      if (max > 0 && n_changes >= max)
        return WEFT_EXIT_OK;
      pause_for_interval (tool);
    }
}

const WeftVerb weft_verb_watch = {
  .name = "watch",
  .arguments = "ID…",
  .summary = "Print blocks as they are, and again whenever they change",
  .description =
    "Looks at the node once per interval and prints a line for each block whose latest\n"
    "revision is another than before; changes that follow each other within one interval\n"
    "are one line. With --json, a line {\"blockId\",\"rev\",\"block\"?} each.\n\n"
    "Examples:\n"
    "  weft watch addresses/ann\n"
    "  weft watch --interval 0.2 --max 3 --json addresses/ann addresses/bob",
  .options = options,
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX,
  .run = run,
};
