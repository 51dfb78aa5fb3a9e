/* weft-verb-id.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-print.h"
#include "weft-verbs.h"

static gboolean create;
static gboolean force;

static const GOptionEntry options[] = {
  { "create", 'c', 0, G_OPTION_ARG_NONE, &create, "Make a new key and write it to FILE", NULL },
  { "force", 'f', 0, G_OPTION_ARG_NONE, &force, "With --create: replace an existing file", NULL },
  G_OPTION_ENTRY_NULL
};

static WeftIdentity *
make (const char  *path,
      GError     **error)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  if (!weft_identity_save (identity, path, force, error))
    return NULL;

  return g_steal_pointer (&identity);
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  const char *path = arguments[0] != NULL ? arguments[0] : tool->key;
  g_autoptr(WeftIdentity) identity = NULL;
  const char *peer_id;
  GError *error = NULL;

  if (path == NULL)
    return weft_tool_usage (tool, "“weft id” needs the FILE of a key");
  if (force && !create)
    return weft_tool_usage (tool, "--force goes with --create");

  identity = create ? make (path, &error) : weft_identity_load (path, &error);
  if (identity == NULL)
    return weft_tool_fail (tool, error);

  peer_id = weft_peer_id_get_text (weft_identity_get_peer_id (identity));
  if (tool->json)
    {
      g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "peerId", peer_id);
      json_node_take_object (node, object);
      weft_print_json (node);
    }
  else
    g_print ("%s\n", peer_id);

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_id = {
  .name = "id",
  .arguments = "[FILE]",
  .summary = "Print the peer id of a key, or make a key",
  .description =
    "Prints the peer id of the Ed25519 key in FILE (or of --key); with --json, {\"peerId\"}.\n"
    "A key is written readable by its owner alone, and never over another one\n"
    "without --force.\n\n"
    "Examples:\n"
    "  weft id --create ~/.config/weft.key\n"
    "  weft id /var/lib/weft/identity.pem",
  .options = options,
  .needs_node = FALSE,
  .arguments_min = 0,
  .arguments_max = 1,
  .run = run,
};
