/* weft-sim-network-faults.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What breaks connections, and partitions that come and go. */

#include "weft-sim-network-private.h"

static gboolean
is_between (WeftSimConnection *connection,
            guint              a,
            guint              b)
{
  WeftSimFlow *flow = &connection->flows[0];

  return (flow->from == a && flow->to == b) || (flow->from == b && flow->to == a);
}

/* A function may end the connection that it is given, and no other. */
static guint
for_each (WeftSimNetwork *self,
          guint           a,
          guint           b,
          void          (*func) (WeftSimConnection *connection))
{
  guint n_found = 0;
  GList *next;

  for (GList *link = self->connections.head; link != NULL; link = next)
    {
      WeftSimConnection *connection = link->data;

      next = link->next;
      if (!is_between (connection, a, b))
        continue;
      func (connection);
      n_found++;
    }

  return n_found;
}

/**
 * weft_sim_network_reset:
 * @self: a network
 * @a: a host
 * @b: another one
 *
 * Breaks all connections between two hosts. Both sides are told; what was under way is lost.
 *
 * Returns: how many connections there were
 *
 * Since: 0.1
 */
guint
weft_sim_network_reset (WeftSimNetwork *self,
                        guint           a,
                        guint           b)
{
  g_return_val_if_fail (WEFT_IS_SIM_NETWORK (self), 0);

  return for_each (self, a, b, weft_sim_connection_reset);
}

/**
 * weft_sim_network_forget:
 * @self: a network
 * @a: a host
 * @b: another one
 *
 * Lets nothing through any more on the connections that two hosts have now, and tells neither, as
 * a router does that lost its tables. Both sides believe in them until they find out. New
 * connections are not touched.
 *
 * Returns: how many connections there were
 *
 * Since: 0.1
 */
guint
weft_sim_network_forget (WeftSimNetwork *self,
                         guint           a,
                         guint           b)
{
  guint n_found;

  g_return_val_if_fail (WEFT_IS_SIM_NETWORK (self), 0);

  n_found = for_each (self, a, b, weft_sim_connection_forget);
  if (n_found > 0)
    weft_sim_world_count (self->world, "network-forgotten", n_found);

  return n_found;
}

/**
 * weft_sim_network_shape:
 * @self: a network
 * @shape: who hears whom
 * @hosts: (array length=n_hosts): some hosts, whose order says who is where in the shape
 * @n_hosts: how many they are
 * @n_first: how many of them are the first group, for shapes that have two; others ignore it
 *
 * Cuts the ways between hosts, so that exactly those hear each other that do in the shape. Ways
 * between them that were cut before and are whole in it are mended; other hosts are not touched.
 *
 * Since: 0.1
 */
void
weft_sim_network_shape (WeftSimNetwork *self,
                        WeftSimShape    shape,
                        const guint    *hosts,
                        gsize           n_hosts,
                        gsize           n_first)
{
  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));
  g_return_if_fail (hosts != NULL);
  g_return_if_fail (n_hosts >= weft_sim_shape_get_hosts_min (shape));
  g_return_if_fail (n_first <= n_hosts);

  for (guint from = 0; from < n_hosts; from++)
    for (guint to = 0; to < n_hosts; to++)
      {
        if (from == to)
          continue;
        if (weft_sim_shape_hears (shape, n_hosts, n_first, from, to))
          weft_sim_network_mend (self, hosts[from], hosts[to]);
        else
          weft_sim_network_cut (self, hosts[from], hosts[to]);
      }
}

typedef struct
{
  WeftSimNetwork *network;
  guint a;
  guint b;
  gint64 period_usec;
  guint n_left; /* of changes */
} Flap;

static void schedule_flap (Flap  *flap,
                           gint64 delay_usec);

static void
on_flap (gpointer user_data)
{
  Flap *flap = user_data;

  flap->n_left--;
  if (flap->n_left % 2 == 1)
    {
      weft_sim_network_cut (flap->network, flap->a, flap->b);
      weft_sim_network_cut (flap->network, flap->b, flap->a);
    }
  else
    {
      weft_sim_network_mend (flap->network, flap->a, flap->b);
      weft_sim_network_mend (flap->network, flap->b, flap->a);
    }
  if (flap->n_left > 0)
    schedule_flap (g_memdup2 (flap, sizeof *flap), flap->period_usec);
}

static void
schedule_flap (Flap  *flap,
               gint64 delay_usec)
{
  WeftSimWorld *world = flap->network->world;

  weft_sim_world_schedule_event (world, weft_sim_world_get_time (world) + delay_usec,
                                 WEFT_SIM_EVENT_KIND_FAULT, 0,
                                 (guint64) flap->a << 32 | flap->b, on_flap, flap, g_free);
}

/**
 * weft_sim_network_flap:
 * @self: a network
 * @a: a host
 * @b: another one
 * @period_usec: how long the ways are cut, and how long they are whole between
 * @n_times: how often they are cut
 *
 * Cuts the ways between two hosts again and again, beginning now, and leaves them whole.
 *
 * Since: 0.1
 */
void
weft_sim_network_flap (WeftSimNetwork *self,
                       guint           a,
                       guint           b,
                       gint64          period_usec,
                       guint           n_times)
{
  Flap *flap;

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));
  g_return_if_fail (period_usec > 0);
  g_return_if_fail (n_times <= G_MAXUINT / 2);

  if (n_times == 0)
    return;

  flap = g_new (Flap, 1);
  *flap = (Flap) { self, a, b, period_usec, 2 * n_times };
  schedule_flap (flap, 0);
}
