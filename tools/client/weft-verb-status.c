/* weft-verb-status.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-explain.h"
#include "weft-print.h"
#include "weft-ring-words.h"
#include "weft-verbs.h"

/* Of one block: who keeps it, and what is in doubt. */
static WeftExit
run_block_status (WeftTool   *tool,
                  const char *block_id)
{
  g_autoptr(JsonNode) node = NULL;
  g_auto(WeftAwait) await = { NULL };
  GError *error = NULL;

  weft_remote_repo_describe_block_async (tool->repo, block_id, NULL, weft_await_cb, &await);
  node = weft_remote_repo_describe_block_finish (tool->repo, weft_await (&await), &error);
  if (node == NULL)
    return weft_tool_fail (tool, error);

  if (tool->json)
    weft_print_json (node);
  else
    weft_explain_print_block (block_id, json_node_get_object (node));

  return WEFT_EXIT_OK;
}

/* What people ask first, before all that there is. */
static void
print_ring (JsonNode *status)
{
  JsonNode *ring = JSON_NODE_HOLDS_OBJECT (status)
    ? json_object_get_member (json_node_get_object (status), "ring") : NULL;
  g_autofree char *words = NULL;

  if (ring == NULL || !JSON_NODE_HOLDS_OBJECT (ring))
    return;

  words = weft_ring_words_make (json_node_get_object (ring));
  g_print ("%s\n", words);
}

static JsonObject *
get_member (JsonObject *object,
            const char *name)
{
  JsonNode *member = object != NULL ? json_object_get_member (object, name) : NULL;

  return member != NULL && JSON_NODE_HOLDS_OBJECT (member) ? json_node_get_object (member) : NULL;
}

/* Of a node that moves blocks, when it has, or has to. */
static void
print_moves (JsonNode *status)
{
  JsonObject *cluster = JSON_NODE_HOLDS_OBJECT (status)
                          ? get_member (json_node_get_object (status), "cluster") : NULL;
  JsonObject *moves = get_member (cluster, "moves");
  gint64 n_to_move = moves != NULL
                       ? json_object_get_int_member_with_default (moves, "toMove", 0) : 0;
  gint64 n_moved = moves != NULL
                     ? json_object_get_int_member_with_default (moves, "moved", 0) : 0;
  const char *failure
      = moves != NULL
          ? json_object_get_string_member_with_default (moves, "lastFailure", NULL) : NULL;

  if (n_to_move > 0 || n_moved > 0 || failure != NULL)
    g_print ("%" G_GINT64_FORMAT " blocks are to be moved to others, %" G_GINT64_FORMAT
             " were%s%s\n", n_to_move, n_moved,
             failure != NULL ? "; what failed last: " : "", failure != NULL ? failure : "");
}

static WeftExit
run_status (WeftTool  *tool,
            char     **arguments)
{
  g_autoptr(JsonNode) node = NULL;
  g_auto(WeftAwait) await = { NULL };
  GError *error = NULL;

  if (arguments[0] != NULL)
    return run_block_status (tool, arguments[0]);

  weft_remote_repo_get_status_async (tool->repo, NULL, weft_await_cb, &await);
  node = weft_remote_repo_get_status_finish (tool->repo, weft_await (&await), &error);
  if (node == NULL)
    return weft_tool_fail (tool, error);

  if (tool->json)
    {
      weft_print_json (node);
      return WEFT_EXIT_OK;
    }
  print_ring (node);
  print_moves (node);
  weft_print_json_pretty (node);

  return WEFT_EXIT_OK;
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static WeftExit
run_peers (WeftTool  *tool,
           char     **arguments)
{
  g_autoptr(JsonNode) node = NULL;
  g_auto(WeftAwait) await = { NULL };
  JsonArray *peers;
  GError *error = NULL;

  weft_remote_repo_list_peers_async (tool->repo, NULL, weft_await_cb, &await);
  node = weft_remote_repo_list_peers_finish (tool->repo, weft_await (&await), &error);
  if (node == NULL)
    return weft_tool_fail (tool, error);
  if (tool->json || !JSON_NODE_HOLDS_ARRAY (node))
    {
      weft_print_json (node);
      return WEFT_EXIT_OK;
    }

  peers = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (peers); i++)
    {
      JsonObject *peer = json_array_get_object_element (peers, i);

      g_print ("%s  %-6s  %-3s  %s\n", get_text (peer, "id"), get_text (peer, "role"),
               json_object_get_boolean_member_with_default (peer, "outbound", FALSE) ? "out" : "in",
               get_text (peer, "agent"));
    }

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_status = {
  .name = "status",
  .arguments = "[BLOCK]",
  .summary = "Tell how the node is, or who keeps a block",
  .description =
    "Prints the node’s peer id, network, addresses, storage and counters as JSON, indented\n"
    "unless --json is given; before it, of a node on a ring, how that is: how many nodes there\n"
    "are and how sure that is, its state and why, and whether the node may decide.\n"
    "With the id of a block: who keeps it, who signed for its latest revision, what is in\n"
    "doubt and for how long, and what the node last did about it.",
  .needs_node = TRUE,
  .arguments_max = 1,
  .run = run_status,
};

const WeftVerb weft_verb_peers = {
  .name = "peers",
  .arguments = "",
  .summary = "List the peers and clients connected to the node",
  .description =
    "Prints peer id, role, direction and agent of each connection, this one included;\n"
    "with --json, an array of {\"id\",\"role\",\"outbound\",\"agent\",…}.",
  .needs_node = TRUE,
  .arguments_max = 0,
  .run = run_peers,
};
