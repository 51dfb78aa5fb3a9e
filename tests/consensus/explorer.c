/* explorer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"

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

/* Pends it at most members, and lets a node propose it; returns its index. */
int
explorer_act (Explorer *self,
              guint     node,
              guint8    blocks,
              gboolean  is_last)
{
  int index = (int) self->n_actions++;
  ExplorerAction *action = &self->actions[index];
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  gint64 bases[EXPLORER_BLOCKS];
  gint64 expiration = 0;
  guint n_ids = 0;

  action->id = g_strdup_printf ("A%d", index);
  action->blocks = blocks;
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (blocks & (1 << i))
      {
        action->bases[i] = is_last ? max_latest (self, i)
                                   : self->nodes[node].visible->latest[i];
        action->rev = MAX (action->rev, action->bases[i] + 1);
        bases[n_ids] = action->bases[i];
        ids[n_ids++] = explorer_block_id (i);
      }
  if (!is_last && explorer_chance (self, 700))
    expiration = G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000 + 300 +
                 explorer_draw (self, 8000);
  action->message = fixture_commit (action->id, ids, bases, action->rev, expiration);
  action->record = weft_cluster_record_new (action->message, self->peers, 0.75, NULL);
  for (guint i = 0; i < self->n_nodes; i++)
    if (is_last || explorer_chance (self, 900))
      {
        gboolean is_spoiled = !is_last && !self->setting.is_calm && explorer_chance (self, 40);

        self->nodes[i].visible->pendings[index] = self->nodes[i].durable->pendings[index] = blocks;
        self->nodes[i].visible->spoiled[index] = self->nodes[i].durable->spoiled[index]
            = is_spoiled ? blocks : 0;
      }
  if (action->rev + 1 < EXPLORER_REVS_MAX)
    explorer_propose (self, node, action->record, FALSE);

  return index;
}

static void
cancel (Explorer *self,
        guint     node,
        int       index)
{
  ExplorerAction *action = &self->actions[index];
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  guint n_ids = 0;
  g_autoptr (WeftActionBlocks) blocks = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftClusterRecord) record = NULL;

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (action->blocks & (1 << i))
      ids[n_ids++] = explorer_block_id (i);
  blocks = weft_action_blocks_new (action->id, ids, NULL);
  message = weft_repo_message_new_cancel (blocks, 0);
  record = weft_cluster_record_new (message, self->peers, 0.75, NULL);
  explorer_propose (self, node, record, FALSE);
}

static void
set_up (Explorer              *self,
        guint64                seed,
        const ExplorerSetting *setting)
{
  memset (self, 0, sizeof *self);
  self->state = seed * 0x9e3779b97f4a7c15 + 1;
  self->hash = 0xcbf29ce484222325;
  self->setting = *setting;
  self->heap = g_ptr_array_new ();
  self->proposals = g_ptr_array_new_with_free_func ((GDestroyNotify) explorer_proposal_free);
  self->calls = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                       (GDestroyNotify) explorer_event_free);
  self->seen = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_request_unref);
  self->n_nodes = setting->n_nodes != 0 ? setting->n_nodes : 1 + explorer_draw (self, 7);
  self->peers = fixture_peers (self->n_nodes);
  explorer_witness_init (self);
  if (!setting->is_calm && self->n_nodes >= 4)
    self->n_liars = explorer_draw (self, self->n_nodes / 4 + 1);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      node->number = i;
      node->visible = explorer_store_new ();
      node->durable = explorer_store_new ();
      g_queue_init (&node->batches);
    }
  for (guint i = 0; i < self->n_liars;)
    {
      ExplorerNode *node = &self->nodes[explorer_draw (self, self->n_nodes)];

      if (node->character != EXPLORER_HONEST)
        continue;
      node->character = 1 + explorer_draw (self, EXPLORER_N_CHARACTERS - 1);
      i++;
    }
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].character == EXPLORER_HONEST)
      explorer_node_start (self, &self->nodes[i]);
}

/* What will happen, but for what follows from it. */
static void
plan (Explorer *self)
{
  guint n_actions = 1 + explorer_draw (self, 5);
  gint64 span = explorer_chance (self, 500) ? 20000 : 8 * G_USEC_PER_SEC;

  if (self->setting.n_rivals != 0)
    {
      n_actions = self->setting.n_rivals;
      span = 5000;
    }
  for (guint i = 0; i < n_actions; i++)
    explorer_schedule (self, explorer_draw (self, span), EVENT_ACT,
                       explorer_draw (self, self->n_nodes));
  explorer_schedule (self, EXPLORER_CALM_USEC, EVENT_CALM, 0);
  if (self->setting.is_calm)
    return;
  for (guint i = explorer_draw (self, 4); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 15 * G_USEC_PER_SEC), EVENT_PARTITION, 0);
  for (guint i = explorer_draw (self, 5); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, explorer_chance (self, 500) ? 50000 : 1 << 24),
                       EVENT_CRASH, explorer_draw (self, self->n_nodes));
  for (guint i = explorer_draw (self, 12); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 15 * G_USEC_PER_SEC), EVENT_REPLAY,
                       explorer_draw (self, self->n_nodes));
  self->setting.loss = explorer_draw (self, self->setting.loss + 1);
}

