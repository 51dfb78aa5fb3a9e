/* weft-sim-verb-fence.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "weft-sim-tool.h"

/* Where the loader finds it, as a path, so that it is known before the program starts: of what is
 * to be loaded first and is not there the loader says no more than a line. */
static char *
find_module (void)
{
  g_auto(GStrv) folders = g_strsplit (g_getenv ("LD_LIBRARY_PATH") != NULL
                                        ? g_getenv ("LD_LIBRARY_PATH") : "", ":", -1);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], FENCE_MODULE, NULL);

      if (*folders[i] != '\0' && g_file_test (path, G_FILE_TEST_EXISTS))
        return g_canonicalize_filename (path, NULL);
    }
  if (g_file_test (FENCE_DIR "/" FENCE_MODULE, G_FILE_TEST_EXISTS))
    return g_strdup (FENCE_DIR "/" FENCE_MODULE);

  return NULL;
}

static WeftSimExit
run_fence (WeftSimTool  *tool,
           char        **arguments)
{
  g_autofree char *module = find_module ();
  g_autofree char *preload = NULL;
  const char *others = g_getenv ("LD_PRELOAD");

  if (g_str_equal (arguments[0], "--"))
    arguments++;
  if (arguments[0] == NULL)
    return weft_sim_tool_usage ("“weft-sim fence” needs a program");
  if (module == NULL)
    return weft_sim_tool_usage ("%s is neither in %s nor in LD_LIBRARY_PATH", FENCE_MODULE,
                                FENCE_DIR);

  preload = others != NULL ? g_strdup_printf ("%s:%s", module, others) : g_steal_pointer (&module);
  g_setenv ("LD_PRELOAD", preload, TRUE);
  /* Else sets of texts have another order in each run of Python. */
  g_setenv ("PYTHONHASHSEED", "0", FALSE);
  execvp (arguments[0], arguments);

  return weft_sim_tool_usage ("%s cannot be run: %s", arguments[0], g_strerror (errno));
}

const WeftSimVerb weft_sim_verb_fence = {
  .name = "fence",
  .arguments = "PROGRAM…",
  .summary = "run a test in Python behind the fence",
  .description = "Where an event of a simulated world asks the machine for the time, for\n"
                 "chance or for a thread, the program ends and says where.\n\n"
                 "Example:\n  weft-sim fence -- python3 partition.py 1 2 3",
  .arguments_min = 1,
  .arguments_max = -1,
  .run = run_fence,
};
