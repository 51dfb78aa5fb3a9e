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
  return is_of (&planned->party, from) || is_of (&planned->party, to);
}

/* Between the party and the others; within it all is as before. */
static gboolean
is_cut (const WeftSimPlanned *planned,
        const End            *from,
        const End            *to)
{
  gboolean is_from = is_of (&planned->party, from);
  gboolean is_to = is_of (&planned->party, to);

  if (is_from == is_to)
    return FALSE;

  return planned->cut == WEFT_SIM_CUT_BOTH || (planned->cut == WEFT_SIM_CUT_IN) == is_to;
}

static void
change_link (const WeftSimPlanned *planned,
             WeftSimLink          *link,
             const WeftSimLink    *base)
{
  if (planned->kind == WEFT_SIM_FAULT_SLOW_LINK)
    link->delay.least_usec = base->delay.least_usec + planned->span_usec;
  else if (planned->kind == WEFT_SIM_FAULT_LOSSY_LINK)
    link->loss = MAX (base->loss, planned->amount);
  else
    link->corruption = planned->amount;
}

/* One direction, of which the last fault of a kind counts. */
static void
set_way (WeftSimInjector   *self,
         const WeftSimLink *base,
         GTree             *links,
         GTree             *cuts,
         const End         *from,
         const End         *to)
{
  WeftSimLink link = *base;
  gboolean is_changed = FALSE;

  for (guint i = 0; i < self->active->len; i++)
    {
      const WeftSimPlanned *planned = self->active->pdata[i];

      if (planned->kind == WEFT_SIM_FAULT_PARTITION && is_cut (planned, from, to))
        g_tree_replace (cuts, weft_sim_network_make_key (from->actor, to->actor), NULL);
      if (weft_sim_fault_is_of_links (planned->kind) && concerns (planned, from, to))
        {
          change_link (planned, &link, base);
          is_changed = TRUE;
        }
    }
  if (is_changed)
    g_tree_replace (links, weft_sim_network_make_key (from->actor, to->actor),
                    weft_sim_link_copy (&link));
}

static void
set_both_ways (WeftSimInjector   *self,
               const WeftSimLink *base,
               GTree             *links,
               GTree             *cuts,
               const End         *a,
               const End         *b)
{
  set_way (self, base, links, cuts, a, b);
  set_way (self, base, links, cuts, b, a);
}

void
weft_sim_injector_set_ways (WeftSimInjector *self)
{
  GTree *links = weft_sim_network_make_links ();
  GTree *cuts = weft_sim_network_make_cuts ();
  WeftSimLink base;

  weft_sim_link_init (&base);
  base.delay = self->scenario->link;
  base.bytes_per_second = self->scenario->bandwidth;
  base.loss = self->scenario->loss;
  weft_sim_network_set_default_link (self->network, &base);
  for (guint i = 0; i < self->hosts->len && self->active->len > 0; i++)
    {
      End node = get_node (self, i);

      for (guint other = i + 1; other < self->hosts->len; other++)
        {
          End peer = get_node (self, other);

          set_both_ways (self, &base, links, cuts, &node, &peer);
        }
      for (guint other = 0; other < self->clients->len; other++)
        {
          End client = get_client (self, other);

          set_both_ways (self, &base, links, cuts, &node, &client);
        }
    }
  weft_sim_network_set_ways (self->network, links, cuts);
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
