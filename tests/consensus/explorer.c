/* explorer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"

static void
deliver_request (Explorer      *self,
                 ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];
  ExplorerEvent *call;

  if (self->nodes[event->from].side != node->side && !self->is_over)
    return;
  if (node->member == NULL && explorer_node_has_machine (node))
    return;
  call = g_new0 (ExplorerEvent, 1);
  call->id = ++self->last_token;
  call->node = event->node;
  call->from = event->from;
  call->proposal = event->proposal;
  call->request_id = event->request_id;
  call->request = weft_cluster_request_ref (event->request);
  memcpy (call->shown, node->shown, sizeof call->shown);
  g_hash_table_insert (self->calls, &call->id, call);
  explorer_node_ask (self, node, call->id, event->from, event->request);
}

/* The answer to a request, or that there is none, whichever is first. */
static void
deliver_answer (Explorer      *self,
                ExplorerEvent *event)
{
  ExplorerProposal *proposal;
  g_autoptr (GError) error = NULL;
  WeftProposalEvent told = { .type = WEFT_PROPOSAL_EVENT_ANSWER, .answer = event->answer,
                             .request_id = event->request_id,
                             .peer_id = fixture_peer_id (self->nodes[event->from].number),
                             .was_sent = TRUE };

  if (event->proposal > EXPLORER_READ_BASE)
    {
      explorer_read_deliver (self, event);
      return;
    }
  proposal = self->proposals->pdata[event->proposal - 1];
  if (proposal->machine == NULL || proposal->is_answered[event->request_id - 1])
    return;
  if (event->answer != NULL && !self->is_over &&
      self->nodes[event->from].side != self->nodes[event->node].side)
    return;
  proposal->is_answered[event->request_id - 1] = TRUE;
  if (event->answer == NULL)
    {
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "no answer");
      told.type = WEFT_PROPOSAL_EVENT_FAILED;
      told.error = error;
    }
  explorer_proposal_step (self, proposal, &told);
}

static guint
list_told (ExplorerEvent *event)
{
  guint told = 0;

  for (guint i = 0; i < event->peer_ids->len; i++)
    told |= 1u << explorer_find_number (event->peer_ids->pdata[i]);

  return told;
}

static gboolean
has_all (Explorer        *self,
         ExplorerNode    *node,
         ExplorerActions  actions)
{
  for (; actions != 0; actions &= actions - 1)
    {
      guint index = __builtin_ctzll (actions);
      ExplorerAction *action = &self->actions[index];
      guint block = __builtin_ctz (action->blocks);

      if (node->durable->revisions[block][action->rev] != (int) index + 1)
        return FALSE;
    }

  return TRUE;
}

/* Again and again, to those that do not have it. */
static void
tell (Explorer      *self,
      ExplorerEvent *event)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (event->record);
  ExplorerActions actions = explorer_list_commits (self, event->record);
  guint told = self->is_moving
                   ? list_told (event) | self->actions[__builtin_ctzll (actions)].target
                   : G_MAXUINT;
  gboolean is_left = FALSE;
  ExplorerEvent *again;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      if (node->character != EXPLORER_HONEST || node->is_gone || !(told & (1u << i)) ||
          has_all (self, node, actions))
        continue;
      is_left = TRUE;
      explorer_send (self, event->node, i, 0, 0, request);
    }
  if (!is_left)
    return;
  again = explorer_schedule (self, event->rev, EVENT_TELL, event->node);
  again->rev = MIN (event->rev * 2, 30 * G_USEC_PER_SEC);
  again->incarnation = event->incarnation;
  again->record = weft_cluster_record_ref (event->record);
  again->peer_ids = g_ptr_array_ref (event->peer_ids);
}

static void
recover (Explorer      *self,
         ExplorerEvent *event)
{
  guint n_live = 0;

  for (guint i = 0; i < self->proposals->len; i++)
    {
      ExplorerProposal *proposal = self->proposals->pdata[i];

      n_live += proposal->machine != NULL && proposal->is_recovery &&
                proposal->node == event->node;
    }
  if (n_live < 3)
    explorer_propose (self, event->node, event->record, EXPLORER_RECOVERY);
}

static void
calm_down (Explorer *self)
{
  self->is_over = TRUE;
  for (guint i = 0; i < self->n_bodies; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      node->side = 0;
      if (explorer_node_has_machine (node) && node->member == NULL && !node->is_gone)
        explorer_node_start (self, node);
    }
  explorer_see_all (self);
  explorer_schedule (self, 5 * G_USEC_PER_SEC, EVENT_LAST, 0);
}

