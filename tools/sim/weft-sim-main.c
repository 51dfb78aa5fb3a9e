/* weft-sim-main.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-nearest.h"
#include "weft-standard.h"
#include "weft-verb-options.h"
#include "weft-sim-tool.h"

#include <locale.h>

static const WeftSimVerb *const verbs[] = {
  &weft_sim_verb_run,
  &weft_sim_verb_swarm,
  &weft_sim_verb_shrink,
  &weft_sim_verb_replay,
  &weft_sim_verb_explain,
  &weft_sim_verb_timeline,
  &weft_sim_verb_list,
  &weft_sim_verb_merge,
  &weft_sim_verb_fence,
  &weft_sim_verb_work,
};

static void
print_help (void)
{
  g_print ("Usage: weft-sim [OPTION…] VERB [ARGUMENT…]\n\n"
           "Runs Weft nodes in a simulated world, where one seed decides everything.\n\nVerbs:\n");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (verbs[i]->summary != NULL)
        g_print ("  %-9s %s\n", verbs[i]->name, verbs[i]->summary);
    }
  g_print ("\nOptions of every verb:\n"
           "  --json        print JSON for programs\n"
           "  -q, --quiet   print no progress\n"
           "  --version     print the version\n\n"
           "Examples:\n"
           "  weft-sim list\n"
           "  weft-sim run lossy-link --seed 7\n"
           "  weft-sim swarm lossy-link full-disk --seeds 1..1000 --jobs 4\n"
           "  weft-sim run everything --seed 7 --trace run.trace --html run.html\n"
           "  weft-sim explain run.trace\n"
           "  weft-sim fence -- python3 partition.py\n\n"
           "“weft-sim VERB --help” tells more about one. Exit codes: 0 all passed, 1 a violation,\n"
           "2 undecided, 3 a run differed from itself, 4 wrong usage or a broken harness.\n");
}

static const WeftSimVerb *
find_verb (const char *name)
{
  const char *names[G_N_ELEMENTS (verbs) + 1] = { NULL };
  g_autofree char *hint = NULL;
  guint n_names = 0;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (g_str_equal (verbs[i]->name, name))
        return verbs[i];
      if (verbs[i]->summary != NULL)
        names[n_names++] = verbs[i]->name;
    }
  hint = weft_nearest_hint (name, names);
  weft_sim_tool_usage ("there is no verb “%s”%s", name, hint);

  return NULL;
}

static gboolean
parse (WeftSimTool        *tool,
       const WeftSimVerb  *verb,
       gboolean           *flags,
       char             ***arguments,
       GError            **error)
{
  const GOptionEntry common[] = {
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

static WeftSimExit
run_verb (WeftSimTool       *tool,
          const WeftSimVerb *verb,
          char             **arguments)
{
  int n_arguments = (int) g_strv_length (arguments);

  if (n_arguments < verb->arguments_min)
    return weft_sim_tool_usage ("“weft-sim %s” needs %s", verb->name, verb->arguments);
  if (verb->arguments_max >= 0 && n_arguments > verb->arguments_max)
    return weft_sim_tool_usage ("“weft-sim %s” takes %s, “%s” is too many", verb->name,
                                verb->arguments_max == 0 ? "no argument" : verb->arguments,
                                arguments[verb->arguments_max]);

  return verb->run (tool, arguments);
}

static WeftSimExit
run (WeftSimTool   *tool,
     char        ***arguments)
{
  gboolean flags[2] = { FALSE, FALSE }; /* --version, --help */
  const WeftSimVerb *verb;
  g_autofree char *program_name = NULL;
  g_autoptr(GError) error = NULL;

  if (!parse (tool, NULL, flags, arguments, &error))
    return weft_sim_tool_usage ("%s", error->message);
  if (flags[0])
    {
      g_print ("weft-sim %s\n", PACKAGE_VERSION);
      return WEFT_SIM_EXIT_PASS;
    }
  if (flags[1] || (*arguments)[1] == NULL)
    {
      print_help ();
      return flags[1] ? WEFT_SIM_EXIT_PASS : WEFT_SIM_EXIT_HARNESS;
    }

  verb = find_verb ((*arguments)[1]);
  if (verb == NULL)
    return WEFT_SIM_EXIT_HARNESS;
  /* What follows the verb is parsed as if the verb were the program. */
  program_name = g_strdup_printf ("weft-sim %s", verb->name);
  g_set_prgname (program_name);
  if (!parse (tool, verb, NULL, arguments, &error))
    return weft_sim_tool_usage ("%s", error->message);

  return run_verb (tool, verb, *arguments + 2);
}

int
main (int    argc,
      char **argv)
{
  WeftSimTool tool = { .program = argv[0] };
  g_auto(GStrv) arguments = g_strdupv (argv);
  WeftSimExit code;

  weft_standard_begin ();
  setlocale (LC_ALL, "");

  code = run (&tool, &arguments);
  if (!weft_standard_end ("weft-sim") && code == WEFT_SIM_EXIT_PASS)
    code = WEFT_SIM_EXIT_HARNESS;

  return code;
}
