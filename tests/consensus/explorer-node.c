/* explorer-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"

#include <string.h>

WeftClusterAnswer *
explorer_sign (guint              number,
               WeftClusterAnswer *answer,
               GBytes            *text)
{
  g_autoptr (WeftSignature) signature = fixture_sign (number, text);
  WeftClusterAnswerKind kind = weft_cluster_answer_get_kind (answer);

  if (kind == WEFT_CLUSTER_ANSWER_PREPARED)
    {
      g_autoptr (WeftPrepared) prepared
          = weft_prepared_new_signed (weft_cluster_answer_get_prepared (answer), signature);

      return weft_cluster_answer_new_prepared (prepared);
    }
  else
    {
      g_autoptr (WeftVote) vote
          = weft_vote_new_signed (weft_cluster_answer_get_vote (answer), signature);

      return weft_cluster_answer_new_vote (kind, vote);
    }
}

void
explorer_node_submit (Explorer      *self,
                      ExplorerNode  *node,
                      ExplorerBatch *batch)
{
  gint64 delay = self->setting.is_even ? 700 : 50 + (gint64) explorer_draw (self, 10000);
  ExplorerEvent *event = explorer_schedule (self, delay, EVENT_SYNC, node->place);

  event->incarnation = node->incarnation;
  explorer_store_apply (node->visible, self, batch);
  g_queue_push_tail (&node->batches, batch);
  node->n_writes++;
  if (node->n_writes == self->setting.die_after_writes &&
      node->place == self->setting.dying_node)
    explorer_schedule (self, 0, EVENT_CRASH, node->place);
}

static void
store (Explorer         *self,
       ExplorerNode     *node,
       WeftMemberEffect *effect)
{
  ExplorerBatch *batch = explorer_batch_new (effect->id);

  batch->writes = g_steal_pointer (&effect->writes);
  explorer_node_submit (self, node, batch);
}

static guint8
find_missing_blocks (Explorer     *self,
                     ExplorerNode *node,
                     int           index)
{
  ExplorerAction *action = &self->actions[index];
  guint8 blocks = 0;

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if ((action->blocks & (1 << i)) &&
        node->visible->revisions[i][action->rev] != index + 1)
      blocks |= 1 << i;

  return blocks;
}

/* `latest` is what those before it leave. */
static gboolean
may_apply (Explorer     *self,
           ExplorerNode *node,
           int           index,
           guint8        blocks,
           gint64       *latest)
{
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    {
      if (!(blocks & (1 << i)))
        continue;
      if (!explorer_is_pending (self, node->visible, index, i) ||
          latest[i] != self->actions[index].bases[i])
        return FALSE;
      latest[i] = self->actions[index].rev;
    }

  return TRUE;
}

/* As a repo would: only what is pending here, on its base, but for blocks that have it by now. */
static void
apply (Explorer         *self,
       ExplorerNode     *node,
       WeftMemberEffect *effect)
{
  ExplorerActions actions = explorer_list_actions (self, effect->commits);
  gboolean is_good = TRUE;
  gboolean is_spoiled = FALSE;
  gint64 latest[EXPLORER_BLOCKS];
  ExplorerBatch *batch;

  memcpy (latest, node->visible->latest, sizeof latest);
  for (ExplorerActions left = actions; left != 0; left &= left - 1)
    {
      int index = __builtin_ctzll (left);
      guint8 blocks = find_missing_blocks (self, node, index);

      is_good = is_good && may_apply (self, node, index, blocks, latest);
      for (guint i = 0; i < EXPLORER_BLOCKS; i++)
        {
          int pending = explorer_find_pending (self, node->visible, index, i);

          is_spoiled |= (blocks & (1 << i)) && pending >= 0
                        && (node->visible->spoiled[pending] & (1 << i));
        }
    }
  if (!is_good)
    {
      ExplorerEvent *event = explorer_schedule (self, 10, EVENT_REFUSED, node->place);

      event->incarnation = node->incarnation;
      event->id = effect->id;
      return;
    }
  if (is_spoiled && node->character == EXPLORER_HONEST)
    explorer_fail (self, "I2", "node %u applies another content", node->number);

  explorer_see_applied (self, node, effect->record, actions);
  batch = explorer_batch_new (effect->id);
  batch->applied = actions;
  batch->certificate = weft_cluster_record_ref (effect->record);
  batch->writes = g_steal_pointer (&effect->writes);
  explorer_node_submit (self, node, batch);
}

