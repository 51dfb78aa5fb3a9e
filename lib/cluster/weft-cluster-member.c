/* weft-cluster-member.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-member-private.h"

#include "weft-answer-queue-private.h"
#include "weft-cluster-record-private.h"
#include "weft-cluster-waiters-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-member-facts-private.h"
#include "weft-member-outcome-private.h"
#include "weft-member-perform-private.h"

/* A slot whose record does not expire is recovered when it was held for so long. */
#define HELD_MAX_USEC (10 * G_TIME_SPAN_SECOND)
/* Until what was promised is tried to be read again; it doubles. */
#define UNREAD_USEC (250 * G_TIME_SPAN_MILLISECOND)
#define UNREAD_USEC_MAX (30 * G_TIME_SPAN_SECOND)

struct _WeftClusterMember
{
  GObject parent_instance;

  WeftClusterParts *parts;
  WeftMemberHooks hooks;
  WeftMemberMachine *machine; /* (nullable): while what was promised could not be read */
  WeftMemberEffects effects;  /* of the step that it makes; its room is kept for the next */
  guint generation;      /* of the machine: what an older one wanted is of no interest */
  gint64 unread_usec;    /* how long to wait before that is tried again */
  gboolean is_stepping;
  gboolean is_closed;

  guint64 last_token;
  WeftClusterWaiters *waiters;
  WeftAnswerQueue *answers;
  GQueue outcomes;       /* (element-type WeftMemberOutcome) (owned): told by the flush alarm */
  guint64 flush_id;      /* an alarm that is due at once; 0 when none is set */
  guint64 alarm_id;      /* 0 when none is set */
  gint64 alarm_usec;
  gint64 machine_usec;   /* when the machine wants its next step, or to be built */
};

static void cluster_iface_init (WeftClusterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftClusterMember, weft_cluster_member, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLUSTER, cluster_iface_init))

static void step (WeftClusterMember *self, WeftMemberEvent *event);
static void build_machine (WeftClusterMember *self);

static WeftMemberOutcome *
outcome_new (WeftClusterMember   *self,
             WeftMemberEventType  type,
             guint64              id,
             guint64              token)
{
  return weft_member_outcome_new (self, self->generation, type, id, token);
}

static void
finish (WeftClusterMember *self,
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
    .error = error,
  };

  if (!self->is_closed && outcome->generation == self->generation)
    step (self, &event);
}

static void
leave_cb (guint64            token,
          WeftClusterAnswer *answer,
          gpointer           user_data)
{
  finish (user_data, token, answer, NULL);
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

      tell (outcome, NULL, outcome->error);
    }

  weft_answer_queue_flush (self->answers, leave_cb, self);
}

static void
flush_later (WeftClusterMember *self)
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
  flush_later (self);
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
  step (self, &event);
  build_machine (self);
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

static void
fetched_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr(WeftMemberOutcome) outcome = user_data;

  tell (outcome, NULL, error);
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

    case WEFT_MEMBER_EFFECT_FETCH:
      self->hooks.fetch (self->hooks.data, effect, fetched_cb,
                         outcome_new (self, WEFT_MEMBER_EVENT_FETCHED, effect->id, 0));
      break;

    case WEFT_MEMBER_EFFECT_ANSWER:
      weft_answer_queue_add (self->answers, effect->token, effect->answer, effect->text_to_sign);
      flush_later (self);
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

static void
arm (WeftClusterMember *self)
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

/* One event, and what the machine wants for it, in order. */
static void
step (WeftClusterMember *self,
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

  arm (self);
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
        step (self, &event);
      finish (self, token, NULL, error);
    }

  if (!self->is_closed && self->machine == NULL && self->machine_usec <= now_usec)
    build_machine (self);
  else if (!self->is_closed && self->machine_usec <= now_usec)
    {
      WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_TIMEOUT };

      step (self, &event);
    }
  if (!self->is_closed)
    arm (self);
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
  arm (self);
}

static void
build_machine (WeftClusterMember *self)
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
      step (self, &event);
    }
}

static void
answer_unread (WeftClusterMember *self,
               guint64            token)
{
  g_autoptr(GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                             "what this member promised could not be read from its storage yet");
  g_autoptr(WeftClusterAnswer) answer = weft_cluster_answer_new_error (error);

  weft_cluster_parts_count (self->parts, "member/reject/storage");
  weft_answer_queue_add (self->answers, token, answer, NULL);
  flush_later (self);
  arm (self);
}

static guint64
ask (WeftClusterMember   *self,
     WeftMemberEvent     *event,
     gint64               timeout_usec,
     WeftClusterDoneFunc  done,
     gpointer             user_data)
{
  if (self->is_closed)
    {
      g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                     "this node has left its clusters");

      /* There is no later in which to say so. */
      done (WEFT_CLUSTER (self), NULL, error, user_data);
      return 0;
    }

  event->type = WEFT_MEMBER_EVENT_REQUEST;
  event->token = ++self->last_token;
  weft_cluster_waiters_add (self->waiters, event->token,
                            weft_cluster_parts_get_now (self->parts) + timeout_usec, done,
                            user_data);
  if (self->machine != NULL)
    step (self, event);
  else
    answer_unread (self, event->token);

  return event->token;
}

