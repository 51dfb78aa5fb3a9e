/* weft-sim-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-dial-private.h"
#include "weft-sim-network-private.h"

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

static void
plug_clear (gpointer data)
{
  WeftSimPlug *plug = data;

  g_assert (g_queue_is_empty (&plug->flows));
  g_slist_free (plug->addresses);
}

static void
weft_sim_network_finalize (GObject *object)
{
  WeftSimNetwork *self = WEFT_SIM_NETWORK (object);
  WeftSimConnection *connection;

  while ((connection = g_queue_peek_head (&self->connections)) != NULL)
    weft_sim_connection_detach (connection);
  weft_sim_dial_detach_all (self);
  weft_sim_ways_clear (&self->ways);
  g_clear_pointer (&self->meddler, weft_sim_meddler_free);
  g_clear_pointer (&self->twins, g_ptr_array_unref);
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
  weft_sim_ways_init (&self->ways);
  self->twins = g_ptr_array_new ();
  self->addresses = g_tree_new_full (weft_sim_network_compare, NULL, NULL, g_free);
  self->hosts = g_array_new (FALSE, TRUE, sizeof (WeftSimPlug));
  g_array_set_clear_func (self->hosts, plug_clear);
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

/* Addresses */

static WeftSimAddress *
find_address (WeftSimNetwork *self,
              guint64         number)
{
  return g_tree_lookup (self->addresses, &number);
}

WeftSimTransport *
weft_sim_network_find_listener (WeftSimNetwork *self,
                                guint64         number,
                                guint           from,
                                guint          *host)
{
  WeftSimAddress *address = find_address (self, number);
  guint side;

  if (address == NULL)
    return NULL;
  /* Of twins, whoever asks gets to the one that it sees, be it there or not. */
  side = address->hosts[1] != 0 && weft_sim_twins_hide (self, from, address->hosts[0]);
  *host = address->hosts[side];

  return address->listeners[side];
}

/* Where a host can listen at an address: where it was before, or where nobody is. */
static guint
choose_side (WeftSimNetwork *self,
             WeftSimAddress *address,
             guint           host)
{
  for (guint side = 0; side < G_N_ELEMENTS (address->hosts); side++)
    if (address->hosts[side] == host)
      return side;
  if (address->listeners[0] == NULL && !weft_sim_twins_are (self, address->hosts[0], host))
    return 0;

  return weft_sim_twins_are (self, address->hosts[0], host) ? 1 : G_N_ELEMENTS (address->hosts);
}

/* Whoever listens at a number has it until somebody else does. */
static void
give_to_host (WeftSimNetwork *self,
              WeftSimAddress *address,
              guint           side,
              guint           host)
{
  WeftSimPlug *old = weft_sim_network_get_plug (self, address->hosts[side]);
  WeftSimPlug *plug;

  old->addresses = g_slist_remove (old->addresses, address);
  plug = weft_sim_network_get_plug (self, host);
  plug->addresses = g_slist_prepend (plug->addresses, address);
  address->hosts[side] = host;
}

guint64
weft_sim_network_listen (WeftSimNetwork   *self,
                         WeftSimTransport *listener,
                         guint             host,
                         guint64           number)
{
  WeftSimAddress *address;
  guint side;

  if (number == 0)
    do
      number = ++self->last_number;
    while (find_address (self, number) != NULL);

  address = find_address (self, number);
  if (address == NULL)
    {
      address = g_new0 (WeftSimAddress, 1);
      address->number = number;
      g_tree_insert (self->addresses, &address->number, address);
    }
  side = choose_side (self, address, host);
  if (side == G_N_ELEMENTS (address->hosts) || address->listeners[side] != NULL)
    return 0;

  give_to_host (self, address, side, host);
  address->listeners[side] = listener;

  return number;
}

/* All of a host, or the one that is given. */
static void
stop_listening (WeftSimNetwork   *self,
                guint             host,
                WeftSimTransport *listener)
{
  for (GSList *at = weft_sim_network_get_plug (self, host)->addresses; at != NULL; at = at->next)
    {
      WeftSimAddress *address = at->data;

      for (guint side = 0; side < G_N_ELEMENTS (address->hosts); side++)
        if (address->hosts[side] == host &&
            (listener == NULL || address->listeners[side] == listener))
          address->listeners[side] = NULL;
    }
}

void
weft_sim_network_leave (WeftSimNetwork   *self,
                        WeftSimTransport *listener,
                        guint             host)
{
  stop_listening (self, host, listener);
}

/* Hosts */

static void
flow_unref (gpointer data)
{
  weft_sim_connection_unref (((WeftSimFlow *) data)->connection);
}

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
  g_autoptr(GPtrArray) flows = NULL;
  WeftSimPlug *plug;

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  plug = weft_sim_network_get_plug (self, host);
  plug->is_down = is_silent;
  weft_sim_dial_drop_host (self, host);
  stop_listening (self, host, NULL);

  /* A connection from a host to itself leaves the list with both its flows at once. */
  flows = g_ptr_array_new_with_free_func (flow_unref);
  for (GList *at = plug->flows.head; at != NULL; at = at->next)
    {
      weft_sim_connection_ref (((WeftSimFlow *) at->data)->connection);
      g_ptr_array_add (flows, at->data);
    }
  for (guint i = 0; i < flows->len; i++)
    {
      WeftSimFlow *flow = flows->pdata[i];
      WeftSimConnection *connection = flow->connection;

      if (connection->network != NULL)
        weft_sim_connection_drop_side (connection, flow == &connection->flows[1], is_silent);
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

  weft_sim_network_get_plug (self, host)->is_down = FALSE;
  weft_sim_network_retry_all (self);
}
