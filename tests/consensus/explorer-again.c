/* explorer-again.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Actions that somebody puts again under their name, on what came in between. Each attempt is an
 * action of its own here, with its bases, its digests and its record; what is pending, committed
 * and cancelled goes by the name.
 */

#include "config.h"

#include "explorer-witness.h"

/* The attempt after this one at the same action, or -1. */
static int
find_next (Explorer *self,
           int       index)
{
  for (guint i = index + 1; self->is_again && i < self->n_actions; i++)
    if (self->actions[i].first == self->actions[index].first)
      return (int) i;

  return -1;
}

int
explorer_find_attempt (Explorer          *self,
                       WeftCommitRequest *commit)
{
  int first = explorer_find_action (self, weft_commit_request_get_action_id (commit));

  for (int i = first; i >= 0; i = find_next (self, i))
    if (weft_commit_request_equal (self->actions[i].commit, commit))
      return i;

  return first;
}

int
explorer_find_pended (Explorer        *self,
                      WeftPendRequest *pend)
{
  int first = explorer_find_action (self, weft_pend_request_get_action_id (pend));

  for (int i = first; i >= 0; i = find_next (self, i))
    if (weft_pend_request_equal (self->actions[i].pend, pend))
      return i;

  return first;
}

int
explorer_find_pending (Explorer      *self,
                       ExplorerStore *store,
                       int            index,
                       guint          block)
{
  for (int i = self->actions[index].first; i >= 0; i = find_next (self, i))
    if (store->pendings[i] & (1 << block))
      return i;

  return -1;
}

gboolean
explorer_is_pending (Explorer      *self,
                     ExplorerStore *store,
                     int            index,
                     guint          block)
{
  int pending = explorer_find_pending (self, store, index, block);

  return pending >= 0
         && self->actions[pending].bases[block] == self->actions[index].bases[block];
}

void
explorer_drop_pendings (Explorer      *self,
                        ExplorerStore *store,
                        int            index,
                        guint8         blocks)
{
  for (int i = self->actions[index].first; i >= 0; i = find_next (self, i))
    store->pendings[i] &= (guint8) ~blocks;
}

guint8
explorer_find_open_blocks (Explorer     *self,
                           ExplorerNode *node,
                           int           index)
{
  guint8 blocks = self->actions[index].blocks;

  for (int i = self->actions[index].first; i >= 0; i = find_next (self, i))
    for (guint block = 0; block < EXPLORER_BLOCKS; block++)
      if (node->visible->revisions[block][self->actions[i].rev] == i + 1)
        blocks &= (guint8) ~(1 << block);

  return blocks;
}

/* What is pending under the name stays, unless it was made for a revision that is not the latest
 * any more, or for another place in a chain and nothing is held on it. Another content that
 * somebody left there expires, which it has in the end. */
static gboolean
may_pend (Explorer     *self,
          ExplorerNode *node,
          int           index,
          guint         block)
{
  ExplorerStore *store = node->visible;
  int pending = explorer_find_pending (self, store, index, block);
  gint64 base;

  if (pending < 0 || pending == index)
    return TRUE;
  if (store->spoiled[pending])
    return self->is_over;
  base = self->actions[pending].bases[block];
  if (base == self->actions[index].bases[block])
    return TRUE;

  return (base < self->actions[index].bases[block] && base < store->latest[block])
         || (node->member != NULL
             && !weft_member_machine_holds (node->member, explorer_block_id (block),
                                            weft_pend_request_get_action_id (
                                                self->actions[index].pend)));
}

gboolean
explorer_may_pend (Explorer     *self,
                   ExplorerNode *node,
                   int           index,
                   guint8        blocks)
{
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if ((blocks & (1 << i)) && !may_pend (self, node, index, i))
      return FALSE;

  return TRUE;
}

void
explorer_pend_again (Explorer     *self,
                     ExplorerNode *node,
                     int           index,
                     guint8        wanted)
{
  guint8 blocks = explorer_find_open_blocks (self, node, index) & wanted;
  ExplorerBatch *batch;

  if (blocks == 0)
    return;
  batch = explorer_batch_new (0);
  batch->action = index;
  batch->pended = blocks;
  explorer_node_submit (self, node, batch);
}

