/* explorer-chain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Several commits of one block that somebody proposes together, each on top of the one before it.
 */

#include "config.h"

#include "explorer-witness.h"

#include "weft-slot-set-private.h"

/* In half of the worlds. */
void
explorer_draw_chaining (Explorer *self,
                        guint64   seed)
{
  self->is_chaining = !self->setting.is_unchained && self->setting.first.kind == EXPLORER_NOTHING
                      && self->setting.n_rivals == 0 && (seed * 0xc2b2ae3d27d4eb4f) >> 63;
}

void
explorer_plan_chains (Explorer *self,
                      gint64    span)
{
  for (guint i = 1 + explorer_draw (self, 3); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, span), EVENT_CHAIN,
                       explorer_draw (self, self->n_nodes))->rev = -1;
}

/* Mostly two to four; there are revisions and places in the record for so many. */
static guint
draw_room (Explorer *self,
           gint64    latest,
           guint     n_places)
{
  guint n = 2 + explorer_draw (self, explorer_chance (self, 100) ? 7 : 3);
  gint64 n_revs = EXPLORER_REVS_MAX / 2 - latest;

  return (guint) CLAMP (MIN ((gint64) n, n_revs), 1, (gint64) n_places);
}

guint
explorer_draw_length (Explorer           *self,
                      const ExplorerPlan *plan,
                      guint8              left,
                      guint               n_before)
{
  guint n_places = EXPLORER_GROUP_MAX - n_before - __builtin_popcount (left);
  ExplorerStore *store = self->nodes[plan->node].visible;

  if (__builtin_popcount (plan->blocks) > 1)
    return 1;
  if (plan->is_plain)
    return n_before == 0 && left == 0 ? 3 : 2;
  if (n_before > 0 && explorer_chance (self, 500))
    return 1;

  return draw_room (self, store->latest[__builtin_ctz (plan->blocks)], n_places);
}

static guint8
draw_blocks (Explorer *self)
{
  guint8 blocks = 1 << explorer_draw (self, self->n_blocks);

  while (explorer_chance (self, 250))
    blocks |= 1 << explorer_draw (self, self->n_blocks);

  return blocks;
}

/* Often somebody else begins another one there, or tries one of its commits alone, or puts what is
 * in it again. */
void
explorer_chain_happen (Explorer      *self,
                       ExplorerEvent *event)
{
  guint8 blocks = event->rev < 0 ? draw_blocks (self) : (guint8) event->rev;
  guint first = self->n_actions;
  gint64 delay;
  ExplorerEvent *rival;
  int kind;

  if (self->nodes[event->node].member == NULL || self->is_over ||
      self->n_actions + 2 * EXPLORER_BLOCKS + 6 + EXPLORER_GROUP_MAX > EXPLORER_ACTIONS_MAX ||
      explorer_join (self, event->node, blocks, FALSE, TRUE) < 0 || event->rev >= 0)
    return;
  if (explorer_chance (self, 500))
    return;

  kind = explorer_chance (self, 500) ? EVENT_CHAIN : EVENT_PART;
  delay = explorer_draw (self, explorer_chance (self, 700) ? 40000 : 400000);
  rival = explorer_schedule (self, delay, kind, explorer_draw (self, self->n_nodes));
  rival->rev = kind == EVENT_CHAIN ? blocks : -1;
  rival->id = first + explorer_draw (self, self->n_actions - first);
}

/* Who comes behind others in a chain that fell apart is filled in again, when these are done or a
 * little too early; or somebody insists on the base that it had. */
gboolean
explorer_chain_again (Explorer *self,
                      guint     node,
                      guint     action)
{
  ExplorerEvent *event;

  if (self->actions[action].ahead == 0 || !self->is_again || explorer_chance (self, 300))
    return FALSE;

  event = explorer_schedule (self, explorer_draw (self, 100000), EVENT_AGAIN, node);
  event->rev = action;

  return TRUE;
}

void
explorer_count_chain (Explorer        *self,
                      ExplorerActions  actions)
{
  guint n = 0;

  for (; actions != 0; actions &= actions - 1)
    n += self->actions[__builtin_ctzll (actions)].ahead > 0;
  self->n_chains += n > 0;
  self->n_chained += n;
}

/* Of those that follow each other each one is there, up to the last that is. */
void
explorer_check_chain (Explorer          *self,
                      ExplorerNode      *node,
                      ExplorerStore     *store,
                      WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  if (node->character != EXPLORER_HONEST)
    return;
  for (guint i = 1; i < slots->len; i++)
    {
      guint block = explorer_block_index (weft_slot_get_block_id (slots->pdata[i]));
      int index = explorer_find_change (self, record, slots->pdata[i]);
      int before = explorer_find_change (self, record, slots->pdata[i - 1]);

      if (weft_slots_is_follower (slots, i) &&
          store->revisions[block][self->actions[index].rev] == index + 1 &&
          store->revisions[block][self->actions[before].rev] != before + 1)
        explorer_fail (self, "CHAIN", "node %u has %s, and not %s, which is before it",
                       node->number, self->actions[index].id, self->actions[before].id);
    }
}

void
explorer_check_chains (Explorer     *self,
                       ExplorerNode *node)
{
  for (guint i = 0; i < self->n_groups; i++)
    if (explorer_is_decided (self, self->groups[i].record))
      explorer_check_chain (self, node, node->durable, self->groups[i].record);
}
