/* hello.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft.h>

static void
put_cb (GObject *source, GAsyncResult *result, gpointer loop)
{
  g_autoptr(WeftActionRev) made = NULL;
  g_autoptr(GError) error = NULL;

  if (weft_writer_put_finish (WEFT_WRITER (source), result, NULL, &made, &error))
    g_print ("revision %d\n", (int) weft_action_rev_get_rev (made));
  else
    g_printerr ("%s\n", error->message);
  g_main_loop_quit (loop);
}

int
main (void)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftStorageRepo) repo = weft_storage_repo_new (storage, clock);
  g_autoptr(WeftWriter) writer = weft_writer_new (WEFT_REPO (repo), clock, random);
  g_autoptr(WeftBlock) block = weft_block_new ("greetings/1", "greeting", "greetings", NULL, NULL);

  weft_writer_put_async (writer, &block, 1, NULL, put_cb, loop);
  g_main_loop_run (loop);

  return 0;
}
