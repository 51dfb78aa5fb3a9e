/* weft-node-daemon.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bootstrap-file.h"
#include "weft-lan.h"
#include "weft-node-daemon.h"
#include "weft-node-directory.h"
#include "weft-notify.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <weft-websocket.h>

#define STORAGE_NAME "storage"
/* A stopped node has given its last answers to the transport, which still has to write them and
 * say goodbye. A peer that does not read does not keep us. */
#define LINGER_MSEC 10
#define LINGERS_MAX 100
/* As many as a ring begins at. */
#define LAN_FOUND_MAX 8

typedef struct
{
  const char *data_dir;
  WeftNodeSettings *settings;
  WeftNode *node;
  GMainLoop *loop;
  WeftLan *lan;         /* nullable */
  GPtrArray *lan_found; /* (element-type utf8) (owned) */
  gboolean is_told; /* addresses to begin at */
  gboolean is_ending;
  guint lingers;
  GError *error; /* why it ended, or NULL when it was told to */
} Daemon;

static void
daemon_clear (Daemon *self)
{
  g_clear_pointer (&self->lan, weft_lan_free);
  g_clear_pointer (&self->lan_found, g_ptr_array_unref);
  g_clear_object (&self->node);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Daemon, daemon_clear)

/* Whoever started us may be a service manager that waits for these words. That it does not hear
 * them is no reason to stop serving. */
static void
notify (const char *state)
{
  const char *socket_name = g_getenv ("NOTIFY_SOCKET");
  g_autoptr(GError) error = NULL;

  if (socket_name != NULL && socket_name[0] != '\0' &&
      !weft_notify_send (socket_name, state, &error))
    g_warning ("%s", error->message);
}

/* The addresses as people write them: our own peer id is said once, before them. */
static char *
describe_addresses (WeftNode *node)
{
  g_autoptr(GPtrArray) addresses = weft_node_list_addresses (node);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      g_autofree char *address = weft_multiaddr_to_string (g_ptr_array_index (addresses, i));
      const char *end = g_strrstr (address, "/p2p/");

      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append_len (text, address, end != NULL ? end - address : -1);
    }

  return g_string_free (text, FALSE);
}

/* Nobody vouches for it. It is only for who was told nothing better: they join a ring without. */
static void
lan_found_cb (const char *address,
              gpointer    user_data)
{
  Daemon *self = user_data;
  WeftRingKeyNetwork *network = WEFT_RING_KEY_NETWORK (weft_node_get_key_network (self->node));
  g_autoptr(GError) error = NULL;

  if (self->is_ending || self->lan_found->len >= LAN_FOUND_MAX ||
      g_ptr_array_find_with_equal_func (self->lan_found, address, g_str_equal, NULL))
    return;

  g_ptr_array_add (self->lan_found, g_strdup (address));
  g_message ("found on the local network: %s", address);
  if (!self->is_told && !weft_ring_key_network_add_bootstrap (network, address, &error))
    g_warning ("%s", error->message);
}

static gboolean
is_of_this_host (WeftMultiaddr *address)
{
  const char *host = weft_multiaddr_get_host (address);

  return g_str_has_prefix (host, "127.") || g_str_equal (host, "::1") ||
         g_str_equal (host, "localhost");
}

/* The first address that others reach, or else the first. */
static void
look_around (Daemon *self)
{
  g_autoptr(GPtrArray) addresses = weft_node_list_addresses (self->node);
  WeftPeerId *peer_id = weft_identity_get_peer_id (weft_node_get_identity (self->node));
  WeftMultiaddr *chosen = NULL;
  g_autoptr(GError) error = NULL;

  if (!self->settings->is_lan)
    return;
  for (guint i = 0; i < addresses->len; i++)
    {
      WeftMultiaddr *address = g_ptr_array_index (addresses, i);

      if (chosen == NULL || (is_of_this_host (chosen) && !is_of_this_host (address)))
        chosen = address;
    }
  self->lan_found = g_ptr_array_new_with_free_func (g_free);
  self->lan = weft_lan_new (self->settings->network, weft_peer_id_get_text (peer_id),
                            chosen != NULL ? weft_multiaddr_get_port (chosen) : 0,
                            chosen != NULL && weft_multiaddr_get_scheme (chosen) ==
                                                WEFT_MULTIADDR_SCHEME_WSS,
                            chosen != NULL && is_of_this_host (chosen), lan_found_cb, self,
                            &error);
  if (self->lan == NULL)
    g_warning ("%s", error->message);
}

