/* test-storage-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft.h>

#include "weft-repo-contract.h"

static WeftRepo *
open_on (WeftStorage *storage,
         gpointer    *state)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  *state = storage;

  return WEFT_REPO (weft_storage_repo_new (storage, clock));
}

static WeftRepo *
open_memory (const char *directory,
             gpointer   *state)
{
  return open_on (weft_memory_storage_new (), state);
}

static WeftRepo *
open_file (const char *directory,
           gpointer   *state)
{
  g_autoptr (GError) error = NULL;
  WeftStorage *storage = weft_file_storage_open (directory, &error);

  g_assert_no_error (error);

  return open_on (storage, state);
}

static void
close_repo (WeftRepo *repo,
            gpointer  state)
{
  g_autoptr (WeftStorage) storage = state;
  g_autoptr (GError) error = NULL;

  g_assert_finalize_object (repo);
  weft_storage_close (storage, &error);
  g_assert_no_error (error);
}

static const WeftRepoFactory memory = {
  .name = "memory",
  .is_durable = FALSE,
  .has_events = TRUE,
  .open = open_memory,
  .close = close_repo,
};

static const WeftRepoFactory file = {
  .name = "file",
  .is_durable = TRUE,
  .has_events = TRUE,
  .open = open_file,
  .close = close_repo,
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_repo_contract_add (&memory);
  weft_repo_contract_add (&file);

  return g_test_run ();
}
