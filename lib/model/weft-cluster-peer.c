/* weft-cluster-peer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-peer-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-multiaddr.h"
#include "weft-text-private.h"

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
  char *text;           /* of {"addrs"}, canonical, a GRefString */
};

static const char *const member_names[] = { "addrs", NULL };
static const char *const all_member_names[] = { "peerId", "addrs", NULL };

static void
clear (WeftClusterPeer *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->text, g_ref_string_release);
}

/* The text of its addresses is an object, too. */
static void
weft_cluster_peer_append (WeftClusterPeer *self,
                          GString         *text)
{
  weft_text_append_len (text, self->text, g_ref_string_length (self->text) - 1);
  weft_text_append (text, ",\"peerId\":\"");
  weft_text_append (text, weft_peer_id_get_text (self->peer_id));
  weft_text_append (text, "\"}");
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
  g_autoptr (GString) text = NULL;
  WeftClusterPeer *self;

  g_return_val_if_fail (peer_id != NULL, NULL);

  self = g_atomic_rc_box_new0 (WeftClusterPeer);
  self->peer_id = weft_peer_id_ref (peer_id);
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  text = g_string_new ("{\"addrs\":[");
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      WeftMultiaddr *address = g_ptr_array_index (addresses, i);
      g_autofree char *string = NULL;

      if (i == WEFT_LIMIT_PEER_ADDRESSES_MAX)
        break;
      g_ptr_array_add (self->addresses, weft_multiaddr_ref (address));
      string = weft_multiaddr_to_string (address);
      if (i > 0)
        g_string_append_c (text, ',');
      weft_json_append_string (text, string);
    }
  weft_text_append (text, "]}");
  self->text = g_ref_string_new_len (text->str, (gssize) text->len);

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

/* A kind of address from the future is no reason to refuse a peer. */
static gboolean
read_addresses (WeftClusterPeer    *self,
                const WeftItem     *object,
                const WeftJsonPath *path,
                GError            **error)
{
  const WeftJsonPath list = { path, "addrs", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *member = weft_item_require_member (object, "addrs", path, error);
  const WeftItem *array = member != NULL ? weft_item_get_array (member, &list, error) : NULL;

  if (array == NULL)
    return FALSE;
  if (array->length > WEFT_LIMIT_PEER_ADDRESSES_MAX)
    {
      weft_json_set_error (error, &list, "expected at most %d addresses, got %u",
                           WEFT_LIMIT_PEER_ADDRESSES_MAX, array->length);
      return FALSE;
    }
  for (const WeftItem *item = weft_item_first (array); item != NULL;
       item = weft_item_next (array, item), here.index++)
    {
      const char *text = weft_item_get_string (item, &here, error);
      WeftMultiaddr *address;

      if (text == NULL)
        return FALSE;
      if (item->length > WEFT_LIMIT_ADDRESS_BYTES_MAX)
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

/* Of the name that a peer has as a member, and an object with its addresses. */
static WeftClusterPeer *
read_named (const char         *name,
            const WeftItem     *object,
            const WeftJsonPath *path,
            GError            **error)
{
  g_autoptr (WeftClusterPeer) self = g_atomic_rc_box_new0 (WeftClusterPeer);
  g_autoptr (GString) text = NULL;

  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  self->peer_id = weft_peer_id_parse (name, NULL);
  if (self->peer_id == NULL)
    {
      weft_json_set_error (error, path, "expected a peer id as the name");
      return NULL;
    }
  if (!read_addresses (self, object, path, error))
    return NULL;
  text = g_string_new ("{\"addrs\":");
  weft_item_append (weft_item_find (object, "addrs"), text);
  g_string_append_c (text, '}');
  self->text = g_ref_string_new_len (text->str, (gssize) text->len);

  return g_steal_pointer (&self);
}

GPtrArray *
weft_cluster_peers_read_map (const WeftItem     *item,
                             const WeftJsonPath *path,
                             GError            **error)
{
  g_autoptr (GPtrArray) peers = NULL;
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *map = weft_item_get_object (item, path, error);

  if (map == NULL)
    return NULL;
  if (map->length == 0 || map->length > WEFT_LIMIT_RECORD_PEERS_MAX)
    {
      weft_json_set_error (error, path, "expected 1 to %d peers, got %u",
                           WEFT_LIMIT_RECORD_PEERS_MAX, map->length);
      return NULL;
    }

  peers = g_ptr_array_new_full (map->length, (GDestroyNotify) weft_cluster_peer_unref);
  for (const WeftItem *member = weft_item_first (map); member != NULL;
       member = weft_item_next (map, member))
    {
      const WeftItem *object;
      WeftClusterPeer *peer = NULL;

      here.name = member->name;
      object = weft_item_get_object (member, &here, error);
      if (object != NULL && weft_item_check_members (object, member_names, &here, error))
        peer = read_named (member->name, object, &here, error);
      if (peer == NULL)
        return NULL;
      g_ptr_array_add (peers, peer);
    }
  g_ptr_array_sort (peers, weft_cluster_peer_order);

  return g_steal_pointer (&peers);
}

GPtrArray *
weft_cluster_peers_read (const WeftItem     *object,
                         const WeftJsonPath *path,
                         GError            **error)
{
  const WeftJsonPath here = { path, "peers", 0 };
  const WeftItem *member = weft_item_require_member (object, "peers", path, error);

  return member != NULL ? weft_cluster_peers_read_map (member, &here, error) : NULL;
}

/* They are sorted, and there is nothing to escape in their names. */
void
weft_cluster_peers_append (GPtrArray *peers,
                           GString   *text)
{
  for (guint i = 0; i < peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (peers, i);

      weft_text_append (text, i == 0 ? "{\"" : ",\"");
      weft_text_append (text, weft_peer_id_get_text (peer->peer_id));
      weft_text_append_len (text, "\":", 2);
      weft_text_append_len (text, peer->text, g_ref_string_length (peer->text));
    }
  g_string_append_c (text, '}');
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
  g_autoptr (WeftTape) tape = NULL;
  const WeftItem *object;
  const char *text;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;
  object = weft_item_get_object (weft_tape_get_root (tape), NULL, error);
  if (object == NULL || !weft_item_check_members (object, all_member_names, NULL, error))
    return NULL;
  text = weft_item_require_string (object, "peerId", NULL, error);

  return text != NULL ? read_named (text, object, NULL, error) : NULL;
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
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  weft_cluster_peer_append (self, text);

  return weft_json_parse_own (text->str, text->len);
}
