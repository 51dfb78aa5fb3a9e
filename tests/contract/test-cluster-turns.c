/* test-cluster-turns.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Many who change the same block at once, and know nothing of each other. */

#include "weft-fleet.h"

#define N_WRITERS 48

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  guint *n_left = user_data;
  g_autoptr(GError) error = NULL;

  weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &error);
  g_assert_no_error (error);
  (*n_left)--;
}

static void
put (WeftWriter *writer,
     guint       value,
     guint      *n_left)
{
  g_autoptr(JsonObject) attributes = json_object_new ();
  g_autoptr(GPtrArray) blocks
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  g_autoptr(GError) error = NULL;

  json_object_set_int_member (attributes, "value", value);
  g_ptr_array_add (blocks, weft_block_new ("b", "t", "c", attributes, &error));
  g_assert_no_error (error);
  weft_writer_put_async (writer, blocks, NULL, put_cb, n_left);
}

static void
test_hot_block (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autoptr(GPtrArray) writers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(WeftBlockMetadata) metadata = NULL;
  guint n_left = 2 * N_WRITERS;

  g_test_summary ("All who change one block at once get their turn, twice: nobody gives up, and "
                  "each change is one revision.");

  for (guint i = 0; i < N_WRITERS; i++)
    g_ptr_array_add (writers, weft_writer_new (weft_fleet_get_repo (fleet, 0), fleet->clock,
                                               fleet->random));
  for (guint i = 0; i < N_WRITERS; i++)
    put (g_ptr_array_index (writers, i), i, &n_left);
  for (guint i = 0; i < N_WRITERS; i++)
    put (g_ptr_array_index (writers, i), N_WRITERS + i, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "turns-waited"), >, N_WRITERS / 2);
  weft_fleet_settle (fleet);
  metadata = weft_storage_read_metadata (
      weft_storage_repo_get_storage (weft_node_get_repo (fleet->nodes[1])), "b", NULL);
  g_assert_cmpint (weft_block_metadata_get_latest_rev (metadata), ==, 2 * N_WRITERS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/turns/hot-block", test_hot_block);

  return g_test_run ();
}
