/* weft-proposal-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-proposal-state-private.h"

/* With back-off, more than a minute between peers of one data centre, an hour around the world. */
#define ATTEMPTS_MAX 64
/* Once nobody waits any more; the members look after what they hold themselves. */
#define BACKGROUND_ATTEMPTS_MAX 8
/* Nobody gets there by trying; who names such a ballot wants to use up the numbers. */
#define BALLOT_LEAP_MAX (1 << 20)

static const char * const stage_names[] = {
  "idle", "promise", "commit", "tell", "wait", "prepare", "done",
};

static WeftProposalMachine *
machine_new (const WeftProposalConfig *config,
             WeftClusterRecord        *record)
{
  WeftProposalMachine *self = g_new0 (WeftProposalMachine, 1);

  g_assert (config->peer_id != NULL);
  g_assert (config->verify.verify != NULL);
  g_assert (config->reply_usec > 0);
  g_assert (config->round_trip_usec > 0);
  g_assert (config->deadline_usec < G_MAXINT64);

  self->config = *config;
  self->config.peer_id = weft_peer_id_ref (config->peer_id);
  if (config->pends != NULL)
    g_ptr_array_ref (config->pends);
  self->network = g_strdup (config->verify.network);
  self->config.verify.network = self->network;
  self->own = weft_cluster_record_ref (record);
  self->highest = weft_ballot_ref (weft_cluster_record_get_ballot (record));
  self->attempts_max = ATTEMPTS_MAX;
  self->liars = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  self->seen = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_record_unref);
  weft_poll_init (&self->poll);

  return self;
}

WeftProposalMachine *
weft_proposal_machine_new (const WeftProposalConfig *config,
                           WeftClusterRecord        *record)
{
  WeftProposalMachine *self = machine_new (config, record);

  g_assert (weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0);

  self->may_be_decided = config->is_in_doubt && !WEFT_BUG (DOUBT_FORGOTTEN);

  return self;
}

WeftProposalMachine *
weft_proposal_machine_new_recovery (const WeftProposalConfig *config,
                                    WeftClusterRecord        *record)
{
  WeftProposalMachine *self;

  g_assert (weft_cluster_record_get_slots (record)->len > 0);

  self = machine_new (config, record);
  self->is_recovery = TRUE;
  self->may_be_decided = TRUE;

  return self;
}

void
weft_proposal_machine_free (WeftProposalMachine *self)
{
  g_clear_pointer (&self->config.peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->config.pends, g_ptr_array_unref);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->own, weft_cluster_record_unref);
  g_clear_pointer (&self->driven, weft_cluster_record_unref);
  g_clear_pointer (&self->certificate, weft_cluster_record_unref);
  weft_poll_clear (&self->poll);
  g_clear_pointer (&self->highest, weft_ballot_unref);
  g_clear_pointer (&self->prepare, weft_prepare_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->shape, weft_cluster_record_unref);
  g_clear_pointer (&self->liars, g_ptr_array_unref);
  g_clear_pointer (&self->seen, g_ptr_array_unref);
  g_free (self);
}

const char *
weft_proposal_stage_to_name (WeftProposalStage stage)
{
  g_assert (stage < G_N_ELEMENTS (stage_names));

  return stage_names[stage];
}

void
weft_proposal_enter (WeftProposalMachine *self,
                     WeftProposalStage    stage,
                     WeftProposalEffects *effects)
{
  g_assert (self->stage != WEFT_PROPOSAL_DONE);

  self->stage = stage;
  weft_proposal_effects_add (effects, WEFT_PROPOSAL_EFFECT_STAGE)->text =
      g_strdup (weft_proposal_stage_to_name (stage));
}

void
weft_proposal_count (WeftProposalEffects *effects,
                     const char          *counter)
{
  weft_proposal_effects_add (effects, WEFT_PROPOSAL_EFFECT_COUNT)->counter = counter;
}

