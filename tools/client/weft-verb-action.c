/* weft-verb-action.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A put in steps, for whoever has something to do in between: pend, commit, cancel. */

#include "config.h"

#include "weft-input.h"
#include "weft-print.h"
#include "weft-verbs.h"

static gint64 rev;

static const GOptionEntry commit_options[] = {
  { "rev", 'r', 0, G_OPTION_ARG_INT64, &rev, "The revision to make (needed)", "REV" },
  G_OPTION_ENTRY_NULL
};

static void
print_stale (WeftStaleFailure *failure)
{
  const char *block_id = weft_stale_failure_get_stale_block_id (failure);
  const char *reason = weft_stale_failure_get_reason (failure);
  GPtrArray *pending = weft_stale_failure_get_pending (failure);

  if (block_id != NULL)
    g_printerr ("weft: block “%s” is at revision %" G_GINT64_FORMAT " already\n", block_id,
                weft_stale_failure_get_stale_rev (failure));
  else if (reason != NULL)
    g_printerr ("weft: %s\n", reason);
  else
    g_printerr ("weft: somebody else was first\n");
  for (guint i = 0; pending != NULL && i < pending->len; i++)
    g_printerr ("weft: action %s is pending on block “%s”\n",
                weft_action_pending_get_action_id (g_ptr_array_index (pending, i)),
                weft_action_pending_get_block_id (g_ptr_array_index (pending, i)));
}

static WeftExit
run_pend (WeftTool  *tool,
          char     **arguments)
{
  g_autoptr(JsonNode) input = NULL;
  g_autoptr(WeftPendRequest) request = NULL;
  g_autoptr(WeftPendResult) result = NULL;
  g_auto(WeftAwait) await = { NULL };
  GError *error = NULL;

  input = weft_input_json (arguments[0], &error);
  if (input != NULL)
    request = weft_pend_request_from_json (input, &error);
  if (request == NULL)
    return weft_tool_fail (tool, error);

  weft_repo_pend_async (WEFT_REPO (tool->repo), request, NULL, weft_await_cb, &await);
  result = weft_repo_pend_finish (WEFT_REPO (tool->repo), weft_await (&await), &error);
  if (result == NULL)
    return weft_tool_fail (tool, error);

  if (tool->json)
    {
      g_autoptr(JsonNode) node = weft_pend_result_to_json (result);

      weft_print_json (node);
    }
  if (!weft_pend_result_is_success (result))
    {
      print_stale (weft_pend_result_get_failure (result));
      return WEFT_EXIT_STALE;
    }
  if (!tool->json)
    g_print ("action %s is pending\n", weft_pend_request_get_action_id (request));

  return WEFT_EXIT_OK;
}

static WeftExit
run_commit (WeftTool  *tool,
            char     **arguments)
{
  g_autoptr(WeftCommitRequest) request = NULL;
  g_autoptr(WeftCommitResult) result = NULL;
  g_auto(WeftAwait) await = { NULL };
  GError *error = NULL;

  if (rev == 0)
    return weft_tool_usage (tool, "“weft commit” needs --rev");

  request = weft_commit_request_new (arguments[0], (const char * const *) arguments + 1, rev,
                                     &error);
  if (request == NULL)
    return weft_tool_refuse (tool, error);
  weft_repo_commit_async (WEFT_REPO (tool->repo), request, NULL, weft_await_cb, &await);
  result = weft_repo_commit_finish (WEFT_REPO (tool->repo), weft_await (&await), &error);
  if (result == NULL)
    return weft_tool_fail (tool, error);

  if (tool->json)
    {
      g_autoptr(JsonNode) node = weft_commit_result_to_json (result);

      weft_print_json (node);
    }
  if (!weft_commit_result_is_success (result))
    {
      print_stale (weft_commit_result_get_failure (result));
      return WEFT_EXIT_STALE;
    }
  if (!tool->json)
    g_print ("action %s is revision %" G_GINT64_FORMAT "\n", arguments[0], rev);

  return WEFT_EXIT_OK;
}

static WeftExit
run_cancel (WeftTool  *tool,
            char     **arguments)
{
  g_autoptr(WeftActionBlocks) request = NULL;
  g_auto(WeftAwait) await = { NULL };
  GError *error = NULL;

  request = weft_action_blocks_new (arguments[0], (const char * const *) arguments + 1, &error);
  if (request == NULL)
    return weft_tool_refuse (tool, error);
  weft_repo_cancel_async (WEFT_REPO (tool->repo), request, NULL, weft_await_cb, &await);
  if (!weft_repo_cancel_finish (WEFT_REPO (tool->repo), weft_await (&await), &error))
    return weft_tool_fail (tool, error);

  g_print (tool->json ? "{}\n" : "cancelled\n");

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_pend = {
  .name = "pend",
  .arguments = "FILE",
  .summary = "Store an action as pending",
  .description =
    "FILE (“-” for standard input) holds a pend request:\n"
    "{\"actionId\",\"rev\"?,\"transforms\":{\"inserts\",\"updates\",\"deletes\"},\n"
    " \"bases\"?,\"policy\"}.\n"
    "With --json, prints {\"success\",\"pending\",\"blockIds\"} or the stale failure.\n"
    "Exits with 4 when somebody else was first.\n\n"
    "Example:\n"
    "  echo '{\"actionId\":\"a1\",\"policy\":\"c\",\"transforms\":{\"inserts\":{},\"updates\":\n"
    "    {\"addresses/ann\":[[\"city\",null,null,\"Bonn\"]]},\"deletes\":[]}}' | weft pend -",
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run_pend,
};

const WeftVerb weft_verb_commit = {
  .name = "commit",
  .arguments = "ACTION ID…",
  .summary = "Make a pending action a revision of its blocks",
  .description =
    "With --json, prints {\"success\":true} or the stale failure. Exits with 4 when somebody\n"
    "else was first. The same commit again is a success.\n\n"
    "Example:\n"
    "  weft commit --rev 2 a1 addresses/ann",
  .options = commit_options,
  .needs_node = TRUE,
  .arguments_min = 2,
  .arguments_max = 1 + WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX,
  .run = run_commit,
};

const WeftVerb weft_verb_cancel = {
  .name = "cancel",
  .arguments = "ACTION ID…",
  .summary = "Drop a pending action",
  .description =
    "An action that is not pending is fine. With --json, prints {}.\n\n"
    "Example:\n"
    "  weft cancel a1 addresses/ann",
  .needs_node = TRUE,
  .arguments_min = 2,
  .arguments_max = 1 + WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX,
  .run = run_cancel,
};
