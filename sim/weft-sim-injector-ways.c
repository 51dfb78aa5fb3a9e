/* weft-sim-injector-ways.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the ways between hosts are like while faults are active.
 */

#include "weft-sim-injector-private.h"

/* One end of a way. */
typedef struct
{
  gboolean is_node;
  guint index;
  guint actor;
} End;

static End
get_node (WeftSimInjector *self,
          guint            index)
{
  return (End) { TRUE, index, weft_sim_host_get_actor (self->hosts->pdata[index]) };
}

static End
get_client (WeftSimInjector *self,
            guint            index)
{
  return (End) { FALSE, index, g_array_index (self->clients, guint, index) };
}

static gboolean
is_of (const WeftSimParty *party,
       const End          *end)
{
  return end->is_node ? weft_sim_party_has_node (party, end->index)
                      : weft_sim_party_has_client (party, end->index);
}

static gboolean
concerns (const WeftSimPlanned *planned,
          const End            *from,
          const End            *to)
{
  if (planned->is_directed)
    return is_of (&planned->from, from) && is_of (&planned->to, to);

  return is_of (&planned->party, from) || is_of (&planned->party, to);
}

/* Between the party and the others; within it all is as before. */
static gboolean
is_isolated (const WeftSimPlanned *planned,
             const End            *from,
             const End            *to)
{
  gboolean is_from = is_of (&planned->party, from);
  gboolean is_to = is_of (&planned->party, to);

  if (is_from == is_to)
    return FALSE;

  return planned->cut == WEFT_SIM_CUT_BOTH || (planned->cut == WEFT_SIM_CUT_IN) == is_to;
}

/* A client is where the node is that it is beside of. */
static guint
get_place (WeftSimInjector      *self,
           const WeftSimPlanned *planned,
           const End            *end)
{
  guint node = end->is_node ? end->index : (end->index + planned->beside) % self->hosts->len;

  return planned->places[node];
}

static gboolean
is_cut (WeftSimInjector      *self,
        const WeftSimPlanned *planned,
        const End            *from,
        const End            *to)
{
  guint n_nodes = self->hosts->len;
  guint first;
  guint second;

  if (planned->is_resting || (planned->is_for_nodes && !(from->is_node && to->is_node)))
    return FALSE;
  if (planned->layout == WEFT_SIM_LAYOUT_ISOLATE)
    return is_isolated (planned, from, to);

  first = get_place (self, planned, from);
  second = get_place (self, planned, to);
  if (planned->cut == WEFT_SIM_CUT_OUT)
    return !weft_sim_shape_hears (WEFT_SIM_SHAPE_ONE_WAY, n_nodes, planned->n_first, first,
                                  second);
  if (planned->cut == WEFT_SIM_CUT_IN)
    return !weft_sim_shape_hears (WEFT_SIM_SHAPE_ONE_WAY, n_nodes, planned->n_first, second,
                                  first);

  return !weft_sim_shape_hears (weft_sim_layout_get_shape (planned->layout), n_nodes,
                                planned->n_first, first, second);
}

static void
change_link (const WeftSimPlanned *planned,
             WeftSimLink          *link,
             const WeftSimLink    *base)
{
  if (planned->kind == WEFT_SIM_FAULT_SLOW_LINK && planned->chance >= 1)
    link->delay.least_usec = base->delay.least_usec + planned->span_usec;
  else if (planned->kind == WEFT_SIM_FAULT_SLOW_LINK)
    {
      link->hold = planned->chance;
      link->hold_usec = planned->span_usec;
    }
  else if (planned->kind == WEFT_SIM_FAULT_LOSSY_LINK)
    link->loss = MAX (base->loss, planned->chance);
  else if (planned->kind == WEFT_SIM_FAULT_CORRUPT_LINK)
    link->corruption = planned->chance;
  else if (planned->kind == WEFT_SIM_FAULT_BREAKING_LINK)
    link->reset = planned->chance;
  else if (planned->kind == WEFT_SIM_FAULT_REPEATING_LINK)
    link->late_reset = planned->chance;
  else if (planned->kind == WEFT_SIM_FAULT_DROPPING_LINK)
    link->drop = planned->chance;
  else
    {
      link->bytes_per_second = (guint64) planned->amount;
      link->queue_bytes = planned->queue_bytes;
    }
}

/* One direction. First what is the same for all messages, then filters over that. */
static void
set_way (WeftSimInjector   *self,
         const WeftSimLink *base,
         WeftSimWays       *ways,
         const End         *from,
         const End         *to)
{
  WeftSimLink link = *base;
  gboolean is_changed = FALSE;

  for (guint i = 0; i < self->active->len; i++)
    {
      const WeftSimPlanned *planned = self->active->pdata[i];

      if (planned->kind == WEFT_SIM_FAULT_PARTITION && is_cut (self, planned, from, to))
        g_tree_replace (ways->cuts, weft_sim_network_make_key (from->actor, to->actor), NULL);
      if (!weft_sim_fault_is_of_links (planned->kind) || planned->is_filtered ||
          !concerns (planned, from, to))
        continue;
      change_link (planned, &link, base);
      is_changed = TRUE;
    }
  if (is_changed)
    g_tree_replace (ways->links, weft_sim_network_make_key (from->actor, to->actor),
                    weft_sim_link_copy (&link));
  for (guint i = 0; i < self->active->len; i++)
    {
      const WeftSimPlanned *planned = self->active->pdata[i];
      WeftSimLink filtered = link;

      if (!planned->is_filtered || !concerns (planned, from, to))
        continue;
      change_link (planned, &filtered, base);
      weft_sim_ways_add_rule (ways, from->actor, to->actor, &planned->filter, &filtered);
    }
}

static void
set_both_ways (WeftSimInjector   *self,
               const WeftSimLink *base,
               WeftSimWays       *ways,
               const End         *a,
               const End         *b)
{
  set_way (self, base, ways, a, b);
  set_way (self, base, ways, b, a);
}

void
weft_sim_injector_set_ways (WeftSimInjector *self)
{
  WeftSimWays ways;
  WeftSimLink base;

  weft_sim_ways_init (&ways);
  weft_sim_link_init (&base);
  base.delay = self->scenario->link;
  base.bytes_per_second = self->scenario->bandwidth;
  base.queue_bytes = self->scenario->queue_bytes;
  base.loss = self->scenario->loss;
  weft_sim_network_set_default_link (self->network, &base);
  for (guint i = 0; i < self->hosts->len && self->active->len > 0; i++)
    {
      End node = get_node (self, i);

      for (guint other = i + 1; other < self->hosts->len; other++)
        {
          End peer = get_node (self, other);

          set_both_ways (self, &base, &ways, &node, &peer);
        }
      for (guint other = 0; other < self->clients->len; other++)
        {
          End client = get_client (self, other);

          set_both_ways (self, &base, &ways, &node, &client);
        }
    }
  weft_sim_network_set_ways (self->network, &ways);
}

static void
break_one (WeftSimInjector *self,
           guint            host,
           guint            other,
           gboolean         is_told)
{
  if (is_told)
    weft_sim_network_reset (self->network, host, other);
  else
    weft_sim_network_forget (self->network, host, other);
}

void
weft_sim_injector_break (WeftSimInjector *self,
                         guint            node,
                         gboolean         is_told)
{
  guint host = get_node (self, node).actor;

  for (guint i = 0; i < self->hosts->len; i++)
    if (i != node)
      break_one (self, host, get_node (self, i).actor, is_told);
  for (guint i = 0; i < self->clients->len; i++)
    break_one (self, host, get_client (self, i).actor, is_told);
}