guint64
weft_cluster_member_ask (WeftClusterMember   *self,
                         WeftPeerId          *peer_id,
                         WeftClusterRequest  *request,
                         gint64               timeout_usec,
                         WeftClusterDoneFunc  done,
                         gpointer             user_data)
{
  WeftMemberEvent event = { .peer_id = peer_id, .request = request };

  return ask (self, &event, timeout_usec, done, user_data);
}

void
weft_cluster_member_take (WeftClusterMember   *self,
                          WeftPeerId          *peer_id,
                          WeftClusterRequest  *update,
                          WeftClusterDoneFunc  done,
                          gpointer             user_data)
{
  WeftMemberEvent event = {
    .peer_id = peer_id,
    .request = update,
    .is_proven = TRUE,
  };

  ask (self, &event, WEFT_LIMIT_REPLY_USEC, done, user_data);
}

gboolean
weft_cluster_member_is_fetching (WeftClusterMember *self,
                                 guint64            token)
{
  return !self->is_closed && self->machine != NULL
         && weft_member_machine_is_fetching (self->machine, token);
}

void
weft_cluster_member_withdraw (WeftClusterMember *self,
                              guint64            token)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_WITHDRAW, .token = token };

  weft_cluster_waiters_drop (self->waiters, token);
  if (!self->is_closed && self->machine != NULL)
    step (self, &event);
}

static void
perform (WeftCluster         *cluster,
         WeftClusterRequest  *request,
         gint64               timeout_usec,
         WeftClusterDoneFunc  done,
         gpointer             user_data)
{
  WeftClusterMember *self = WEFT_CLUSTER_MEMBER (cluster);

  weft_cluster_member_ask (self, self->parts->peer_id, request, timeout_usec, done, user_data);
}

static void
cluster_iface_init (WeftClusterInterface *iface)
{
  iface->perform = perform;
}

static gboolean
holds (gpointer    data,
       const char *block_id,
       const char *action_id)
{
  WeftClusterMember *self = data;

  /* Who knows. */
  return self->machine == NULL
         || weft_member_machine_holds (self->machine, block_id, action_id);
}

WeftClusterMember *
weft_cluster_member_new (WeftClusterParts      *parts,
                         const WeftMemberHooks *hooks)
{
  WeftClusterMember *self = g_object_new (WEFT_TYPE_CLUSTER_MEMBER, NULL);
  const WeftStorageGovernor governor = { holds, self };

  self->parts = weft_cluster_parts_ref (parts);
  self->hooks = *hooks;
  self->answers = weft_answer_queue_new (parts, (GDestroyNotify) flush_later, self);
  self->machine_usec = G_MAXINT64;
  self->alarm_usec = G_MAXINT64;
  build_machine (self);
  weft_storage_repo_set_governor (parts->repo, &governor);

  return self;
}

void
weft_cluster_member_close (WeftClusterMember *self)
{
  g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                 "this node leaves its clusters");
  guint64 token;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;

  if (self->flush_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->flush_id);
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->flush_id = 0;
  self->alarm_id = 0;

  weft_storage_repo_set_governor (self->parts->repo, NULL);
  while ((token = weft_cluster_waiters_find_late (self->waiters, G_MAXINT64)) != 0)
    finish (self, token, NULL, error);
  while (!g_queue_is_empty (&self->outcomes))
    weft_member_outcome_free (g_queue_pop_head (&self->outcomes));
}

gboolean
weft_cluster_member_is_closed (WeftClusterMember *self)
{
  return self->is_closed;
}

static void
weft_cluster_member_dispose (GObject *object)
{
  weft_cluster_member_close (WEFT_CLUSTER_MEMBER (object));

  G_OBJECT_CLASS (weft_cluster_member_parent_class)->dispose (object);
}

static void
weft_cluster_member_finalize (GObject *object)
{
  WeftClusterMember *self = WEFT_CLUSTER_MEMBER (object);

  weft_cluster_waiters_free (self->waiters);
  g_clear_pointer (&self->answers, weft_answer_queue_free);
  g_clear_pointer (&self->machine, weft_member_machine_free);
  weft_member_effects_clear (&self->effects);
  g_clear_pointer (&self->parts, weft_cluster_parts_unref);

  G_OBJECT_CLASS (weft_cluster_member_parent_class)->finalize (object);
}

static void
weft_cluster_member_class_init (WeftClusterMemberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_cluster_member_dispose;
  object_class->finalize = weft_cluster_member_finalize;
}

static void
weft_cluster_member_init (WeftClusterMember *self)
{
  self->waiters = weft_cluster_waiters_new ();
  weft_member_effects_init (&self->effects);
  g_queue_init (&self->outcomes);
}

JsonNode *
weft_cluster_member_to_json (WeftClusterMember *self)
{
  return self->machine != NULL
           ? weft_member_machine_to_json (self->machine, weft_cluster_parts_get_now (self->parts))
           : NULL;
}
