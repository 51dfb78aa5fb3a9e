/* test-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The storages of the library against their contract. */

#include "weft-storage-contract.h"

#include <glib/gstdio.h>

static gpointer
memory_set_up (void)
{
  return NULL;
}

static void
memory_tear_down (gpointer data)
{
}

static WeftStorage *
memory_open (gpointer data,
             GError **error)
{
  return weft_memory_storage_new ();
}

static gpointer
file_set_up (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("weft-storage-XXXXXX", &error);

  g_assert_no_error (error);

  return path;
}

static void
delete_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  for (const char *name = folder != NULL ? g_dir_read_name (folder) : NULL; name != NULL;
       name = g_dir_read_name (folder))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  g_remove (path);
}

static void
file_tear_down (gpointer data)
{
  delete_tree (data);
  g_free (data);
}

static WeftStorage *
file_open (gpointer data,
           GError **error)
{
  return weft_file_storage_open (data, error);
}

static const WeftStorageFactory factories[] = {
  { "memory", memory_set_up, memory_tear_down, memory_open, FALSE },
  { "file", file_set_up, file_tear_down, file_open, TRUE },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (factories); i++)
    weft_storage_contract_register (&factories[i]);

  return g_test_run ();
}
