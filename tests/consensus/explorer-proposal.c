/* explorer-proposal.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"

#include <string.h>

#define SEEN_MAX 64

/* Mostly short, sometimes so long that it comes after what was sent much later. */
gint64
explorer_delay (Explorer *self)
{
  gint64 delay = 100 + explorer_draw (self, 5000);

  if (self->setting.is_even)
    return 1000;
  if (!self->is_over && !self->setting.is_calm && explorer_chance (self, 30))
    delay += explorer_draw (self, 4 * G_USEC_PER_SEC);

  return delay;
}

static void
remember (Explorer           *self,
          WeftClusterRequest *request)
{
  if (self->seen->len < SEEN_MAX)
    {
      g_ptr_array_add (self->seen, weft_cluster_request_ref (request));
      return;
    }
  if (explorer_chance (self, 200))
    {
      guint place = explorer_draw (self, SEEN_MAX);

      weft_cluster_request_unref (self->seen->pdata[place]);
      self->seen->pdata[place] = weft_cluster_request_ref (request);
    }
}

/* Most see one of two that look the same. */
static guint
find_body (Explorer *self,
           guint     from,
           guint     to)
{
  guint twin = self->nodes[to].twin;

  if (from == to || from == twin)
    return from;

  return explorer_chance (self, 200) ? (explorer_chance (self, 500) ? to : twin)
                                     : (from % 2 == 0 ? to : twin);
}

static gboolean
is_muffled (Explorer           *self,
            WeftClusterRequest *request)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);

  return self->is_muffled && record != NULL &&
         weft_cluster_record_get_n_commits (record) > 0 && explorer_chance (self, 850);
}

void
explorer_send (Explorer           *self,
               guint               from,
               guint               to,
               guint64             proposal,
               guint64             request_id,
               WeftClusterRequest *request)
{
  guint n_copies = 1;

  remember (self, request);
  if (from != to && !self->is_over)
    {
      if (explorer_chance (self, self->setting.loss) || is_muffled (self, request))
        return;
      n_copies += explorer_chance (self, self->setting.duplicate);
    }
  if (self->nodes[to].twin != 0)
    to = find_body (self, from, to);
  for (guint i = 0; i < n_copies; i++)
    {
      ExplorerEvent *event = explorer_schedule (self, from == to ? 1 : explorer_delay (self),
                                                EVENT_REQUEST, to);

      event->from = from;
      event->proposal = proposal;
      event->request_id = request_id;
      event->request = weft_cluster_request_ref (request);
    }
}

void
explorer_reply (Explorer          *self,
                guint64            token,
                WeftClusterAnswer *answer)
{
  ExplorerEvent *call = g_hash_table_lookup (self->calls, &token);
  ExplorerEvent *event;

  if (call->proposal == 0 || (call->from != call->node && !self->is_over &&
                              explorer_chance (self, self->setting.loss)))
    {
      g_hash_table_remove (self->calls, &token);
      return;
    }
  event = explorer_schedule (self, call->from == call->node ? 1 : explorer_delay (self),
                             EVENT_ANSWER, call->from);
  event->from = call->node;
  event->proposal = call->proposal;
  event->request_id = call->request_id;
  event->answer = weft_cluster_answer_ref (answer);
  g_hash_table_remove (self->calls, &token);
}

guint
explorer_find_number (WeftPeerId *peer_id)
{
  for (guint i = 0; i < EXPLORER_NODES_MAX; i++)
    if (weft_peer_id_equal (fixture_peer_id (i), peer_id))
      return i;

  g_assert_not_reached ();
}

static void
send (Explorer           *self,
      ExplorerProposal   *proposal,
      WeftProposalEffect *effect)
{
  ExplorerEvent *late = explorer_schedule (self, effect->timeout_usec, EVENT_LATE,
                                           proposal->node);
  guint to = explorer_find_number (effect->peer_id);

  late->from = to;
  late->proposal = proposal->number;
  late->request_id = effect->request_id;
  proposal->n_sends++;
  self->n_sends += proposal->number == 1;
  if (proposal->n_sends > proposal->n_answered_max)
    {
      guint grown = MAX (32, proposal->n_answered_max * 2);

      proposal->is_answered = g_renew (gboolean, proposal->is_answered, grown);
      for (guint i = proposal->n_answered_max; i < grown; i++)
        proposal->is_answered[i] = FALSE;
      proposal->n_answered_max = grown;
    }
  explorer_send (self, proposal->node, to, proposal->number, effect->request_id,
                 effect->request);
}

static void
handle (Explorer           *self,
        ExplorerProposal   *proposal,
        WeftProposalEffect *effect)
{
  ExplorerEvent *event;
  guint number;

  switch (effect->type)
    {
    case WEFT_PROPOSAL_EFFECT_SEND:
      send (self, proposal, effect);
      break;

    case WEFT_PROPOSAL_EFFECT_RESULT:
      if (proposal->has_result)
        explorer_fail (self, "RESULT", "proposal %" G_GUINT64_FORMAT " has two results",
                       proposal->number);
      proposal->has_result = TRUE;
      explorer_see_result (self, proposal, effect);
      if (proposal->group >= 0)
        explorer_part (self, proposal, effect->outcome);
      explorer_try_again (self, proposal, effect->outcome);
      break;

    case WEFT_PROPOSAL_EFFECT_REPORT:
      number = explorer_find_number (effect->peer_id);
      /* Who takes others for the cluster than the history of the block names knows no better. */
      if (number < self->n_nodes && self->nodes[number].character == EXPLORER_HONEST &&
          ((!self->is_moving && !self->is_chaining) ||
           explorer_is_right (self, proposal->record)))
        {
          g_autofree char *proof = effect->proof != NULL ? weft_json_to_string (effect->proof)
                                                         : g_strdup ("no proof");

          explorer_fail (self, "REPORT", "a proposal reports honest %u: %s: %s", number,
                         effect->text, proof);
        }
      break;

    case WEFT_PROPOSAL_EFFECT_TELL:
      event = explorer_schedule (self, 250000, EVENT_TELL, proposal->node);
      event->incarnation = self->nodes[proposal->node].incarnation;
      event->record = weft_cluster_record_ref (effect->record);
      event->peer_ids = g_ptr_array_ref (effect->peer_ids);
      event->rev = 250000;
      break;

    case WEFT_PROPOSAL_EFFECT_DONE:
    case WEFT_PROPOSAL_EFFECT_STAGE:
    case WEFT_PROPOSAL_EFFECT_COUNT:
    default:
      break;
    }
}

