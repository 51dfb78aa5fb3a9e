/* test-remote-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The suite for WeftRepo, where every request goes to a node and back. */

#include "weft-node-pair.h"
#include "weft-repo-contract.h"

static WeftRepo *
open_pair (const char *directory,
           gpointer   *state)
{
  WeftNodePair *pair = weft_node_pair_new (&weft_node_pair_loopback, directory);

  *state = pair;

  return WEFT_REPO (g_object_ref (pair->repo));
}

static WeftRepo *
open_memory (const char *directory,
             gpointer   *state)
{
  return open_pair (NULL, state);
}

static void
close_pair (WeftRepo *repo,
            gpointer  state)
{
  g_object_unref (repo);
  weft_node_pair_free (state);
}

static const WeftRepoFactory remote_memory = {
  .name = "remote-memory",
  .open = open_memory,
  .close = close_pair,
};

static const WeftRepoFactory remote_file = {
  .name = "remote-file",
  .is_durable = TRUE,
  .open = open_pair,
  .close = close_pair,
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_repo_contract_add (&remote_memory);
  weft_repo_contract_add (&remote_file);

  return g_test_run ();
}
