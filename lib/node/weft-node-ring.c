/* weft-node-ring.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A node on a ring, for one whose key network is that. */

#include "config.h"

#include "weft-node-private.h"
#include "weft-ring-key-network-private.h"

static WeftRingKeyNetwork *
get_ring (WeftNode *self)
{
  return WEFT_IS_RING_KEY_NETWORK (self->key_network) ? WEFT_RING_KEY_NETWORK (self->key_network)
                                                      : NULL;
}

static gboolean
undo_ring (gpointer   user_data,
           GError   **error)
{
  weft_ring_key_network_stop (get_ring (user_data));
  return TRUE;
}

gboolean
weft_node_is_on_ring (WeftNode *self)
{
  return get_ring (self) != NULL;
}

gboolean
weft_node_take_ring (WeftNode  *self,
                     GError   **error)
{
  WeftRingKeyNetwork *ring = get_ring (self);
  g_autoptr(GPtrArray) addresses = NULL;

  if (ring == NULL)
    return TRUE;

  addresses = weft_transport_list_addresses (self->transport);
  if (!weft_ring_key_network_start (ring, addresses, self->cluster_min, error))
    return FALSE;
  weft_undo_push (self->undo, "leaving the ring", undo_ring, self);

  return TRUE;
}

gboolean
weft_node_leave_ring (WeftNode *self)
{
  WeftRingKeyNetwork *ring = get_ring (self);

  return ring != NULL && weft_ring_key_network_leave (ring);
}

JsonNode *
weft_node_make_ring (WeftNode  *self,
                     GError   **error)
{
  WeftRingKeyNetwork *ring = get_ring (self);

  if (ring != NULL)
    return weft_ring_key_network_get_ring (ring);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "this node is on no ring");
  return NULL;
}

void
weft_node_add_ring (WeftNode    *self,
                    JsonBuilder *builder)
{
  WeftRingKeyNetwork *ring = get_ring (self);

  if (ring == NULL)
    return;

  json_builder_set_member_name (builder, "ring");
  json_builder_add_value (builder, weft_ring_key_network_get_status (ring));
}
