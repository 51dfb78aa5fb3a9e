/* member-rig.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-message-hash-private.h"
#include "weft-repo-message-private.h"
#include "weft-thresholds.h"

/* A batch that is not durable: what was asked for, and the state once it is. */
typedef struct
{
  guint64 id; /* 0 for what came along: nobody is told */
  gboolean is_apply;
  RigState *state;
} RigBatch;

static int
compare_texts (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

MemberRig *
member_rig_new (void)
{
  MemberRig *self = g_new0 (MemberRig, 1);

  self->durable = rig_state_new ();
  self->visible = rig_state_new ();
  self->tokens = g_ptr_array_new_with_free_func (g_free);
  self->fetches = g_ptr_array_new_with_free_func (g_free);
  self->names = g_tree_new_full (compare_texts, NULL, g_free, g_free);
  self->counts = g_tree_new_full (compare_texts, NULL, g_free, NULL);
  self->transcript = g_string_new (NULL);
  self->shared = g_tree_new_full (compare_texts, NULL, g_free,
                                  (GDestroyNotify) weft_cluster_record_unref);
  self->real_msec = 1000000;
  self->config = (WeftMemberConfig) {
    .peer_id = fixture_peer_id (0),
    .super_majority = WEFT_SUPER_MAJORITY_DEFAULT,
    .verify = *fixture_verify (),
    .held_max_usec = 30 * G_TIME_SPAN_SECOND,
    .facts = member_rig_make_facts (self),
  };
  self->machine = weft_member_machine_new (&self->config);

  return self;
}

static void
batch_free (RigBatch *batch)
{
  rig_state_free (batch->state);
  g_free (batch);
}

void
member_rig_free (MemberRig *self)
{
  g_clear_pointer (&self->machine, weft_member_machine_free);
  g_queue_clear_full (&self->batches, (GDestroyNotify) batch_free);
  member_rig_forget_pended (self);
  rig_state_free (self->durable);
  rig_state_free (self->visible);
  g_ptr_array_unref (self->tokens);
  g_ptr_array_unref (self->fetches);
  g_tree_unref (self->names);
  g_tree_unref (self->counts);
  g_string_free (self->transcript, TRUE);
  g_tree_unref (self->shared);
  g_clear_pointer (&self->answer, weft_cluster_answer_unref);
  g_free (self);
}

/* Test set-up is durable, and belongs into what is on its way too. */
#define EVERYWHERE(self, call, ...)                                           \
  G_STMT_START                                                                \
    {                                                                         \
      call ((self)->durable, __VA_ARGS__);                                    \
      call ((self)->visible, __VA_ARGS__);                                    \
      for (GList *link = (self)->batches.head; link != NULL; link = link->next) \
        call (((RigBatch *) link->data)->state, __VA_ARGS__);                 \
    }                                                                         \
  G_STMT_END

void
member_rig_add_revision (MemberRig  *self,
                         const char *block_id,
                         gint64      rev,
                         const char *action_id)
{
  EVERYWHERE (self, rig_state_add_revision, block_id, rev, action_id);
}

void
member_rig_pin (MemberRig  *self,
                const char *block_id,
                GPtrArray  *peers)
{
  g_autofree char *cluster = weft_message_hash_of_membership (peers);

  EVERYWHERE (self, rig_state_pin, block_id, cluster);
}

void
member_rig_add_pending (MemberRig  *self,
                        const char *block_id,
                        const char *action_id,
                        gint64      base)
{
  EVERYWHERE (self, rig_state_add_pending, block_id, action_id, base);
}

void
member_rig_drop_pending (MemberRig  *self,
                         const char *block_id,
                         const char *action_id)
{
  EVERYWHERE (self, rig_state_drop_pending, block_id, action_id);
}

void
member_rig_write (MemberRig  *self,
                  const char *key,
                  JsonNode   *json,
                  gboolean    is_resolved)
{
  EVERYWHERE (self, rig_state_write, key, json, is_resolved);
}

gint64
member_rig_get_latest (MemberRig  *self,
                       const char *block_id)
{
  return rig_state_get_latest (self->visible, block_id);
}

void
member_rig_push_batch (MemberRig *self,
                       guint64    id,
                       gboolean   is_apply)
{
  RigBatch *batch = g_new0 (RigBatch, 1);

  batch->id = id;
  batch->is_apply = is_apply;
  batch->state = rig_state_copy (self->visible);
  g_queue_push_tail (&self->batches, batch);
}

static void
apply_commit (MemberRig         *self,
              WeftCommitRequest *commit,
              const char        *pin)
{
  const char *const *block_ids = weft_commit_request_get_block_ids (commit);
  const char *action_id = weft_commit_request_get_action_id (commit);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      rig_state_add_revision (self->visible, block_ids[i], weft_commit_request_get_rev (commit),
                              action_id);
      rig_state_pin (self->visible, block_ids[i], pin);
      rig_state_drop_pending (self->visible, block_ids[i], action_id);
    }
}

