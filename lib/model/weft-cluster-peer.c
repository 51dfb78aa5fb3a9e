/* weft-cluster-peer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-peer-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-multiaddr.h"

/**
 * WeftClusterPeer:
 *
 * A member of a cluster, and the addresses at which it is reached.
 *
 * Since: 0.1
 */
struct _WeftClusterPeer
{
  WeftPeerId *peer_id;
  GPtrArray *addresses; /* (element-type WeftMultiaddr) */
  JsonNode *json;       /* {"addrs"} */
};

static const char *const member_names[] = { "addrs", NULL };
static const char *const all_member_names[] = { "peerId", "addrs", NULL };

static void
clear (WeftClusterPeer *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->json, json_node_unref);
}

/**
 * weft_cluster_peer_ref:
 * @self: a peer
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_cluster_peer_unref:
 * @self: (transfer full): a peer
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_cluster_peer_to_string:
 * @self: a peer
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_cluster_peer_equal:
 * @a: a peer
 * @b: another one
 *
 * Compares two values by their canonical JSON, addresses included.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED (WeftClusterPeer, weft_cluster_peer, clear)

/**
 * weft_cluster_peer_new:
 * @peer_id: (type Weft.PeerId): who it is
 * @addresses: (nullable) (element-type WeftMultiaddr): where it is reached; what is past the first
 *   eight is left out
 *
 * Creates a member of a cluster.
 *
 * Returns: (transfer full): the peer
 *
 * Since: 0.1
 */
WeftClusterPeer *
weft_cluster_peer_new (WeftPeerId *peer_id,
                       GPtrArray  *addresses)
{
  WeftClusterPeer *self;
  JsonObject *object;
  JsonArray *array;

  g_return_val_if_fail (peer_id != NULL, NULL);

  self = g_atomic_rc_box_new0 (WeftClusterPeer);
  self->peer_id = weft_peer_id_ref (peer_id);
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  array = json_array_new ();
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      WeftMultiaddr *address = g_ptr_array_index (addresses, i);

      if (i == WEFT_LIMIT_PEER_ADDRESSES_MAX)
        break;
      g_ptr_array_add (self->addresses, weft_multiaddr_ref (address));
      json_array_add_element (array, weft_multiaddr_to_json (address));
    }
  object = json_object_new ();
  json_object_set_array_member (object, "addrs", array);
  self->json = weft_content_seal_object (object);

  return self;
}

/**
 * weft_cluster_peer_get_peer_id:
 * @self: a peer
 *
 * Gets who it is.
 *
 * Returns: (transfer none) (type Weft.PeerId): its peer id
 *
 * Since: 0.1
 */
WeftPeerId *
weft_cluster_peer_get_peer_id (WeftClusterPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->peer_id;
}

/**
 * weft_cluster_peer_get_addresses:
 * @self: a peer
 *
 * Gets where it is reached.
 *
 * Returns: (transfer none) (element-type WeftMultiaddr): its addresses, those of kinds that this
 *   version does not know left out
 *
 * Since: 0.1
 */
GPtrArray *
weft_cluster_peer_get_addresses (WeftClusterPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->addresses;
}

JsonArray *
weft_cluster_peer_get_address_list (JsonObject         *object,
                                    const WeftJsonPath *list,
                                    GError            **error)
{
  JsonNode *member = weft_json_require_member (object, list->name, list->parent, error);
  JsonArray *array = member != NULL ? weft_json_get_array (member, list, error) : NULL;

  if (array == NULL || json_array_get_length (array) <= WEFT_LIMIT_PEER_ADDRESSES_MAX)
    return array;

  weft_json_set_error (error, list, "expected at most %d addresses, got %u",
                       WEFT_LIMIT_PEER_ADDRESSES_MAX, json_array_get_length (array));
  return NULL;
}

/* A kind of address from the future is no reason to refuse a peer. */
static gboolean
parse_addresses (WeftClusterPeer    *self,
                 JsonObject         *object,
                 const WeftJsonPath *path,
                 GError            **error)
{
  const WeftJsonPath list = { path, "addrs", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  JsonArray *array = weft_cluster_peer_get_address_list (object, &list, error);

  if (array == NULL)
    return FALSE;
  for (; here.index < json_array_get_length (array); here.index++)
    {
      const char *text = weft_json_get_string (json_array_get_element (array, here.index), &here,
                                               error);
      WeftMultiaddr *address;

      if (text == NULL)
        return FALSE;
      if (strlen (text) > WEFT_LIMIT_ADDRESS_BYTES_MAX)
        {
          weft_json_set_error (error, &here, "expected at most %d bytes",
                               WEFT_LIMIT_ADDRESS_BYTES_MAX);
          return FALSE;
        }
      address = weft_multiaddr_parse (text, NULL);
      if (address != NULL)
        g_ptr_array_add (self->addresses, address);
    }

  return TRUE;
}

/* `{"addrs":[…]}`, as the member of an object that has the name of the peer. */
static WeftClusterPeer *
parse_named (const char         *name,
             JsonNode           *json,
             const WeftJsonPath *path,
             GError            **error)
{
  g_autoptr (WeftClusterPeer) self = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);

  if (object == NULL || !weft_json_check_members (object, member_names, path, error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftClusterPeer);
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  self->peer_id = weft_peer_id_parse (name, NULL);
  if (self->peer_id == NULL)
    {
      weft_json_set_error (error, path, "expected a peer id as the name");
      return NULL;
    }
  if (!parse_addresses (self, object, path, error))
    return NULL;
  self->json = weft_content_freeze (json);

  return g_steal_pointer (&self);
}

GPtrArray *
weft_cluster_peers_parse_map (JsonNode           *json,
                              const WeftJsonPath *path,
                              GError            **error)
{
  g_autoptr (GPtrArray) peers = NULL;
  WeftJsonPath here = { path, NULL, 0 };
  JsonObject *map = weft_json_get_object (json, path, error);
  JsonObjectIter iter;
  JsonNode *member;

  if (map == NULL)
    return NULL;
  if (json_object_get_size (map) == 0 || json_object_get_size (map) > WEFT_LIMIT_RECORD_PEERS_MAX)
    {
      weft_json_set_error (error, path, "expected 1 to %d peers, got %u",
                           WEFT_LIMIT_RECORD_PEERS_MAX, json_object_get_size (map));
      return NULL;
    }

  peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      WeftClusterPeer *peer = parse_named (here.name, member, &here, error);

      if (peer == NULL)
        return NULL;
      g_ptr_array_add (peers, peer);
    }
  g_ptr_array_sort (peers, weft_cluster_peer_order);

  return g_steal_pointer (&peers);
}