static void
say_ready (Daemon *self)
{
  WeftIdentity *identity = weft_node_get_identity (self->node);
  g_autofree char *addresses = describe_addresses (self->node);
  g_autofree char *state = NULL;

  g_print ("weft-node ready: peer %s listening on %s network %s storage %s",
           weft_peer_id_get_text (weft_identity_get_peer_id (identity)), addresses,
           self->settings->network, weft_node_settings_get_storage (self->settings));
  if (self->settings->storage == WEFT_NODE_STORAGE_FILE)
    g_print (" %s", self->data_dir);
  g_print ("\n");
  fflush (stdout);

  state = g_strdup_printf ("READY=1\nSTATUS=serving network %s at %s", self->settings->network,
                           addresses);
  notify (state);
}

static gboolean
linger_cb (gpointer user_data)
{
  Daemon *self = user_data;
  WeftTransport *transport = weft_node_get_transport (self->node);

  self->lingers++;
  if (self->lingers < LINGERS_MAX &&
      weft_websocket_transport_get_n_connections (WEFT_WEBSOCKET_TRANSPORT (transport)) > 0)
    return G_SOURCE_CONTINUE;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
stopped_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Daemon *self = user_data;
  g_autoptr(GError) error = NULL;

  /* The first error is what the others come from. */
  if (!weft_node_stop_finish (WEFT_NODE (object), result, &error) && self->error == NULL)
    self->error = g_steal_pointer (&error);

  g_timeout_add (LINGER_MSEC, linger_cb, self);
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Daemon *self = user_data;
  g_autoptr(GError) error = NULL;

  if (weft_node_start_finish (WEFT_NODE (object), result, &error))
    {
      say_ready (self);
      look_around (self);
      return;
    }

  /* A start that a signal interrupted ends where the stop does. */
  if (self->is_ending)
    return;

  self->error = g_steal_pointer (&error);
  g_main_loop_quit (self->loop);
}

static gboolean
end_cb (gpointer user_data)
{
  Daemon *self = user_data;

  /* Somebody insists. What was acknowledged is on the disk, so this loses nothing. */
  if (self->is_ending)
    _exit (1);

  self->is_ending = TRUE;
  g_message ("ending: answering what is open; a second signal ends at once");
  notify ("STOPPING=1\nSTATUS=answering what is open");
  weft_node_stop_async (self->node, NULL, stopped_cb, self);

  return G_SOURCE_CONTINUE;
}

static gboolean
log_level_cb (gpointer user_data)
{
  WeftLogLevel level = weft_log_next_level (weft_log_get_level ());

  /* Told whatever the level is, as somebody has just asked. */
  weft_log_set_level (level);
  g_printerr ("weft-node: the log level is now %s\n", weft_log_level_name (level));

  return G_SOURCE_CONTINUE;
}

static WeftStorage *
open_storage (WeftNodeDirectory  *directory,
              WeftNodeSettings   *settings,
              GError            **error)
{
  g_autofree char *path = NULL;

  if (settings->storage == WEFT_NODE_STORAGE_MEMORY)
    return weft_memory_storage_new ();

  path = weft_node_directory_build_path (directory, STORAGE_NAME);

  return weft_file_storage_open (path, error);
}

static char **
write_addresses (WeftNodeSettings *settings)
{
  g_autoptr(GPtrArray) addresses = weft_node_settings_list_addresses (settings);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < addresses->len; i++)
    {
      g_autofree char *text = weft_multiaddr_to_string (g_ptr_array_index (addresses, i));

      g_strv_builder_add (builder, text);
    }

  return g_strv_builder_end (builder);
}

