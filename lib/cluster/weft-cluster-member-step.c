/* weft-cluster-member-step.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-member-internal-private.h"

#include "weft-cluster-record-private.h"
#include "weft-error.h"
#include "weft-member-facts-private.h"
#include "weft-member-outcome-private.h"
#include "weft-member-perform-private.h"

/* A slot whose record does not expire is recovered when it was held for so long. */
#define HELD_MAX_USEC (10 * G_TIME_SPAN_SECOND)
/* Until what was promised is tried to be read again; it doubles. */
#define UNREAD_USEC (250 * G_TIME_SPAN_MILLISECOND)
#define UNREAD_USEC_MAX (30 * G_TIME_SPAN_SECOND)

static WeftMemberOutcome *
outcome_new (WeftClusterMember   *self,
             WeftMemberEventType  type,
             guint64              id,
             guint64              token)
{
  return weft_member_outcome_new (self, self->generation, type, id, token);
}

void
weft_cluster_member_finish (WeftClusterMember *self,
                            guint64            token,
                            WeftClusterAnswer *answer,
                            const GError      *error)
{
  weft_cluster_waiters_finish (self->waiters, token, WEFT_CLUSTER (self), answer, error);
}

/* Steps the machine that wanted it, if there still is that one. */
static void
tell (WeftMemberOutcome *outcome,
      const char        *text,
      const GError      *error)
{
  WeftClusterMember *self = outcome->member;
  WeftMemberEvent event = {
    .type = outcome->type, .id = outcome->id, .token = outcome->token, .text = text,
    .results = outcome->results, .error = error,
  };

  if (!self->is_closed && outcome->generation == self->generation)
    weft_cluster_member_step (self, &event);
}

static void
leave_cb (guint64            token,
          WeftClusterAnswer *answer,
          gpointer           user_data)
{
  weft_cluster_member_finish (user_data, token, answer, NULL);
}

static void
flush_cb (gpointer user_data)
{
  g_autoptr(WeftClusterMember) self = g_object_ref (user_data);
  guint n_outcomes = g_queue_get_length (&self->outcomes);

  self->flush_id = 0;

  for (guint i = 0; i < n_outcomes && !self->is_closed; i++)
    {
      g_autoptr(WeftMemberOutcome) outcome = g_queue_pop_head (&self->outcomes);

      tell (outcome, outcome->text, outcome->error);
    }

  weft_answer_queue_flush (self->answers, leave_cb, self);
}

void
weft_cluster_member_flush_later (WeftClusterMember *self)
{
  if (self->flush_id == 0 && !self->is_closed)
    self->flush_id = weft_clock_add_alarm (self->parts->clock,
                                           weft_cluster_parts_get_now (self->parts),
                                           flush_cb, self, NULL);
}

static void
tell_later (WeftMemberOutcome *outcome)
{
  WeftClusterMember *self = outcome->member;

  g_queue_push_tail (&self->outcomes, outcome);
  weft_cluster_member_flush_later (self);
}

/* Nothing of a batch happened, nor of those after it: what the machine believes to have kept it has
 * not. It answers whoever waits, and another one starts from what is there. */
static void
rebuild (WeftClusterMember *self,
         guint64            id,
         const GError      *error)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_STORE_FAILED, .id = id, .error = error };

  weft_cluster_parts_count (self->parts, "member-rebuilt");
  weft_cluster_member_step (self, &event);
  weft_cluster_member_build (self);
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr(WeftMemberOutcome) outcome = user_data;
  WeftClusterMember *self = outcome->member;

  if (error == NULL)
    tell (outcome, NULL, NULL);
  else if (!self->is_closed && outcome->generation == self->generation)
    rebuild (self, outcome->id, error);
}

static void
stored_cb (WeftStorage  *storage,
           const GError *error,
           gpointer      user_data)
{
  settled_cb (error, user_data);
}

static void
perform_store (WeftClusterMember *self,
               WeftMemberEffect  *effect)
{
  weft_member_perform_store (self->parts, effect, stored_cb,
                             outcome_new (self, WEFT_MEMBER_EVENT_STORED, effect->id, 0));
}

static void
perform_apply (WeftClusterMember *self,
               WeftMemberEffect  *effect)
{
  WeftMemberOutcome *outcome = outcome_new (self, WEFT_MEMBER_EVENT_APPLIED, effect->id, 0);

  if (weft_member_perform_apply (self->parts, effect, settled_cb, outcome, &outcome->error))
    return;

  outcome->type = WEFT_MEMBER_EVENT_APPLY_FAILED;
  tell_later (outcome);
}

