/* test-remote-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The suite for WeftRepo, where every request goes to a node and back. */

#include "weft-node-pair.h"
#include "weft-repo-contract.h"

static WeftRepo *
open_loopback (const char *directory,
               gpointer   *state)
{
  WeftNodePair *pair = weft_node_pair_new (&weft_node_pair_loopback);

  *state = pair;

  return WEFT_REPO (g_object_ref (pair->repo));
}

static void
close_pair (WeftRepo *repo,
            gpointer  state)
{
  g_object_unref (repo);
  weft_node_pair_free (state);
}

static const WeftRepoFactory loopback = {
  .name = "remote-loopback",
  .is_durable = FALSE,
  .has_events = FALSE,
  .open = open_loopback,
  .close = close_pair,
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_repo_contract_add (&loopback);

  return g_test_run ();
}
