/* weft-sim-network-ways.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the ways between hosts are like, and which are cut. */

#include "weft-sim-network-private.h"

int
weft_sim_network_compare (gconstpointer a,
                          gconstpointer b,
                          gpointer      user_data)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return left < right ? -1 : left > right;
}

static void
rules_free (gpointer rules)
{
  g_array_unref (rules);
}

void
weft_sim_ways_init (WeftSimWays *self)
{
  self->links = g_tree_new_full (weft_sim_network_compare, NULL, g_free,
                                 (GDestroyNotify) weft_sim_link_free);
  self->cuts = g_tree_new_full (weft_sim_network_compare, NULL, g_free, NULL);
  self->rules = g_tree_new_full (weft_sim_network_compare, NULL, g_free, rules_free);
}

void
weft_sim_ways_clear (WeftSimWays *self)
{
  g_clear_pointer (&self->links, g_tree_unref);
  g_clear_pointer (&self->cuts, g_tree_unref);
  g_clear_pointer (&self->rules, g_tree_unref);
}

void
weft_sim_ways_add_rule (WeftSimWays         *self,
                        guint                from,
                        guint                to,
                        const WeftSimFilter *filter,
                        const WeftSimLink   *link)
{
  guint64 pair = weft_sim_network_make_pair (from, to);
  GArray *rules = g_tree_lookup (self->rules, &pair);
  WeftSimRule rule = { *filter, *link };

  if (rules == NULL)
    {
      rules = g_array_new (FALSE, FALSE, sizeof (WeftSimRule));
      g_tree_insert (self->rules, weft_sim_network_make_key (from, to), rules);
    }
  g_array_append_val (rules, rule);
}

void
weft_sim_ways_remove_rule (WeftSimWays         *self,
                           guint                from,
                           guint                to,
                           const WeftSimFilter *filter)
{
  guint64 pair = weft_sim_network_make_pair (from, to);
  GArray *rules = g_tree_lookup (self->rules, &pair);

  for (guint i = rules != NULL ? rules->len : 0; i > 0; i--)
    if (weft_sim_filter_equal (&g_array_index (rules, WeftSimRule, i - 1).filter, filter))
      g_array_remove_index (rules, i - 1);
}

/* Links */

guint64
weft_sim_network_make_pair (guint from,
                            guint to)
{
  return (guint64) from << 32 | to;
}

guint64 *
weft_sim_network_make_key (guint from,
                           guint to)
{
  guint64 pair = weft_sim_network_make_pair (from, to);

  return g_memdup2 (&pair, sizeof pair);
}

const WeftSimLink *
weft_sim_network_peek_link (WeftSimNetwork *self,
                            guint           from,
                            guint           to)
{
  guint64 pair = weft_sim_network_make_pair (from, to);
  const WeftSimLink *link = g_tree_lookup (self->ways.links, &pair);

  return link != NULL ? link : &self->default_link;
}

static gboolean
is_swallowing (WeftSimNetwork *self,
               WeftSimFlow    *flow)
{
  guint64 pair = weft_sim_network_make_pair (flow->from, flow->to);
  GArray *rules = g_tree_lookup (self->ways.rules, &pair);

  for (guint i = 0; rules != NULL && i < rules->len; i++)
    if (g_array_index (rules, WeftSimRule, i).link.drop > 0)
      return TRUE;

  return weft_sim_network_peek_link (self, flow->from, flow->to)->drop > 0;
}

/* What was swallowed would be missed for as long as the connection lasts, so it does not outlast
 * who swallowed it. */