void
explorer_proposal_step (Explorer          *self,
                        ExplorerProposal  *proposal,
                        WeftProposalEvent *event)
{
  g_auto (WeftProposalEffects) effects = { 0 };
  gboolean is_done = FALSE;

  event->now_usec = self->now_usec;
  event->real_msec = G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000;
  event->chance = explorer_draw (self, G_MAXUINT32);
  weft_proposal_effects_init (&effects);
  weft_proposal_machine_step (proposal->machine, event, &effects);
  weft_proposal_machine_check (proposal->machine);
  self->n_steps++;
  explorer_mix (self, self->now_usec * 64 + 32 + proposal->node);
  for (guint i = 0; i < effects.items->len; i++)
    {
      WeftProposalEffect *effect = &g_array_index (effects.items, WeftProposalEffect, i);

      explorer_mix (self, effect->type * 1000 + effect->request_id);
      handle (self, proposal, effect);
      is_done = is_done || effect->type == WEFT_PROPOSAL_EFFECT_DONE;
      if (proposal->die_after != 0 && proposal->n_sends >= proposal->die_after)
        break;
    }
  if (is_done)
    {
      if (!proposal->has_result && !proposal->is_recovery)
        explorer_fail (self, "RESULT", "proposal %" G_GUINT64_FORMAT " has no result",
                       proposal->number);
      g_clear_pointer (&proposal->machine, weft_proposal_machine_free);
      if (proposal->read != 0)
        {
          ExplorerEvent *recovered = explorer_schedule (self, 0, EVENT_READ_RECOVERED,
                                                        proposal->node);

          recovered->proposal = EXPLORER_READ_BASE + proposal->read;
          recovered->request_id = proposal->read_id;
        }
      return;
    }
  if (proposal->die_after != 0 && proposal->n_sends >= proposal->die_after)
    {
      explorer_schedule (self, 0, EVENT_CRASH, proposal->node);
      g_clear_pointer (&proposal->machine, weft_proposal_machine_free);
      return;
    }
  if (effects.deadline_usec != G_MAXINT64 && effects.deadline_usec != proposal->deadline)
    explorer_schedule (self, MAX (effects.deadline_usec - self->now_usec, 0), EVENT_ALARM,
                       proposal->node)->proposal = proposal->number;
  proposal->deadline = effects.deadline_usec;
}

static gboolean
is_of_several (Explorer          *self,
               WeftClusterRecord *record)
{
  return __builtin_popcountll (explorer_list_commits (self, record)) > 1;
}

ExplorerProposal *
explorer_propose (Explorer          *self,
                  guint              node,
                  WeftClusterRecord *record,
                  ExplorerOrigin     origin)
{
  WeftProposalConfig config = { .peer_id = fixture_peer_id (self->nodes[node].number),
                                .verify = *fixture_verify (),
                                .is_pinned = TRUE,
                                .reply_usec = G_USEC_PER_SEC,
                                .deadline_usec = self->now_usec + 5 * G_USEC_PER_SEC,
                                .round_trip_usec = 10000 };
  ExplorerProposal *proposal = g_new0 (ExplorerProposal, 1);
  WeftProposalEvent event = { .type = WEFT_PROPOSAL_EVENT_START };
  WeftMemberFacts facts;
  gboolean is_recovery = origin == EXPLORER_RECOVERY;
  g_autoptr (GPtrArray) pends = NULL;

  explorer_get_facts (self, &self->nodes[node], &facts);
  pends = is_recovery ? NULL : explorer_carry (self, record);
  config.is_in_doubt = origin == EXPLORER_IN_DOUBT;
  config.pends = pends;
  config.gives_way = !is_recovery && is_of_several (self, record) && !explorer_chance (self, 500);
  config.admit = facts.admit;
  config.admit_data = facts.data;
  proposal->node = node;
  proposal->record = weft_cluster_record_ref (record);
  proposal->is_recovery = is_recovery;
  proposal->deadline = G_MAXINT64;
  proposal->action = -1;
  proposal->group = -1;
  memcpy (proposal->floors, self->floors, sizeof proposal->floors);
  proposal->machine = is_recovery ? weft_proposal_machine_new_recovery (&config, record)
                                  : weft_proposal_machine_new (&config, record);
  g_ptr_array_add (self->proposals, proposal);
  proposal->number = self->proposals->len;
  if (!self->is_over && !self->setting.is_calm && explorer_chance (self, self->setting.crash))
    proposal->die_after = 1 + explorer_draw (self, 3 * self->n_nodes);
  if (proposal->number == 1)
    proposal->die_after = MAX (proposal->die_after, self->setting.die_after_sends);
  explorer_proposal_step (self, proposal, &event);

  return proposal;
}

void
explorer_proposal_free (ExplorerProposal *proposal)
{
  g_clear_pointer (&proposal->machine, weft_proposal_machine_free);
  weft_cluster_record_unref (proposal->record);
  g_free (proposal->is_answered);
  g_free (proposal);
}
