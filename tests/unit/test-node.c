/* test-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a node lives: what it takes, shows and gives back. */

#include "config.h"

#include "../contract/weft-node-pair.h"
#include "script-transport.h"
#include "weft-undo-private.h"

static void
note_state_cb (GObject    *object,
               GParamSpec *pspec,
               gpointer    user_data)
{
  GEnumClass *states = g_type_class_ref (WEFT_TYPE_NODE_STATE);
  GString *notes = user_data;

  g_string_append_printf (notes, "%s ",
                          g_enum_get_value (states, weft_node_get_state (WEFT_NODE (object)))
                            ->value_nick);
  g_type_class_unref (states);
}

static gboolean
start_fails (WeftNode  *node,
             GError   **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  weft_node_start_async (node, NULL, weft_test_await_cb, &result);

  return !weft_node_start_finish (node, weft_test_await (&result), error);
}

static void
assert_closed (WeftStorage *storage)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) block_ids = weft_storage_list_blocks (storage, NULL, 1, &error);

  g_assert_null (block_ids);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
}

static void
test_node_life (void)
{
  static const char *const listen[] = { "/memory/0", NULL };
  g_autoptr(WeftTransport) transport = weft_node_pair_loopback.make ("test", WEFT_PEER_ROLE_PEER);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftNode) node = weft_node_new (transport, storage, listen);
  g_autoptr(GString) notes = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) addresses = NULL;

  g_test_summary ("A node lives once: it starts, serves, stops, and cannot be started again.");

  g_assert_cmpint (weft_node_get_state (node), ==, WEFT_NODE_STATE_NEW);
  g_signal_connect (node, "notify::state", G_CALLBACK (note_state_cb), notes);

  weft_test_start_node (node);
  g_assert_cmpstr (notes->str, ==, "starting running ");
  addresses = weft_node_list_addresses (node);
  g_assert_cmpuint (addresses->len, ==, 1);

  weft_test_stop_node (node);
  g_assert_cmpstr (notes->str, ==, "starting running stopping stopped ");
  assert_closed (storage);
  weft_test_stop_node (node);

  g_assert_true (start_fails (node, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
}

static void
test_node_defaults (void)
{
  g_autoptr(WeftTransport) transport = weft_node_pair_loopback.make ("test", WEFT_PEER_ROLE_PEER);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftNode) node = weft_node_new (transport, storage, NULL);
  WeftChannelTransport *channels = WEFT_CHANNEL_TRANSPORT (transport);

  g_test_summary ("What a node was not given it takes from its transport, or from the system.");

  g_assert_true (weft_node_get_identity (node) == weft_channel_transport_get_identity (channels));
  g_assert_true (weft_node_get_clock (node) == weft_channel_transport_get_clock (channels));
  g_assert_cmpstr (weft_node_get_network (node), ==, "test");
  g_assert_cmpstr (weft_node_get_prefix (node), ==, "/db-p2p");
  g_assert_cmpstr (weft_node_get_agent (node), ==, "weft/" PACKAGE_VERSION);
  g_assert_nonnull (weft_node_get_random (node));
  g_assert_true (weft_storage_repo_get_storage (weft_node_get_repo (node)) == storage);
  g_assert_null (weft_node_get_listen (node)[0]);

  /* Never started, so nothing is closed. */
  weft_test_stop_node (node);
  g_assert_true (weft_storage_close (storage, NULL));
}

static WeftNode *
make_script_node (ScriptTransport    *transport,
                  WeftStorage        *storage,
                  const char * const *listen)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  return g_object_new (WEFT_TYPE_NODE,
                       "identity", identity,
                       "network", "test",
                       "transport", transport,
                       "storage", storage,
                       "listen", listen,
                       NULL);
}

static void
test_node_late_failure (void)
{
  static const char *const listen[] = { "/memory/1", "/memory/2", NULL };
  g_autoptr(ScriptTransport) transport = script_transport_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftNode) node = make_script_node (transport, storage, listen);
  g_autoptr(GString) states = g_string_new (NULL);
  g_autofree char *notes = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A start that fails at its last step gives everything back, in reverse.");

  g_signal_connect (node, "notify::state", G_CALLBACK (note_state_cb), states);
  script_transport_refuse (transport, "/memory/2");
  g_assert_true (start_fails (node, &error));

  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  g_assert_cmpstr (error->message, ==, "listening on /memory/2: somebody listens there");
  notes = script_transport_take_notes (transport);
  g_assert_cmpstr (notes, ==,
                   "serve /db-p2p/repo/1.0.0 /db-p2p/sync/1.0.0 /db-p2p/node/1.0.0; "
                   "listen /memory/1; refuse /memory/2; close; serve nothing");
  g_assert_cmpstr (states->str, ==, "starting stopped ");
  assert_closed (storage);
}

