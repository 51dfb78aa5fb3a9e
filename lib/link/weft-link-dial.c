/* weft-link-dial.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-dial-private.h"

#include "weft-limits.h"
#include "weft-link-notice-private.h"
#include "weft-link-peer-private.h"
#include "weft-link-private.h"

/* An address that is being dialled. */
struct _WeftLinkDial
{
  guint64 id;
  WeftLinkHub *hub;
  WeftMultiaddr *address;
  GPtrArray *waiters; /* (element-type Waiter) */
  WeftLink *link;     /* (nullable) once it is connected */
};

typedef struct
{
  WeftLinkTimer timer;
  WeftLinkDial *dial;
  WeftDialFunc done;
  gpointer user_data;
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  weft_deadline_clear (&waiter->timer.deadline);
  g_free (waiter);
}

void
weft_link_dial_free (WeftLinkDial *self)
{
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
  g_clear_pointer (&self->address, weft_multiaddr_unref);
  g_clear_pointer (&self->link, weft_link_unref);
  g_free (self);
}

static void
notify (WeftLinkHub  *hub,
        WeftDialFunc  done,
        gpointer      user_data,
        WeftPeer     *peer,
        const GError *error)
{
  WeftLinkNotice *notice = weft_link_notice_add (hub, WEFT_LINK_NOTICE_DIALLED);

  g_assert ((peer != NULL) != (error != NULL));

  notice->dialled = done;
  notice->data = user_data;
  notice->peer = peer != NULL ? g_object_ref (peer) : NULL;
  notice->error = error != NULL ? g_error_copy (error) : NULL;
}

/* Nobody waits for the dial any more. */
static void
abandon (WeftLinkDial *self)
{
  WeftLinkHub *hub = self->hub;
  g_autoptr (WeftLink) link = g_steal_pointer (&self->link);

  g_tree_remove (hub->dials, &self->id);
  if (link != NULL)
    weft_link_close (link, WEFT_LINK_REASON_TIMEOUT, "the dial took too long");
}

static void
on_timer (WeftLinkTimer *timer)
{
  Waiter *waiter = (Waiter *) timer;
  WeftLinkDial *self = waiter->dial;
  g_autofree char *text = weft_multiaddr_to_string (self->address);
  /* Whoever asked for TLS where there is none, or the other way round, gets as far as the first. */
  g_autoptr (GError) error
      = g_error_new (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "%s: %s", text,
                     self->link == NULL ? "no connection was made in time"
                                        : "no peer proved itself in time");

  weft_link_hub_count (self->hub, "dials-timed-out", 1);
  notify (self->hub, waiter->done, waiter->user_data, NULL, error);
  g_ptr_array_remove (self->waiters, waiter);
  if (self->waiters->len == 0)
    abandon (self);
}

static WeftLinkDial *
find (WeftLinkHub   *hub,
      WeftMultiaddr *address)
{
  for (GTreeNode *node = g_tree_node_first (hub->dials); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftLinkDial *self = g_tree_node_value (node);

      if (weft_multiaddr_equal (self->address, address))
        return self;
    }

  return NULL;
}

static WeftLinkDial *
create (WeftLinkHub   *hub,
        WeftMultiaddr *address)
{
  WeftLinkDial *self = g_new0 (WeftLinkDial, 1);

  self->id = ++hub->last_serial;
  self->hub = hub;
  self->address = weft_multiaddr_ref (address);
  self->waiters = g_ptr_array_new_with_free_func (waiter_free);
  g_tree_insert (hub->dials, &self->id, self);
  weft_link_hub_count (hub, "dials", 1);

  return self;
}

/* The peer, if the address names one that is here already. */
static WeftLinkPeer *
find_peer (WeftLinkHub   *hub,
           WeftMultiaddr *address)
{
  WeftPeerId *peer_id = weft_multiaddr_get_peer_id (address);

  return peer_id != NULL ? g_tree_lookup (hub->peers, peer_id) : NULL;
}

