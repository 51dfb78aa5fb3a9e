/* explorer-act.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What callers ask for.
 */

#include "config.h"

#include "explorer.h"

#include <string.h>

static gint64
max_latest (Explorer *self,
            guint     block)
{
  gint64 latest = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    latest = MAX (latest, self->nodes[i].durable->latest[block]);

  return latest;
}

gboolean
explorer_knows_latest (Explorer     *self,
                       ExplorerNode *node,
                       guint         block)
{
  return node->visible->latest[block] == max_latest (self, block);
}

/* The cluster as somebody sees it: without some of it, and with some who do not belong to it. */
static GPtrArray *
draw_peers (Explorer *self)
{
  GPtrArray *peers;

  if (self->n_strangers == 0 || explorer_chance (self, 400))
    return g_ptr_array_ref (self->peers);

  peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < self->n_nodes + self->n_strangers; i++)
    if (explorer_chance (self, i < self->n_nodes ? 900 : 300) ||
        (peers->len == 0 && i + 1 == self->n_nodes))
      g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));
  self->n_foreign++;

  return peers;
}

/* Who is asked to decide. Who does not know the history may take others for the cluster, and blocks
 * of several clusters for those of one. */
GPtrArray *
explorer_draw_peers (Explorer     *self,
                     ExplorerNode *node,
                     guint8       *blocks,
                     gboolean      is_plain)
{
  guint8 alike = *blocks;
  guint mask = explorer_choose_peers (self, node, &alike);
  gboolean is_known = FALSE;

  if (is_plain || !self->is_moving || explorer_chance (self, 850))
    *blocks = alike;
  else if (explorer_chance (self, 500))
    return explorer_make_peers (node->views[0]);
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    is_known |= (alike & (1 << i)) && explorer_find_pin (self, node->visible, i) != 0;
  if (is_plain || self->is_moving || is_known)
    return explorer_make_peers (mask);

  return draw_peers (self);
}

/* Who means well may have missed the last revisions. */
static gint64
draw_base (Explorer           *self,
           const ExplorerPlan *plan,
           guint               block)
{
  gint64 latest = plan->is_last ? max_latest (self, block)
                                : self->nodes[plan->node].visible->latest[block];

  return (plan->is_stale && latest > 0 ? latest - 1 : latest) + plan->ahead;
}

/* Among those that carry contents along, many have nothing pending. */
static guint
draw_pended (Explorer           *self,
             const ExplorerPlan *plan)
{
  static const guint of_thousand[] = { 0, 0, 400, 900 };

  if (plan->is_last || !plan->is_pended)
    return plan->is_pended ? 1000 : 0;
  if (self->setting.is_carrying)
    return 0;
  if (plan->is_plain)
    return 1000;

  if (self->is_carrying)
    return of_thousand[explorer_draw (self, G_N_ELEMENTS (of_thousand))];

  return plan->is_joined ? 980 : 900;
}

static void
pend_at_some (Explorer           *self,
              const ExplorerPlan *plan,
              int                 index)
{
  guint of_thousand = draw_pended (self, plan);
  guint8 blocks = self->actions[index].blocks;

  for (guint i = 0; of_thousand > 0 && i < self->n_bodies; i++)
    if (of_thousand == 1000 || explorer_chance (self, of_thousand))
      {
        gboolean is_spoiled = !plan->is_plain && !self->setting.is_calm &&
                              explorer_chance (self, 40);

        self->nodes[i].visible->pendings[index] = self->nodes[i].durable->pendings[index] = blocks;
        self->nodes[i].visible->spoiled[index] = self->nodes[i].durable->spoiled[index]
            = is_spoiled ? blocks : 0;
      }
}

int
explorer_add_action (Explorer           *self,
                     const ExplorerPlan *plan)
{
  int index = (int) self->n_actions++;
  ExplorerAction *action = &self->actions[index];
  g_autoptr (WeftRepoMessage) message = NULL;
  gint64 expiration = 0;

  g_assert (index < EXPLORER_ACTIONS_MAX);

  action->first = plan->again > 0 ? plan->again - 1 : index;
  action->id = g_strdup_printf ("A%d", action->first);
  action->blocks = plan->blocks;
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (plan->blocks & (1 << i))
      {
        action->bases[i] = draw_base (self, plan, i);
        action->rev = MAX (action->rev, action->bases[i] + 1);
      }
  if (!plan->is_plain && explorer_chance (self, 700))
    expiration = G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000 + 300 +
                 explorer_draw (self, 8000);
  action->peers = explorer_get_mask (plan->peers);
  action->target = plan->target;
  action->ahead = plan->ahead;
  explorer_make_content (action);
  action->commit = explorer_make_commit (action);
  message = weft_repo_message_new_commit (action->commit, expiration);
  action->record = weft_cluster_record_new (message, plan->peers, 0.75, NULL);
  explorer_add_record (self, action->record);
  if (plan->again == 0)
    pend_at_some (self, plan, index);

  return index;
}

