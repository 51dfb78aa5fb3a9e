/* explorer-outcome.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is applied, and what callers are told.
 */

#include "config.h"

#include "explorer-witness.h"

#include "weft-repo-message-private.h"

#include <string.h>

int
explorer_find_change (Explorer          *self,
                      WeftClusterRecord *record,
                      WeftSlot          *slot)
{
  WeftCommitRequest *commit = weft_repo_message_find_commit_at (
      weft_cluster_record_get_message (record), weft_slot_get_block_id (slot),
      weft_slot_get_base (slot));

  return explorer_find_attempt (self, commit);
}

ExplorerActions
explorer_list_actions (Explorer  *self,
                       GPtrArray *commits)
{
  ExplorerActions actions = 0;

  for (guint i = 0; i < commits->len; i++)
    actions |= (ExplorerActions) 1 << explorer_find_attempt (self, commits->pdata[i]);

  return actions;
}

ExplorerActions
explorer_list_commits (Explorer          *self,
                       WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  ExplorerActions actions = 0;

  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    actions |= (ExplorerActions) 1
               << explorer_find_attempt (self, weft_repo_message_get_commit_at (message, i));

  return actions;
}

int
explorer_find_commit (Explorer          *self,
                      WeftClusterRecord *record)
{
  ExplorerActions actions = explorer_list_commits (self, record);

  return actions != 0 ? __builtin_ctzll (actions) : -1;
}

static void
know_applied (Explorer *self,
              int       index)
{
  ExplorerAction *action = &self->actions[index];

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    {
      int *known = &self->witness->history[i][action->rev];

      if (!(action->blocks & (1 << i)))
        continue;
      if (*known != 0 && *known != index + 1)
        explorer_fail (self, "I2", "block %u has two revisions %d", i, (int) action->rev);
      *known = index + 1;
    }
}

void
explorer_see_applied (Explorer          *self,
                      ExplorerNode      *node,
                      WeftClusterRecord *certificate,
                      ExplorerActions    applied)
{
  explorer_see_decision (self, certificate);
  if (explorer_count_commits (self, certificate, 0) <
      weft_cluster_record_get_commits_needed (certificate))
    explorer_fail (self, "I1", "node %u applies what nobody decided", node->number);
  explorer_check_chain (self, node, node->visible, certificate);
  for (; applied != 0; applied &= applied - 1)
    know_applied (self, __builtin_ctzll (applied));
}

/* What somebody was told is durable at M members, in each of its slots. */
static void
check_slot (Explorer          *self,
            WeftClusterRecord *record,
            WeftSlot          *slot)
{
  int index = explorer_find_change (self, record, slot);
  ExplorerAction *action = &self->actions[index];
  g_autofree char *key = weft_slot_make_key (slot);
  guint block = explorer_block_index (weft_slot_get_block_id (slot));
  guint n_have = explorer_count_signers (self, record);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerStore *store = self->nodes[i].durable;
      ExplorerRecord *kept = g_tree_lookup (store->records, key);

      if (self->nodes[i].character != EXPLORER_HONEST ||
          !weft_cluster_record_has_peer (record, fixture_peer_id (i)))
        continue;
      if (store->revisions[block][action->rev] == index + 1 ||
          explorer_record_find (kept, "lock") != NULL ||
          explorer_store_has_shared (store, record, "lock"))
        n_have++;
    }
  if (n_have < weft_cluster_record_get_commits_needed (record))
    explorer_fail (self, "I3", "%s is committed and durable at %u members", action->id, n_have);
}

static void
check_committed (Explorer          *self,
                 WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  if (!weft_record_check_commits (record, fixture_verify ()))
    explorer_fail (self, "I3", "a result without a certificate");
  for (guint i = 0; i < slots->len; i++)
    check_slot (self, record, slots->pdata[i]);
}

/* It is not decided, and never will be. */
static void
deny (Explorer          *self,
      WeftClusterRecord *record,
      const char        *why)
{
  const char *hash = weft_cluster_record_get_message_hash (record);
  g_autofree char *key
      = weft_slot_to_string (g_ptr_array_index (weft_cluster_record_get_slots (record), 0));

  if (g_strcmp0 (g_hash_table_lookup (self->witness->decided, key), hash) == 0)
    explorer_fail (self, "I3", "%s is decided and said to be %s", hash, why);
  g_hash_table_insert (self->witness->denied, g_strdup (hash), (gpointer) why);
}

/* Each commit has one coordinator, so what that one says of it is true of it, alone or together
 * with others. */