static void
test_node_bad_parts (void)
{
  static const char *const bad[] = { "/memory/one", NULL };
  g_autoptr(WeftTransport) transport = weft_node_pair_loopback.make ("test", WEFT_PEER_ROLE_PEER);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) other = weft_identity_new (random);
  g_autoptr(WeftNode) without_storage = g_object_new (WEFT_TYPE_NODE, "transport", transport, NULL);
  g_autoptr(WeftNode) other_name = g_object_new (WEFT_TYPE_NODE, "transport", transport, "storage",
                                                 storage, "identity", other, NULL);
  g_autoptr(WeftNode) other_network = g_object_new (WEFT_TYPE_NODE, "transport", transport,
                                                    "storage", storage, "network", "other", NULL);
  g_autoptr(WeftNode) bad_address = weft_node_new (transport, storage, bad);
  g_autoptr(GError) error = NULL;

  g_test_summary ("Parts that are missing, or do not fit each other, are found first.");

  g_assert_true (start_fails (without_storage, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected a node with the property storage, got none");
  g_clear_error (&error);

  g_assert_true (start_fails (other_name, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (start_fails (other_network, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "expected a transport for the network other, got one for test");
  g_clear_error (&error);

  g_assert_true (start_fails (bad_address, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  assert_closed (storage);
}

static void
test_node_stopped_early (void)
{
  static const char *const listen[] = { "/memory/1", NULL };
  g_autoptr(ScriptTransport) transport = script_transport_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftNode) node = make_script_node (transport, storage, listen);
  g_autoptr(GAsyncResult) start = NULL;
  g_autoptr(GAsyncResult) stop = NULL;
  g_autofree char *notes = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A stop that comes before the start was done wins, and nothing was taken.");

  weft_node_start_async (node, NULL, weft_test_await_cb, &start);
  weft_node_stop_async (node, NULL, weft_test_await_cb, &stop);

  g_assert_false (weft_node_start_finish (node, weft_test_await (&start), &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_true (weft_node_stop_finish (node, weft_test_await (&stop), &error));
  g_assert_no_error (error);
  notes = script_transport_take_notes (transport);
  g_assert_cmpstr (notes, ==, "");
}

static void
test_node_dropped (void)
{
  static const char *const listen[] = { "/memory/1", NULL };
  g_autoptr(ScriptTransport) transport = script_transport_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  WeftNode *node = make_script_node (transport, storage, listen);
  g_autofree char *notes = NULL;

  g_test_summary ("A node that is dropped while it runs gives everything back at once.");

  weft_test_start_node (node);
  g_clear_pointer (&notes, g_free);
  notes = script_transport_take_notes (transport);
  weft_test_settle (G_OBJECT (node));
  g_assert_finalize_object (node);

  g_clear_pointer (&notes, g_free);
  notes = script_transport_take_notes (transport);
  g_assert_cmpstr (notes, ==, "close; serve nothing");
  assert_closed (storage);
}

static void
expect_peer (GListModel *peers,
             guint       position,
             WeftPeerId *peer_id)
{
  g_autoptr(WeftPeer) peer = g_list_model_get_item (peers, position);

  g_assert_true (weft_peer_id_equal (weft_peer_get_peer_id (peer), peer_id));
}

static void
test_node_peers (void)
{
  static const char *const listen[] = { "/memory/1", NULL };
  g_autoptr(ScriptTransport) transport = script_transport_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftNode) node = make_script_node (transport, storage, listen);
  WeftPeerId *first = weft_identity_get_peer_id (weft_node_get_identity (node));
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) other = weft_identity_new (random);
  WeftPeerId *second = weft_identity_get_peer_id (other);
  g_autoptr(WeftIdentity) last = weft_identity_new (random);
  WeftPeerId *third = weft_identity_get_peer_id (last);
  GListModel *peers = weft_node_get_peers (node);

  g_test_summary ("The list of peers follows the transport, from before the start to the stop, in "
                  "the order they came.");

  script_transport_appear (transport, first);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 0);
  weft_test_start_node (node);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 1);

  script_transport_appear (transport, second);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 2);
  script_transport_appear (transport, third);
  expect_peer (peers, 1, second);
  script_transport_went (transport, second);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 2);
  expect_peer (peers, 0, first);
  expect_peer (peers, 1, third);
  script_transport_went (transport, first);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 1);
  script_transport_appear (transport, first);
  expect_peer (peers, 0, third);
  expect_peer (peers, 1, first);

  weft_test_stop_node (node);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 0);
}

static void
count_commit_cb (WeftNode   *node,
                 WeftCommit *commit,
                 gpointer    user_data)
{
  guint *count = user_data;

  (*count)++;
  g_assert_cmpint (weft_commit_get_rev (commit), ==, *count);
}