/* A member has heard of something, and wants to know what became of it. */
static void
meddle (Explorer     *self,
        ExplorerNode *node)
{
  if (node->member != NULL && self->n_actions > 0)
    explorer_propose (self, node->place, explorer_draw_record (self), EXPLORER_RECOVERY);
}

static guint8
draw_blocks (Explorer *self)
{
  static const guint8 pairs[] = { 3, 5, 6 };

  if (self->is_woven && explorer_chance (self, 600))
    return pairs[explorer_draw (self, G_N_ELEMENTS (pairs))];

  return 1 + explorer_draw (self, (1 << self->n_blocks) - 1);
}

static void
act (Explorer     *self,
     ExplorerNode *node)
{
  if (node->member == NULL || self->n_actions + EXPLORER_BLOCKS + 6 > EXPLORER_ACTIONS_MAX)
    return;
  if (self->n_actions > 0 && explorer_chance (self, 100))
    explorer_cancel (self, node->place, explorer_draw (self, self->n_actions));
  else if (explorer_chance (self, 60))
    explorer_pend (self, node->place, 1 + explorer_draw (self, (1 << self->n_blocks) - 1));
  else
    explorer_act (self, node->place, draw_blocks (self), FALSE);
}

static void
crash (Explorer     *self,
       ExplorerNode *node)
{
  if (node->member == NULL || self->is_over)
    return;
  explorer_node_crash (self, node);
  explorer_schedule (self, 1000 + explorer_draw (self, explorer_chance (self, 500)
                                                       ? 20000 : 6 * G_USEC_PER_SEC),
                     EVENT_RESTART, node->place);
}

static void
replay (Explorer *self,
        guint     from)
{
  g_autoptr (WeftClusterRequest) request = NULL;

  if (self->seen->len == 0)
    return;
  request = weft_cluster_request_ref (self->seen->pdata[explorer_draw (self, self->seen->len)]);
  explorer_send (self, from, explorer_draw (self, self->n_nodes), 0, 0, request);
}

/* What belongs to a life of a node that is over. */
static gboolean
is_of_former_life (Explorer      *self,
                   ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];

  switch (event->kind)
    {
    case EVENT_SYNC:
    case EVENT_FETCHED:
    case EVENT_WAKE:
    case EVENT_RECOVER:
    case EVENT_REFUSED:
    case EVENT_PENDED:
      return node->member == NULL || event->incarnation != node->incarnation;

    case EVENT_PART:
      return event->rev >= 0 && event->incarnation != node->incarnation;

    /* Half of those that are to be told are written down somewhere. */
    case EVENT_TELL:
      return node->member == NULL ||
             (event->incarnation != node->incarnation && event->order % 2 == 0);

    default:
      return FALSE;
    }
}

static void
happen_to_node (Explorer      *self,
                ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];
  g_autoptr (GError) error = NULL;
  WeftMemberEvent refused = { .type = WEFT_MEMBER_EVENT_APPLY_FAILED, .id = event->id };

  switch (event->kind)
    {
    case EVENT_SYNC:
      explorer_node_sync (self, node);
      break;

    case EVENT_FETCHED:
      explorer_node_fetched (self, node, event);
      break;

    case EVENT_WAKE:
      explorer_node_wake (self, node);
      break;

    case EVENT_REFUSED:
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "no pending");
      refused.error = error;
      explorer_node_step (self, node, &refused);
      break;

    case EVENT_PENDED:
      explorer_node_pended (self, node, event);
      break;

    case EVENT_CRASH:
      crash (self, node);
      break;

    case EVENT_RESTART:
      if (node->member == NULL && !node->is_gone)
        explorer_node_start (self, node);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
wake_proposal (Explorer      *self,
               ExplorerEvent *event)
{
  ExplorerProposal *proposal = self->proposals->pdata[event->proposal - 1];
  WeftProposalEvent timeout = { .type = WEFT_PROPOSAL_EVENT_TIMEOUT };

  if (proposal->machine == NULL || proposal->deadline > self->now_usec)
    return;
  proposal->deadline = G_MAXINT64;
  explorer_proposal_step (self, proposal, &timeout);
}

