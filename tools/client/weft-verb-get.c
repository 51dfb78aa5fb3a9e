/* weft-verb-get.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-print.h"
#include "weft-verbs.h"

static gint64 rev;
static char *pending;
static gboolean is_local;
static gboolean is_quorum;

static const GOptionEntry options[] = {
  { "rev", 'r', 0, G_OPTION_ARG_INT64, &rev,
    "As of this revision (default: 0, the latest)", "REV" },
  { "pending", 'p', 0, G_OPTION_ARG_STRING, &pending, "With this pending action on top", "ACTION" },
  { "local", 'l', 0, G_OPTION_ARG_NONE, &is_local,
    "What the node itself has, which may be behind its cluster", NULL },
  { "quorum", 0, 0, G_OPTION_ARG_NONE, &is_quorum,
    "What the cluster has decided (what nodes do unless told otherwise)", NULL },
  G_OPTION_ENTRY_NULL
};

static WeftActionContext *
get_context (GError **error)
{
  g_autoptr(GPtrArray) committed = NULL;

  if (rev < 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected --rev to be at least 0, got %" G_GINT64_FORMAT, rev);
      return NULL;
    }
  if (rev == 0 && pending == NULL)
    return NULL;

  committed = g_ptr_array_new ();
  return weft_action_context_new (committed, rev != 0 ? rev : WEFT_LIMIT_INTEGER_MAX, pending,
                                  error);
}

/* Prints what was found; says on the error stream what was not. */
static WeftExit
print_result (WeftTool      *tool,
              WeftGetResult *result,
              char         **ids)
{
  WeftExit code = WEFT_EXIT_OK;

  for (guint i = 0; ids[i] != NULL; i++)
    {
      WeftGetBlockResult *found = weft_get_result_lookup (result, ids[i]);
      WeftBlock *block = found != NULL ? weft_get_block_result_get_block (found) : NULL;
      const char *unavailable = NULL;

      if (found != NULL)
        unavailable = weft_get_block_result_get_unavailable (found);
      if (block != NULL)
        {
          g_autoptr(JsonNode) node = weft_block_to_json (block);

          if (!tool->json)
            weft_print_json_pretty (node);
          continue;
        }

      code = unavailable != NULL ? WEFT_EXIT_UNAVAILABLE : MAX (code, WEFT_EXIT_NOT_FOUND);
      if (unavailable != NULL)
        g_printerr ("weft: block “%s” is unavailable: %s\n", ids[i], unavailable);
      else
        g_printerr ("weft: there is no block “%s”%s\n", ids[i],
                    rev != 0 ? " at that revision" : "");
    }

  return code;
}

/* The gets as the options want them. */
static WeftBlockGets *
make_gets (char    **ids,
           GError  **error)
{
  g_autoptr(WeftActionContext) context = NULL;
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(GError) context_error = NULL;

  if (is_local && is_quorum)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected only one of --local and --quorum");
      return NULL;
    }
  context = get_context (&context_error);
  if (context_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&context_error));
      return NULL;
    }
  gets = weft_block_gets_new ((const char * const *) ids, context, error);
  if (gets == NULL || (!is_local && !is_quorum))
    return g_steal_pointer (&gets);

  return weft_block_gets_with_consistency (gets, is_local ? WEFT_CONSISTENCY_LOCAL
                                                          : WEFT_CONSISTENCY_QUORUM);
}

static WeftExit
run (WeftTool  *tool,
     char     **ids)
{
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftGetResult) result = NULL;
  g_auto(WeftAwait) await = { NULL };
  GError *error = NULL;

  gets = make_gets (ids, &error);
  if (gets == NULL)
    return weft_tool_refuse (tool, error);

  weft_repo_get_async (WEFT_REPO (tool->repo), gets, NULL, weft_await_cb, &await);
  result = weft_repo_get_finish (WEFT_REPO (tool->repo), weft_await (&await), &error);
  if (result == NULL)
    return weft_tool_fail (tool, error);

  if (tool->json)
    {
      g_autoptr(JsonNode) node = weft_get_result_to_json (result);

      weft_print_json (node);
    }

  return print_result (tool, result, ids);
}

const WeftVerb weft_verb_get = {
  .name = "get",
  .arguments = "ID…",
  .summary = "Print blocks, the latest or an older revision",
  .description =
    "Prints each block as indented JSON; with --json, one object of block ids to\n"
    "{\"block\",\"state\":{\"latest\":{\"actionId\",\"rev\"},\"pendings\"},\"materializedRev\"}.\n"
    "Exits with 3 when a block does not exist.\n\n"
    "Examples:\n"
    "  weft get addresses/ann\n"
    "  weft get --rev 3 --json addresses/ann addresses/bob",
  .options = options,
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX,
  .run = run,
};
