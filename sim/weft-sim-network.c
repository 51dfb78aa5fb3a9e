/* weft-sim-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-dial-private.h"
#include "weft-sim-network-private.h"

/* As TCP does it: the first pause before something is sent again, and how often it is tried. */
#define RETRY_USEC_FIRST (200 * G_TIME_SPAN_MILLISECOND)
#define TRIES_MAX 8

/**
 * WeftSimNetwork:
 *
 * The network of a simulated world: what is between its hosts.
 *
 * Each actor of the world is a host. Between two hosts there are two ways, one for each direction,
 * and each is like a [struct@WeftSim.Link]. Connections are like those of TCP: what is sent arrives
 * whole and in order, or the connection ends. While a way is cut, what is sent on it waits; when it
 * is mended, it is sent again after a pause that is the longer the longer it was cut, and after
 * fifteen minutes the sender gives up. Messages count as received without a way back.
 *
 * All chance is drawn from the stream `network`. Faults that happened are counted by the world:
 * `network-losses`, `network-corruptions`, `network-resets`, `network-stalls`,
 * `network-dials-failed`.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (WeftSimNetwork, weft_sim_network, G_TYPE_OBJECT)

static
G_DEFINE_QUARK (weft-sim-network, weft_sim_network)

static int
compare_numbers (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return left < right ? -1 : left > right;
}

GTree *
weft_sim_network_make_links (void)
{
  return g_tree_new_full (compare_numbers, NULL, g_free, (GDestroyNotify) weft_sim_link_free);
}

GTree *
weft_sim_network_make_cuts (void)
{
  return g_tree_new_full (compare_numbers, NULL, g_free, NULL);
}

static void
weft_sim_network_finalize (GObject *object)
{
  WeftSimNetwork *self = WEFT_SIM_NETWORK (object);
  WeftSimConnection *connection;

  while ((connection = g_queue_peek_head (&self->connections)) != NULL)
    weft_sim_connection_detach (connection);
  weft_sim_dial_detach_all (self);
  g_clear_pointer (&self->links, g_tree_unref);
  g_clear_pointer (&self->cuts, g_tree_unref);
  g_clear_pointer (&self->addresses, g_tree_unref);
  g_clear_pointer (&self->hosts, g_array_unref);

  G_OBJECT_CLASS (weft_sim_network_parent_class)->finalize (object);
}

static void
weft_sim_network_class_init (WeftSimNetworkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_network_finalize;
}

static void
weft_sim_network_init (WeftSimNetwork *self)
{
  weft_sim_link_init (&self->default_link);
  self->links = weft_sim_network_make_links ();
  self->cuts = weft_sim_network_make_cuts ();
  self->addresses = g_tree_new_full (compare_numbers, NULL, NULL, g_free);
  self->hosts = g_array_new (FALSE, TRUE, sizeof (WeftSimPlug));
  g_queue_init (&self->connections);
  g_queue_init (&self->dials);
}

/**
 * weft_sim_network_get:
 * @world: a world
 *
 * Gets the network of a world, which has one.
 *
 * Returns: (transfer none): the network, which lives as long as the world
 *
 * Since: 0.1
 */
WeftSimNetwork *
weft_sim_network_get (WeftSimWorld *world)
{
  WeftSimNetwork *self;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (world), NULL);

  self = g_object_get_qdata (G_OBJECT (world), weft_sim_network_quark ());
  if (self == NULL)
    {
      self = g_object_new (WEFT_TYPE_SIM_NETWORK, NULL);
      self->world = world;
      self->prng = weft_sim_world_get_stream (world, "network");
      g_object_set_qdata_full (G_OBJECT (world), weft_sim_network_quark (), self, g_object_unref);
    }

  return self;
}

/* Links */

static guint64
make_pair (guint from,
           guint to)
{
  return (guint64) from << 32 | to;
}

guint64 *
weft_sim_network_make_key (guint from,
                           guint to)
{
  guint64 pair = make_pair (from, to);

  return g_memdup2 (&pair, sizeof pair);
}

const WeftSimLink *
weft_sim_network_peek_link (WeftSimNetwork *self,
                            guint           from,
                            guint           to)
{
  guint64 pair = make_pair (from, to);
  const WeftSimLink *link = g_tree_lookup (self->links, &pair);

  return link != NULL ? link : &self->default_link;
}

/**
 * weft_sim_network_set_default_link:
 * @self: a network
 * @link: what ways are like
 *
 * Says what all ways are like that are not set one by one.
 *
 * Since: 0.1
 */
