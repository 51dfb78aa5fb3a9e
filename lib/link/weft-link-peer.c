/* weft-link-peer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-peer-private.h"

#include "weft-link-notice-private.h"
#include "weft-link-private.h"

/* A peer that is here, and its open links: usually one, for a while more when both sides dialled
 * at the same time. */
struct _WeftLinkPeer
{
  WeftPeerId *peer_id;
  WeftPeer *peer;    /* the object that appeared, until it goes */
  GPtrArray *links;  /* (element-type WeftLink) (unowned), the oldest first */
  WeftLink *current; /* (unowned) (nullable): that carries new messages */
};

void
weft_link_peer_free (WeftLinkPeer *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_object (&self->peer);
  g_free (self);
}

WeftPeer *
weft_link_peer_get_peer (WeftLinkPeer *self)
{
  return self->peer;
}

WeftLink *
weft_link_peer_lookup (WeftLinkHub *hub,
                       WeftPeerId  *peer_id,
                       GError     **error)
{
  WeftLinkPeer *self = g_tree_lookup (hub->peers, peer_id);

  if (hub->is_closed)
    g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the transport is closed");
  else if (self == NULL || self->current == NULL)
    g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the peer is not connected");
  else
    return self->current;

  return NULL;
}

static WeftHello *
get_dialer_hello (WeftLink *link)
{
  return link->dial_id != 0 ? weft_link_machine_get_own_hello (link->machine)
                            : weft_link_machine_get_hello (link->machine);
}

/* Which of two links both sides keep: that of the larger peer id that dialled it, then that with
 * the larger nonce of the one that dialled. */
static int
compare_links (WeftLink *a,
               WeftLink *b)
{
  WeftHello *left = get_dialer_hello (a);
  WeftHello *right = get_dialer_hello (b);
  int order = weft_peer_id_compare (left->peer_id, right->peer_id);

  return order != 0 ? order : g_strcmp0 (left->nonce, right->nonce);
}

/* The best link that takes new messages, other than one. */
static WeftLink *
find_best (WeftLinkPeer *self,
           WeftLink     *except)
{
  WeftLink *best = NULL;

  for (guint i = 0; i < self->links->len; i++)
    {
      WeftLink *link = g_ptr_array_index (self->links, i);

      if (link != except && !weft_link_machine_is_draining (link->machine) &&
          (best == NULL || compare_links (link, best) > 0))
        best = link;
    }

  return best;
}

static void
probe_best (WeftLinkPeer *self)
{
  WeftLink *best = find_best (self, NULL);

  if (best != NULL)
    weft_link_tell (best, WEFT_LINK_EVENT_PROBE);
}

static WeftPeer *
describe (WeftLink *link)
{
  WeftHello *hello = weft_link_machine_get_hello (link->machine);

  return weft_peer_new (hello->peer_id,
                        hello->is_client ? WEFT_PEER_ROLE_CLIENT : WEFT_PEER_ROLE_PEER,
                        hello->agent, (const char *const *) hello->protocols, link->address,
                        link->dial_id != 0, weft_link_machine_is_bound (link->machine),
                        weft_link_hub_now (link->hub));
}

static WeftLinkPeer *
appear (WeftLinkHub *hub,
        WeftPeer    *peer)
{
  WeftLinkPeer *self = g_new0 (WeftLinkPeer, 1);

  self->peer_id = weft_peer_id_ref (weft_peer_get_peer_id (peer));
  self->peer = g_object_ref (peer);
  self->links = g_ptr_array_new ();
  g_tree_insert (hub->peers, self->peer_id, self);
  weft_link_notice_add (hub, WEFT_LINK_NOTICE_APPEARED)->peer = g_object_ref (peer);

  return self;
}

gboolean
weft_link_peer_add (WeftLink *link,
                    GError  **error)
{
  WeftLinkHub *hub = link->hub;
  WeftHello *hello = weft_link_machine_get_hello (link->machine);
  g_autoptr (WeftPeer) peer = describe (link);
  WeftLinkPeer *self;

  if (hub->policy != NULL && !hub->policy (hub->transport, peer, hub->policy_data))
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_REFUSED, "this node refuses the peer");
      return FALSE;
    }

  self = g_tree_lookup (hub->peers, hello->peer_id);
  if (self == NULL)
    self = appear (hub, peer);
  link->peer = self;
  g_ptr_array_add (self->links, link);

  /* The newest has just proved that it works, an older one may be a corpse. Which of them stays
   * is settled once the better one has answered. */
  self->current = link;
  if (self->links->len > 1)
    {
      weft_link_hub_count (hub, "links-duplicate", 1);
      probe_best (self);
    }

  return TRUE;
}

void
weft_link_peer_remove (WeftLink     *link,
                       const GError *error)
{
  WeftLinkPeer *self = g_steal_pointer (&link->peer);
  WeftLinkNotice *notice;

  if (self == NULL)
    return;

  g_ptr_array_remove (self->links, link);
  if (self->current == link)
    self->current = find_best (self, NULL);
  if (self->links->len > 1)
    probe_best (self);
  if (self->links->len > 0)
    return;

  notice = weft_link_notice_add (link->hub, WEFT_LINK_NOTICE_WENT);
  notice->peer = g_object_ref (self->peer);
  notice->error = link->is_meant ? NULL : g_error_copy (error);
  g_tree_remove (link->hub->peers, self->peer_id);
}

static void
drain_others (WeftLinkPeer *self,
              WeftLink     *winner)
{
  g_autoptr (GPtrArray) links = g_ptr_array_copy (self->links, NULL, NULL);

  self->current = winner;
  for (guint i = 0; i < links->len; i++)
    if (g_ptr_array_index (links, i) != winner)
      weft_link_tell (g_ptr_array_index (links, i), WEFT_LINK_EVENT_DRAIN);
}

void
weft_link_peer_settle (WeftLink *link)
{
  WeftLinkPeer *self = link->peer;

  /* A third link may have come that is better still; it was asked for a sign of life too. */
  if (self != NULL && find_best (self, NULL) == link)
    drain_others (self, link);
}

void
weft_link_peer_yield (WeftLink *link)
{
  WeftLinkPeer *self = link->peer;
  WeftLink *other;

  if (self == NULL)
    return;

  /* Without another link here, the other side is ahead of us: this one still works until then. */
  other = find_best (self, link);
  if (other == NULL)
    return;
  self->current = other;
  weft_link_tell (link, WEFT_LINK_EVENT_DRAIN);
}

void
weft_link_peer_drop (WeftLinkHub *hub,
                     WeftPeerId  *peer_id,
                     const char  *reason)
{
  WeftLinkPeer *self = g_tree_lookup (hub->peers, peer_id);
  g_autoptr (GPtrArray) links = NULL;

  if (self == NULL)
    return;

  links = g_ptr_array_copy (self->links, NULL, NULL);
  for (guint i = 0; i < links->len; i++)
    weft_link_close (g_ptr_array_index (links, i), WEFT_LINK_REASON_DROPPED, reason);
}