static void
executed_cb (WeftRepo      *repo,
             WeftRepoReply *reply,
             const GError  *error,
             gpointer       user_data)
{
  g_autoptr(WeftMemberOutcome) outcome = user_data;
  g_autofree char *text = reply != NULL ? weft_repo_reply_to_string (reply) : NULL;

  tell (outcome, text, error);
}

/* What came with the request for a vote can be read from now on, and the vote follows at once: both
 * become durable together. */
static void
perform_pend (WeftClusterMember *self,
              WeftMemberEffect  *effect)
{
  WeftMemberOutcome *outcome = outcome_new (self, WEFT_MEMBER_EVENT_PENDED, 0, effect->token);

  outcome->text = weft_member_perform_pend (self->parts, effect, &outcome->error);
  if (outcome->text == NULL && outcome->error == NULL)
    outcome->pends = g_ptr_array_ref (effect->pends);
  g_queue_push_tail (&self->pended, outcome);
}

static void
pended_each_cb (GPtrArray    *results,
                const GError *error,
                gpointer      user_data)
{
  g_autoptr(WeftMemberOutcome) outcome = user_data;

  if (results != NULL)
    outcome->results = g_ptr_array_ref (results);
  tell (outcome, NULL, error);
}

static void
fetched_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr(WeftMemberOutcome) outcome = user_data;

  tell (outcome, NULL, error);
}

/* What came along is judged as soon as it is pending. Where that speaks against it, nobody would
 * come to cancel it. */
static void
drop_refused (WeftClusterMember *self,
              WeftMemberEffect  *effect)
{
  WeftVote *vote = weft_cluster_answer_get_vote (effect->answer);

  if (self->telling == NULL || self->telling->token != effect->token
      || self->telling->pends == NULL || vote == NULL
      || g_strcmp0 (weft_vote_get_reason (vote), "validator") != 0)
    return;

  weft_storage_repo_drop_pends (self->parts->repo, self->telling->pends);
}