/* What was set, and what was added to the file for it, see weft-bootstrap-file.h. */
static gboolean
add_bootstrap (WeftRingKeyNetwork  *network,
               WeftNodeDirectory   *directory,
               WeftNodeSettings    *settings,
               GError             **error)
{
  g_autofree char *path = weft_node_directory_build_path (directory, WEFT_BOOTSTRAP_FILE_NAME);
  g_auto(GStrv) given = weft_node_settings_list_bootstrap (settings);
  g_auto(GStrv) kept = weft_bootstrap_file_load (path, error);

  if (kept == NULL)
    return FALSE;
  for (guint i = 0; given[i] != NULL; i++)
    if (!weft_ring_key_network_add_bootstrap (network, given[i], error))
      return FALSE;
  for (guint i = 0; kept[i] != NULL; i++)
    if (!weft_ring_key_network_add_bootstrap (network, kept[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
is_told (WeftNodeDirectory *directory,
         WeftNodeSettings  *settings)
{
  g_autofree char *path = weft_node_directory_build_path (directory, WEFT_BOOTSTRAP_FILE_NAME);
  g_auto(GStrv) kept = weft_bootstrap_file_load (path, NULL);

  return settings->bootstrap[0] != NULL || (kept != NULL && kept[0] != NULL);
}

static WeftKeyNetwork *
make_ring (WeftNodeDirectory  *directory,
           WeftNodeSettings   *settings,
           WeftTransport      *transport,
           WeftStorage        *storage,
           GError            **error)
{
  g_auto(GStrv) announce = weft_node_settings_list_announce (settings);
  g_autoptr(WeftRingKeyNetwork) network
    = g_object_new (WEFT_TYPE_RING_KEY_NETWORK,
                    "transport", transport,
                    "storage", storage,
                    "prefix", settings->prefix,
                    "announce", announce,
                    "replication", weft_node_settings_get_replication (settings),
                    "keeper", settings->profile == WEFT_NODE_PROFILE_CORE,
                    NULL);

  if (!add_bootstrap (network, directory, settings, error))
    return NULL;
  if (settings->profile == WEFT_NODE_PROFILE_EDGE && !settings->is_lan
      && !is_told (directory, settings))
    g_warning ("an edge that is told nobody to begin at finds nobody: give --bootstrap or --lan");
  if (settings->is_forgetting)
    {
      g_message ("taking whoever is missing for gone for good");
      weft_ring_key_network_forget_missing (network);
    }

  return WEFT_KEY_NETWORK (g_steal_pointer (&network));
}

/* Who keeps which block; NULL for a node that keeps all of its blocks alone. */
static WeftKeyNetwork *
make_key_network (WeftNodeSettings *settings,
                  WeftIdentity     *identity,
                  WeftClock        *clock)
{
  g_autoptr(GPtrArray) peers = weft_node_settings_list_peers (settings);
  WeftFixedKeyNetwork *network;

  if (!settings->is_cluster)
    return NULL;

  network = weft_fixed_key_network_new (weft_identity_get_peer_id (identity),
                                        settings->replication, clock);
  for (guint i = 0; i < peers->len; i++)
    weft_fixed_key_network_add_peer (network, g_ptr_array_index (peers, i));

  return WEFT_KEY_NETWORK (network);
}

static WeftNode *
make_node (WeftNodeDirectory  *directory,
           WeftNodeSettings   *settings,
           GError            **error)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_auto(GStrv) listen = write_addresses (settings);
  g_autoptr(WeftKeyNetwork) key_network = NULL;
  g_autoptr(WeftTransport) transport = NULL;
  g_autoptr(WeftIdentity) identity = NULL;
  g_autoptr(WeftStorage) storage = NULL;

  identity = weft_node_directory_ensure_identity (directory, random, error);
  if (identity == NULL)
    return NULL;
  storage = open_storage (directory, settings, error);
  if (storage == NULL)
    return NULL;

  transport = g_object_new (WEFT_WEBSOCKET_TYPE_TRANSPORT,
                            "identity", identity,
                            "network", settings->network,
                            "clock", clock,
                            "random", random,
                            "agent", "weft-node/" PACKAGE_VERSION,
                            NULL);
  key_network = weft_node_settings_is_ring (settings)
    ? make_ring (directory, settings, transport, storage, error)
    : make_key_network (settings, identity, clock);
  if (key_network == NULL && weft_node_settings_is_ring (settings))
    return NULL;

  return g_object_new (WEFT_TYPE_NODE,
                       "identity", identity,
                       "network", settings->network,
                       "clock", clock,
                       "random", random,
                       "transport", transport,
                       "storage", storage,
                       "key-network", key_network,
                       "cluster-min", settings->cluster_min,
                       "moves", !settings->is_staying,
                       "listen", listen,
                       "prefix", settings->prefix,
                       "agent", "weft-node/" PACKAGE_VERSION,
                       NULL);
}

gboolean
weft_node_daemon_run (const char        *data_dir,
                      WeftNodeSettings  *settings,
                      GError           **error)
{
  static const int end_signals[] = { SIGTERM, SIGINT, SIGHUP };
  g_autoptr(WeftNodeDirectory) directory = NULL;
  g_auto(Daemon) self = { data_dir, settings };
  guint sources[G_N_ELEMENTS (end_signals) + 1];

  g_return_val_if_fail (data_dir != NULL, FALSE);
  g_return_val_if_fail (settings != NULL, FALSE);

  directory = weft_node_directory_open (data_dir, error);
  if (directory == NULL)
    return FALSE;
  self.is_told = is_told (directory, settings);
  self.node = make_node (directory, settings, error);
  if (self.node == NULL)
    return FALSE;

  self.loop = g_main_loop_new (NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (end_signals); i++)
    sources[i] = g_unix_signal_add (end_signals[i], end_cb, &self);
  sources[G_N_ELEMENTS (end_signals)] = g_unix_signal_add (SIGUSR1, log_level_cb, &self);

  weft_node_start_async (self.node, NULL, started_cb, &self);
  g_main_loop_run (self.loop);

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  if (self.error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self.error));
  return FALSE;
}
