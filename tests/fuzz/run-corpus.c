/* run-corpus.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A main() for a fuzz target without a fuzzer: runs it on each file of the folders it is given,
 * so that with any compiler what was once found stays found.
 */

#include "config.h"

#include <gio/gio.h>

#include "fuzz-target.h"

static guint
run_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &error);
  const char *name;
  guint n_files = 0;

  g_assert_no_error (error);

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *contents = NULL;
      g_autofree guint8 *input = NULL;
      gsize length;

      if (!g_file_get_contents (file, &contents, &length, &error))
        g_error ("%s", error->message);
      /* Without the NUL that GLib puts behind contents, so that a sanitizer sees its use. */
      input = g_memdup2 (contents, length);
      LLVMFuzzerTestOneInput (input, length);
      n_files++;
    }
  return n_files;
}

int
main (int    argc,
      char **argv)
{
  guint n_files = 0;

  for (int i = 1; i < argc; i++)
    n_files += run_folder (argv[i]);

  g_print ("%u inputs\n", n_files);
  return n_files > 0 ? 0 : 1;
}
