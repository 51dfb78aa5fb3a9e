/* weft-remote-route.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-remote-route-private.h"

typedef struct
{
  WeftRemoteRouteFunc done;
  gpointer user_data;
} Waiter;

struct _WeftRemoteRoute
{
  guint ref_count;

  WeftTransport *transport;
  WeftPeerId *peer_id;  /* NULL until somebody answered */
  GPtrArray *addresses; /* WeftMultiaddr */
  char *name;           /* for messages: the peer id, or else the first address */

  GArray *waiters; /* Waiter; not empty while dialling */
  guint next;      /* the address to dial after this one */
};

static void
update_name (WeftRemoteRoute *self)
{
  g_free (self->name);
  if (self->peer_id != NULL)
    self->name = g_strdup (weft_peer_id_get_text (self->peer_id));
  else
    self->name = weft_multiaddr_to_string (g_ptr_array_index (self->addresses, 0));
}

/* `peer_id` may be NULL when there is an address, and there may be no address when it is not. */
WeftRemoteRoute *
weft_remote_route_new (WeftTransport *transport,
                       WeftPeerId    *peer_id,
                       GPtrArray     *addresses)
{
  WeftRemoteRoute *self = g_new0 (WeftRemoteRoute, 1);

  g_assert (peer_id != NULL || addresses->len > 0);

  self->ref_count = 1;
  self->transport = g_object_ref (transport);
  self->peer_id = peer_id != NULL ? weft_peer_id_ref (peer_id) : NULL;
  self->addresses = g_ptr_array_ref (addresses);
  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  update_name (self);

  return self;
}

/* Adds what can be read: an address of a kind that this program does not know is no reason to
 * refuse the others. The peer id becomes part of each, so that nobody else can answer there. */
static GPtrArray *
read_addresses (const WeftItem *array,
                WeftPeerId     *peer_id)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  const WeftItem *item = weft_item_first (array);

  for (guint i = 0; item != NULL && i < WEFT_LIMIT_PEER_ADDRESSES_MAX;
       i++, item = weft_item_next (array, item))
    {
      const char *text = weft_item_get_string (item, NULL, NULL);
      g_autoptr(WeftMultiaddr) address = text != NULL ? weft_multiaddr_parse (text, NULL) : NULL;

      if (address != NULL)
        g_ptr_array_add (addresses, weft_multiaddr_with_peer_id (address, peer_id));
    }

  return addresses;
}

/* NULL for what is no peer: whoever redirects may know more than we can use. */
WeftRemoteRoute *
weft_remote_route_new_read (WeftTransport  *transport,
                            const WeftItem *item)
{
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(WeftPeerId) peer_id = NULL;
  const WeftItem *array;
  const char *id;

  if (item->kind != WEFT_ITEM_OBJECT)
    return NULL;
  id = weft_item_require_string (item, "id", NULL, NULL);
  if (id != NULL)
    peer_id = weft_peer_id_parse (id, NULL);
  if (peer_id == NULL)
    return NULL;

  array = weft_item_find (item, "addrs");
  addresses = array != NULL && array->kind == WEFT_ITEM_ARRAY ? read_addresses (array, peer_id)
                                                              : g_ptr_array_new ();

  return weft_remote_route_new (transport, peer_id, addresses);
}

WeftRemoteRoute *
weft_remote_route_ref (WeftRemoteRoute *self)
{
  g_assert (self->ref_count > 0);

  self->ref_count++;

  return self;
}

void
weft_remote_route_unref (WeftRemoteRoute *self)
{
  g_assert (self->ref_count > 0);

  if (--self->ref_count > 0)
    return;

  g_assert (self->waiters->len == 0);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_ptr_array_unref (self->addresses);
  g_array_unref (self->waiters);
  g_object_unref (self->transport);
  g_free (self->name);
  g_free (self);
}

WeftPeerId *
weft_remote_route_get_peer_id (WeftRemoteRoute *self)
{
  return self->peer_id;
}

const char *
weft_remote_route_get_name (WeftRemoteRoute *self)
{
  return self->name;
}

/* A transport puts the name there as well, when the error is the peer's own or that of a dial. */
char *
weft_remote_route_name_error (WeftRemoteRoute *self,
                              const char      *message)
{
  return g_strconcat (self->name, ": ", weft_error_skip_name (message, self->name), NULL);
}

gboolean
weft_remote_route_can_dial (WeftRemoteRoute *self)
{
  return self->addresses->len > 0;
}

gboolean
weft_remote_route_is_connected (WeftRemoteRoute *self)
{
  g_autoptr(GPtrArray) peers = NULL;

  if (self->peer_id == NULL)
    return FALSE;

  peers = weft_transport_list_peers (self->transport);
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_peer_get_peer_id (g_ptr_array_index (peers, i)), self->peer_id))
      return TRUE;

  return FALSE;
}

static void
finish (WeftRemoteRoute *self,
        const GError    *error)
{
  g_autoptr(WeftRemoteRoute) guard = weft_remote_route_ref (self);
  g_autoptr(GArray) waiters = g_steal_pointer (&self->waiters);

  /* A waiter may ask again at once, and starts another dial by it. */
  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->done (self, error, waiter->user_data);
    }
}

/* Whoever answered first at an address is the peer from then on: another one there later may be
 * an impostor, and certainly has other blocks. */
static gboolean
accept_peer (WeftRemoteRoute  *self,
             WeftPeer         *peer,
             GError          **error)
{
  WeftPeerId *peer_id = weft_peer_get_peer_id (peer);

  if (self->peer_id == NULL)
    {
      self->peer_id = weft_peer_id_ref (peer_id);
      update_name (self);
      return TRUE;
    }
  if (weft_peer_id_equal (self->peer_id, peer_id))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED, "expected that peer to answer, got %s",
               weft_peer_id_get_text (peer_id));
  return FALSE;
}

static void dial_next (WeftRemoteRoute *self);

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  g_autoptr(WeftRemoteRoute) self = user_data;
  g_autoptr(GError) local_error = NULL;

  if (peer != NULL && accept_peer (self, peer, &local_error))
    {
      finish (self, NULL);
      return;
    }

  if (self->next < self->addresses->len)
    {
      dial_next (self);
      return;
    }

  finish (self, peer != NULL ? local_error : error);
}

static void
dial_next (WeftRemoteRoute *self)
{
  WeftMultiaddr *address = g_ptr_array_index (self->addresses, self->next);

  self->next++;
  weft_transport_dial (self->transport, address, WEFT_LIMIT_DIAL_USEC, dialled_cb,
                       weft_remote_route_ref (self));
}

/* Dials the addresses in turn until one answers; the last error is told when none does. Only for
 * a route that can dial. `done` is never called from within. */
void
weft_remote_route_connect (WeftRemoteRoute     *self,
                           WeftRemoteRouteFunc  done,
                           gpointer             user_data)
{
  Waiter waiter = { done, user_data };
  gboolean is_dialling = self->waiters->len > 0;

  g_assert (weft_remote_route_can_dial (self));

  g_array_append_val (self->waiters, waiter);
  if (is_dialling)
    return;

  self->next = 0;
  dial_next (self);
}