static void
execute (Explorer         *self,
         ExplorerNode     *node,
         WeftMemberEffect *effect)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (effect->record);
  WeftActionBlocks *cancel = weft_repo_message_get_cancel (message);
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  ExplorerBatch *batch = explorer_batch_new (0);

  if (pend != NULL)
    {
      batch->action = explorer_find_pended (self, pend);
      batch->pended = explorer_find_open_blocks (self, node, batch->action);
      batch->is_refused = !explorer_may_pend (self, node, batch->action, batch->pended);
      if (batch->pended == 0 || batch->is_refused)
        batch->action = -1;
    }
  else
    batch->action = explorer_find_action (self, weft_action_blocks_get_action_id (cancel));
  batch->execute_token = effect->token;
  explorer_node_submit (self, node, batch);
}

static void
leave (Explorer          *self,
       ExplorerNode      *node,
       guint64            token,
       WeftClusterAnswer *answer)
{
  ExplorerEvent *call = g_hash_table_lookup (self->calls, &token);

  if (node->character == EXPLORER_HONEST)
    explorer_see_answer (self, node, call, answer);
  explorer_hear (self, node, call->request, answer);
  explorer_reply (self, token, answer);
}

/* What a node tells of its blocks may rest on what somebody else than the member is writing. */
static void
hold (ExplorerBatch     *batch,
      guint64            token,
      WeftClusterAnswer *answer)
{
  ExplorerEvent *held = g_new0 (ExplorerEvent, 1);

  held->id = token;
  held->answer = weft_cluster_answer_ref (answer);
  if (batch->held == NULL)
    batch->held = g_ptr_array_new_with_free_func ((GDestroyNotify) explorer_event_free);
  g_ptr_array_add (batch->held, held);
}

static void
answer (Explorer         *self,
        ExplorerNode     *node,
        WeftMemberEffect *effect)
{
  ExplorerEvent *call = g_hash_table_lookup (self->calls, &effect->token);
  g_autoptr (WeftClusterAnswer) leaving
      = effect->text_to_sign != NULL
            ? explorer_sign (node->number, effect->answer, effect->text_to_sign)
            : weft_cluster_answer_ref (effect->answer);

  if (call == NULL)
    {
      explorer_fail (self, "ANSWER", "node %u answers what nobody asked, or twice", node->number);
      return;
    }
  if (weft_cluster_answer_get_kind (leaving) == WEFT_CLUSTER_ANSWER_STATES &&
      node->batches.tail != NULL)
    hold (node->batches.tail->data, effect->token, leaving);
  else
    leave (self, node, effect->token, leaving);
}

static void
report (Explorer         *self,
        ExplorerNode     *node,
        WeftMemberEffect *effect)
{
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].character == EXPLORER_HONEST &&
        weft_peer_id_equal (fixture_peer_id (i), effect->peer_id))
      explorer_fail (self, "REPORT", "node %u reports honest %u: %s", node->number, i,
                     effect->text);
}

static void
handle (Explorer         *self,
        ExplorerNode     *node,
        WeftMemberEffect *effect)
{
  ExplorerEvent *event;

  switch (effect->type)
    {
    case WEFT_MEMBER_EFFECT_STORE:
      store (self, node, effect);
      break;

    case WEFT_MEMBER_EFFECT_APPLY:
      apply (self, node, effect);
      break;

    case WEFT_MEMBER_EFFECT_EXECUTE:
      execute (self, node, effect);
      break;

    case WEFT_MEMBER_EFFECT_PEND_EACH: /* which nobody asks for here */
      g_assert_not_reached ();

    case WEFT_MEMBER_EFFECT_PEND:
      explorer_node_pend (self, node, effect);
      break;

    case WEFT_MEMBER_EFFECT_FETCH:
      event = explorer_schedule (self, explorer_delay (self), EVENT_FETCHED, node->place);
      event->incarnation = node->incarnation;
      event->id = effect->id;
      event->rev = effect->rev;
      event->text = g_strdup (effect->text);
      event->record = effect->record != NULL ? weft_cluster_record_ref (effect->record) : NULL;
      event->from = explorer_get_mask (effect->peers);
      break;

    case WEFT_MEMBER_EFFECT_ANSWER:
      answer (self, node, effect);
      break;

    case WEFT_MEMBER_EFFECT_RECOVER:
      event = explorer_schedule (self, explorer_draw (self, 200000), EVENT_RECOVER, node->place);
      event->incarnation = node->incarnation;
      event->record = weft_cluster_record_ref (effect->record);
      break;

    case WEFT_MEMBER_EFFECT_REPORT:
      report (self, node, effect);
      break;

    case WEFT_MEMBER_EFFECT_COUNT:
    default:
      break;
    }
}

