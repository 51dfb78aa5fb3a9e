/* weft-node-settings.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-settings.h"
#include "weft-nearest.h"
#include "weft-node-address.h"

#include <string.h>

#define DEFAULT_NETWORK "main"
#define DEFAULT_PREFIX "/db-p2p"

/* Three are better than one; more than these are never tried at once. */
#define BOOTSTRAP_MAX 32

static const char *const storage_names[] = {
  [WEFT_NODE_STORAGE_FILE] = "file",
  [WEFT_NODE_STORAGE_MEMORY] = "memory",
  NULL,
};

/* A word that becomes part of a URL path and of log lines: printable, without separators. */
gboolean
weft_node_settings_check_network (const char  *value,
                                  GError     **error)
{
  gsize length = strlen (value);

  for (const char *c = value; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "expected letters, digits, “.”, “_” and “-” in a network's name, got “%s”",
                     value);
        return FALSE;
      }
  if (length == 0 || length > WEFT_LIMIT_NAME_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a network's name of 1 to %d bytes, got %" G_GSIZE_FORMAT,
                   WEFT_LIMIT_NAME_BYTES_MAX, length);
      return FALSE;
    }

  return TRUE;
}

static gboolean
set_network (WeftNodeSettings  *self,
             const char        *value,
             GError           **error)
{
  if (!weft_node_settings_check_network (value, error))
    return FALSE;

  g_free (self->network);
  self->network = g_strdup (value);
  return TRUE;
}

static gboolean
set_prefix (WeftNodeSettings  *self,
            const char        *value,
            GError           **error)
{
  gsize length = strlen (value);

  if (value[0] != '/' || length < 2 || value[length - 1] == '/' ||
      length > WEFT_LIMIT_NAME_BYTES_MAX / 2)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a prefix such as %s, got “%s”", DEFAULT_PREFIX, value);
      return FALSE;
    }

  g_free (self->prefix);
  self->prefix = g_strdup (value);
  return TRUE;
}

/* A list of 1 to @max addresses, each checked. */
static gboolean
set_addresses (char       ***addresses,
               const char   *value,
               guint         max,
               const char   *use,
               GError      **error)
{
  char **list = weft_node_address_read_list (value, max, use, error);

  if (list == NULL)
    return FALSE;

  g_strfreev (*addresses);
  *addresses = list;
  return TRUE;
}

/* A name may stand for anything, and a socket wants one address. */
static gboolean
is_socket (const char *text)
{
  g_autoptr(WeftMultiaddr) address = weft_node_address_parse (text, FALSE, NULL);
  WeftMultiaddrHostKind kind = weft_multiaddr_get_host_kind (address);

  return kind == WEFT_MULTIADDR_HOST_KIND_IP4 || kind == WEFT_MULTIADDR_HOST_KIND_IP6;
}

static gboolean
set_listen (WeftNodeSettings  *self,
            const char        *value,
            GError           **error)
{
  g_auto(GStrv) list = NULL;

  if (!set_addresses (&list, value, WEFT_LIMIT_PEER_ADDRESSES_MAX, "listen on", error))
    return FALSE;
  for (guint i = 0; list[i] != NULL; i++)
    if (!is_socket (list[i]))
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "expected an IP address to listen on, got “%s”", list[i]);
        return FALSE;
      }

  g_strfreev (self->listen);
  self->listen = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
set_bootstrap (WeftNodeSettings  *self,
               const char        *value,
               GError           **error)
{
  if (!set_addresses (&self->bootstrap, value, BOOTSTRAP_MAX, "begin at", error))
    return FALSE;

  self->is_ring = TRUE;
  return TRUE;
}

static gboolean
set_announce (WeftNodeSettings  *self,
              const char        *value,
              GError           **error)
{
  if (!set_addresses (&self->announce, value, WEFT_LIMIT_PEER_ADDRESSES_MAX, "announce", error))
    return FALSE;

  self->is_ring = TRUE;
  return TRUE;
}

/* Who says what it is on a ring is on one, also the first, who has nobody to begin at. */
static gboolean
set_profile (WeftNodeSettings  *self,
             const char        *value,
             GError           **error)
{
  gboolean is_core = g_str_equal (value, "core");

  if (!is_core && !g_str_equal (value, "edge"))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected the profile to be core or edge, got “%s”", value);
      return FALSE;
    }

  self->profile = is_core ? WEFT_NODE_PROFILE_CORE : WEFT_NODE_PROFILE_EDGE;
  self->is_ring = TRUE;
  return TRUE;
}

static gboolean
parse_truth (const char  *value,
             gboolean    *truth,
             GError     **error)
{
  gboolean is_true = g_str_equal (value, "true");

  if (!is_true && !g_str_equal (value, "false"))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected true or false, got “%s”", value);
      return FALSE;
    }

  *truth = is_true;
  return TRUE;
}