static void
submit (MemberRig        *self,
        WeftMemberEffect *effect)
{

  for (guint i = 0; i < effect->writes->len; i++)
    {
      WeftMemberWrite *write = g_ptr_array_index (effect->writes, i);

      g_autoptr (JsonNode) json = weft_member_write_to_json (write);

      rig_state_write (self->visible, write->key, json, write->is_resolved);
      self->n_bytes += strlen (write->key);
      self->n_bytes += write->text != NULL ? strlen (write->text) : 0;
      self->n_writes += write->text != NULL;
      self->n_deletions += write->text == NULL;
    }
  if (effect->type == WEFT_MEMBER_EFFECT_APPLY)
    for (guint i = 0; i < effect->commits->len; i++)
      apply_commit (self, g_ptr_array_index (effect->commits, i),
                    weft_cluster_record_get_pin (effect->record));

  member_rig_push_batch (self, effect->id, effect->type == WEFT_MEMBER_EFFECT_APPLY);
}

/* Signs as the shell does, and reads what a peer would read. */
static void
send_answer (MemberRig        *self,
             WeftMemberEffect *effect)
{
  WeftClusterAnswerKind kind = weft_cluster_answer_get_kind (effect->answer);
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_ref (effect->answer);
  g_autoptr (JsonNode) json = NULL;
  g_autoptr (GError) error = NULL;

  if (effect->text_to_sign != NULL)
    {
      g_autoptr (WeftSignature) signature = fixture_sign (0, effect->text_to_sign);

      g_clear_pointer (&answer, weft_cluster_answer_unref);
      if (kind == WEFT_CLUSTER_ANSWER_PREPARED)
        {
          g_autoptr (WeftPrepared) prepared = weft_prepared_new_signed (
              weft_cluster_answer_get_prepared (effect->answer), signature);

          answer = weft_cluster_answer_new_prepared (prepared);
        }
      else
        {
          g_autoptr (WeftVote) vote = weft_vote_new_signed (
              weft_cluster_answer_get_vote (effect->answer), signature);

          answer = weft_cluster_answer_new_vote (kind, vote);
        }
    }

  json = weft_cluster_answer_to_json (answer);
  g_clear_pointer (&self->answer, weft_cluster_answer_unref);
  self->answer = weft_cluster_answer_from_json (json, &error);
  g_assert_no_error (error);
  if (self->answered != NULL)
    self->answered (effect->token, self->answer, self->answered_data);
}

