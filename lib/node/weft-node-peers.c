/* weft-node-peers.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The list of the peers that are connected, which may be hundreds that come and go. */

#include "config.h"

#include "weft-node-private.h"

static guint
get_number (WeftNode *self,
            WeftPeer *peer)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->peer_numbers, peer));
}

static void
add (WeftNode *self,
     WeftPeer *peer)
{
  if (g_hash_table_contains (self->peer_numbers, peer))
    return;

  g_hash_table_insert (self->peer_numbers, peer, GUINT_TO_POINTER (++self->last_peer_number));
  g_list_store_append (self->peers, peer);
}

/* They are in the order they came. */
static guint
find_position (WeftNode *self,
               guint     number)
{
  guint low = 0;
  guint high = g_list_model_get_n_items (G_LIST_MODEL (self->peers));

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      g_autoptr(WeftPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->peers), middle);

      if (get_number (self, peer) < number)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
peer_appeared_cb (WeftTransport *transport,
                  WeftPeer      *peer,
                  gpointer       user_data)
{
  add (WEFT_NODE (user_data), peer);
}

static void
peer_went_cb (WeftTransport *transport,
              WeftPeer      *peer,
              const GError  *reason,
              gpointer       user_data)
{
  WeftNode *self = WEFT_NODE (user_data);
  guint number = get_number (self, peer);
  guint position;

  if (number == 0)
    return;

  position = find_position (self, number);
  g_hash_table_remove (self->peer_numbers, peer);
  g_list_store_remove (self->peers, position);
}

static gboolean
undo_peers (gpointer   user_data,
            GError   **error)
{
  WeftNode *self = user_data;

  g_signal_handlers_disconnect_by_func (self->transport, peer_appeared_cb, self);
  g_signal_handlers_disconnect_by_func (self->transport, peer_went_cb, self);
  g_hash_table_remove_all (self->peer_numbers);
  g_list_store_remove_all (self->peers);
  return TRUE;
}

void
weft_node_take_peers (WeftNode *self)
{
  g_autoptr(GPtrArray) peers = weft_transport_list_peers (self->transport);

  g_signal_connect (self->transport, "peer-appeared", G_CALLBACK (peer_appeared_cb), self);
  g_signal_connect (self->transport, "peer-went", G_CALLBACK (peer_went_cb), self);
  weft_undo_push (self->undo, "letting the peers go", undo_peers, self);
  for (guint i = 0; i < peers->len; i++)
    add (self, g_ptr_array_index (peers, i));
}
