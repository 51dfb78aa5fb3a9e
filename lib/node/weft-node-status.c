/* weft-node-status.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a node says about itself: its state, its list models, and its status as JSON. */

#include "config.h"

#include "weft-commit-private.h"
#include "weft-enum-types.h"
#include "weft-limits.h"
#include "weft-node-private.h"

#include <string.h>

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_integer (JsonBuilder *builder,
             const char  *name,
             gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder,
             const char  *name,
             gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/* WeftFileStorage is "file"; a storage that others wrote has a name of its own. */
static char *
make_storage_kind (WeftStorage *storage)
{
  const char *name = G_OBJECT_TYPE_NAME (storage);
  gsize length = strlen (name);

  if (!g_str_has_prefix (name, "Weft") || !g_str_has_suffix (name, "Storage"))
    return g_strdup (name);

  return g_ascii_strdown (name + strlen ("Weft"), length - strlen ("WeftStorage"));
}

static void
add_storage (WeftNode    *self,
             JsonBuilder *builder)
{
  g_autofree char *kind = NULL;
  guint64 bytes_available;
  guint64 bytes_used;

  if (self->storage == NULL)
    return;

  kind = make_storage_kind (self->storage);
  json_builder_set_member_name (builder, "storage");
  json_builder_begin_object (builder);
  add_string (builder, "kind", kind);
  /* A closed or failing storage does not know, and the rest of the status is still true. */
  if (weft_storage_get_usage (self->storage, &bytes_used, &bytes_available, NULL))
    {
      add_integer (builder, "bytesUsed", MIN (bytes_used, WEFT_LIMIT_INTEGER_MAX));
      if (bytes_available != G_MAXUINT64)
        add_integer (builder, "bytesAvailable", MIN (bytes_available, WEFT_LIMIT_INTEGER_MAX));
    }
  json_builder_end_object (builder);
}

static void
add_addresses (WeftNode    *self,
               JsonBuilder *builder)
{
  g_autoptr(GPtrArray) addresses = weft_node_list_addresses (self);

  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < addresses->len; i++)
    {
      g_autofree char *text = weft_multiaddr_to_string (g_ptr_array_index (addresses, i));

      json_builder_add_string_value (builder, text);
    }
  json_builder_end_array (builder);
}

/* How many of the connected peers proved themselves over the very TLS connection that they came
 * through. Without TLS, or with a proxy that ends it, there is nothing to bind a proof to. */
static void
add_peers (WeftNode    *self,
           JsonBuilder *builder)
{
  guint n_peers = g_list_model_get_n_items (G_LIST_MODEL (self->peers));
  guint n_bound = 0;

  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr(WeftPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->peers), i);

      if (weft_peer_is_bound (peer))
        n_bound++;
    }

  json_builder_set_member_name (builder, "peers");
  json_builder_begin_object (builder);
  add_integer (builder, "connected", n_peers);
  add_integer (builder, "boundToTls", n_bound);
  add_integer (builder, "notBoundToTls", n_peers - n_bound);
  json_builder_end_object (builder);
}

static void
add_transport (WeftNode    *self,
               JsonBuilder *builder)
{
  g_autoptr(GVariant) counters = NULL;
  const char *name;
  GVariantIter iter;
  guint64 value;

  if (self->transport == NULL)
    return;

  counters = weft_transport_get_counters (self->transport);
  json_builder_set_member_name (builder, "transport");
  json_builder_begin_object (builder);
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_next (&iter, "{&st}", &name, &value))
    add_integer (builder, name, MIN (value, WEFT_LIMIT_INTEGER_MAX));
  json_builder_end_object (builder);
}

static const char *
get_state_name (WeftNodeState state)
{
  g_autoptr(GEnumClass) states = g_type_class_ref (WEFT_TYPE_NODE_STATE);

  return g_enum_get_value (states, state)->value_nick;
}

