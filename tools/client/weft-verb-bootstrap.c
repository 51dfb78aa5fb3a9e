/* weft-verb-bootstrap.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bootstrap-file.h"
#include "weft-node-address.h"
#include "weft-print.h"
#include "weft-verbs.h"

static char *option_data_dir;

static const GOptionEntry options[] = {
  { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &option_data_dir,
    "The data directory of the node (default: $XDG_DATA_HOME/weft)", "DIR" },
  G_OPTION_ENTRY_NULL
};

static void
print_addresses (WeftTool          *tool,
                 const char *const *addresses)
{
  g_autoptr(JsonBuilder) builder = NULL;
  g_autoptr(JsonNode) node = NULL;

  if (!tool->json)
    {
      for (guint i = 0; addresses[i] != NULL; i++)
        g_print ("%s\n", addresses[i]);
      return;
    }

  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; addresses[i] != NULL; i++)
    json_builder_add_string_value (builder, addresses[i]);
  json_builder_end_array (builder);
  node = json_builder_get_root (builder);
  weft_print_json (node);
}

/* The list with one more, or one less; NULL where nothing changes. */
static char **
change (const char *const *addresses,
        const char        *address,
        gboolean           is_add)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (g_strv_contains (addresses, address) == is_add)
    return NULL;
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!g_str_equal (addresses[i], address))
      g_strv_builder_add (builder, addresses[i]);
  if (is_add)
    g_strv_builder_add (builder, address);

  return g_strv_builder_end (builder);
}

static WeftExit
run_change (WeftTool          *tool,
            const char        *path,
            const char *const *addresses,
            const char        *text,
            gboolean           is_add)
{
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autofree char *canonical = NULL;
  g_auto(GStrv) changed = NULL;
  GError *error = NULL;

  if (text == NULL)
    return weft_tool_usage (tool, "“weft bootstrap %s” needs an address",
                            is_add ? "add" : "remove");
  address = weft_node_address_parse (text, FALSE, &error);
  if (address == NULL)
    return weft_tool_refuse (tool, error);

  canonical = weft_multiaddr_to_string (address);
  changed = change (addresses, canonical, is_add);
  if (changed == NULL && !is_add)
    return weft_tool_fail (tool, g_error_new (WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                              "%s is not in %s", canonical, path));
  if (changed != NULL && !weft_bootstrap_file_save (path, (const char *const *) changed, &error))
    return weft_tool_fail (tool, error);
  if (tool->json)
    print_addresses (tool, changed != NULL ? (const char *const *) changed : addresses);

  return WEFT_EXIT_OK;
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  g_autofree char *directory = option_data_dir != NULL
    ? g_strdup (option_data_dir) : g_build_filename (g_get_user_data_dir (), "weft", NULL);
  g_autofree char *path = g_build_filename (directory, WEFT_BOOTSTRAP_FILE_NAME, NULL);
  g_auto(GStrv) addresses = NULL;
  GError *error = NULL;

  addresses = weft_bootstrap_file_load (path, &error);
  if (addresses == NULL)
    return weft_tool_fail (tool, error);

  if (g_str_equal (arguments[0], "add") || g_str_equal (arguments[0], "remove"))
    return run_change (tool, path, (const char *const *) addresses, arguments[1],
                       g_str_equal (arguments[0], "add"));
  if (!g_str_equal (arguments[0], "list") || arguments[1] != NULL)
    return weft_tool_usage (tool, "expected list, add ADDRESS or remove ADDRESS, got “%s”",
                            arguments[0]);

  print_addresses (tool, (const char *const *) addresses);

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_bootstrap = {
  .name = "bootstrap",
  .arguments = "list|add|remove [ADDRESS]",
  .summary = "Tell or change where a node begins to look for others",
  .description =
    "Works on the file “bootstrap” in the data directory of a node, which reads it when it starts\n"
    "on a ring; it does not need the node to run. Prints nothing but the list; with --json, the\n"
    "list afterwards as an array.\n\n"
    "Examples:\n"
    "  weft bootstrap add /dns4/a.example.org/tcp/9338/wss\n"
    "  weft bootstrap list --data-dir /srv/weft",
  .options = options,
  .arguments_min = 1,
  .arguments_max = 2,
  .run = run,
};