static void
send_request (WeftProposalMachine     *self,
              WeftPollMember          *member,
              const WeftProposalEvent *event,
              WeftProposalEffects     *effects)
{
  WeftProposalEffect *effect = weft_proposal_effects_add (effects, WEFT_PROPOSAL_EFFECT_SEND);

  effect->request_id = weft_poll_ask (&self->poll, member);
  effect->peer_id = weft_peer_id_ref (member->peer_id);
  effect->request = weft_cluster_request_ref (self->poll.request);
  effect->timeout_usec = MAX (1, self->poll.deadline_usec - event->now_usec);
}

static gboolean
is_among (GPtrArray  *peer_ids,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peer_ids->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (peer_ids, i), peer_id))
      return TRUE;

  return FALSE;
}

void
weft_proposal_ask (WeftProposalMachine     *self,
                   WeftClusterRequest      *request,
                   GPtrArray               *peers,
                   GPtrArray               *only,
                   const WeftProposalEvent *event,
                   WeftProposalEffects     *effects)
{
  weft_poll_begin (&self->poll, request, peers, event->now_usec + self->config.reply_usec);
  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      if (only == NULL || is_among (only, member->peer_id))
        send_request (self, member, event, effects);
    }
}

gboolean
weft_proposal_is_own (WeftProposalMachine *self,
                      WeftClusterRecord   *record)
{
  return g_strcmp0 (weft_cluster_record_get_message_hash (record),
                    weft_cluster_record_get_message_hash (self->own)) == 0;
}

gboolean
weft_proposal_is_self (WeftProposalMachine *self,
                       WeftPeerId          *peer_id)
{
  return weft_peer_id_equal (self->config.peer_id, peer_id);
}

gboolean
weft_proposal_raise (WeftProposalMachine *self,
                     WeftBallot          *ballot)
{
  if (weft_ballot_get_number (ballot) >
      weft_ballot_get_number (self->highest) + BALLOT_LEAP_MAX)
    return FALSE;

  if (weft_ballot_compare (ballot, self->highest) > 0)
    {
      weft_ballot_unref (self->highest);
      self->highest = weft_ballot_ref (ballot);
    }

  return TRUE;
}

static void
step_start (WeftProposalMachine     *self,
            const WeftProposalEvent *event,
            WeftProposalEffects     *effects)
{
  g_assert (self->stage == WEFT_PROPOSAL_IDLE);

  if (!self->is_recovery)
    {
      weft_proposal_begin_promise (self, self->own, event, effects);
      return;
    }
  weft_proposal_aim (self, weft_cluster_record_get_slots (self->own), self->own);
  weft_proposal_begin_prepare (self, event, effects);
}

static void
advance (WeftProposalMachine     *self,
         const WeftProposalEvent *event,
         WeftProposalEffects     *effects)
{
  switch (self->stage)
    {
    case WEFT_PROPOSAL_PROMISE:
      weft_proposal_advance_promise (self, event, effects);
      break;

    case WEFT_PROPOSAL_COMMIT:
      weft_proposal_advance_commit (self, event, effects);
      break;

    case WEFT_PROPOSAL_TELL:
      weft_proposal_advance_tell (self, event, effects);
      break;

    case WEFT_PROPOSAL_PREPARE:
      weft_proposal_advance_prepare (self, event, effects);
      break;

    case WEFT_PROPOSAL_WAIT:
      if (event->now_usec >= self->wait_until_usec)
        weft_proposal_begin_prepare (self, event, effects);
      break;

    case WEFT_PROPOSAL_IDLE:
    case WEFT_PROPOSAL_DONE:
      break;

    default:
      g_assert_not_reached ();
    }
}

static GPtrArray *
get_asked_slots (WeftProposalMachine *self)
{
  return self->stage == WEFT_PROPOSAL_PREPARE ? weft_prepare_get_slots (self->prepare)
                                              : weft_cluster_record_get_slots (self->driven);
}

static gboolean
is_certificate_welcome (WeftProposalMachine *self)
{
  return self->stage == WEFT_PROPOSAL_PROMISE || self->stage == WEFT_PROPOSAL_COMMIT ||
         self->stage == WEFT_PROPOSAL_PREPARE;
}