static void
perform (MemberRig        *self,
         WeftMemberEffect *effect)
{
  gpointer count;

  switch (effect->type)
    {
    case WEFT_MEMBER_EFFECT_STORE:
    case WEFT_MEMBER_EFFECT_APPLY:
      submit (self, effect);
      break;

    case WEFT_MEMBER_EFFECT_PEND_EACH:
      self->n_messages = effect->messages->len;
      g_ptr_array_add (self->tokens, g_memdup2 (&effect->token, sizeof effect->token));
      break;

    case WEFT_MEMBER_EFFECT_EXECUTE:
      g_ptr_array_add (self->tokens, g_memdup2 (&effect->token, sizeof effect->token));
      break;

    case WEFT_MEMBER_EFFECT_PEND:
      member_rig_push_pended (self, effect);
      break;

    case WEFT_MEMBER_EFFECT_FETCH:
      self->n_sources = effect->peers->len;
      g_ptr_array_add (self->fetches, g_memdup2 (&effect->id, sizeof effect->id));
      break;

    case WEFT_MEMBER_EFFECT_ANSWER:
      send_answer (self, effect);
      break;

    case WEFT_MEMBER_EFFECT_COUNT:
      count = g_tree_lookup (self->counts, effect->counter);
      g_tree_insert (self->counts, g_strdup (effect->counter),
                     GUINT_TO_POINTER (GPOINTER_TO_UINT (count) + 1));
      break;

    case WEFT_MEMBER_EFFECT_RECOVER:
    case WEFT_MEMBER_EFFECT_REPORT:
      break;

    default:
      g_assert_not_reached ();
    }
}

void
member_rig_step (MemberRig       *self,
                 WeftMemberEvent *event)
{
  event->now_usec = self->now_usec;
  event->real_msec = self->real_msec;
  event->chance = self->chance;

  weft_member_effects_init (&self->effects);
  weft_member_machine_step (self->machine, event, &self->effects);
  for (guint i = 0; i < self->effects.items->len; i++)
    {
      WeftMemberEffect *effect = &g_array_index (self->effects.items, WeftMemberEffect, i);

      perform (self, effect);
      member_rig_narrate (self, effect);
    }
  weft_member_effects_clear (&self->effects);
  weft_member_machine_check (self->machine);
}

guint64
member_rig_ask (MemberRig          *self,
                WeftClusterRequest *request)
{
  WeftMemberEvent event = {
    .type = WEFT_MEMBER_EVENT_REQUEST,
    .token = ++self->last_token,
    .peer_id = fixture_peer_id (1),
    .request = request,
    .is_proven = self->is_vouching,
    .block_id = self->block_id,
    .rev = self->rev,
  };

  member_rig_step (self, &event);

  return event.token;
}

guint64
member_rig_update (MemberRig         *self,
                   WeftClusterRecord *record)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (record);

  member_rig_learn_name (self, record);

  return member_rig_ask (self, request);
}

guint64
member_rig_update_with (MemberRig         *self,
                        WeftClusterRecord *record,
                        GPtrArray         *pends)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update_with (record, pends);

  member_rig_learn_name (self, record);

  return member_rig_ask (self, request);
}

guint64
member_rig_prepare (MemberRig         *self,
                    WeftClusterRecord *record,
                    WeftBallot        *ballot)
{
  g_autoptr (WeftPrepare) prepare
      = weft_prepare_new (weft_cluster_record_get_slots (record),
                          weft_cluster_record_get_peers (record),
                          weft_cluster_record_get_super_majority (record), ballot);
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_prepare (prepare);

  return member_rig_ask (self, request);
}

guint64
member_rig_latest (MemberRig  *self,
                   const char *block_id)
{
  const char *block_ids[] = { block_id, NULL };
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_latest (block_ids, NULL);

  return member_rig_ask (self, request);
}

void
member_rig_withdraw (MemberRig *self,
                     guint64    token)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_WITHDRAW, .token = token };

  member_rig_step (self, &event);
}

void
member_rig_store (MemberRig *self)
{
  RigBatch *batch = g_queue_pop_head (&self->batches);
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_STORED };

  g_assert_nonnull (batch);

  rig_state_free (self->durable);
  self->durable = g_steal_pointer (&batch->state);
  event.id = batch->id;
  if (batch->is_apply)
    event.type = WEFT_MEMBER_EVENT_APPLIED;
  g_free (batch);
  if (event.id != 0)
    member_rig_step (self, &event);
}

void
member_rig_store_all (MemberRig *self)
{
  while (!g_queue_is_empty (&self->batches))
    member_rig_store (self);
}

