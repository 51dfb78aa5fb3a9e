/* weft-node-options.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-config.h"
#include "weft-node-options.h"

#define CONFIG_NAME "weft-node.conf"

static const char summary[] =
  "Keeps blocks and serves them to other peers and to clients. Prints one line when it is\n"
  "ready, and ends cleanly on SIGTERM or SIGINT.";

static const char description[] =
  "Examples:\n"
  "  weft-node\n"
  "      serve the network “main” on 127.0.0.1:9338, data in the user's data directory\n"
  "  weft-node --data-dir /srv/weft --listen 0.0.0.0:9338 --tls\n"
  "      serve everybody, over TLS\n"
  "  weft-node --data-dir /tmp/try --storage memory --listen 127.0.0.1:0 --network test\n"
  "      keep nothing, on a port that is free\n"
  "  weft-node --peer /dns4/b.example.org/tcp/9338/wss/p2p/12D3KooW… --peer …\n"
  "      keep blocks together with others; all of them are given the same peers\n"
  "  weft-node --profile core --listen 192.0.2.1:9338\n"
  "      be the first of a ring of nodes that find each other\n"
  "  weft-node --bootstrap 192.0.2.1:9338 --listen 192.0.2.2:9338\n"
  "      join it; three bootstraps are better than one\n"
  "  weft-node --lan --listen 0.0.0.0:9338 --announce 192.0.2.3:9338\n"
  "      find the nodes of the local network, and be found there\n"
  "  weft-node --data-dir /srv/weft --init\n"
  "      make the data directory and its identity, print the peer id, and end\n"
  "\n"
  "Signals: SIGTERM, SIGINT and SIGHUP end the node cleanly, a second one at once; SIGUSR1 makes\n"
  "its log one step more talkative, and starts again at “error” after “debug”.\n"
  "Exit codes: 0 it ended as asked, 1 it could not work, 2 wrong usage or configuration.";

/* What GOption fills; NULL is not given. */
typedef struct
{
  char *data_dir;
  char *config;
  char **listen;
  char **peers;
  char *replication;
  char *minimum_cluster;
  char **bootstrap;
  char *profile;
  char **announce;
  char *network;
  char *prefix;
  char *storage;
  char *log_level;
  gboolean is_tls;
  gboolean is_init;
  gboolean is_print_peer_id;
  gboolean is_no_moves;
  gboolean is_forget_missing;
  gboolean is_lan;
  gboolean is_no_lan;
  gboolean is_version;
} Given;

static void
given_clear (Given *self)
{
  g_free (self->data_dir);
  g_free (self->config);
  g_strfreev (self->listen);
  g_strfreev (self->peers);
  g_free (self->replication);
  g_free (self->minimum_cluster);
  g_strfreev (self->bootstrap);
  g_free (self->profile);
  g_strfreev (self->announce);
  g_free (self->network);
  g_free (self->prefix);
  g_free (self->storage);
  g_free (self->log_level);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Given, given_clear)

static gboolean
parse_given (Given    *given,
             int      *argc,
             char   ***argv,
             GError  **error)
{
  const GOptionEntry entries[] = {
    { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &given->data_dir,
      "Keep identity and blocks in DIR (default: $XDG_DATA_HOME/weft)", "DIR" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &given->config,
      "Read settings from FILE (default: weft-node.conf in DIR, if there)", "FILE" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &given->listen,
      "Serve at a multiaddr or HOST:PORT; may be repeated", "ADDRESS" },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &given->is_tls,
      "Take HOST:PORT to mean WebSocket over TLS", NULL },
    { "peer", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &given->peers,
      "Keep blocks together with the peer at a multiaddr with its id; may be repeated",
      "ADDRESS/p2p/ID" },
    { "bootstrap", 'b', 0, G_OPTION_ARG_STRING_ARRAY, &given->bootstrap,
      "Find other nodes through the one at an address; may be repeated", "ADDRESS" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &given->profile,
      "On a ring, keep blocks or only ask for them (default: core)", "core|edge" },
    { "announce", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given->announce,
      "Tell others to dial ADDRESS, not what is listened on; may be repeated", "ADDRESS" },
    { "lan", 0, 0, G_OPTION_ARG_NONE, &given->is_lan,
      "Find other nodes on the local network, and be found there", NULL },
    { "no-lan", 0, 0, G_OPTION_ARG_NONE, &given->is_no_lan,
      "Do not (the default)", NULL },
    { "replication", 'r', 0, G_OPTION_ARG_STRING, &given->replication,
      "Keep each block on the N nodes nearest to it (default: 0, on all; 10 on a ring)", "N" },
    { "minimum-cluster", 0, 0, G_OPTION_ARG_STRING, &given->minimum_cluster,
      "Refuse changes by fewer than N nodes (default: 3)", "N" },
    { "network", 'n', 0, G_OPTION_ARG_STRING, &given->network,
      "Serve the network NAME (default: main)", "NAME" },
    { "prefix", 0, 0, G_OPTION_ARG_STRING, &given->prefix,
      "Serve protocols under PREFIX (default: /db-p2p)", "PREFIX" },
    { "storage", 's', 0, G_OPTION_ARG_STRING, &given->storage,
      "Keep blocks in files or in memory (default: file)", "file|memory" },
    { "log-level", 0, 0, G_OPTION_ARG_STRING, &given->log_level,
      "error, warning, message, info or debug (default: message)", "LEVEL" },
    { "no-moves", 0, 0, G_OPTION_ARG_NONE, &given->is_no_moves,
      "Leave blocks where they are when nodes come and go", NULL },
    { "forget-missing", 0, 0, G_OPTION_ARG_NONE, &given->is_forget_missing,
      "On a ring, take whoever is missing for gone for good; tell all nodes that are left", NULL },
    { "init", 0, 0, G_OPTION_ARG_NONE, &given->is_init,
      "Make the data directory, print the peer id, and end", NULL },
    { "print-peer-id", 0, 0, G_OPTION_ARG_NONE, &given->is_print_peer_id,
      "Print the peer id of a data directory, and end", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &given->is_version,
      "Print the version, and end", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "unexpected argument “%s”", (*argv)[1]);
      return FALSE;
    }
  if (given->is_init + given->is_print_peer_id + given->is_version > 1)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected only one of --init, --print-peer-id and --version");
      return FALSE;
    }

  return TRUE;
}