void
explorer_node_step (Explorer        *self,
                    ExplorerNode    *node,
                    WeftMemberEvent *event)
{
  g_auto (WeftMemberEffects) effects = { 0 };
  ExplorerEvent *pended;

  event->now_usec = self->now_usec;
  event->real_msec = G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000;
  event->chance = explorer_draw (self, G_MAXUINT32);
  if (self->setting.trace != 0)
    g_printerr ("  member %u event %d latest %d %d %d\n", node->place, event->type,
                (int) node->visible->latest[0], (int) node->visible->latest[1],
                (int) node->visible->latest[2]);
  weft_member_effects_init (&effects);
  weft_member_machine_step (node->member, event, &effects);
  /* Slot by slot a record of several comes back. */
  if (event->type != WEFT_MEMBER_EVENT_RESTORE)
    weft_member_machine_check (node->member);
  self->n_steps++;
  explorer_mix (self, self->now_usec * 64 + node->place);
  explorer_mix (self, event->type);
  for (guint i = 0; i < effects.items->len; i++)
    {
      WeftMemberEffect *effect = &g_array_index (effects.items, WeftMemberEffect, i);

      explorer_mix (self, effect->type * 1000 + effect->id + effect->token);
      handle (self, node, effect);
    }
  if (effects.deadline_usec != G_MAXINT64 && effects.deadline_usec != node->member_deadline)
    explorer_schedule (self, MAX (effects.deadline_usec - self->now_usec, 0), EVENT_WAKE,
                       node->place)->incarnation = node->incarnation;
  node->member_deadline = effects.deadline_usec;
  while ((pended = g_queue_pop_head (&node->pended)) != NULL)
    {
      explorer_node_pended (self, node, pended);
      explorer_event_free (pended);
    }
}

void
explorer_node_wake (Explorer     *self,
                    ExplorerNode *node)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_TIMEOUT };

  if (node->member_deadline <= self->now_usec)
    {
      node->member_deadline = G_MAXINT64;
      explorer_node_step (self, node, &event);
    }
}

void
explorer_node_start (Explorer     *self,
                     ExplorerNode *node)
{
  WeftMemberConfig config = { .peer_id = fixture_peer_id (node->number),
                              .super_majority = 0.75,
                              .verify = *fixture_verify (),
                              .held_max_usec = 5 * G_USEC_PER_SEC };
  g_autoptr (GPtrArray) open
      = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_TIMEOUT };

  explorer_get_facts (self, node, &config.facts);
  node->member = weft_member_machine_new (&config);
  node->member_deadline = G_MAXINT64;
  for (GTreeNode *at = g_tree_node_first (node->visible->records); at != NULL;
       at = g_tree_node_next (at))
    {
      ExplorerRecord *record = g_tree_node_value (at);

      if (!record->is_resolved)
        g_ptr_array_add (open, weft_item_to_node (explorer_record_get_root (record)));
    }
  for (guint i = 0; i < open->len; i++)
    {
      WeftMemberEvent restored = { .type = WEFT_MEMBER_EVENT_RESTORE, .json = open->pdata[i] };

      explorer_node_step (self, node, &restored);
    }
  explorer_node_step (self, node, &event);
}

/* Some of what was on its way to the disk has reached it, in order. */
void
explorer_node_crash (Explorer     *self,
                     ExplorerNode *node)
{
  guint n_kept = explorer_draw (self, node->batches.length + 1);
  ExplorerBatch *batch;

  if (self->setting.keeps_writes != 0)
    n_kept = self->setting.keeps_writes > 0 ? node->batches.length : 0;
  node->incarnation++;
  g_clear_pointer (&node->member, weft_member_machine_free);
  while ((batch = g_queue_pop_head (&node->batches)) != NULL)
    {
      if (n_kept > 0)
        {
          n_kept--;
          explorer_store_apply (node->durable, self, batch);
        }
      explorer_batch_free (batch);
    }
  if (node->former != NULL && explorer_chance (self, 700))
    {
      explorer_store_free (node->durable);
      node->durable = explorer_store_copy (node->former);
    }
  explorer_check_chains (self, node);
  explorer_store_free (node->visible);
  node->visible = explorer_store_copy (node->durable);
  for (guint i = 0; i < self->proposals->len; i++)
    {
      ExplorerProposal *proposal = self->proposals->pdata[i];

      if (proposal->node == node->place)
        g_clear_pointer (&proposal->machine, weft_proposal_machine_free);
    }
  for (guint i = 0; i < self->reads->len; i++)
    {
      ExplorerRead *read = self->reads->pdata[i];

      if (read->node == node->place)
        g_clear_pointer (&read->machine, weft_quorum_read_free);
    }
}