void
weft_sim_network_set_default_link (WeftSimNetwork    *self,
                                   const WeftSimLink *link)
{
  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));
  g_return_if_fail (link != NULL);

  self->default_link = *link;
}

/**
 * weft_sim_network_set_link:
 * @self: a network
 * @from: a host
 * @to: another one
 * @link: (nullable): what the way is like, or %NULL for like all others
 *
 * Says what one way is like; the way back is not touched. It holds for what is sent from now on.
 *
 * Since: 0.1
 */
void
weft_sim_network_set_link (WeftSimNetwork    *self,
                           guint              from,
                           guint              to,
                           const WeftSimLink *link)
{
  guint64 pair = make_pair (from, to);

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  if (link == NULL)
    g_tree_remove (self->links, &pair);
  else
    g_tree_replace (self->links, weft_sim_network_make_key (from, to), weft_sim_link_copy (link));
}

/**
 * weft_sim_network_get_link:
 * @self: a network
 * @from: a host
 * @to: another one
 *
 * Gets what a way is like.
 *
 * Returns: (transfer full): a copy of the link
 *
 * Since: 0.1
 */
WeftSimLink *
weft_sim_network_get_link (WeftSimNetwork *self,
                           guint           from,
                           guint           to)
{
  g_return_val_if_fail (WEFT_IS_SIM_NETWORK (self), NULL);

  return weft_sim_link_copy (weft_sim_network_peek_link (self, from, to));
}

gint64
weft_sim_network_draw_transit (WeftSimNetwork *self,
                               guint           from,
                               guint           to)
{
  const WeftSimLink *link = weft_sim_network_peek_link (self, from, to);
  gint64 usec = weft_sim_delay_draw (&link->delay, self->prng);
  gint64 pause_usec = RETRY_USEC_FIRST;

  self->n_losses = 0;
  for (guint n_tries = 1; weft_sim_prng_chance (self->prng, link->loss); n_tries++)
    {
      self->n_losses++;
      weft_sim_world_count (self->world, "network-losses", 1);
      if (n_tries == TRIES_MAX)
        return -1;
      usec += pause_usec;
      pause_usec *= 2;
    }

  return usec;
}

/* Cuts */

static WeftSimPlug *
get_host (WeftSimNetwork *self,
          guint           host)
{
  if (host >= self->hosts->len)
    g_array_set_size (self->hosts, host + 1);

  return &g_array_index (self->hosts, WeftSimPlug, host);
}

static void
retry_all (WeftSimNetwork *self)
{
  for (GList *link = self->connections.head; link != NULL; link = link->next)
    weft_sim_connection_retry (link->data);
}

static void
cut (WeftSimNetwork *self,
     guint           from,
     guint           to)
{
  g_tree_replace (self->cuts, weft_sim_network_make_key (from, to), NULL);
}

void
weft_sim_network_set_ways (WeftSimNetwork *self,
                           GTree          *links,
                           GTree          *cuts)
{
  g_tree_unref (self->links);
  g_tree_unref (self->cuts);
  self->links = links;
  self->cuts = cuts;
  retry_all (self);
}

/**
 * weft_sim_network_cut:
 * @self: a network
 * @from: a host
 * @to: another one
 *
 * Lets nothing through from one host to the other. The way back is not touched, so this makes a
 * partition in one direction.
 *
 * Since: 0.1
 */
void
weft_sim_network_cut (WeftSimNetwork *self,
                      guint           from,
                      guint           to)
{
  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  cut (self, from, to);
}

/**
 * weft_sim_network_mend:
 * @self: a network
 * @from: a host
 * @to: another one
 *
 * Ends a cut of one way.
 *
 * Since: 0.1
 */
void
weft_sim_network_mend (WeftSimNetwork *self,
                       guint           from,
                       guint           to)
{
  guint64 pair = make_pair (from, to);

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  g_tree_remove (self->cuts, &pair);
  retry_all (self);
}

/**
 * weft_sim_network_partition:
 * @self: a network
 * @hosts: (array length=n_hosts): some hosts
 * @n_hosts: how many they are
 *
 * Cuts some hosts off from all others, both ways. Among each other they still talk. A host is in
 * one such group at a time: that which it was put into last.
 *
 * Since: 0.1
 */
void
weft_sim_network_partition (WeftSimNetwork *self,
                            const guint    *hosts,
                            gsize           n_hosts)
{
  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));
  g_return_if_fail (hosts != NULL || n_hosts == 0);

  self->last_group++;
  for (gsize i = 0; i < n_hosts; i++)
    get_host (self, hosts[i])->group = self->last_group;
  retry_all (self);
}