static gboolean
load_config (const Given       *given,
             const char        *data_dir,
             WeftNodeSettings  *settings,
             GError           **error)
{
  g_autofree char *path = NULL;

  if (given->config != NULL)
    return weft_node_config_load (given->config, settings, error);

  path = g_build_filename (data_dir, CONFIG_NAME, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  return weft_node_config_load (path, settings, error);
}

/* The command line has the last word, so it comes after the configuration. */
static gboolean
apply_given (const Given       *given,
             WeftNodeSettings  *settings,
             GError           **error)
{
  g_autofree char *listen = given->listen != NULL ? g_strjoinv (";", given->listen) : NULL;
  g_autofree char *peers = given->peers != NULL ? g_strjoinv (";", given->peers) : NULL;
  g_autofree char *bootstrap
    = given->bootstrap != NULL ? g_strjoinv (";", given->bootstrap) : NULL;
  g_autofree char *announce = given->announce != NULL ? g_strjoinv (";", given->announce) : NULL;
  const struct
  {
    const char *name;
    const char *value;
  } pairs[] = {
    { "network", given->network },
    { "prefix", given->prefix },
    { "listen", listen },
    { "tls", given->is_tls ? "true" : NULL },
    { "storage", given->storage },
    { "log-level", given->log_level },
    { "peer", peers },
    { "replication", given->replication },
    { "minimum-cluster", given->minimum_cluster },
    { "bootstrap", bootstrap },
    { "profile", given->profile },
    { "announce", announce },
    { "no-moves", given->is_no_moves ? "true" : NULL },
    { "lan", given->is_no_lan ? "false" : given->is_lan ? "true" : NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i].value != NULL &&
        !weft_node_settings_set (settings, pairs[i].name, pairs[i].value, error))
      {
        g_prefix_error (error, "--");
        return FALSE;
      }

  return TRUE;
}

static WeftNodeAction
choose_action (const Given *given)
{
  if (given->is_version)
    return WEFT_NODE_PRINT_VERSION;
  if (given->is_print_peer_id)
    return WEFT_NODE_PRINT_PEER_ID;
  if (given->is_init)
    return WEFT_NODE_INIT;

  return WEFT_NODE_RUN;
}

/* Every error is one of usage or configuration. With --help it prints and does not return. */
WeftNodeOptions *
weft_node_options_parse (int      *argc,
                         char   ***argv,
                         GError  **error)
{
  g_auto(Given) given = { 0 };
  g_autoptr(WeftNodeOptions) self = NULL;

  g_return_val_if_fail (argc != NULL, NULL);
  g_return_val_if_fail (argv != NULL, NULL);

  if (!parse_given (&given, argc, argv, error))
    return NULL;

  self = g_new0 (WeftNodeOptions, 1);
  self->action = choose_action (&given);
  self->settings = weft_node_settings_new ();
  if (given.data_dir != NULL && given.data_dir[0] == '\0')
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "--data-dir: expected a folder, got “”");
      return NULL;
    }
  self->data_dir = given.data_dir != NULL
    ? g_steal_pointer (&given.data_dir)
    : g_build_filename (g_get_user_data_dir (), "weft", NULL);

  if (self->action == WEFT_NODE_PRINT_VERSION)
    return g_steal_pointer (&self);
  if (!load_config (&given, self->data_dir, self->settings, error))
    return NULL;
  if (!apply_given (&given, self->settings, error))
    return NULL;
  self->settings->is_forgetting = given.is_forget_missing;
  if (!weft_node_settings_check (self->settings, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
weft_node_options_free (WeftNodeOptions *self)
{
  g_free (self->data_dir);
  g_clear_pointer (&self->settings, weft_node_settings_free);
  g_free (self);
}