/* Nothing of what is on its way reaches the disk, but the node lives on with another machine. */
static void
fail_batches (Explorer     *self,
              ExplorerNode *node)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "disk");
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  ExplorerBatch *batch;

  while ((batch = g_queue_pop_head (&node->batches)) != NULL)
    {
      if (batch->id != 0)
        g_array_append_val (ids, batch->id);
      explorer_batch_free (batch);
    }
  explorer_store_free (node->visible);
  node->visible = explorer_store_copy (node->durable);
  for (guint i = 0; i < ids->len; i++)
    {
      WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_STORE_FAILED,
                                .id = g_array_index (ids, guint64, i), .error = error };

      explorer_node_step (self, node, &event);
    }
  while ((batch = g_queue_pop_head (&node->batches)) != NULL)
    explorer_batch_free (batch);
  explorer_store_free (node->visible);
  node->visible = explorer_store_copy (node->durable);
  node->incarnation++;
  g_clear_pointer (&node->member, weft_member_machine_free);
  explorer_node_start (self, node);
}

void
explorer_node_sync (Explorer     *self,
                    ExplorerNode *node)
{
  ExplorerBatch *batch = g_queue_peek_head (&node->batches);
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_STORED };
  g_autoptr (GError) refusal = NULL;

  if (batch == NULL)
    return;
  if (!self->is_over && explorer_chance (self, self->setting.store_failure))
    {
      fail_batches (self, node);
      return;
    }
  g_queue_pop_head (&node->batches);
  if (node->character == EXPLORER_ROLLED_BACK &&
      (node->former == NULL || explorer_chance (self, 80)))
    {
      g_clear_pointer (&node->former, explorer_store_free);
      node->former = explorer_store_copy (node->durable);
    }
  explorer_store_apply (node->durable, self, batch);
  for (guint i = 0; batch->held != NULL && i < batch->held->len; i++)
    {
      ExplorerEvent *held = batch->held->pdata[i];

      leave (self, node, held->id, held->answer);
    }
  event.id = batch->id;
  if (batch->applied != 0)
    event.type = WEFT_MEMBER_EVENT_APPLIED;
  if (batch->execute_token != 0)
    {
      event.type = WEFT_MEMBER_EVENT_EXECUTED;
      event.token = batch->execute_token;
      event.text = "{}";
      if (batch->is_refused)
        event.error = refusal = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_EXISTS,
                                                     "pending with another content");
    }
  if (batch->id != 0 || batch->execute_token != 0)
    explorer_node_step (self, node, &event);
  if (batch->applied != 0)
    explorer_check_chain (self, node, node->durable, batch->certificate);
  if (batch->applied != 0 && node->character == EXPLORER_HONEST)
    explorer_see_released (self, node, batch->certificate, batch->applied);
  explorer_batch_free (batch);
}

/* Of several commits that were decided together one alone may be taken over, with the history of
 * its block. Nobody waits for that. */
static WeftSlot *
draw_slot (Explorer           *self,
           guint64             token,
           WeftClusterRequest *request)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);
  ExplorerEvent *call = g_hash_table_lookup (self->calls, &token);
  GPtrArray *slots = record != NULL ? weft_cluster_record_get_slots (record) : NULL;

  if ((!self->is_joining && !self->is_chaining) || call->proposal != 0 ||
      slots == NULL || slots->len < 2 ||
      weft_cluster_record_get_n_commits (record) == 0 || !explorer_chance (self, 300))
    return NULL;

  return slots->pdata[explorer_draw (self, slots->len)];
}

/* Of a chain all that is of the block, or one of its revisions, whether or not it has those before
 * it. */
static gint64
draw_rev (Explorer *self,
          WeftSlot *slot)
{
  return self->is_chaining && explorer_chance (self, 600) ? weft_slot_get_base (slot) + 1 : 0;
}

void
explorer_node_ask (Explorer           *self,
                   ExplorerNode       *node,
                   guint64             token,
                   guint               from,
                   WeftClusterRequest *request)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_REQUEST, .token = token,
                            .peer_id = fixture_peer_id (from), .request = request };
  WeftSlot *slot = draw_slot (self, token, request);

  if (slot != NULL)
    {
      event.block_id = weft_slot_get_block_id (slot);
      event.rev = draw_rev (self, slot);
    }
  if (node->member != NULL)
    {
      explorer_node_step (self, node, &event);
      return;
    }
  explorer_node_lie (self, node, token, request);
}

gboolean
explorer_node_has_machine (ExplorerNode *node)
{
  return node->character <= EXPLORER_ROLLED_BACK;
}
