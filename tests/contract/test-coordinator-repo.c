/* test-coordinator-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The suite for WeftRepo, where three nodes decide on every request. */

#include "weft-fleet.h"
#include "weft-repo-contract.h"

static WeftRepo *
open_fleet (const char *directory,
            gpointer   *state)
{
  WeftFleet *fleet = weft_fleet_new (3, 3, 0, directory);

  *state = fleet;

  return g_object_ref (weft_fleet_get_repo (fleet, 0));
}

static WeftRepo *
open_memory (const char *directory,
             gpointer   *state)
{
  return open_fleet (NULL, state);
}

static void
close_fleet (WeftRepo *repo,
             gpointer  state)
{
  g_object_unref (repo);
  weft_fleet_free (state);
}

static const WeftRepoFactory in_memory = {
  .name = "cluster-memory",

  .is_shared = TRUE,
  .open = open_memory,
  .close = close_fleet,
};

static const WeftRepoFactory in_files = {
  .name = "cluster-file",
  .is_durable = TRUE,

  .is_shared = TRUE,
  .open = open_fleet,
  .close = close_fleet,
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_repo_contract_add (&in_memory);
  weft_repo_contract_add (&in_files);

  return g_test_run ();
}