static void
test_node_commits (void)
{
  static const char *const blocks[] = { "list/1", "list/2", NULL };
  g_autoptr(WeftNodePair) pair = weft_node_pair_new (&weft_node_pair_loopback, NULL);
  WeftRepo *repo = WEFT_REPO (weft_node_get_repo (pair->node));
  GListModel *commits = weft_node_get_recent_commits (pair->node);
  g_autoptr(WeftCommit) newest = NULL;
  g_autoptr(WeftCommit) oldest = NULL;
  guint count = 0;

  g_test_summary ("Recent commits are the newest 256, the newest first; each is told once.");

  g_signal_connect (pair->node, "committed", G_CALLBACK (count_commit_cb), &count);
  for (guint rev = 1; rev <= WEFT_LIMIT_RECENT_COMMITS_MAX + 1; rev++)
    weft_repo_emit_committed (repo, "list", blocks, "action", rev);

  g_assert_cmpuint (count, ==, 257);
  g_assert_cmpuint (g_list_model_get_n_items (commits), ==, 256);
  newest = g_list_model_get_item (commits, 0);
  oldest = g_list_model_get_item (commits, 255);
  g_assert_cmpint (weft_commit_get_rev (newest), ==, 257);
  g_assert_cmpint (weft_commit_get_rev (oldest), ==, 2);
  g_assert_cmpstr (weft_commit_get_collection_id (newest), ==, "list");
  g_assert_cmpstr (weft_commit_get_action_id (newest), ==, "action");
  g_assert_cmpstrv (weft_commit_get_block_ids (newest), blocks);
}

static void
test_node_commits_before_asking (void)
{
  static const char *const blocks[] = { "list/1", "list/2", NULL };
  g_autoptr(WeftNodePair) pair = weft_node_pair_new (&weft_node_pair_loopback, NULL);
  WeftRepo *repo = WEFT_REPO (weft_node_get_repo (pair->node));
  GListModel *commits;
  g_autoptr(WeftCommit) newest = NULL;
  g_autoptr(WeftCommit) oldest = NULL;

  g_test_summary ("Who asks for recent commits late gets those of before, and then the next.");

  for (guint rev = 1; rev <= WEFT_LIMIT_RECENT_COMMITS_MAX + 1; rev++)
    weft_repo_emit_committed (repo, "list", blocks, "action", rev);
  commits = weft_node_get_recent_commits (pair->node);
  g_assert_cmpuint (g_list_model_get_n_items (commits), ==, 256);
  oldest = g_list_model_get_item (commits, 255);
  g_assert_cmpint (weft_commit_get_rev (oldest), ==, 2);
  g_assert_cmpstr (weft_commit_get_collection_id (oldest), ==, "list");
  g_assert_cmpstr (weft_commit_get_action_id (oldest), ==, "action");
  g_assert_cmpstrv (weft_commit_get_block_ids (oldest), blocks);

  weft_repo_emit_committed (repo, "list", blocks, "action", 258);
  newest = g_list_model_get_item (commits, 0);
  g_assert_cmpint (weft_commit_get_rev (newest), ==, 258);
  g_assert_cmpuint (g_list_model_get_n_items (commits), ==, 256);
}

static gboolean
undo (gpointer   user_data,
      GError   **error)
{
  GString *notes = user_data;

  g_string_append (notes, "undo ");
  return TRUE;
}

static gboolean
fail_to_undo (gpointer   user_data,
              GError   **error)
{
  GString *notes = user_data;

  g_string_append (notes, "fail ");
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "mistake %zu", notes->len);
  return FALSE;
}

static void
test_undo (void)
{
  g_autoptr(WeftUndo) undos = weft_undo_new ();
  g_autoptr(GString) notes = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  g_test_summary ("Undoing goes on after a failure, and tells the first.");

  weft_undo_push (undos, "undoing", undo, notes);
  weft_undo_push (undos, "failing late", fail_to_undo, notes);
  weft_undo_push (undos, "failing early", fail_to_undo, notes);
  weft_undo_push (undos, "undoing", undo, notes);

  g_assert_false (weft_undo_unwind (undos, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "while failing early: mistake 10");
  g_assert_cmpstr (notes->str, ==, "undo fail fail undo ");
  g_assert_true (weft_undo_unwind (undos, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/node/life", test_node_life);
  g_test_add_func ("/node/defaults", test_node_defaults);
  g_test_add_func ("/node/late-failure", test_node_late_failure);
  g_test_add_func ("/node/bad-parts", test_node_bad_parts);
  g_test_add_func ("/node/stopped-early", test_node_stopped_early);
  g_test_add_func ("/node/dropped", test_node_dropped);
  g_test_add_func ("/node/peers", test_node_peers);
  g_test_add_func ("/node/commits", test_node_commits);
  g_test_add_func ("/node/commits-before-asking", test_node_commits_before_asking);
  g_test_add_func ("/node/undo", test_undo);

  return g_test_run ();
}
