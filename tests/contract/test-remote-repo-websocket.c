/* test-remote-repo-websocket.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The suite for WeftRepo, where every request goes through a socket, without and with TLS. */

#include <weft-websocket.h>

#include "weft-node-pair.h"
#include "weft-repo-contract.h"

static WeftTransport *
make_websocket (const char   *network,
                WeftPeerRole  role)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  return WEFT_TRANSPORT (weft_websocket_transport_new (identity, network, role, clock, random));
}

static const WeftNodePairKind ws = { "/ip4/127.0.0.1/tcp/0/ws", make_websocket };
static const WeftNodePairKind wss = { "/ip4/127.0.0.1/tcp/0/wss", make_websocket };

static WeftRepo *
open_kind (const WeftNodePairKind *kind,
           gpointer               *state)
{
  WeftNodePair *pair = weft_node_pair_new (kind, NULL);

  *state = pair;

  return WEFT_REPO (g_object_ref (pair->repo));
}

static WeftRepo *
open_ws (const char *directory,
         gpointer   *state)
{
  return open_kind (&ws, state);
}

static WeftRepo *
open_wss (const char *directory,
          gpointer   *state)
{
  return open_kind (&wss, state);
}

static void
close_pair (WeftRepo *repo,
            gpointer  state)
{
  g_object_unref (repo);
  weft_node_pair_free (state);
}

static const WeftRepoFactory remote_ws = {
  .name = "remote-ws",
  .open = open_ws,
  .close = close_pair,
};

static const WeftRepoFactory remote_wss = {
  .name = "remote-wss",
  .open = open_wss,
  .close = close_pair,
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_repo_contract_add (&remote_ws);
  weft_repo_contract_add (&remote_wss);

  return g_test_run ();
}