static WeftProposalVerdict
judge_certificate (WeftProposalMachine *self,
                   WeftPollMember      *member,
                   WeftProposalEffects *effects)
{
  WeftClusterRecord *record = weft_cluster_answer_get_record (member->answer);
  const char *fault = weft_proposal_check_certificate (self, record, get_asked_slots (self));

  if (fault == NULL)
    return WEFT_PROPOSAL_SETTLED;

  /* Who keeps a new block is a matter of view: who sees others than we do is not to blame. */
  if (g_str_equal (fault, "not-admitted") && !weft_proposal_shares_pin (self, record))
    weft_proposal_count (effects, "certificates-not-admitted");
  else
    weft_proposal_report (effects, member->peer_id, fault, weft_cluster_record_to_json (record));

  return WEFT_PROPOSAL_USELESS;
}

static WeftProposalVerdict
judge (WeftProposalMachine *self,
       WeftPollMember      *member,
       WeftProposalEffects *effects)
{
  WeftClusterAnswerKind kind = weft_cluster_answer_get_kind (member->answer);

  if (kind == WEFT_CLUSTER_ANSWER_DECIDED && is_certificate_welcome (self))
    return judge_certificate (self, member, effects);

  switch (self->stage)
    {
    case WEFT_PROPOSAL_PROMISE:
      return weft_proposal_judge_vote (self, member, WEFT_PURPOSE_PROMISE, effects);

    case WEFT_PROPOSAL_COMMIT:
      return weft_proposal_judge_vote (self, member, WEFT_PURPOSE_COMMIT, effects);

    case WEFT_PROPOSAL_PREPARE:
      return weft_proposal_judge_prepared (self, member, effects);

    case WEFT_PROPOSAL_TELL:
      return weft_proposal_judge_told (self, member);

    case WEFT_PROPOSAL_IDLE:
    case WEFT_PROPOSAL_WAIT:
    case WEFT_PROPOSAL_DONE:
      return WEFT_PROPOSAL_USELESS;

    default:
      g_assert_not_reached ();
    }
}

/* To a question of a stage that is over. A proof is good at any time. */
static void
step_late (WeftProposalMachine     *self,
           const WeftProposalEvent *event,
           WeftProposalEffects     *effects)
{
  GPtrArray *slots = weft_cluster_record_get_slots (self->own);
  WeftClusterRecord *record;

  weft_proposal_count (effects, "answers-late");
  if (weft_cluster_answer_get_kind (event->answer) != WEFT_CLUSTER_ANSWER_DECIDED)
    return;
  if (!is_certificate_welcome (self) && self->stage != WEFT_PROPOSAL_WAIT)
    return;

  record = weft_cluster_answer_get_record (event->answer);
  if (weft_proposal_check_certificate (self, record, slots) == NULL)
    {
      g_autoptr (GPtrArray) to = weft_proposal_list_unaware (self);

      weft_proposal_settle (self, record, to, event, effects);
    }
}

static void
step_answer (WeftProposalMachine     *self,
             const WeftProposalEvent *event,
             WeftProposalEffects     *effects)
{
  WeftPollMember *member = weft_poll_find (&self->poll, event->request_id);

  g_assert (event->answer != NULL);

  if (member == NULL || member->state == WEFT_POLL_ANSWERED || self->stage == WEFT_PROPOSAL_WAIT)
    {
      step_late (self, event, effects);
      return;
    }

  weft_poll_answer (member, event->answer);
  if (weft_proposal_is_liar (self, member->peer_id))
    member->verdict = WEFT_PROPOSAL_USELESS;
  else
    member->verdict = judge (self, member, effects);

  if (member->verdict == WEFT_PROPOSAL_SETTLED)
    {
      g_autoptr (WeftClusterRecord) record
          = weft_cluster_record_ref (weft_cluster_answer_get_record (event->answer));
      g_autoptr (GPtrArray) to = weft_proposal_list_unaware (self);

      weft_proposal_settle (self, record, to, event, effects);
      return;
    }
  advance (self, event, effects);
}

