/* weft-verb-explain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-explain.h"
#include "weft-print.h"
#include "weft-verbs.h"

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  g_autoptr(JsonNode) node = NULL;
  g_auto(WeftAwait) await = { NULL };
  JsonArray *proposals;
  GError *error = NULL;

  weft_remote_repo_explain_action_async (tool->repo, arguments[0], NULL, weft_await_cb, &await);
  node = weft_remote_repo_explain_action_finish (tool->repo, weft_await (&await), &error);
  if (node == NULL)
    return weft_tool_fail (tool, error);
  if (tool->json)
    weft_print_json (node);

  proposals = weft_explain_get_array (json_node_get_object (node), "proposals");
  if (proposals == NULL || json_array_get_length (proposals) == 0)
    {
      g_printerr ("weft: this node did not coordinate action “%s”, or that was long ago; "
                  "ask the node to which it was sent\n", arguments[0]);
      return WEFT_EXIT_NOT_FOUND;
    }
  for (guint i = 0; !tool->json && i < json_array_get_length (proposals); i++)
    weft_explain_print_proposal (weft_explain_get_object (proposals, i));

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_explain = {
  .name = "explain",
  .arguments = "ACTION",
  .summary = "Tell what became of an action, and who said what",
  .description =
    "Tells, for each time that the node drove a pend, cancel or commit of the action through\n"
    "its cluster: what came of it and why, what each member answered, and how long each stage\n"
    "took. With --json, {\"proposals\":[…]} with the signed records, the newest first.\n"
    "Exits with 3 when the node knows nothing of the action.",
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run,
};