static void
add_peer (JsonBuilder *builder,
          WeftPeer    *peer)
{
  WeftMultiaddr *address = weft_peer_get_address (peer);
  const char * const *protocols = weft_peer_get_protocols (peer);

  json_builder_begin_object (builder);
  add_string (builder, "id", weft_peer_id_get_text (weft_peer_get_peer_id (peer)));
  add_string (builder, "role",
              weft_peer_get_role (peer) == WEFT_PEER_ROLE_CLIENT ? "client" : "peer");
  add_string (builder, "agent", weft_peer_get_agent (peer));
  if (address != NULL)
    {
      g_autofree char *text = weft_multiaddr_to_string (address);

      add_string (builder, "address", text);
    }
  add_boolean (builder, "outbound", weft_peer_is_outbound (peer));
  add_boolean (builder, "boundToTls", weft_peer_is_bound (peer));

  json_builder_set_member_name (builder, "protocols");
  json_builder_begin_array (builder);
  for (guint i = 0; protocols != NULL && protocols[i] != NULL; i++)
    json_builder_add_string_value (builder, protocols[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

JsonNode *
weft_node_make_peers (WeftNode *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  guint n_peers = g_list_model_get_n_items (G_LIST_MODEL (self->peers));

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "peers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr(WeftPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->peers), i);

      add_peer (builder, peer);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/**
 * weft_node_get_state: (get-property state)
 * @self: a node
 *
 * Gets where the node is in its life.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
WeftNodeState
weft_node_get_state (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), WEFT_NODE_STATE_NEW);

  return self->state;
}

/**
 * weft_node_get_repo: (get-property repo)
 * @self: a node
 *
 * Gets the blocks of this node, for the program that embeds it.
 *
 * Returns: (transfer none) (nullable): the repo, or %NULL for a node without a storage
 *
 * Since: 0.1
 */
WeftStorageRepo *
weft_node_get_repo (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return self->repo;
}

/**
 * weft_node_get_peers: (get-property peers)
 * @self: a node
 *
 * Gets the connected peers, in the order they came. The model follows them.
 *
 * Returns: (transfer none): a list model of [class@Weft.Peer]
 *
 * Since: 0.1
 */
GListModel *
weft_node_get_peers (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  return G_LIST_MODEL (self->peers);
}

/**
 * weft_node_get_recent_commits: (get-property recent-commits)
 * @self: a node
 *
 * Gets the latest commits that landed here, the newest first and 256 at most. The model follows
 * them.
 *
 * Returns: (transfer none): a list model of [class@Weft.Commit]
 *
 * Since: 0.1
 */
GListModel *
weft_node_get_recent_commits (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  if (self->recent_commits == NULL)
    {
      self->recent_commits = g_list_store_new (WEFT_TYPE_COMMIT);
      while (!g_queue_is_empty (&self->recent))
        {
          g_autofree WeftCommitNote *note = g_queue_pop_head_link (&self->recent)->data;
          g_autoptr(WeftCommit) commit = weft_commit_note_open (note);

          g_list_store_append (self->recent_commits, commit);
        }
    }

  return G_LIST_MODEL (self->recent_commits);
}

/**
 * weft_node_list_addresses:
 * @self: a node
 *
 * Lists the addresses at which the node serves now, with the ports that were really taken.
 *
 * Returns: (transfer container) (element-type WeftMultiaddr): addresses; none unless it runs
 *
 * Since: 0.1
 */
GPtrArray *
weft_node_list_addresses (WeftNode *self)
{
  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  if (self->transport == NULL || self->state != WEFT_NODE_STATE_RUNNING)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);

  return weft_transport_list_addresses (self->transport);
}

/**
 * weft_node_get_status:
 * @self: a node
 *
 * Describes the node for a person or a tool to read.
 *
 * It is an object with `peerId`, `network`, `version`, `agent`, `state`, `startedAt` (milliseconds
 * since 1970-01-01 UTC) and `uptimeMs` once it was started, `addresses`, `storage` with `kind`,
 * `bytesUsed` and, where it has a bound, `bytesAvailable`, `peers` with how many are `connected`,
 * and of these `boundToTls` and `notBoundToTls`, `requests` with how many were `served` by kind,
 * `errors` by code, `open` and `dropped`, the counters of the `transport`, `cluster`, what
 * [method@Weft.CoordinatorRepo.get_status] tells, and `ring`, what
 * [method@Weft.RingKeyNetwork.get_status] tells. Members may be added.
 *
 * Returns: (transfer full): the status, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_node_get_status (WeftNode *self)
{
  g_autoptr(JsonBuilder) builder = NULL;

  g_return_val_if_fail (WEFT_IS_NODE (self), NULL);

  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  if (self->identity != NULL)
    add_string (builder, "peerId",
                weft_peer_id_get_text (weft_identity_get_peer_id (self->identity)));
  if (self->network != NULL)
    add_string (builder, "network", self->network);
  add_string (builder, "version", PACKAGE_VERSION);
  add_string (builder, "agent", self->agent);
  add_string (builder, "state", get_state_name (self->state));
  if (self->started_real_usec != 0)
    {
      gint64 uptime_usec = weft_clock_get_monotonic (self->clock) - self->started_usec;

      add_integer (builder, "startedAt", self->started_real_usec / 1000);
      add_integer (builder, "uptimeMs", uptime_usec / 1000);
    }
  add_addresses (self, builder);
  add_storage (self, builder);
  add_peers (self, builder);
  json_builder_set_member_name (builder, "requests");
  json_builder_add_value (builder, weft_call_stats_to_json (self->stats));
  add_transport (self, builder);
  if (self->coordinator != NULL)
    {
      json_builder_set_member_name (builder, "cluster");
      json_builder_add_value (builder, weft_coordinator_repo_get_status (self->coordinator));
    }
  weft_node_add_ring (self, builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