gboolean
explorer_pend_at (Explorer     *self,
                  ExplorerNode *node,
                  int           index,
                  guint8        wanted)
{
  guint8 blocks = explorer_find_open_blocks (self, node, index) & wanted;

  if (!explorer_may_pend (self, node, index, blocks))
    return FALSE;
  explorer_pend_again (self, node, index, blocks);

  return TRUE;
}

/* Whoever asked for it before, on the same bases. */
static int
find_alike (Explorer     *self,
            ExplorerNode *node,
            int           first)
{
  for (int i = first; i >= 0; i = find_next (self, i))
    {
      gboolean is_alike = TRUE;

      for (guint block = 0; block < EXPLORER_BLOCKS; block++)
        is_alike = is_alike && (!(self->actions[i].blocks & (1 << block))
                                || self->actions[i].bases[block] == node->visible->latest[block]);
      if (is_alike)
        return i;
    }

  return -1;
}

/* As a coordinator does who is asked: what is committed here is not put again, and what it is made
 * against is the latest here. One who does not look first is stopped by the members. */
static void
put_again (Explorer     *self,
           ExplorerNode *node,
           int           first)
{
  ExplorerPlan plan = { .node = node->place, .blocks = self->actions[first].blocks,
                        .again = 1 + first };
  g_autoptr (GPtrArray) peers = NULL;
  guint of_thousand = self->is_carrying ? explorer_draw (self, 1000) : 900;
  gboolean is_careless = !self->setting.is_calm && explorer_chance (self, 100);
  int index;

  if (self->actions[first].target != 0
      || (!is_careless && explorer_find_open_blocks (self, node, first) != plan.blocks)
      || self->n_actions + 2 * EXPLORER_BLOCKS + 6 > EXPLORER_ACTIONS_MAX)
    return;

  peers = explorer_draw_peers (self, node, &plan.blocks, FALSE);
  if (plan.blocks != self->actions[first].blocks)
    return;

  plan.peers = peers;
  index = find_alike (self, node, first);
  /* Who asks again for what may be decided already hears that it is. */
  if (index >= 0)
    self->actions[index].n_proposals++;
  else
    {
      index = explorer_add_action (self, &plan);
      self->n_again++;
      for (guint i = 0; i < self->n_bodies; i++)
        if (self->nodes[i].member != NULL && explorer_chance (self, of_thousand))
          explorer_pend_at (self, &self->nodes[i], index, plan.blocks);
    }
  explorer_commit (self, node->place, index, -1);
}

void
explorer_plan_again (Explorer *self,
                     gint64    span)
{
  for (guint i = explorer_draw (self, 4); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 2 * span), EVENT_AGAIN,
                       explorer_draw (self, self->n_nodes))->rev = -1;
}

/* Who lost against somebody else tries again at once; who does not know asks somewhere else. */
void
explorer_try_again (Explorer         *self,
                    ExplorerProposal *proposal,
                    WeftOutcome       outcome)
{
  int index = explorer_find_commit (self, proposal->record);
  gboolean is_lost = outcome == WEFT_OUTCOME_STALE;
  ExplorerEvent *event;

  if (!self->is_again || self->is_over || proposal->is_recovery || proposal->group >= 0
      || index < 0 || outcome == WEFT_OUTCOME_DECIDED
      || !explorer_chance (self, is_lost ? 800 : 300))
    return;

  event = explorer_schedule (self, is_lost ? 0 : explorer_draw (self, 300000), EVENT_AGAIN,
                             is_lost && explorer_chance (self, 700)
                               ? proposal->node : explorer_draw (self, self->n_nodes));
  event->rev = index;
}

void
explorer_again_happen (Explorer      *self,
                       ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];
  int index = (int) event->rev;

  if (self->is_over || node->member == NULL || self->n_actions == 0)
    return;
  if (index < 0)
    index = (int) explorer_draw (self, self->n_actions);
  put_again (self, node, self->actions[index].first);
}

/* However often it was put, and wherever, it is one change. */
void
explorer_see_once (Explorer *self,
                   int       index)
{
  for (int i = self->actions[index].first; i >= 0; i = find_next (self, i))
    if (i != index && (self->witness->decided_actions & ((ExplorerActions) 1 << i)))
      explorer_fail (self, "I2", "%s is decided as revision %d and as revision %d",
                     self->actions[index].id, (int) self->actions[i].rev,
                     (int) self->actions[index].rev);
}
