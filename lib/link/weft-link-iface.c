/* weft-link-iface.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What WeftChannelTransport does as a WeftTransport.
 */

#include "config.h"

#include "weft-link-call-private.h"
#include "weft-link-dial-private.h"
#include "weft-link-peer-private.h"
#include "weft-link-private.h"
#include "weft-transport-private.h"

static WeftLinkHub *
get_hub (WeftTransport *transport)
{
  return weft_channel_transport_get_hub (WEFT_CHANNEL_TRANSPORT (transport));
}

static gboolean
listen_at (WeftTransport *transport,
           WeftMultiaddr *address,
           GError       **error)
{
  WeftChannelTransport *self = WEFT_CHANNEL_TRANSPORT (transport);
  WeftLinkHub *hub = get_hub (transport);
  g_autoptr (WeftMultiaddr) bound = NULL;

  if (hub->is_closed)
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the transport is closed");
      return FALSE;
    }
  bound = WEFT_CHANNEL_TRANSPORT_GET_CLASS (self)->listen_channels (self, address, error);
  if (bound == NULL)
    return FALSE;

  g_ptr_array_add (hub->addresses,
                   weft_multiaddr_with_peer_id (bound, weft_identity_get_peer_id (hub->identity)));

  return TRUE;
}

static gpointer
ref_address (gconstpointer address,
             gpointer      user_data)
{
  return weft_multiaddr_ref ((WeftMultiaddr *) address);
}

static GPtrArray *
list_addresses (WeftTransport *transport)
{
  GPtrArray *addresses = g_ptr_array_copy (get_hub (transport)->addresses, ref_address, NULL);

  g_ptr_array_set_free_func (addresses, (GDestroyNotify) weft_multiaddr_unref);

  return addresses;
}

static void
dial (WeftTransport *transport,
      WeftMultiaddr *address,
      gint64         timeout_usec,
      WeftDialFunc   done,
      gpointer       user_data)
{
  WeftLinkHub *hub = get_hub (transport);

  weft_link_dial_start (hub, address, timeout_usec, done, user_data);
  weft_link_hub_arm (hub);
}

static void
drop_peer (WeftTransport *transport,
           WeftPeerId    *peer_id,
           const char    *reason)
{
  WeftLinkHub *hub = get_hub (transport);

  weft_link_peer_drop (hub, peer_id, reason != NULL ? reason : "no longer wanted");
  weft_link_hub_arm (hub);
}

static guint64
request (WeftTransport *transport,
         WeftPeerId    *peer_id,
         const char    *protocol,
         JsonNode      *body,
         gint64         timeout_usec,
         WeftReplyFunc  done,
         gpointer       user_data)
{
  WeftLinkHub *hub = get_hub (transport);
  guint64 request_id = weft_link_call_new (hub, peer_id, protocol, body, NULL, timeout_usec, NULL,
                                           done, user_data);

  weft_link_hub_arm (hub);

  return request_id;
}

static guint64
ask (WeftTransport *transport,
     WeftPeerId    *peer_id,
     const char    *protocol,
     JsonNode      *body,
     char          *body_text,
     gint64         timeout_usec,
     WeftAnswerFunc done,
     gpointer       user_data)
{
  WeftLinkHub *hub = get_hub (transport);
  guint64 request_id = weft_link_call_new (hub, peer_id, protocol, body, body_text, timeout_usec,
                                           done, NULL, user_data);

  weft_link_hub_arm (hub);

  return request_id;
}

static void
cancel (WeftTransport *transport,
        guint64        request_id)
{
  WeftLinkHub *hub = get_hub (transport);

  weft_link_call_cancel (hub, request_id);
  weft_link_hub_arm (hub);
}

static gboolean
send_one_way (WeftTransport *transport,
              WeftPeerId    *peer_id,
              const char    *protocol,
              JsonNode      *body,
              GError       **error)
{
  WeftLinkHub *hub = get_hub (transport);
  WeftLink *link = weft_link_peer_lookup (hub, peer_id, error);
  gboolean sent = link != NULL && weft_link_submit (link, WEFT_LINK_EVENT_ONE_WAY, protocol, body,
                                                    NULL, G_MAXINT64, NULL, error);

  weft_link_hub_arm (hub);
  if (!sent)
    g_prefix_error (error, "%s: ", weft_peer_id_get_text (peer_id));

  return sent;
}

static void
set_handler (WeftTransport     *transport,
             const char *const *protocols,
             WeftRequestFunc    handler,
             gpointer           user_data,
             GDestroyNotify     destroy)
{
  static const char *const none[] = { NULL };
  WeftLinkHub *hub = get_hub (transport);
  GDestroyNotify old_destroy = hub->handler_destroy;
  gpointer old_data = hub->handler_data;

  g_strfreev (hub->protocols);
  hub->protocols = g_strdupv ((char **) (protocols != NULL ? protocols : none));
  hub->handler = handler;
  hub->handler_data = user_data;
  hub->handler_destroy = destroy;
  if (old_destroy != NULL)
    old_destroy (old_data);
}

static GPtrArray *
list_peers (WeftTransport *transport)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func (g_object_unref);

  for (GTreeNode *node = g_tree_node_first (get_hub (transport)->peers); node != NULL;
       node = g_tree_node_next (node))
    g_ptr_array_add (peers, g_object_ref (weft_link_peer_get_peer (g_tree_node_value (node))));

  return peers;
}

static GVariant *
get_counters (WeftTransport *transport)
{
  return weft_link_hub_get_counts (get_hub (transport));
}

static void
close_transport (WeftTransport *transport)
{
  WeftChannelTransport *self = WEFT_CHANNEL_TRANSPORT (transport);
  WeftLinkHub *hub = get_hub (transport);

  if (hub->is_closed)
    return;

  if (WEFT_CHANNEL_TRANSPORT_GET_CLASS (self)->stop != NULL)
    WEFT_CHANNEL_TRANSPORT_GET_CLASS (self)->stop (self);
  weft_link_hub_close (hub);
  g_ptr_array_set_size (hub->addresses, 0);
  weft_link_hub_arm (hub);
}

void
weft_link_iface_init (WeftTransportInterface *iface)
{
  iface->listen = listen_at;
  iface->list_addresses = list_addresses;
  iface->dial = dial;
  iface->drop_peer = drop_peer;
  iface->request = request;
  weft_transport_iface_set_ask (iface, ask);
  iface->cancel = cancel;
  iface->send = send_one_way;
  iface->set_handler = set_handler;
  iface->list_peers = list_peers;
  iface->get_counters = get_counters;
  iface->close = close_transport;
}