static gboolean
set_tls (WeftNodeSettings  *self,
         const char        *value,
         GError           **error)
{
  return parse_truth (value, &self->is_tls, error);
}

static gboolean
set_lan (WeftNodeSettings  *self,
         const char        *value,
         GError           **error)
{
  return parse_truth (value, &self->is_lan, error);
}

static gboolean
set_no_moves (WeftNodeSettings  *self,
              const char        *value,
              GError           **error)
{
  return parse_truth (value, &self->is_staying, error);
}

static gboolean
set_storage (WeftNodeSettings  *self,
             const char        *value,
             GError           **error)
{
  for (guint i = 0; storage_names[i] != NULL; i++)
    if (g_str_equal (storage_names[i], value))
      {
        self->storage = i;
        return TRUE;
      }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected the storage to be file or memory, got “%s”", value);
  return FALSE;
}

static gboolean
set_log_level (WeftNodeSettings  *self,
               const char        *value,
               GError           **error)
{
  return weft_log_level_parse (value, &self->log_level, error);
}

static gboolean
set_peer (WeftNodeSettings  *self,
          const char        *value,
          GError           **error)
{
  char **list = weft_node_address_read_peers (value, error);

  if (list == NULL)
    return FALSE;

  g_strfreev (self->peers);
  self->peers = list;
  self->is_cluster = TRUE;
  return TRUE;
}

static gboolean
parse_number (const char  *value,
              guint        min,
              guint       *number,
              GError     **error)
{
  guint64 parsed;

  if (!g_ascii_string_to_unsigned (value, 10, min, WEFT_LIMIT_RECORD_PEERS_MAX, &parsed, NULL))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a number from %u to %d, got “%s”", min, WEFT_LIMIT_RECORD_PEERS_MAX,
                   value);
      return FALSE;
    }

  *number = parsed;
  return TRUE;
}

static gboolean
set_replication (WeftNodeSettings  *self,
                 const char        *value,
                 GError           **error)
{
  return parse_number (value, 0, &self->replication, error);
}

/* A node that says how few are enough is one of a cluster, even when it names nobody. */
static gboolean
set_minimum_cluster (WeftNodeSettings  *self,
                     const char        *value,
                     GError           **error)
{
  if (!parse_number (value, 1, &self->cluster_min, error))
    return FALSE;

  self->is_cluster = TRUE;
  return TRUE;
}

static const char *const names[] = {
  "network", "prefix", "listen", "tls", "storage", "log-level", "peer", "replication",
  "minimum-cluster", "bootstrap", "profile", "announce", "lan", "no-moves", NULL,
};

/* In the order of the names. */
static gboolean (*const setters[]) (WeftNodeSettings *, const char *, GError **) = {
  set_network, set_prefix, set_listen, set_tls, set_storage, set_log_level, set_peer,
  set_replication, set_minimum_cluster, set_bootstrap, set_profile, set_announce, set_lan,
  set_no_moves,
};

G_STATIC_ASSERT (G_N_ELEMENTS (names) == G_N_ELEMENTS (setters) + 1);

WeftNodeSettings *
weft_node_settings_new (void)
{
  WeftNodeSettings *self = g_new0 (WeftNodeSettings, 1);

  self->network = g_strdup (DEFAULT_NETWORK);
  self->prefix = g_strdup (DEFAULT_PREFIX);
  self->listen = g_strsplit (WEFT_NODE_ADDRESS_DEFAULT, ";", -1);
  self->storage = WEFT_NODE_STORAGE_FILE;
  self->log_level = WEFT_LOG_MESSAGE;
  self->peers = g_new0 (char *, 1);
  self->bootstrap = g_new0 (char *, 1);
  self->announce = g_new0 (char *, 1);
  self->cluster_min = WEFT_CLUSTER_MIN_DEFAULT;

  return self;
}

void
weft_node_settings_free (WeftNodeSettings *self)
{
  g_free (self->network);
  g_free (self->prefix);
  g_strfreev (self->listen);
  g_strfreev (self->peers);
  g_strfreev (self->bootstrap);
  g_strfreev (self->announce);
  g_free (self);
}

const char *const *
weft_node_settings_list_names (void)
{
  return names;
}

/* Sets one setting from text; nothing is changed on an error, which starts with the name. */
gboolean
weft_node_settings_set (WeftNodeSettings  *self,
                        const char        *name,
                        const char        *value,
                        GError           **error)
{
  g_autofree char *hint = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      {
        if (setters[i] (self, value, error))
          return TRUE;
        g_prefix_error (error, "%s: ", name);
        return FALSE;
      }

  hint = weft_nearest_hint (name, names);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "unknown setting “%s”%s", name, hint);
  return FALSE;
}