static void
forget_batches (MemberRig *self)
{
  g_queue_clear_full (&self->batches, (GDestroyNotify) batch_free);
  rig_state_free (self->visible);
  self->visible = rig_state_copy (self->durable);
}

void
member_rig_fail (MemberRig *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the disk is full");
  RigBatch *batch = g_queue_peek_head (&self->batches);
  WeftMemberEvent event
      = { .type = WEFT_MEMBER_EVENT_STORE_FAILED, .id = batch->id, .error = error };

  forget_batches (self);
  member_rig_step (self, &event);
}

void
member_rig_refuse (MemberRig *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "it is not pending");
  RigBatch *batch = g_queue_peek_tail (&self->batches);
  WeftMemberEvent event
      = { .type = WEFT_MEMBER_EVENT_APPLY_FAILED, .id = batch->id, .error = error };

  g_assert_true (batch->is_apply);
  batch_free (g_queue_pop_tail (&self->batches));
  rig_state_free (self->visible);
  batch = g_queue_peek_tail (&self->batches);
  self->visible = rig_state_copy (batch != NULL ? batch->state : self->durable);
  member_rig_step (self, &event);
}

void
member_rig_refuse_last (MemberRig *self)
{
  RigBatch *batch = g_queue_peek_tail (&self->batches);

  if (batch != NULL && batch->is_apply)
    member_rig_refuse (self);
}

void
member_rig_fetched (MemberRig    *self,
                    const GError *error)
{
  guint64 *id = g_ptr_array_index (self->fetches, 0);
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_FETCHED, .id = *id, .error = error };

  g_ptr_array_remove_index (self->fetches, 0);
  member_rig_step (self, &event);
}

void
member_rig_executed (MemberRig    *self,
                     const char   *json,
                     const GError *error)
{
  guint64 *token = g_ptr_array_index (self->tokens, 0);
  WeftMemberEvent event = {
    .type = WEFT_MEMBER_EVENT_EXECUTED,
    .token = *token,
    .text = json,
    .error = error,
  };

  g_ptr_array_remove_index (self->tokens, 0);
  member_rig_step (self, &event);
}

void
member_rig_pended_each (MemberRig    *self,
                        GPtrArray    *results,
                        const GError *error)
{
  guint64 *token = g_ptr_array_index (self->tokens, 0);
  WeftMemberEvent event = {
    .type = WEFT_MEMBER_EVENT_PENDED_EACH,
    .token = *token,
    .results = results,
    .error = error,
  };

  g_ptr_array_remove_index (self->tokens, 0);
  member_rig_step (self, &event);
}

void
member_rig_wait (MemberRig *self,
                 gint64     usec)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_TIMEOUT };

  self->now_usec += usec;
  self->real_msec += usec / 1000;
  member_rig_step (self, &event);
}

void
member_rig_crash (MemberRig *self)
{
  g_clear_pointer (&self->machine, weft_member_machine_free);
  forget_batches (self);
  member_rig_forget_pended (self);
  g_ptr_array_set_size (self->tokens, 0);
  g_ptr_array_set_size (self->fetches, 0);
}

void
member_rig_restart (MemberRig *self)
{
  g_autoptr (GPtrArray) open = NULL;

  member_rig_crash (self);
  self->machine = weft_member_machine_new (&self->config);
  open = rig_state_list_open (self->durable);
  for (guint i = 0; i < open->len; i++)
    {
      WeftMemberEvent event
          = { .type = WEFT_MEMBER_EVENT_RESTORE, .json = g_ptr_array_index (open, i) };

      member_rig_step (self, &event);
    }
  member_rig_wait (self, 0);
}

void
member_rig_expect (MemberRig  *self,
                   const char *expected)
{
  g_assert_cmpstr (self->transcript->str, ==, expected);
  g_string_truncate (self->transcript, 0);
}

guint
member_rig_get_count (MemberRig  *self,
                      const char *counter)
{
  return GPOINTER_TO_UINT (g_tree_lookup (self->counts, counter));
}