static void
end_gaps (WeftSimNetwork *self)
{
  GList *next;

  for (GList *at = self->connections.head; at != NULL; at = next)
    {
      WeftSimConnection *connection = at->data;

      next = at->next;
      if (connection->has_gap && !is_swallowing (self, &connection->flows[0]) &&
          !is_swallowing (self, &connection->flows[1]))
        weft_sim_connection_reset (connection);
    }
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
  guint64 pair = weft_sim_network_make_pair (from, to);

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  if (link == NULL)
    g_tree_remove (self->ways.links, &pair);
  else
    g_tree_replace (self->ways.links, weft_sim_network_make_key (from, to),
                    weft_sim_link_copy (link));
  end_gaps (self);
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

/**
 * weft_sim_network_set_filtered_link:
 * @self: a network
 * @from: a host
 * @to: another one
 * @filter: which messages, as `SERVICE/VERB/ENVELOPE`, with `*` for any
 * @link: (nullable): what the way is like for these, or %NULL for like all other messages
 *
 * Says what one way is like for some messages only, such as `repo/commit/reply` or `*`/`*`/`ping`.
 * Of several filters that match a message the one that was set last counts.
 *
 * The service is the middle of a protocol: `repo` of `/db-p2p/repo/1.0.0`. The envelope is `hello`,
 * `proof`, `request`, `message`, `reply`, `error`, `cancel`, `credit`, `ping`, `pong` or `bye`. A
 * reply has the service and verb of its request, if that was sent after the first filter was set.
 *
 * Since: 0.1
 */
void
weft_sim_network_set_filtered_link (WeftSimNetwork    *self,
                                    guint              from,
                                    guint              to,
                                    const char        *filter,
                                    const WeftSimLink *link)
{
  WeftSimFilter parsed;

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));
  g_return_if_fail (filter != NULL);
  g_return_if_fail (weft_sim_filter_parse (&parsed, filter));

  self->has_filters = TRUE;
  weft_sim_ways_remove_rule (&self->ways, from, to, &parsed);
  if (link != NULL)
    weft_sim_ways_add_rule (&self->ways, from, to, &parsed, link);
  end_gaps (self);
}

const WeftSimLink *
weft_sim_network_find_link (WeftSimNetwork *self,
                            guint           from,
                            guint           to,
                            JsonObject     *summary)
{
  guint64 pair = weft_sim_network_make_pair (from, to);
  GArray *rules = summary != NULL ? g_tree_lookup (self->ways.rules, &pair) : NULL;

  for (guint i = rules != NULL ? rules->len : 0; i > 0; i--)
    {
      const WeftSimRule *rule = &g_array_index (rules, WeftSimRule, i - 1);

      if (weft_sim_filter_matches (&rule->filter, summary))
        return &rule->link;
    }

  return weft_sim_network_peek_link (self, from, to);
}

/* Cuts */

WeftSimPlug *
weft_sim_network_get_plug (WeftSimNetwork *self,
                           guint           host)
{
  if (host >= self->hosts->len)
    g_array_set_size (self->hosts, host + 1);

  return &g_array_index (self->hosts, WeftSimPlug, host);
}

void
weft_sim_network_retry_all (WeftSimNetwork *self)
{
  for (GList *link = self->connections.head; link != NULL; link = link->next)
    weft_sim_connection_retry (link->data);
}

static void
cut (WeftSimNetwork *self,
     guint           from,
     guint           to)
{
  g_tree_replace (self->ways.cuts, weft_sim_network_make_key (from, to), NULL);
}

void
weft_sim_network_set_ways (WeftSimNetwork *self,
                           WeftSimWays    *ways)
{
  weft_sim_ways_clear (&self->ways);
  self->ways = *ways;
  end_gaps (self);
  weft_sim_network_retry_all (self);
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
  guint64 pair = weft_sim_network_make_pair (from, to);

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  g_tree_remove (self->ways.cuts, &pair);
  weft_sim_network_retry_all (self);
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
    weft_sim_network_get_plug (self, hosts[i])->group = self->last_group;
  weft_sim_network_retry_all (self);
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

  g_tree_remove_all (self->ways.cuts);
  for (guint i = 0; i < self->hosts->len; i++)
    weft_sim_network_get_plug (self, i)->group = 0;
  weft_sim_network_retry_all (self);
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
  guint64 pair = weft_sim_network_make_pair (from, to);

  g_return_val_if_fail (WEFT_IS_SIM_NETWORK (self), TRUE);

  /* Asking for one may move the other. */
  weft_sim_network_get_plug (self, MAX (from, to));
  if (weft_sim_network_get_plug (self, from)->group !=
        weft_sim_network_get_plug (self, to)->group ||
      weft_sim_network_get_plug (self, to)->is_down)
    return TRUE;
  if (weft_sim_twins_hide (self, from, to))
    return TRUE;

  return g_tree_lookup_extended (self->ways.cuts, &pair, NULL, NULL);
}
