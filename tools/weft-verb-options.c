/* weft-verb-options.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-verb-options.h"

/* Options are accepted before the verb, and after it together with its own. Without help this is
 * the part before the verb, and the flags become whether --version and --help are there. */
gboolean
weft_verb_options_parse (const WeftVerbHelp  *help,
                         const GOptionEntry  *common,
                         gboolean             flags[2],
                         char              ***arguments,
                         GError             **error)
{
  const GOptionEntry before[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, flags, "Print the version", NULL },
    { "help", 'h', G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, flags != NULL ? flags + 1 : NULL, NULL,
      NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr(GOptionContext) context = NULL;

  g_assert ((help == NULL) == (flags != NULL));

  context = g_option_context_new (help != NULL ? help->arguments : NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (help == NULL)
    {
      g_option_context_add_main_entries (context, before, NULL);
      g_option_context_set_help_enabled (context, FALSE);
      g_option_context_set_strict_posix (context, TRUE);
    }
  else
    {
      g_option_context_set_summary (context, help->summary);
      g_option_context_set_description (context, help->description);
      if (help->options != NULL)
        g_option_context_add_main_entries (context, help->options, NULL);
    }

  return g_option_context_parse_strv (context, arguments, error);
}