/* What members, callers and rogues do of their own accord; FALSE if it is none of it. */
static gboolean
happen_to_caller (Explorer      *self,
                  ExplorerEvent *event)
{
  switch (event->kind)
    {
    case EVENT_FIRST:
      self->first_action = explorer_operate (self, &self->setting.first, -1);
      break;

    case EVENT_ATTACK:
      explorer_attack (self, event);
      break;

    case EVENT_MEDDLE:
      meddle (self, &self->nodes[event->node]);
      break;

    case EVENT_READ:
      if (self->nodes[event->node].member != NULL)
        explorer_read (self, event->node, 1 + explorer_draw (self, (1 << self->n_blocks) - 1));
      break;

    case EVENT_CHANGE:
    case EVENT_VIEW:
    case EVENT_SETTLE:
    case EVENT_MOVE:
    case EVENT_LEAVE:
      explorer_move_happen (self, event);
      break;

    case EVENT_JOIN:
    case EVENT_PART:
      explorer_group_happen (self, event);
      break;

    case EVENT_CHAIN:
      explorer_chain_happen (self, event);
      break;

    case EVENT_AGAIN:
      explorer_again_happen (self, event);
      break;

    case EVENT_READ_ALARM:
    case EVENT_READ_FETCHED:
    case EVENT_READ_RECOVERED:
    case EVENT_READ_SPREAD:
      explorer_read_happen (self, event);
      break;

    default:
      return FALSE;
    }

  return TRUE;
}

static void
happen (Explorer      *self,
        ExplorerEvent *event)
{
  switch (event->kind)
    {
    case EVENT_REQUEST:
      deliver_request (self, event);
      break;

    case EVENT_ANSWER:
    case EVENT_LATE:
      deliver_answer (self, event);
      break;

    case EVENT_ALARM:
      wake_proposal (self, event);
      break;

    case EVENT_ACT:
      act (self, &self->nodes[event->node]);
      break;

    case EVENT_RECOVER:
      recover (self, event);
      break;

    case EVENT_TELL:
      tell (self, event);
      break;

    case EVENT_PARTITION:
      for (guint i = 0; i < self->n_bodies && !self->is_over; i++)
        self->nodes[i].side = explorer_draw (self, 2);
      break;

    case EVENT_CALM:
      calm_down (self);
      break;

    case EVENT_REPLAY:
      replay (self, event->node);
      break;

    case EVENT_LAST:
      explorer_see_end (self);
      break;

    default:
      if (!happen_to_caller (self, event))
        happen_to_node (self, event);
    }
}

/* Lets the second operation begin in time. */
static void
watch_first (Explorer      *self,
             ExplorerEvent *event)
{
  self->n_deliveries += event->proposal == 1 && (event->kind == EVENT_REQUEST ||
                                                 event->kind == EVENT_ANSWER);
  if (self->has_second || event->at_usec > EXPLORER_CALM_USEC ||
      self->n_deliveries < self->setting.second_after || event->kind == EVENT_CALM)
    return;
  self->has_second = TRUE;
  explorer_operate (self, &self->setting.second, self->first_action);
}

void
explorer_run (Explorer              *self,
              guint64                seed,
              const ExplorerSetting *setting)
{
  ExplorerEvent *event;

  explorer_set_up (self, seed, setting);
  explorer_plan (self);
  while (self->violation == NULL && !self->is_finished && (event = explorer_pop (self)) != NULL)
    {
      self->now_usec = event->at_usec;
      if (self->setting.trace != 0)
        g_printerr ("%9.3f kind %d node %u from %u proposal %d\n", self->now_usec / 1000.0,
                    event->kind, event->node, event->from, (int) event->proposal);
      if (!is_of_former_life (self, event))
        happen (self, event);
      if (self->setting.second.kind != EXPLORER_NOTHING)
        watch_first (self, event);
      explorer_event_free (event);
    }
}

void
explorer_clear (Explorer *self)
{
  g_ptr_array_set_free_func (self->heap, (GDestroyNotify) explorer_event_free);
  g_clear_pointer (&self->heap, g_ptr_array_unref);
  g_clear_pointer (&self->proposals, g_ptr_array_unref);
  g_clear_pointer (&self->calls, g_hash_table_unref);
  g_clear_pointer (&self->seen, g_ptr_array_unref);
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->heard, g_ptr_array_unref);
  g_clear_pointer (&self->reads, g_ptr_array_unref);
  for (guint i = 0; i < self->n_bodies; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      g_clear_pointer (&node->targets, g_array_unref);
      g_clear_pointer (&node->former, explorer_store_free);
      g_clear_pointer (&node->member, weft_member_machine_free);
      g_queue_clear_full (&node->batches, (GDestroyNotify) explorer_batch_free);
      explorer_store_free (node->visible);
      explorer_store_free (node->durable);
    }
  for (guint i = 0; i < self->n_actions; i++)
    explorer_action_clear (&self->actions[i]);
  for (guint i = 0; i < self->n_groups; i++)
    weft_cluster_record_unref (self->groups[i].record);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  explorer_witness_clear (self);
  g_clear_pointer (&self->story, g_free);
}