static void
step_failed (WeftProposalMachine     *self,
             const WeftProposalEvent *event,
             WeftProposalEffects     *effects)
{
  WeftPollMember *member = weft_poll_find (&self->poll, event->request_id);

  if (member == NULL || member->state != WEFT_POLL_WAITING)
    return;

  if (weft_poll_fail (member, event->error, event->was_sent))
    {
      weft_proposal_count (effects, "requests-repeated");
      send_request (self, member, event, effects);
      return;
    }
  advance (self, event, effects);
}

/* Another's lock is finished for those who wait for it, though our caller does not. */
static gboolean
is_worth_going_on (WeftProposalMachine *self)
{
  if (self->may_be_decided || self->stage == WEFT_PROPOSAL_TELL)
    return TRUE;

  return self->driven != NULL && !weft_proposal_is_own (self, self->driven) &&
         (self->stage == WEFT_PROPOSAL_PROMISE || self->stage == WEFT_PROPOSAL_COMMIT);
}

static void
give_up (WeftProposalMachine *self,
         const char          *reason,
         WeftProposalEffects *effects)
{
  if (self->has_result || self->stage == WEFT_PROPOSAL_DONE)
    return;

  weft_proposal_tell_doubt (self, reason, effects);
  self->attempts_max = MIN (ATTEMPTS_MAX, self->attempts + BACKGROUND_ATTEMPTS_MAX);
  if (!is_worth_going_on (self))
    weft_proposal_finish (self, effects);
}

static void
dispatch (WeftProposalMachine     *self,
          const WeftProposalEvent *event,
          WeftProposalEffects     *effects)
{
  switch (event->type)
    {
    case WEFT_PROPOSAL_EVENT_START:
      step_start (self, event, effects);
      break;

    case WEFT_PROPOSAL_EVENT_ANSWER:
      step_answer (self, event, effects);
      break;

    case WEFT_PROPOSAL_EVENT_FAILED:
      step_failed (self, event, effects);
      break;

    case WEFT_PROPOSAL_EVENT_ABANDON:
      give_up (self, "the caller did not wait", effects);
      break;

    case WEFT_PROPOSAL_EVENT_TIMEOUT:
      weft_poll_expire (&self->poll, event->now_usec);
      advance (self, event, effects);
      if (event->now_usec >= self->config.deadline_usec)
        give_up (self, "no quorum before the deadline", effects);
      break;

    default:
      g_assert_not_reached ();
    }
}

static gint64
get_deadline (WeftProposalMachine *self)
{
  gint64 deadline_usec;

  if (self->stage == WEFT_PROPOSAL_IDLE || self->stage == WEFT_PROPOSAL_DONE)
    return G_MAXINT64;

  deadline_usec = self->stage == WEFT_PROPOSAL_WAIT ? self->wait_until_usec
                                                    : weft_poll_get_deadline (&self->poll);

  return self->has_result ? deadline_usec : MIN (deadline_usec, self->config.deadline_usec);
}

void
weft_proposal_machine_step (WeftProposalMachine     *self,
                            const WeftProposalEvent *event,
                            WeftProposalEffects     *effects)
{
  g_assert (effects->items != NULL);
  g_assert (event->now_usec >= 0);

  /* What comes after the end is nobody's. */
  if (self->stage != WEFT_PROPOSAL_DONE)
    dispatch (self, event, effects);
  effects->deadline_usec = get_deadline (self);

  weft_proposal_machine_check (self);
  g_assert (self->stage == WEFT_PROPOSAL_IDLE || self->stage == WEFT_PROPOSAL_DONE ||
            effects->deadline_usec < G_MAXINT64);
}

const char *
weft_proposal_machine_get_stage (WeftProposalMachine *self)
{
  return weft_proposal_stage_to_name (self->stage);
}
