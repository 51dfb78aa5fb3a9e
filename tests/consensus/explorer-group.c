/* explorer-group.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commits that somebody proposes together, and alone when that came to nothing.
 */

#include "config.h"

#include "explorer.h"

#include "weft-repo-message-private.h"

#include <string.h>

void
explorer_add_record (Explorer          *self,
                     WeftClusterRecord *record)
{
  g_ptr_array_add (self->records, weft_cluster_record_ref (record));
}

WeftClusterRecord *
explorer_draw_record (Explorer *self)
{
  return self->records->pdata[explorer_draw (self, self->records->len)];
}

WeftClusterRecord *
explorer_find_record (Explorer   *self,
                      const char *message_hash)
{
  for (guint i = 0; i < self->records->len; i++)
    if (g_str_equal (weft_cluster_record_get_message_hash (self->records->pdata[i]),
                     message_hash))
      return self->records->pdata[i];

  return NULL;
}

/* Some of these, mostly one. */
static guint8
draw_share (Explorer *self,
            guint8    blocks,
            gboolean  is_plain)
{
  guint8 share = blocks & -blocks;

  if (!is_plain && explorer_chance (self, 200))
    share |= (blocks & ~share) & -(blocks & ~share);

  return share;
}

/* Until the first of its commits expires. */
static WeftClusterRecord *
make_record (Explorer        *self,
             ExplorerActions  actions,
             GPtrArray       *peers)
{
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);
  g_autoptr (WeftRepoMessage) message = NULL;
  gint64 expiration = 0;

  for (; actions != 0; actions &= actions - 1)
    {
      ExplorerAction *action = &self->actions[__builtin_ctzll (actions)];
      gint64 own = weft_cluster_record_get_expiration (action->record);

      g_ptr_array_add (commits, weft_commit_request_ref (action->commit));
      if (own != 0 && (expiration == 0 || own < expiration))
        expiration = own;
    }
  message = weft_repo_message_new_commits (commits, expiration);

  return weft_cluster_record_new (message, peers, 0.75, NULL);
}

static void
propose (Explorer *self,
         guint     node,
         int       index)
{
  ExplorerGroup *group = &self->groups[index];

  memcpy (group->floors, self->floors, sizeof group->floors);
  for (ExplorerActions left = group->actions; left != 0; left &= left - 1)
    self->actions[__builtin_ctzll (left)].is_doubtful = TRUE;
  explorer_propose (self, node, group->record, EXPLORER_FRESH)->group = index;
}

int
explorer_join (Explorer *self,
               guint     node,
               guint8    blocks,
               gboolean  is_plain,
               gboolean  is_chain)
{
  g_autoptr (GPtrArray) peers = explorer_draw_peers (self, &self->nodes[node], &blocks, is_plain);
  int index = (int) self->n_groups;
  ExplorerGroup *group = &self->groups[index];
  ExplorerActions actions = 0;

  if (__builtin_popcount (blocks) < (is_chain ? 1 : 2) || self->n_groups == EXPLORER_GROUPS_MAX)
    return -1;
  while (blocks != 0)
    {
      ExplorerPlan plan = { .node = node, .peers = peers, .is_plain = is_plain,
                            .is_pended = TRUE, .is_joined = TRUE };

      plan.blocks = draw_share (self, blocks, is_plain || actions == 0);
      plan.is_stale = !is_plain && explorer_chance (self, 60);
      blocks &= ~plan.blocks;
      for (guint n = is_chain ? explorer_draw_length (self, &plan, blocks,
                                                      __builtin_popcountll (actions)) : 1;
           plan.ahead < n; plan.ahead++)
        actions |= (ExplorerActions) 1 << explorer_add_action (self, &plan);
    }
  self->n_groups++;
  group->actions = actions;
  group->record = make_record (self, actions, peers);
  explorer_add_record (self, group->record);
  propose (self, node, index);

  return index;
}

/* What this one is answered is what the callers hear, but for what is tried alone. What may be
 * decided still leaves it open what becomes of each. */
void
explorer_part (Explorer         *self,
               ExplorerProposal *proposal,
               WeftOutcome       outcome)
{
  ExplorerGroup *group = &self->groups[proposal->group];
  gint64 delay = self->setting.is_even || explorer_chance (self, 700)
                     ? 0 : explorer_draw (self, 200000);

  if (outcome == WEFT_OUTCOME_DECIDED)
    {
      self->n_joined++;
      explorer_count_chain (self, group->actions);
      return;
    }
  self->n_parted++;
  for (ExplorerActions left = group->actions; left != 0; left &= left - 1)
    {
      guint action = __builtin_ctzll (left);
      ExplorerEvent *event;

      if (outcome != WEFT_OUTCOME_INDETERMINATE)
        self->actions[action].is_doubtful = FALSE;
      if ((!self->setting.is_even && explorer_chance (self, 150)) ||
          explorer_chain_again (self, proposal->node, action))
        continue;
      event = explorer_schedule (self, delay, EVENT_PART, proposal->node);
      event->incarnation = self->nodes[proposal->node].incarnation;
      event->id = action;
      event->rev = proposal->group;
    }
}

/* One of them alone, by who proposed them together, or by somebody else at the same time. */
void
explorer_group_happen (Explorer      *self,
                       ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];
  guint8 blocks = (1 << self->n_blocks) - 1;

  if (node->member == NULL)
    return;
  if (event->kind == EVENT_PART)
    {
      /* Who asks again for what may be decided already hears that it is. */
      if (event->rev < 0)
        self->actions[event->id].n_proposals++;
      explorer_commit (self, event->node, (int) event->id, (int) event->rev);
      return;
    }
  if (self->n_actions + 2 * EXPLORER_BLOCKS + 6 > EXPLORER_ACTIONS_MAX)
    return;
  while (__builtin_popcount (blocks) > 2 && explorer_chance (self, 400))
    blocks &= ~(1 << explorer_draw (self, self->n_blocks));
  if (explorer_join (self, event->node, blocks, FALSE, FALSE) >= 0 && explorer_chance (self, 150))
    {
      ExplorerEvent *rival = explorer_schedule (self, explorer_draw (self, 40000), EVENT_PART,
                                                explorer_draw (self, self->n_nodes));

      rival->id = self->n_actions - 1;
      rival->rev = -1;
    }
}