static void
perform_effect (WeftClusterMember *self,
                WeftMemberEffect  *effect)
{
  switch (effect->type)
    {
    case WEFT_MEMBER_EFFECT_STORE:
      perform_store (self, effect);
      break;

    case WEFT_MEMBER_EFFECT_APPLY:
      perform_apply (self, effect);
      break;

    case WEFT_MEMBER_EFFECT_EXECUTE:
      weft_storage_repo_execute (self->parts->repo,
                                 weft_cluster_record_get_message (effect->record), executed_cb,
                                 outcome_new (self, WEFT_MEMBER_EVENT_EXECUTED, 0,
                                              effect->token));
      break;

    case WEFT_MEMBER_EFFECT_PEND_EACH:
      weft_storage_repo_pend_each (self->parts->repo, effect->messages, pended_each_cb,
                                   outcome_new (self, WEFT_MEMBER_EVENT_PENDED_EACH, 0,
                                                effect->token));
      break;

    case WEFT_MEMBER_EFFECT_PEND:
      perform_pend (self, effect);
      break;

    case WEFT_MEMBER_EFFECT_FETCH:
      self->hooks.fetch (self->hooks.data, effect, fetched_cb,
                         outcome_new (self, WEFT_MEMBER_EVENT_FETCHED, effect->id, 0));
      break;

    case WEFT_MEMBER_EFFECT_ANSWER:
      drop_refused (self, effect);
      weft_answer_queue_add (self->answers, effect->token, effect->answer, effect->text_to_sign);
      weft_cluster_member_flush_later (self);
      break;

    case WEFT_MEMBER_EFFECT_RECOVER:
      self->hooks.recover (self->hooks.data, effect->record);
      break;

    case WEFT_MEMBER_EFFECT_REPORT:
      weft_cluster_parts_report (self->parts, effect->peer_id, effect->text, effect->proof);
      break;

    case WEFT_MEMBER_EFFECT_COUNT:
      weft_cluster_parts_count (self->parts, effect->counter);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void alarm_cb (gpointer user_data);

void
weft_cluster_member_arm (WeftClusterMember *self)
{
  gint64 next_usec = MIN (self->machine_usec, weft_cluster_waiters_get_next (self->waiters));

  if (self->alarm_id != 0 && self->alarm_usec == next_usec)
    return;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->alarm_id = 0;
  self->alarm_usec = next_usec;
  if (next_usec != G_MAXINT64 && !self->is_closed)
    self->alarm_id = weft_clock_add_alarm (self->parts->clock, next_usec, alarm_cb, self, NULL);
}

static void
perform_step (WeftClusterMember *self,
              WeftMemberEvent   *event)
{
  g_assert (!self->is_stepping && !self->is_closed);

  event->now_usec = weft_cluster_parts_get_now (self->parts);
  event->real_msec = weft_cluster_parts_get_real_msec (self->parts);
  event->chance = weft_cluster_parts_get_chance (self->parts);

  self->is_stepping = TRUE;
  weft_member_machine_step (self->machine, event, &self->effects);
  self->machine_usec = self->effects.deadline_usec;
  for (guint i = 0; i < self->effects.items->len; i++)
    perform_effect (self, &g_array_index (self->effects.items, WeftMemberEffect, i));
  weft_member_effects_reset (&self->effects);
  self->is_stepping = FALSE;
}

void
weft_cluster_member_step (WeftClusterMember *self,
                          WeftMemberEvent   *event)
{
  perform_step (self, event);
  while (!self->is_closed && !g_queue_is_empty (&self->pended))
    {
      g_autoptr(WeftMemberOutcome) outcome = g_queue_pop_head (&self->pended);
      WeftMemberEvent pended = {
        .type = outcome->type, .token = outcome->token, .text = outcome->text,
        .error = outcome->error,
      };

      self->telling = outcome;
      perform_step (self, &pended);
      self->telling = NULL;
    }

  weft_cluster_member_arm (self);
}

static void
alarm_cb (gpointer user_data)
{
  g_autoptr(WeftClusterMember) self = g_object_ref (user_data);
  gint64 now_usec = weft_cluster_parts_get_now (self->parts);
  guint64 token;

  self->alarm_id = 0;
  while (!self->is_closed
         && (token = weft_cluster_waiters_find_late (self->waiters, now_usec)) != 0)
    {
      g_autoptr(GError) error
          = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
                                 "this member has not answered before the deadline");
      WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_WITHDRAW, .token = token };

      if (self->machine != NULL)
        weft_cluster_member_step (self, &event);
      weft_cluster_member_finish (self, token, NULL, error);
    }

  if (!self->is_closed && self->machine == NULL && self->machine_usec <= now_usec)
    weft_cluster_member_build (self);
  else if (!self->is_closed && self->machine_usec <= now_usec)
    {
      WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_TIMEOUT };

      weft_cluster_member_step (self, &event);
    }
  if (!self->is_closed)
    weft_cluster_member_arm (self);
}

/* Whoever does not know what it promised could break it: until it does, it is no member. */
static void
build_later (WeftClusterMember *self,
             const GError      *error)
{
  self->unread_usec = CLAMP (2 * self->unread_usec, UNREAD_USEC, UNREAD_USEC_MAX);
  self->machine_usec = weft_cluster_parts_get_now (self->parts) + self->unread_usec;
  g_message ("what this node promised could not be read, trying again in %" G_GINT64_FORMAT
             " ms: %s", self->unread_usec / G_TIME_SPAN_MILLISECOND, error->message);
  weft_cluster_parts_count (self->parts, "promises-unread");
  weft_cluster_member_arm (self);
}

void
weft_cluster_member_build (WeftClusterMember *self)
{
  const WeftMemberConfig config = {
    .peer_id = self->parts->peer_id,
    .super_majority = self->parts->super_majority,
    .verify = self->parts->verify,
    .facts = weft_member_facts_new (self->parts),
    .held_max_usec = HELD_MAX_USEC,
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) promises = weft_member_facts_list_promises (self->parts, &error);

  g_clear_pointer (&self->machine, weft_member_machine_free);
  self->generation++;
  if (promises == NULL)
    {
      build_later (self, error);
      return;
    }

  self->unread_usec = 0;
  self->machine_usec = G_MAXINT64;
  self->machine = weft_member_machine_new (&config);
  for (guint i = 0; i < promises->len; i++)
    {
      WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_RESTORE };

      event.json = g_ptr_array_index (promises, i);
      weft_cluster_member_step (self, &event);
    }
}
