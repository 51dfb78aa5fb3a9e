/* weft-link-hub.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-hub-private.h"

#include "weft-link-call-private.h"
#include "weft-link-dial-private.h"
#include "weft-link-notice-private.h"
#include "weft-link-peer-private.h"
#include "weft-link-private.h"

static int
compare_peer_ids (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  return weft_peer_id_compare ((WeftPeerId *) a, (WeftPeerId *) b);
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return g_strcmp0 (a, b);
}

WeftLinkHub *
weft_link_hub_new (WeftChannelTransport *transport)
{
  WeftLinkHub *self = g_new0 (WeftLinkHub, 1);

  self->transport = transport;
  self->protocols = g_new0 (char *, 1);
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  self->links = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL,
                                 (GDestroyNotify) weft_link_unref);
  self->dials = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL,
                                 (GDestroyNotify) weft_link_dial_free);
  self->peers = g_tree_new_full (compare_peer_ids, NULL, NULL,
                                 (GDestroyNotify) weft_link_peer_free);
  self->calls = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, g_free);
  self->counters = g_tree_new_full (compare_names, NULL, g_free, g_free);
  self->timers = weft_deadlines_new ();
  g_queue_init (&self->notices);

  return self;
}

/* Only of a hub that is closed. Requests that a handler still holds keep their link alive, which
 * then has no hub. */
void
weft_link_hub_free (WeftLinkHub *self)
{
  g_assert (self->is_closed);
  g_assert (g_queue_is_empty (&self->notices));

  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  for (GTreeNode *node = g_tree_node_first (self->links); node != NULL;
       node = g_tree_node_next (node))
    weft_link_detach (g_tree_node_value (node));

  g_clear_pointer (&self->calls, g_tree_unref);
  g_clear_pointer (&self->peers, g_tree_unref);
  g_clear_pointer (&self->dials, g_tree_unref);
  g_clear_pointer (&self->links, g_tree_unref);
  g_clear_pointer (&self->counters, g_tree_unref);
  g_clear_pointer (&self->timers, weft_deadlines_free);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->protocols, g_strfreev);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->agent, g_free);
  g_clear_object (&self->identity);
  g_clear_object (&self->verifier);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  g_free (self);
}

gint64
weft_link_hub_now (WeftLinkHub *self)
{
  return weft_clock_get_monotonic (self->clock);
}

void
weft_link_hub_count (WeftLinkHub *self,
                     const char  *counter,
                     guint64      amount)
{
  guint64 *count = g_tree_lookup (self->counters, counter);

  if (count == NULL)
    {
      count = g_new0 (guint64, 1);
      g_tree_insert (self->counters, g_strdup (counter), count);
    }
  *count += amount;
}

/* Counters, and with the suffix that says so, what is there at this moment. */
GVariant *
weft_link_hub_get_counts (WeftLinkHub *self)
{
  const struct
  {
    const char *name;
    guint64 value;
  } gauges[] = {
    { "bytes-received", self->received.n_bytes },
    { "bytes-sent", self->sent.n_bytes },
    { "connections-now", g_tree_nnodes (self->links) },
    { "dials-now", g_tree_nnodes (self->dials) },
    { "frames-received", self->received.n_frames },
    { "frames-sent", self->sent.n_frames },
    { "handshakes-now", self->n_handshakes },
    { "peers-now", g_tree_nnodes (self->peers) },
    { "requests-now", g_tree_nnodes (self->calls) },
  };
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{st}"));
  guint next = 0;

  for (GTreeNode *node = g_tree_node_first (self->counters); node != NULL;
       node = g_tree_node_next (node))
    {
      const char *name = g_tree_node_key (node);

      for (; next < G_N_ELEMENTS (gauges) && g_strcmp0 (gauges[next].name, name) < 0; next++)
        g_variant_builder_add (&builder, "{st}", gauges[next].name, gauges[next].value);
      g_variant_builder_add (&builder, "{st}", name, *(guint64 *) g_tree_node_value (node));
    }
  for (; next < G_N_ELEMENTS (gauges); next++)
    g_variant_builder_add (&builder, "{st}", gauges[next].name, gauges[next].value);

  return g_variant_builder_end (&builder);
}