/* Of the peers whom the node takes for the cluster. */
static int
add_action (Explorer *self,
            guint     node,
            guint8    blocks,
            guint     target,
            gboolean  is_last,
            gboolean  is_pended)
{
  ExplorerPlan plan = { .node = node, .target = target, .is_last = is_last,
                        .is_pended = is_pended };
  g_autoptr (GPtrArray) peers = NULL;

  plan.is_plain = is_last || self->setting.first.kind != EXPLORER_NOTHING;
  peers = explorer_draw_peers (self, &self->nodes[node], &blocks, plan.is_plain);
  plan.blocks = blocks;
  plan.peers = peers;

  return explorer_add_action (self, &plan);
}

void
explorer_commit (Explorer *self,
                 guint     node,
                 int       index,
                 int       group)
{
  ExplorerAction *action = &self->actions[index];
  ExplorerProposal *proposal;

  if (action->rev + 1 >= EXPLORER_REVS_MAX)
    return;
  action->n_proposals++;
  if (action->n_proposals > 1)
    explorer_forget_denied (self, index);
  proposal = explorer_propose (self, node, action->record,
                               group >= 0 && action->is_doubtful ? EXPLORER_IN_DOUBT
                                                                 : EXPLORER_FRESH);
  proposal->action = action->n_proposals == 1 ? index : -1;
  /* Who asked for it did so when they were proposed together. */
  if (group >= 0)
    memcpy (proposal->floors, self->groups[group].floors, sizeof proposal->floors);
}

int
explorer_act (Explorer *self,
              guint     node,
              guint8    blocks,
              gboolean  is_last)
{
  int index = add_action (self, node, blocks, 0, is_last, TRUE);

  explorer_commit (self, node, index, -1);

  return index;
}

int
explorer_add_first (Explorer *self)
{
  return add_action (self, 0, (1 << self->n_blocks) - 1, 0, TRUE, TRUE);
}

void
explorer_move (Explorer *self,
               guint     node,
               guint8    blocks,
               guint     target)
{
  explorer_commit (self, node, add_action (self, node, blocks, target, FALSE, TRUE), -1);
}

/* Those whom the coordinator takes for the cluster of the blocks. */
static GPtrArray *
find_peers (Explorer *self,
            guint     node,
            guint8    blocks)
{
  return explorer_make_peers (explorer_choose_peers (self, &self->nodes[node], &blocks));
}

void
explorer_cancel (Explorer *self,
                 guint     node,
                 int       index)
{
  ExplorerAction *action = &self->actions[index];
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  guint n_ids = 0;
  g_autoptr (WeftActionBlocks) blocks = NULL;
  g_autoptr (GPtrArray) peers = find_peers (self, node, action->blocks);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftClusterRecord) record = NULL;

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (action->blocks & (1 << i))
      ids[n_ids++] = explorer_block_id (i);
  blocks = weft_action_blocks_new (action->id, ids, NULL);
  message = weft_repo_message_new_cancel (blocks, 0);
  record = weft_cluster_record_new (message, peers, 0.75, NULL);
  explorer_propose (self, node, record, EXPLORER_FRESH);
}

int
explorer_pend (Explorer *self,
               guint     node,
               guint8    blocks)
{
  int index = add_action (self, node, blocks, 0, FALSE, FALSE);
  g_autoptr (GPtrArray) peers = find_peers (self, node, blocks);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftClusterRecord) record = NULL;

  message = weft_repo_message_new_pend (self->actions[index].pend, 0);
  record = weft_cluster_record_new (message, peers, 0.75, NULL);
  explorer_propose (self, node, record, EXPLORER_FRESH);

  return index;
}

/* `rival` is what the operation before was on, or -1. */
int
explorer_operate (Explorer          *self,
                  const ExplorerOp  *op,
                  int                rival)
{
  int index = rival;

  switch (op->kind)
    {
    case EXPLORER_PEND:
      return explorer_pend (self, op->node, op->blocks);

    case EXPLORER_COMMIT:
      if (!op->is_same || rival < 0)
        return explorer_act (self, op->node, op->blocks, FALSE);
      explorer_commit (self, op->node, rival, -1);
      return rival;

    case EXPLORER_CANCEL:
      if (!op->is_same || rival < 0)
        index = add_action (self, op->node, op->blocks, 0, FALSE, TRUE);
      explorer_cancel (self, op->node, index);
      return index;

    case EXPLORER_MOVE:
      explorer_move (self, op->node, op->blocks, self->setting.target);
      return (int) self->n_actions - 1;

    case EXPLORER_JOIN:
      explorer_join (self, op->node, op->blocks, TRUE, FALSE);
      return (int) self->n_actions - 1;

    case EXPLORER_CHAIN:
      explorer_join (self, op->node, op->blocks, TRUE, TRUE);
      return (int) self->n_actions - 1;

    case EXPLORER_PART:
      for (guint i = 0; i < self->n_actions; i++)
        if ((self->actions[i].blocks & op->blocks) &&
            (self->groups[0].actions & ((ExplorerActions) 1 << i)))
          {
            self->actions[i].n_proposals++;
            explorer_commit (self, op->node, (int) i, -1);
          }
      return rival;

    case EXPLORER_NOTHING:
    default:
      return -1;
    }
}