static void
check_denied (Explorer           *self,
              ExplorerProposal   *proposal,
              WeftProposalEffect *effect)
{
  static const char *const words[] = {
    [WEFT_OUTCOME_STALE] = "stale",
    [WEFT_OUTCOME_REFUSED] = "refused",
    [WEFT_OUTCOME_UNAVAILABLE] = "unavailable",
  };
  int index = explorer_find_commit (self, proposal->record);

  if (index < 0 || effect->outcome >= G_N_ELEMENTS (words) || words[effect->outcome] == NULL ||
      (proposal->group < 0 && self->actions[index].n_proposals > 1))
    return;
  deny (self, proposal->record, words[effect->outcome]);
  if (proposal->group >= 0)
    return;
  if (self->witness->decided_actions & ((ExplorerActions) 1 << index))
    explorer_fail (self, "I3", "a caller is told that %s is %s, and it is decided",
                   self->actions[index].id, words[effect->outcome]);
  self->witness->denied_actions |= (ExplorerActions) 1 << index;
}

/* What was committed, or read, before somebody began to commit or to read lies before that. */
static void
check_order (Explorer         *self,
             ExplorerProposal *proposal)
{
  ExplorerAction *action = &self->actions[proposal->action];

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if ((action->blocks & (1 << i)) && action->rev <= proposal->floors[i])
      explorer_fail (self, "I6", "%s is revision %d of block %u, where %d was there before it",
                     action->id, (int) action->rev, i, (int) proposal->floors[i]);
}

static void
raise_floors (Explorer *self,
              int       index)
{
  ExplorerAction *action = &self->actions[index];

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (action->blocks & (1 << i))
      self->floors[i] = MAX (self->floors[i], action->rev);
}

void
explorer_see_read (Explorer     *self,
                   ExplorerRead *read,
                   GArray       *results)
{
  ExplorerNode *node = &self->nodes[read->node];

  for (guint i = 0; i < results->len; i++)
    {
      WeftReadResult *result = &g_array_index (results, WeftReadResult, i);
      guint block = explorer_block_index (result->block_id);
      gint64 rev = MAX (result->rev, read->own[block]);

      explorer_mix (self, 99 + result->answer);
      if (result->answer == WEFT_READ_UNAVAILABLE || node->character != EXPLORER_HONEST)
        continue;
      self->n_reads++;
      if (rev < read->floors[block])
        explorer_fail (self, "I6", "node %u reads revision %d of block %u after %d", node->number,
                       (int) rev, block, (int) read->floors[block]);
      if (result->answer == WEFT_READ_PRESENT &&
          (node->durable->latest[block] < result->rev ||
           self->witness->history[block][result->rev] == 0))
        explorer_fail (self, "I4", "node %u reads revision %d, which it does not have",
                       node->number, (int) result->rev);
      self->floors[block] = MAX (self->floors[block], rev);
    }
}

void
explorer_see_result (Explorer           *self,
                     ExplorerProposal   *proposal,
                     WeftProposalEffect *effect)
{
  explorer_mix (self, 77 + effect->outcome);
  if (effect->outcome == WEFT_OUTCOME_DECIDED && explorer_find_commit (self, effect->record) >= 0 &&
      explorer_is_right (self, effect->record))
    {
      self->n_decided++;
      self->n_moved += self->actions[explorer_find_commit (self, effect->record)].target != 0;
      explorer_see_decision (self, effect->record);
      check_committed (self, effect->record);
      if (proposal->action >= 0)
        check_order (self, proposal);
      for (ExplorerActions left = explorer_list_commits (self, effect->record); left != 0;
           left &= left - 1)
        raise_floors (self, __builtin_ctzll (left));
    }
  else if (effect->outcome == WEFT_OUTCOME_DECIDED && self->is_moving &&
           explorer_find_commit (self, effect->record) >= 0 &&
           self->nodes[proposal->node].character == EXPLORER_HONEST &&
           explorer_is_right (self, proposal->record))
    explorer_fail (self, "PIN", "node %u believes what others than the cluster decided",
                   proposal->node);
  if (effect->error != NULL && strstr (effect->error->message, "not-admitted") != NULL)
    self->n_not_admitted++;
  if (self->nodes[proposal->node].character != EXPLORER_HONEST)
    return;
  /* A rogue may go on with what its coordinator has given up. */
  if (!proposal->is_recovery && (effect->record != NULL || !self->has_rogue))
    check_denied (self, proposal, effect);
  if (effect->outcome == WEFT_OUTCOME_FREE && effect->text != NULL)
    deny (self, proposal->record, "dead");
}