/* Most deadlines move away with each message. Such a timer stays where it is among the others,
 * fires too early and is then set again, once instead of with each message. */
void
weft_link_hub_set_timer (WeftLinkHub   *self,
                         WeftLinkTimer *timer,
                         gint64         deadline_usec)
{
  gboolean is_set = weft_deadline_is_set (&timer->deadline);

  if (is_set && deadline_usec > timer->deadline.usec && deadline_usec != G_MAXINT64)
    return;
  weft_deadline_set (&timer->deadline, self->timers, deadline_usec);
}

/* In the order of their deadlines; each at most once, even if it wants to be woken at once. */
static void
fire_timers (WeftLinkHub *self)
{
  gint64 now_usec = weft_link_hub_now (self);
  WeftLinkTimer *timer;

  while (weft_deadline_get_next (self->timers) <= now_usec)
    {
      timer = (WeftLinkTimer *) weft_deadline_get_first (self->timers);
      weft_deadline_clear (&timer->deadline);
      timer->fire (timer);
      if (weft_deadline_get_first (self->timers) == (WeftDeadline *) timer)
        break;
    }
}

static void
on_alarm (gpointer user_data)
{
  WeftLinkHub *self = user_data;

  self->alarm_id = 0;
  fire_timers (self);
  weft_link_hub_flush (self);
}

void
weft_link_hub_arm (WeftLinkHub *self)
{
  gint64 want_usec = weft_deadline_get_next (self->timers);

  if (self->is_notifying)
    return;
  if (!g_queue_is_empty (&self->notices))
    want_usec = MIN (want_usec, weft_link_hub_now (self));

  /* An alarm that comes too early finds nothing to do and is set again: most deadlines only ever
   * move away, and this spares moving the alarm with each of them. */
  if (want_usec == G_MAXINT64 || (self->alarm_id != 0 && self->alarm_usec <= want_usec))
    return;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  self->alarm_usec = want_usec;
  self->alarm_id = weft_clock_add_alarm (self->clock, want_usec, on_alarm, self, NULL);
}

void
weft_link_hub_flush (WeftLinkHub *self)
{
  g_autoptr (WeftChannelTransport) alive = NULL;
  WeftLinkNotice *notice;

  if (self->is_notifying)
    return;

  /* The functions that are called may drop the last reference to the transport. */
  alive = g_object_ref (self->transport);
  self->is_notifying = TRUE;
  while ((notice = g_queue_pop_head (&self->notices)) != NULL)
    {
      weft_link_notice_perform (self, notice);
      weft_link_notice_free (notice);
    }
  self->is_notifying = FALSE;
  weft_link_hub_arm (self);
}

/* As they are now, whatever becomes of them. */
static GPtrArray *
list_links (WeftLinkHub *self)
{
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_link_unref);

  for (GTreeNode *node = g_tree_node_first (self->links); node != NULL;
       node = g_tree_node_next (node))
    g_ptr_array_add (links, weft_link_ref (g_tree_node_value (node)));

  return links;
}

void
weft_link_hub_doubt (WeftLinkHub *self)
{
  g_autoptr (GPtrArray) links = list_links (self);

  for (guint i = 0; i < links->len; i++)
    weft_link_tell (g_ptr_array_index (links, i), WEFT_LINK_EVENT_DOUBT);
}

/* Ends all that is under way; whoever waits for it is told in notices. */
void
weft_link_hub_close (WeftLinkHub *self)
{
  g_autoptr (GPtrArray) links = NULL;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;

  weft_link_dial_close_all (self);
  links = list_links (self);
  for (guint i = 0; i < links->len; i++)
    weft_link_close (g_ptr_array_index (links, i), WEFT_LINK_REASON_SHUTDOWN, "the node stops");

  g_assert (g_tree_nnodes (self->peers) == 0);
  g_assert (g_tree_nnodes (self->calls) == 0);
}