/**
 * weft_sim_network_isolate:
 * @self: a network
 * @host: a host
 *
 * Cuts one host off from all others.
 *
 * Since: 0.1
 */
void
weft_sim_network_isolate (WeftSimNetwork *self,
                          guint           host)
{
  weft_sim_network_partition (self, &host, 1);
}

/**
 * weft_sim_network_heal:
 * @self: a network
 *
 * Ends all cuts and partitions. Links stay as they are, and hosts that are down stay down.
 *
 * Since: 0.1
 */
void
weft_sim_network_heal (WeftSimNetwork *self)
{
  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  g_tree_remove_all (self->cuts);
  for (guint i = 0; i < self->hosts->len; i++)
    get_host (self, i)->group = 0;
  retry_all (self);
}

/**
 * weft_sim_network_is_cut:
 * @self: a network
 * @from: a host
 * @to: another one
 *
 * Gets whether nothing gets through from one host to another, by a cut, a partition, or because
 * the other is down.
 *
 * Returns: whether nothing gets through
 *
 * Since: 0.1
 */
gboolean
weft_sim_network_is_cut (WeftSimNetwork *self,
                         guint           from,
                         guint           to)
{
  guint64 pair = make_pair (from, to);

  g_return_val_if_fail (WEFT_IS_SIM_NETWORK (self), TRUE);

  /* Asking for one may move the other. */
  get_host (self, MAX (from, to));
  if (get_host (self, from)->group != get_host (self, to)->group || get_host (self, to)->is_down)
    return TRUE;

  return g_tree_lookup_extended (self->cuts, &pair, NULL, NULL);
}

/* Addresses */

WeftSimAddress *
weft_sim_network_find_address (WeftSimNetwork *self,
                               guint64         number)
{
  return g_tree_lookup (self->addresses, &number);
}

guint64
weft_sim_network_listen (WeftSimNetwork   *self,
                         WeftSimTransport *listener,
                         guint             host,
                         guint64           number)
{
  WeftSimAddress *address;

  if (number == 0)
    do
      number = ++self->last_number;
    while (weft_sim_network_find_address (self, number) != NULL);

  address = weft_sim_network_find_address (self, number);
  if (address == NULL)
    {
      address = g_new0 (WeftSimAddress, 1);
      address->number = number;
      g_tree_insert (self->addresses, &address->number, address);
    }
  if (address->listener != NULL)
    return 0;

  address->host = host;
  address->listener = listener;

  return number;
}

void
weft_sim_network_leave (WeftSimNetwork   *self,
                        WeftSimTransport *listener)
{
  for (GTreeNode *node = g_tree_node_first (self->addresses); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftSimAddress *address = g_tree_node_value (node);

      if (address->listener == listener)
        address->listener = NULL;
    }
}

/* Hosts */

/**
 * weft_sim_network_drop_host:
 * @self: a network
 * @host: a host
 * @is_silent: whether its power is gone, and not only its process
 *
 * Ends everything that a host takes part in, without telling it: its channels emit nothing any
 * more, and nobody listens there. When only its process is gone, its system resets the connections.
 * When its power is gone nobody is told, and nothing gets through to it until
 * [method@WeftSim.Network.raise_host].
 *
 * Since: 0.1
 */
void
weft_sim_network_drop_host (WeftSimNetwork *self,
                            guint           host,
                            gboolean        is_silent)
{
  GList *next;

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  get_host (self, host)->is_down = is_silent;
  weft_sim_dial_drop_host (self, host);
  for (GTreeNode *node = g_tree_node_first (self->addresses); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftSimAddress *address = g_tree_node_value (node);

      if (address->host == host)
        address->listener = NULL;
    }
  for (GList *link = self->connections.head; link != NULL; link = next)
    {
      WeftSimConnection *connection = link->data;
      g_autoptr(WeftSimConnection) alive = weft_sim_connection_ref (connection);

      next = link->next;
      for (guint side = 0; side < G_N_ELEMENTS (connection->flows); side++)
        if (connection->flows[side].from == host)
          weft_sim_connection_drop_side (connection, side, is_silent);
    }
}

/**
 * weft_sim_network_raise_host:
 * @self: a network
 * @host: a host
 *
 * Gives a host its power back. Its system then resets connections it knows nothing of.
 *
 * Since: 0.1
 */
void
weft_sim_network_raise_host (WeftSimNetwork *self,
                             guint           host)
{
  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  get_host (self, host)->is_down = FALSE;
  retry_all (self);
}