GPtrArray *
weft_node_settings_list_addresses (WeftNodeSettings *self)
{
  g_autoptr(GPtrArray) addresses = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  for (guint i = 0; self->listen[i] != NULL; i++)
    {
      WeftMultiaddr *address = weft_node_address_parse (self->listen[i], self->is_tls, NULL);

      /* It was parsed when it was set, and TLS does not change whether it can be. */
      g_assert (address != NULL);
      g_ptr_array_add (addresses, address);
    }

  return g_steal_pointer (&addresses);
}

/* Adds an address to those of the peer that is named at an index, or after all of them. */
static void
add_address (GPtrArray     *peers,
             guint          index,
             WeftMultiaddr *address)
{
  WeftClusterPeer *known = index < peers->len ? g_ptr_array_index (peers, index) : NULL;
  g_autoptr(GPtrArray) addresses = g_ptr_array_new ();
  g_autoptr(WeftClusterPeer) peer = NULL;

  if (known != NULL)
    g_ptr_array_extend (addresses, weft_cluster_peer_get_addresses (known), NULL, NULL);
  g_ptr_array_add (addresses, address);
  peer = weft_cluster_peer_new (weft_multiaddr_get_peer_id (address), addresses);
  if (known != NULL)
    g_ptr_array_remove_index (peers, index);
  g_ptr_array_insert (peers, index, g_steal_pointer (&peer));
}

GPtrArray *
weft_node_settings_list_peers (WeftNodeSettings *self)
{
  g_autoptr(GPtrArray) peers = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; self->peers[i] != NULL; i++)
    {
      g_autoptr(WeftMultiaddr) address = weft_node_address_parse_peer (self->peers[i], NULL);
      guint index = 0;

      /* It was parsed when it was set. */
      g_assert (address != NULL);
      while (index < peers->len &&
             !weft_peer_id_equal (
               weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, index)),
               weft_multiaddr_get_peer_id (address)))
        index++;
      add_address (peers, index, address);
    }

  return g_steal_pointer (&peers);
}

static char **
write_addresses (WeftNodeSettings *self,
                 char            **texts)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autoptr(WeftMultiaddr) address = weft_node_address_parse (texts[i], self->is_tls, NULL);
      g_autofree char *text = NULL;

      /* It was parsed when it was set, and TLS does not change whether it can be. */
      g_assert (address != NULL);
      text = weft_multiaddr_to_string (address);
      g_strv_builder_add (builder, text);
    }

  return g_strv_builder_end (builder);
}

char **
weft_node_settings_list_bootstrap (WeftNodeSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return write_addresses (self, self->bootstrap);
}

char **
weft_node_settings_list_announce (WeftNodeSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return write_addresses (self, self->announce);
}

gboolean
weft_node_settings_is_ring (WeftNodeSettings *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_ring || self->is_lan;
}

guint
weft_node_settings_get_replication (WeftNodeSettings *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return weft_node_settings_is_ring (self) && self->replication == 0 ? WEFT_RING_REPLICATION_DEFAULT
                                                 : self->replication;
}

/* Whether there is an address to dial in what is listened on. */
static gboolean
is_listening_somewhere (WeftNodeSettings *self)
{
  g_autoptr(GPtrArray) addresses = weft_node_settings_list_addresses (self);

  for (guint i = 0; i < addresses->len; i++)
    {
      const char *host = weft_multiaddr_get_host (g_ptr_array_index (addresses, i));

      if (!g_str_equal (host, "0.0.0.0") && !g_str_equal (host, "::"))
        return TRUE;
    }

  return FALSE;
}

gboolean
weft_node_settings_check (WeftNodeSettings  *self,
                          GError           **error)
{
  guint replication = weft_node_settings_get_replication (self);
  gboolean is_ring = weft_node_settings_is_ring (self);

  g_return_val_if_fail (self != NULL, FALSE);

  if (is_ring && self->peers[0] != NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected either peers, which are all there are, or a ring, which finds its own "
                 "(bootstrap, profile, announce, lan); got both");
  else if (self->is_forgetting && !is_ring)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected a ring (bootstrap, profile, announce, lan), as only its nodes know how "
                 "many they were; got a node that is told its peers, or has none");
  else if (is_ring && replication > WEFT_RING_REPLICATION_MAX)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected a ring to keep blocks on %d nodes at most, got a replication of %u",
                 WEFT_RING_REPLICATION_MAX, replication);
  else if (is_ring && self->cluster_min > replication)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected a replication of at least the %u nodes that a cluster needs, got %u",
                 self->cluster_min, replication);
  else if (is_ring && self->profile == WEFT_NODE_PROFILE_CORE && self->announce[0] == NULL
           && !is_listening_somewhere (self))
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected an address that others can dial, as others look for blocks here; "
                 "announce one, or be an edge");
  else
    return TRUE;

  return FALSE;
}

const char *
weft_node_settings_get_storage (WeftNodeSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return storage_names[self->storage];
}