static gboolean
may_dial (WeftLinkHub *hub,
          GError     **error)
{
  guint n_connections = g_tree_nnodes (hub->links) + g_tree_nnodes (hub->dials);

  if (hub->is_closed)
    g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the transport is closed");
  else if (n_connections >= WEFT_LIMIT_CONNECTIONS_MAX)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                 "there are %u connections, at most %d can be", n_connections,
                 WEFT_LIMIT_CONNECTIONS_MAX);
  else
    return TRUE;

  return FALSE;
}

void
weft_link_dial_start (WeftLinkHub   *hub,
                      WeftMultiaddr *address,
                      gint64         timeout_usec,
                      WeftDialFunc   done,
                      gpointer       user_data)
{
  WeftLinkPeer *peer = find_peer (hub, address);
  g_autoptr (GError) error = NULL;
  WeftLinkDial *self;
  Waiter *waiter;
  gboolean is_new;

  if (peer != NULL)
    {
      notify (hub, done, user_data, weft_link_peer_get_peer (peer), NULL);
      return;
    }
  self = find (hub, address);
  is_new = self == NULL;
  if (is_new && !may_dial (hub, &error))
    {
      notify (hub, done, user_data, NULL, error);
      return;
    }
  if (is_new)
    self = create (hub, address);

  waiter = g_new0 (Waiter, 1);
  waiter->dial = self;
  waiter->done = done;
  waiter->user_data = user_data;
  weft_deadline_init (&waiter->timer.deadline, ++hub->last_serial);
  waiter->timer.fire = on_timer;
  g_ptr_array_add (self->waiters, waiter);
  weft_link_hub_set_timer (hub, &waiter->timer,
                           weft_link_hub_now (hub) + MIN (timeout_usec, G_MAXINT64 / 2));

  /* Last, because an implementation may know the outcome at once. */
  if (is_new)
    WEFT_CHANNEL_TRANSPORT_GET_CLASS (hub->transport)->dial_channel (hub->transport, address,
                                                                     self->id);
}

void
weft_link_dial_connected (WeftLinkHub  *hub,
                          guint64       dial_id,
                          WeftChannel  *channel,
                          const GError *error)
{
  WeftLinkDial *self = g_tree_lookup (hub->dials, &dial_id);

  if (self == NULL)
    {
      if (channel != NULL)
        weft_channel_close (channel, "timeout: nobody waits for this connection any more");
      return;
    }

  if (channel == NULL)
    weft_link_dial_finish (hub, dial_id, NULL, error);
  else
    self->link = weft_link_ref (weft_link_open (hub, channel, self->address, dial_id));
}

void
weft_link_dial_finish (WeftLinkHub  *hub,
                       guint64       dial_id,
                       WeftLinkPeer *peer,
                       const GError *error)
{
  WeftLinkDial *self = g_tree_lookup (hub->dials, &dial_id);
  g_autofree char *text = NULL;
  g_autoptr (GError) named = NULL;

  if (self == NULL)
    return;

  if (error != NULL)
    {
      text = weft_multiaddr_to_string (self->address);
      named = g_error_copy (error);
      g_prefix_error (&named, "%s: ", text);
      weft_link_hub_count (hub, "dials-failed", 1);
    }
  for (guint i = 0; i < self->waiters->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (self->waiters, i);

      notify (hub, waiter->done, waiter->user_data,
              peer != NULL ? weft_link_peer_get_peer (peer) : NULL, named);
    }
  g_tree_remove (hub->dials, &dial_id);
}

void
weft_link_dial_close_all (WeftLinkHub *hub)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                  "the transport was closed");
  GTreeNode *node;

  while ((node = g_tree_node_first (hub->dials)) != NULL)
    weft_link_dial_finish (hub, *(const guint64 *) g_tree_node_key (node), NULL, error);
}
