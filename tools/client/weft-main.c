/* weft-main.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-nearest.h"
#include "weft-standard.h"
#include "weft-verb-options.h"
#include "weft-verbs.h"

#include <locale.h>

static const WeftVerb *const verbs[] = {
  &weft_verb_id,
  &weft_verb_get,
  &weft_verb_put,
  &weft_verb_delete,
  &weft_verb_pend,
  &weft_verb_commit,
  &weft_verb_cancel,
  &weft_verb_history,
  &weft_verb_watch,
  &weft_verb_import,
  &weft_verb_export,
  &weft_verb_restore,
  &weft_verb_peers,
  &weft_verb_status,
  &weft_verb_explain,
  &weft_verb_ring,
  &weft_verb_bootstrap,
};

static void
print_help (void)
{
  g_print ("Usage: weft [OPTION…] VERB [ARGUMENT…]\n\n"
           "Reads and writes the blocks of a Weft node.\n\nVerbs:\n");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
  g_print ("\nOptions of every verb:\n"
           "  --node=ADDRESS   the node, as a multiaddr or HOST:PORT; also from WEFT_NODE\n"
           "                   (default /ip4/127.0.0.1/tcp/9338/ws)\n"
           "  --network=NAME   the network; also from WEFT_NETWORK (default main)\n"
           "  --key=FILE       the key to identify with (default: one made for this run)\n"
           "  --json           print JSON for programs\n"
           "  -q, --quiet      print no progress\n"
           "  --version        print the version\n\n"
           "“weft VERB --help” tells more about one. Exit codes: 0 done, 1 failed, 2 wrong usage,\n"
           "3 not found, 4 somebody else was first, 5 node not reachable or not able to answer.\n");
}

static const WeftVerb *
find_verb (WeftTool   *tool,
           const char *name)
{
  const char *names[G_N_ELEMENTS (verbs) + 1] = { NULL };
  g_autofree char *hint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (g_str_equal (verbs[i]->name, name))
        return verbs[i];
      names[i] = verbs[i]->name;
    }
  hint = weft_nearest_hint (name, names);
  weft_tool_usage (tool, "there is no verb “%s”%s", name, hint);

  return NULL;
}

static gboolean
parse (WeftTool        *tool,
       const WeftVerb  *verb,
       gboolean        *flags,
       char          ***arguments,
       GError         **error)
{
  const GOptionEntry common[] = {
    { "node", 0, 0, G_OPTION_ARG_STRING, &tool->node, "The node’s address", "ADDRESS" },
    { "network", 0, 0, G_OPTION_ARG_STRING, &tool->network, "The network", "NAME" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &tool->key, "The key to identify with", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &tool->json, "Print JSON for programs", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &tool->quiet, "Print no progress", NULL },
    G_OPTION_ENTRY_NULL
  };
  WeftVerbHelp help;

  if (verb == NULL)
    return weft_verb_options_parse (NULL, common, flags, arguments, error);

  help = (WeftVerbHelp) { verb->arguments, verb->summary, verb->description, verb->options };
  return weft_verb_options_parse (&help, common, NULL, arguments, error);
}

static WeftExit
run_verb (WeftTool       *tool,
          const WeftVerb *verb,
          char          **arguments)
{
  int n_arguments = (int) g_strv_length (arguments);
  GError *error = NULL;

  if (n_arguments < verb->arguments_min)
    return weft_tool_usage (tool, "“weft %s” needs %s", verb->name, verb->arguments);
  if (verb->arguments_max >= 0 && n_arguments > verb->arguments_max)
    return weft_tool_usage (tool, "“weft %s” takes %s, “%s” is too many", verb->name,
                            verb->arguments_max == 0 ? "no argument" : verb->arguments,
                            arguments[verb->arguments_max]);
  if (verb->needs_node && !weft_tool_find_node (tool, &error))
    return weft_tool_refuse (tool, error);
  if (verb->needs_node && !weft_tool_connect (tool, &error))
    return weft_tool_fail (tool, error);

  return verb->run (tool, arguments);
}

static WeftExit
run (WeftTool   *tool,
     char     ***arguments)
{
  gboolean flags[2] = { FALSE, FALSE }; /* --version, --help */
  const WeftVerb *verb;
  g_autofree char *program_name = NULL;
  g_autoptr(GError) error = NULL;

  if (!parse (tool, NULL, flags, arguments, &error))
    return weft_tool_usage (tool, "%s", error->message);
  if (flags[0])
    {
      g_print ("weft %s\n", PACKAGE_VERSION);
      return WEFT_EXIT_OK;
    }
  if (flags[1])
    {
      print_help ();
      return WEFT_EXIT_OK;
    }
  if ((*arguments)[1] == NULL)
    {
      print_help ();
      return WEFT_EXIT_USAGE;
    }

  verb = find_verb (tool, (*arguments)[1]);
  if (verb == NULL)
    return WEFT_EXIT_USAGE;
  tool->verb = verb->name;
  /* What follows the verb is parsed as if the verb were the program. */
  program_name = g_strdup_printf ("weft %s", verb->name);
  g_set_prgname (program_name);
  if (!parse (tool, verb, NULL, arguments, &error))
    return weft_tool_usage (tool, "%s", error->message);

  return run_verb (tool, verb, *arguments + 2);
}

int
main (int    argc,
      char **argv)
{
  WeftTool tool = { 0 };
  g_auto(GStrv) arguments = g_strdupv (argv);
  WeftExit code;

  weft_standard_begin ();
  setlocale (LC_ALL, "");
  /* Weft needs TLS 1.3; GIO offers no other way to ask for it. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:-VERS-ALL:+VERS-TLS1.3", FALSE);

  code = run (&tool, &arguments);
  weft_tool_clear (&tool);
  if (!weft_standard_end ("weft") && code == WEFT_EXIT_OK)
    code = WEFT_EXIT_FAILED;

  return code;
}