static void
deliver_request (Explorer      *self,
                 ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];
  ExplorerEvent *call;

  if (self->nodes[event->from].side != node->side && !self->is_over)
    return;
  if (node->member == NULL && node->character == EXPLORER_HONEST)
    return;
  call = g_new0 (ExplorerEvent, 1);
  call->id = ++self->last_token;
  call->node = event->node;
  call->from = event->from;
  call->proposal = event->proposal;
  call->request_id = event->request_id;
  call->request = weft_cluster_request_ref (event->request);
  g_hash_table_insert (self->calls, &call->id, call);
  explorer_node_ask (self, node, call->id, event->from, event->request);
}

/* The answer to a request, or that there is none, whichever is first. */
static void
deliver_answer (Explorer      *self,
                ExplorerEvent *event)
{
  ExplorerProposal *proposal = self->proposals->pdata[event->proposal - 1];
  g_autoptr (GError) error = NULL;
  WeftProposalEvent told = { .type = WEFT_PROPOSAL_EVENT_ANSWER, .answer = event->answer,
                             .request_id = event->request_id,
                             .peer_id = fixture_peer_id (event->from), .was_sent = TRUE };

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

/* Again and again, to those that do not have it. */
static void
tell (Explorer      *self,
      ExplorerEvent *event)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (event->record);
  WeftCommitRequest *commit
      = weft_repo_message_get_commit (weft_cluster_record_get_message (event->record));
  int index = explorer_find_action (self, weft_commit_request_get_action_id (commit));
  ExplorerAction *action = &self->actions[index];
  guint block = action->blocks & 1 ? 0 : action->blocks & 2 ? 1 : 2;
  gboolean is_left = FALSE;
  ExplorerEvent *again;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      if (node->character != EXPLORER_HONEST ||
          node->durable->revisions[block][action->rev] == index + 1)
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
    explorer_propose (self, event->node, event->record, TRUE);
}

static void
calm_down (Explorer *self)
{
  self->is_over = TRUE;
  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      node->side = 0;
      if (node->character == EXPLORER_HONEST && node->member == NULL)
        explorer_node_start (self, node);
    }
  explorer_schedule (self, 5 * G_USEC_PER_SEC, EVENT_LAST, 0);
}

static void
act (Explorer     *self,
     ExplorerNode *node)
{
  if (node->member == NULL || self->n_actions + EXPLORER_BLOCKS + 6 > EXPLORER_ACTIONS_MAX)
    return;
  if (self->n_actions > 0 && explorer_chance (self, 100))
    cancel (self, node->number, explorer_draw (self, self->n_actions));
  else
    explorer_act (self, node->number, 1 + explorer_draw (self, (1 << EXPLORER_BLOCKS) - 1), FALSE);
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
                     EVENT_RESTART, node->number);
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
      return node->member == NULL || event->incarnation != node->incarnation;

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

    case EVENT_CRASH:
      crash (self, node);
      break;

    case EVENT_RESTART:
      if (node->member == NULL)
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
      for (guint i = 0; i < self->n_nodes && !self->is_over; i++)
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
      happen_to_node (self, event);
    }
}

void
explorer_run (Explorer              *self,
              guint64                seed,
              const ExplorerSetting *setting)
{
  ExplorerEvent *event;

  set_up (self, seed, setting);
  plan (self);
  while (self->violation == NULL && !self->is_finished && (event = explorer_pop (self)) != NULL)
    {
      self->now_usec = event->at_usec;
      if (self->setting.trace != 0)
        g_printerr ("%9.3f kind %d node %u from %u proposal %d\n", self->now_usec / 1000.0,
                    event->kind, event->node, event->from, (int) event->proposal);
      if (!is_of_former_life (self, event))
        happen (self, event);
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
  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      g_clear_pointer (&node->member, weft_member_machine_free);
      g_queue_clear_full (&node->batches, (GDestroyNotify) explorer_batch_free);
      explorer_store_free (node->visible);
      explorer_store_free (node->durable);
    }
  for (guint i = 0; i < self->n_actions; i++)
    {
      g_free (self->actions[i].id);
      weft_repo_message_unref (self->actions[i].message);
      weft_cluster_record_unref (self->actions[i].record);
    }
  explorer_witness_clear (self);
  g_clear_pointer (&self->story, g_free);
}
