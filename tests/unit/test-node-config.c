/* test-node-config.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-nearest.h"
#include "weft-node-config.h"
#include "weft-node-options.h"

#include <glib/gstdio.h>
#include <string.h>

static void
assert_refused (const char *text,
                const char *message)
{
  g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
  g_autoptr(GError) error = NULL;

  g_assert_false (weft_node_config_apply (text, strlen (text), settings, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_config_all (void)
{
  static const char text[] =
    "# a node for the world\n"
    "[node]\n"
    "  network = stars\n"
    "prefix=/star-p2p\n"
    "listen=/ip4/0.0.0.0/tcp/9000/ws;[::1]:9001\n"
    "tls=true\n"
    "storage=memory\r\n"
    "\n"
    "no-moves=true\n"
    "log-level=debug\n";
  g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_test_summary ("Each key of the configuration sets what it names.");

  g_assert_true (weft_node_config_apply (text, strlen (text), settings, &error));
  g_assert_no_error (error);

  g_assert_cmpstr (settings->network, ==, "stars");
  g_assert_cmpstr (settings->prefix, ==, "/star-p2p");
  g_assert_cmpstr (weft_node_settings_get_storage (settings), ==, "memory");
  g_assert_cmpint (settings->log_level, ==, WEFT_LOG_DEBUG);
  g_assert_true (settings->is_staying);

  addresses = weft_node_settings_list_addresses (settings);
  g_assert_cmpuint (addresses->len, ==, 2);
  first = weft_multiaddr_to_string (g_ptr_array_index (addresses, 0));
  second = weft_multiaddr_to_string (g_ptr_array_index (addresses, 1));
  g_assert_cmpstr (first, ==, "/ip4/0.0.0.0/tcp/9000/ws");
  g_assert_cmpstr (second, ==, "/ip6/::1/tcp/9001/wss");
}

static void
test_config_defaults (void)
{
  g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
  g_autoptr(GPtrArray) addresses = weft_node_settings_list_addresses (settings);
  g_autofree char *address = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("An empty configuration is fine, and leaves a node that serves this machine.");

  g_assert_true (weft_node_config_apply ("", 0, settings, &error));
  g_assert_no_error (error);

  g_assert_cmpstr (settings->network, ==, "main");
  g_assert_cmpstr (settings->prefix, ==, "/db-p2p");
  g_assert_cmpstr (weft_node_settings_get_storage (settings), ==, "file");
  g_assert_cmpuint (addresses->len, ==, 1);
  address = weft_multiaddr_to_string (g_ptr_array_index (addresses, 0));
  g_assert_cmpstr (address, ==, "/ip4/127.0.0.1/tcp/9338/ws");
}

static void
test_config_refused (void)
{
  g_test_summary ("What the configuration cannot mean is refused with the line and a suggestion.");

  assert_refused ("[node]\nnetwrok=stars\n",
                  "line 2: unknown key “netwrok”; did you mean “network”?");
  assert_refused ("[nodes]\n", "line 1: unknown group “nodes”; did you mean “node”?");
  assert_refused ("\n[node\n", "line 2: expected “]” after the name of a group");
  assert_refused ("network=stars\n", "line 1: expected [node] before the first key, got “network”");
  assert_refused ("[node]\n\nnetwork\n",
                  "line 3: expected [group], key=value or a # comment, got “network”");
  assert_refused ("[node]\ntls=true\nnetwork=a\ntls=false\n", "line 4: “tls” is set twice");
  assert_refused ("[node]\ntls=yes\n", "line 2: tls: expected true or false, got “yes”");
  assert_refused ("[node]\nnetwork=\n",
                  "line 2: network: expected a network's name of 1 to 256 bytes, got 0");
  assert_refused ("[node]\nnetwork=a/b\n",
                  "line 2: network: expected letters, digits, “.”, “_” and “-” in a network's "
                  "name, got “a/b”");
  assert_refused ("[node]\nstorage=disk\n",
                  "line 2: storage: expected the storage to be file or memory, got “disk”");
  assert_refused ("[node]\nlog-level=mesage\n",
                  "line 2: log-level: expected error, warning, message, info or debug, got "
                  "“mesage”; did you mean “message”?");
  assert_refused ("[node]\nprefix=db\n",
                  "line 2: prefix: expected a prefix such as /db-p2p, got “db”");
  assert_refused ("[node]\nlisten=\n",
                  "line 2: listen: expected 1 to 8 addresses to listen on, got 0");
  assert_refused ("[node]\nlisten=9000\n",
                  "line 2: listen: expected an address such as /ip4/127.0.0.1/tcp/9338/ws or "
                  "127.0.0.1:9338, got “9000”");
  assert_refused ("[node]\nnetwork=\xff\n", "expected text in UTF-8");
}

#define EIGHT "[::]:1;[::]:2;[::]:3;[::]:4;[::]:5;[::]:6;[::]:7;[::]:8"

static void
test_config_addresses_max (void)
{
  g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
  g_autoptr(GError) error = NULL;

  g_test_summary ("Eight addresses are taken, nine are too many and change nothing.");

  g_assert_true (weft_node_settings_set (settings, "listen", EIGHT, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (settings->listen), ==, 8);

  g_assert_false (weft_node_settings_set (settings, "listen", EIGHT ";[::]:9", &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpuint (g_strv_length (settings->listen), ==, 8);
}

static void
test_config_short_address (void)
{
  static const struct
  {
    const char *text;
    const char *address;
  } cases[] = {
    { "127.0.0.1:0", "/ip4/127.0.0.1/tcp/0/ws" },
    { "[::1]:9000", "/ip6/::1/tcp/9000/ws" },
    { "/ip4/10.0.0.1/tcp/1/wss", "/ip4/10.0.0.1/tcp/1/wss" },
  };

  g_test_summary ("HOST:PORT is short for a multiaddr, with IPv6 in brackets.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
      g_autoptr(GPtrArray) addresses = NULL;
      g_autofree char *address = NULL;
      g_autoptr(GError) error = NULL;

      g_assert_true (weft_node_settings_set (settings, "listen", cases[i].text, &error));
      g_assert_no_error (error);
      addresses = weft_node_settings_list_addresses (settings);
      address = weft_multiaddr_to_string (g_ptr_array_index (addresses, 0));
      g_assert_cmpstr (address, ==, cases[i].address);
    }
}

static void
test_nearest (void)
{
  static const char *const words[] = { "network", "listen", "tls", "storage", NULL };

  g_test_summary ("The nearest word is the one with the fewest mistakes, a swap being one.");

  g_assert_cmpstr (weft_nearest_word ("lisetn", words), ==, "listen");
  g_assert_cmpstr (weft_nearest_word ("storages", words), ==, "storage");

  g_test_message ("Nobody who means one of these types that.");
  g_assert_null (weft_nearest_word ("", words));
  g_assert_null (weft_nearest_word ("foo", words));
  g_assert_null (weft_nearest_word ("peers", words));
}

static void
test_peers (void)
{
  g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
  g_autoptr(GPtrArray) peers = NULL;
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);
  const char *id = weft_peer_id_get_text (weft_identity_get_peer_id (identity));
  g_autofree char *list
    = g_strdup_printf ("/ip4/127.0.0.1/tcp/1/ws/p2p/%s; /dns4/b/tcp/2/wss/p2p/%s", id, id);
  g_autoptr(GError) error = NULL;

  g_test_summary ("Peers are named with their ids, one with several addresses is one peer, and a "
                  "peer or a minimum makes the node one of a cluster");

  g_assert_false (settings->is_cluster);
  g_assert_cmpuint (settings->cluster_min, ==, 3);
  weft_node_settings_set (settings, "peer", list, &error);
  g_assert_no_error (error);
  g_assert_true (settings->is_cluster);
  peers = weft_node_settings_list_peers (settings);
  g_assert_cmpuint (peers->len, ==, 1);
  g_assert_cmpuint (weft_cluster_peer_get_addresses (g_ptr_array_index (peers, 0))->len, ==, 2);

  assert_refused ("[node]\npeer=/ip4/127.0.0.1/tcp/1/ws\n",
                  "line 2: peer: expected a peer such as "
                  "/ip4/127.0.0.1/tcp/9338/ws/p2p/12D3KooW…, got “/ip4/127.0.0.1/tcp/1/ws” "
                  "without a peer id");
  assert_refused ("[node]\nreplication=-1\n",
                  "line 2: replication: expected a number from 0 to 64, got “-1”");
  assert_refused ("[node]\nminimum-cluster=0\n",
                  "line 2: minimum-cluster: expected a number from 1 to 64, got “0”");
}

static void
test_ring (void)
{
  g_autoptr(WeftNodeSettings) settings = weft_node_settings_new ();
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) bootstrap = NULL;

  g_test_summary ("A bootstrap, a profile or an address to announce makes the node one of a ring, "
                  "and what contradicts itself is refused");

  g_assert_false (weft_node_settings_is_ring (settings));
  g_assert_cmpuint (weft_node_settings_get_replication (settings), ==, 0);
  weft_node_settings_set (settings, "bootstrap", "127.0.0.1:1; /dns4/b/tcp/2/wss", &error);
  g_assert_no_error (error);
  g_assert_true (weft_node_settings_is_ring (settings));
  g_assert_cmpuint (weft_node_settings_get_replication (settings), ==, 10);
  bootstrap = weft_node_settings_list_bootstrap (settings);
  g_assert_cmpstr (bootstrap[0], ==, "/ip4/127.0.0.1/tcp/1/ws");
  g_assert_cmpstr (bootstrap[1], ==, "/dns4/b/tcp/2/wss");
  g_assert_true (weft_node_settings_check (settings, &error));
  g_assert_no_error (error);

  g_assert_true (weft_node_settings_set (settings, "replication", "2", NULL));
  g_assert_false (weft_node_settings_check (settings, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "expected a replication of at least the 3 nodes that a cluster needs, got 2");
  g_clear_error (&error);
  g_assert_true (weft_node_settings_set (settings, "replication", "33", NULL));
  g_assert_false (weft_node_settings_check (settings, NULL));
  g_assert_true (weft_node_settings_set (settings, "replication", "3", NULL));
  g_assert_true (weft_node_settings_check (settings, NULL));
  g_assert_true (weft_node_settings_set (
      settings, "peer",
      "/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN", NULL));
  g_assert_false (weft_node_settings_check (settings, NULL));

  assert_refused ("[node]\nprofile=middle\n",
                  "line 2: profile: expected the profile to be core or edge, got “middle”");
  assert_refused ("[node]\nannounce=;\n",
                  "line 2: announce: expected 1 to 8 addresses to announce, got 0");
}

static WeftNodeOptions *
parse_words (const char *const *words)
{
  g_autofree char **argv = g_new0 (char *, g_strv_length ((char **) words) + 1);
  g_autoptr(GError) error = NULL;
  WeftNodeOptions *options;
  char **rest = argv;
  int argc = 0;

  for (; words[argc] != NULL; argc++)
    argv[argc] = (char *) words[argc];
  options = weft_node_options_parse (&argc, &rest, &error);
  g_assert_no_error (error);

  return options;
}

static void
test_lan (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weft-node-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "weft-node.conf", NULL);
  const char *const as_written[] = { "weft-node", "--data-dir", directory, NULL };
  const char *const not_now[] = { "weft-node", "--data-dir", directory, "--no-lan", NULL };
  g_autoptr(WeftNodeOptions) options = NULL;
  g_autoptr(WeftNodeOptions) others = NULL;

  g_test_summary ("A configuration says that a node looks for others on the local network, which "
                  "makes it one of a ring; the command line has the last word.");

  g_assert_true (g_file_set_contents (path, "[node]\nlan=true\n", -1, NULL));
  options = parse_words (as_written);
  g_assert_true (options->settings->is_lan);
  g_assert_true (weft_node_settings_is_ring (options->settings));
  g_assert_cmpuint (weft_node_settings_get_replication (options->settings), ==, 10);

  others = parse_words (not_now);
  g_assert_false (others->settings->is_lan);
  g_assert_false (weft_node_settings_is_ring (others->settings));

  assert_refused ("[node]\nlan=yes\n", "line 2: lan: expected true or false, got “yes”");
  assert_refused ("[node]\nlam=true\n", "line 2: unknown key “lam”; did you mean “lan”?");

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/node-config/all", test_config_all);
  g_test_add_func ("/node-config/defaults", test_config_defaults);
  g_test_add_func ("/node-config/refused", test_config_refused);
  g_test_add_func ("/node-config/addresses-max", test_config_addresses_max);
  g_test_add_func ("/node-config/short-address", test_config_short_address);
  g_test_add_func ("/node-config/nearest", test_nearest);
  g_test_add_func ("/node-config/peers", test_peers);
  g_test_add_func ("/node-config/ring", test_ring);
  g_test_add_func ("/node-config/lan", test_lan);

  return g_test_run ();
}