GPtrArray *
weft_cluster_peers_parse (JsonObject         *object,
                          const WeftJsonPath *path,
                          GError            **error)
{
  const WeftJsonPath here = { path, "peers", 0 };
  JsonNode *member = weft_json_require_member (object, "peers", path, error);

  return member != NULL ? weft_cluster_peers_parse_map (member, &here, error) : NULL;
}

JsonNode *
weft_cluster_peers_to_json (GPtrArray *peers)
{
  JsonObject *map = json_object_new ();

  for (guint i = 0; i < peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (peers, i);

      json_object_set_member (map, weft_peer_id_get_text (peer->peer_id),
                              json_node_ref (peer->json));
    }

  return weft_content_seal_object (map);
}

GPtrArray *
weft_cluster_peers_copy (GPtrArray *peers,
                         GError   **error)
{
  const WeftJsonPath path = { NULL, "peers", 0 };
  g_autoptr (GPtrArray) copy = NULL;

  if (peers->len == 0 || peers->len > WEFT_LIMIT_RECORD_PEERS_MAX)
    {
      weft_json_set_error (error, &path, "expected 1 to %d peers, got %u",
                           WEFT_LIMIT_RECORD_PEERS_MAX, peers->len);
      return NULL;
    }
  copy = g_ptr_array_new_full (peers->len, (GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < peers->len; i++)
    g_ptr_array_add (copy, weft_cluster_peer_ref (g_ptr_array_index (peers, i)));
  g_ptr_array_sort (copy, weft_cluster_peer_order);

  for (guint i = 1; i < copy->len; i++)
    if (weft_cluster_peer_order (&copy->pdata[i - 1], &copy->pdata[i]) == 0)
      {
        WeftClusterPeer *peer = g_ptr_array_index (copy, i);

        weft_json_set_error (error, &path, "expected each peer once, got %s twice",
                             weft_peer_id_get_text (peer->peer_id));
        return NULL;
      }

  return g_steal_pointer (&copy);
}

/* A GCompareFunc over pointers to peers. */
int
weft_cluster_peer_order (gconstpointer a,
                         gconstpointer b)
{
  WeftClusterPeer *const *a_peer = a;
  WeftClusterPeer *const *b_peer = b;

  return weft_peer_id_compare ((*a_peer)->peer_id, (*b_peer)->peer_id);
}

int
weft_cluster_peers_find (GPtrArray  *peers,
                         WeftPeerId *peer_id)
{
  guint from = 0;
  guint to = peers->len;

  while (from < to)
    {
      guint middle = (from + to) / 2;
      WeftClusterPeer *peer = g_ptr_array_index (peers, middle);
      int order = weft_peer_id_compare (peer_id, peer->peer_id);

      if (order == 0)
        return (int) middle;
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }

  return -1;
}

/**
 * weft_cluster_peer_from_json:
 * @json: `{"peerId","addrs":[…]}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a peer. There are no members but these. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftClusterPeer *
weft_cluster_peer_from_json (JsonNode *json,
                             GError  **error)
{
  g_autoptr (JsonNode) addresses = NULL;
  JsonObject *object;
  JsonObject *rest;
  JsonNode *member;
  const char *text;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_json_validate (json, error))
    return NULL;
  object = weft_json_get_object (json, NULL, error);
  if (object == NULL || !weft_json_check_members (object, all_member_names, NULL, error))
    return NULL;
  text = weft_json_require_string (object, "peerId", NULL, error);
  member = text != NULL ? weft_json_require_member (object, "addrs", NULL, error) : NULL;
  if (member == NULL)
    return NULL;
  rest = json_object_new ();
  json_object_set_member (rest, "addrs", weft_content_freeze (member));
  addresses = weft_content_seal_object (rest);

  return parse_named (text, addresses, NULL, error);
}

/**
 * weft_cluster_peer_to_json:
 * @self: a peer
 *
 * Writes the value as `{"peerId","addrs":[…]}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_cluster_peer_to_json (WeftClusterPeer *self)
{
  JsonNode *addresses;
  JsonObject *object;

  g_return_val_if_fail (self != NULL, NULL);

  addresses = json_object_get_member (json_node_get_object (self->json), "addrs");
  object = json_object_new ();
  json_object_set_string_member (object, "peerId", weft_peer_id_get_text (self->peer_id));
  json_object_set_member (object, "addrs", json_node_ref (addresses));

  return weft_content_seal_object (object);
}
