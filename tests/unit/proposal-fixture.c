/* proposal-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "proposal-fixture.h"

static const char * const outcome_names[] = {
  "decided", "stale", "refused", "unavailable", "indeterminate", "free",
};

static guint
number_of (WeftPeerId *peer_id)
{
  for (guint i = 0; i < 16; i++)
    if (weft_peer_id_equal (fixture_peer_id (i), peer_id))
      return i;

  g_assert_not_reached ();
}

static void
request_free (gpointer data)
{
  ProposalRequest *self = data;

  weft_cluster_request_unref (self->request);
  g_free (self);
}

static gboolean
verify (gpointer    data,
        WeftPeerId *signer,
        GBytes     *root,
        GBytes     *signature)
{
  Proposal *self = data;

  self->n_verified++;
  return fixture_verify ()->verify (NULL, signer, root, signature);
}

static WeftProposalConfig
make_config (Proposal *self)
{
  *self = (Proposal) { .now_msec = 1, .real_msec = 1000 };
  self->requests = g_ptr_array_new_with_free_func (request_free);
  self->transcript = g_string_new (NULL);

  return (WeftProposalConfig) {
    .peer_id = fixture_peer_id (0),
    .verify = { FIXTURE_NETWORK, verify, self },
    .reply_usec = PROPOSAL_REPLY_MSEC * 1000,
    .deadline_usec = PROPOSAL_DEADLINE_MSEC * 1000,
    .round_trip_usec = PROPOSAL_ROUND_TRIP_MSEC * 1000,
  };
}

void
proposal_init (Proposal          *self,
               WeftClusterRecord *record)
{
  WeftProposalConfig config = make_config (self);

  self->machine = weft_proposal_machine_new (&config, record);
}

static const char *
admit (gpointer           data,
       GPtrArray         *peers,
       const char *const *block_ids)
{
  g_assert_nonnull (block_ids[0]);

  return NULL;
}

void
proposal_init_pinned (Proposal          *self,
                      WeftClusterRecord *record)
{
  WeftProposalConfig config = make_config (self);

  config.is_pinned = TRUE;
  config.admit = admit;
  self->machine = weft_proposal_machine_new (&config, record);
}

void
proposal_init_with (Proposal                 *self,
                    WeftClusterRecord        *record,
                    const WeftProposalConfig *with)
{
  WeftProposalConfig config = make_config (self);

  config.pends = with->pends;
  config.gives_way = with->gives_way;
  config.is_in_doubt = with->is_in_doubt;
  self->machine = weft_proposal_machine_new (&config, record);
}

void
proposal_recover (Proposal          *self,
                  WeftClusterRecord *record)
{
  WeftProposalConfig config = make_config (self);

  self->machine = weft_proposal_machine_new_recovery (&config, record);
}

void
proposal_clear (Proposal *self)
{
  g_clear_pointer (&self->machine, weft_proposal_machine_free);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_string_free (g_steal_pointer (&self->transcript), TRUE);
  g_clear_pointer (&self->result, weft_cluster_record_unref);
  g_clear_pointer (&self->certificate, weft_cluster_record_unref);
  g_clear_pointer (&self->detail, g_free);
  g_clear_pointer (&self->proof, json_node_unref);
  g_clear_pointer (&self->error, g_free);
}

static void
tell_request (GString            *text,
              WeftClusterRequest *request)
{
  WeftClusterRecord *record;
  const char *word = "vote";

  if (weft_cluster_request_get_kind (request) == WEFT_CLUSTER_PREPARE)
    {
      WeftPrepare *prepare = weft_cluster_request_get_prepare (request);

      g_string_append_printf (text, "prepare@%" G_GINT64_FORMAT,
                              weft_ballot_get_number (weft_prepare_get_ballot (prepare)));
      return;
    }

  record = weft_cluster_request_get_record (request);
  if (weft_cluster_record_get_n_commits (record) >= weft_cluster_record_get_commits_needed (record))
    word = "decided";
  else if (weft_cluster_record_get_n_promises (record) >=
           weft_cluster_record_get_promises_needed (record))
    word = "lock";
  g_string_append_printf (text, "%s@%" G_GINT64_FORMAT, word,
                          weft_ballot_get_number (weft_cluster_record_get_ballot (record)));
}

static void
take_send (Proposal           *self,
           WeftProposalEffect *effect,
           gboolean            is_first)
{
  ProposalRequest *request = g_new0 (ProposalRequest, 1);

  g_assert_cmpint (effect->timeout_usec, >, 0);
  request->request_id = effect->request_id;
  request->number = number_of (effect->peer_id);
  request->request = weft_cluster_request_ref (effect->request);
  g_ptr_array_add (self->requests, request);
  self->n_sends++;
  if (is_first)
    {
      g_string_append_c (self->transcript, ' ');
      tell_request (self->transcript, effect->request);
      g_string_append (self->transcript, " to");
    }
  g_string_append_printf (self->transcript, " %u", request->number);
}

static void
take_result (Proposal           *self,
             WeftProposalEffect *effect)
{
  self->n_results++;
  self->outcome = effect->outcome;
  self->result = effect->record != NULL ? weft_cluster_record_ref (effect->record) : NULL;
  self->detail = g_strdup (effect->detail);
  self->error = effect->error != NULL ? g_strdup (effect->error->message) : NULL;
  g_string_append_printf (self->transcript, " RESULT %s%s", outcome_names[effect->outcome],
                          effect->text != NULL ? " (dead)" : "");
}

static void
take_tell (Proposal           *self,
           WeftProposalEffect *effect)
{
  g_string_append (self->transcript, " tell");
  for (guint i = 0; i < effect->peer_ids->len; i++)
    g_string_append_printf (self->transcript, " %u",
                            number_of (g_ptr_array_index (effect->peer_ids, i)));
  g_clear_pointer (&self->certificate, weft_cluster_record_unref);
  self->certificate = weft_cluster_record_ref (effect->record);
}

static void
take_report (Proposal           *self,
             WeftProposalEffect *effect)
{
  self->n_reports++;
  g_string_append_printf (self->transcript, " REPORT %u %s", number_of (effect->peer_id),
                          effect->text);
  g_clear_pointer (&self->proof, json_node_unref);
  self->proof = effect->proof != NULL ? json_node_ref (effect->proof) : NULL;
}

static void
take_effect (Proposal           *self,
             WeftProposalEffect *effect,
             gboolean            is_first_send)
{
  g_assert_false (self->is_done);

  switch (effect->type)
    {
    case WEFT_PROPOSAL_EFFECT_SEND:
      take_send (self, effect, is_first_send);
      return;

    case WEFT_PROPOSAL_EFFECT_RESULT:
      take_result (self, effect);
      break;

    case WEFT_PROPOSAL_EFFECT_REPORT:
      take_report (self, effect);
      break;

    case WEFT_PROPOSAL_EFFECT_TELL:
      take_tell (self, effect);
      break;

    case WEFT_PROPOSAL_EFFECT_STAGE:
      g_string_append_printf (self->transcript, " <%s>", effect->text);
      break;

    case WEFT_PROPOSAL_EFFECT_COUNT:
      g_string_append_printf (self->transcript, " +%s", effect->counter);
      break;

    case WEFT_PROPOSAL_EFFECT_DONE:
      self->is_done = TRUE;
      break;

    default:
      g_assert_not_reached ();
    }
  g_string_append_c (self->transcript, ';');
}

static void
step (Proposal          *self,
      WeftProposalEvent *event,
      const char        *word,
      int                number)
{
  g_auto (WeftProposalEffects) effects = { 0 };
  gboolean was_send = FALSE;

  event->now_usec = self->now_msec * 1000;
  event->real_msec = self->real_msec + self->now_msec;
  event->chance = self->chance;
  weft_proposal_effects_init (&effects);
  weft_proposal_machine_step (self->machine, event, &effects);

  g_string_append_printf (self->transcript, "%s", word);
  if (number >= 0)
    g_string_append_printf (self->transcript, " %d", number);
  g_string_append_c (self->transcript, ':');
  for (guint i = 0; i < effects.items->len; i++)
    {
      WeftProposalEffect *effect = &g_array_index (effects.items, WeftProposalEffect, i);
      gboolean is_send = effect->type == WEFT_PROPOSAL_EFFECT_SEND;

      if (was_send && !is_send)
        g_string_append_c (self->transcript, ';');
      take_effect (self, effect, !was_send);
      was_send = is_send;
    }
  if (was_send)
    g_string_append_c (self->transcript, ';');
  g_string_append_c (self->transcript, '\n');

  self->deadline_msec = effects.deadline_usec == G_MAXINT64
                            ? G_MAXINT64 : (effects.deadline_usec + 999) / 1000;
  g_assert_cmpuint (self->n_results, <=, 1);
  g_assert_true (!self->is_done || self->n_results == 1);
  g_assert_true (self->is_done == (self->deadline_msec == G_MAXINT64));
}

void
proposal_start (Proposal *self)
{
  step (self, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_START }, "start", -1);
}

void
proposal_abandon (Proposal *self)
{
  step (self, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_ABANDON }, "abandon", -1);
}

void
proposal_wake (Proposal *self,
               gint64    until_msec)
{
  g_autofree char *word = NULL;

  g_assert_cmpint (self->deadline_msec, <, G_MAXINT64);
  self->now_msec = MAX (self->now_msec, MIN (self->deadline_msec, until_msec));
  word = g_strdup_printf ("%" G_GINT64_FORMAT, self->now_msec);
  step (self, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_TIMEOUT }, word, -1);
}

ProposalRequest *
proposal_find (Proposal *self,
               guint     number)
{
  for (guint i = self->requests->len; i > 0; i--)
    {
      ProposalRequest *request = g_ptr_array_index (self->requests, i - 1);

      if (request->number == number)
        return request;
    }

  return NULL;
}

void
proposal_answer (Proposal          *self,
                 guint              number,
                 WeftClusterAnswer *answer)
{
  ProposalRequest *request = proposal_find (self, number);
  g_autoptr (WeftClusterAnswer) owned = answer;
  WeftProposalEvent event = {
    .type = WEFT_PROPOSAL_EVENT_ANSWER,
    .peer_id = fixture_peer_id (number),
    .answer = answer,
  };

  g_assert_nonnull (request);
  event.request_id = request->request_id;
  g_ptr_array_remove (self->requests, request);
  step (self, &event, "answer", number);
}

static gboolean
is_asked_to_lock (WeftClusterRecord *record)
{
  return weft_cluster_record_get_n_promises (record) >=
         weft_cluster_record_get_promises_needed (record);
}

void
proposal_vote (Proposal *self,
               guint     number,
               WeftVote *vote)
{
  WeftClusterRecord *record
      = weft_cluster_request_get_record (proposal_find (self, number)->request);
  gboolean is_lock = is_asked_to_lock (record);
  g_autoptr (WeftVote) owned = vote;
  g_autoptr (WeftVote) vote_signed
      = fixture_sign_vote (number, is_lock ? WEFT_PURPOSE_COMMIT : WEFT_PURPOSE_PROMISE, record,
                           vote);

  proposal_answer (self, number,
                   weft_cluster_answer_new_vote (is_lock ? WEFT_CLUSTER_ANSWER_COMMIT
                                                         : WEFT_CLUSTER_ANSWER_PROMISE,
                                                 vote_signed));
}

void
proposal_approve (Proposal *self,
                  guint     number)
{
  WeftClusterRequest *request;
  WeftClusterRecord *record;

  g_assert_nonnull (proposal_find (self, number));
  request = proposal_find (self, number)->request;
  if (weft_cluster_request_get_kind (request) == WEFT_CLUSTER_PREPARE)
    {
      proposal_prepared (self, number, NULL);
      return;
    }

  record = weft_cluster_request_get_record (request);
  if (weft_cluster_record_get_n_commits (record) >= weft_cluster_record_get_commits_needed (record))
    proposal_answer (self, number, weft_cluster_answer_new_applied ());
  else
    proposal_vote (self, number, weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL));
}

void
proposal_reject (Proposal   *self,
                 guint       number,
                 const char *reason)
{
  proposal_vote (self, number, weft_vote_new (WEFT_VOTE_REJECT, reason, NULL, NULL, NULL));
}

void
proposal_conflict (Proposal   *self,
                   guint       number,
                   WeftBallot *above)
{
  WeftClusterRequest *request = proposal_find (self, number)->request;
  g_autoptr (WeftBallot) first = weft_ballot_new_first ();
  g_autoptr (WeftClusterRecord) other = fixture_record ("other", "b", 0, 3);

  if (above == NULL)
    above = first;
  if (weft_cluster_request_get_kind (request) == WEFT_CLUSTER_PREPARE)
    proposal_answer (self, number, weft_cluster_answer_new_conflict (above));
  else
    proposal_vote (self, number,
                   weft_vote_new (WEFT_VOTE_CONFLICT, NULL,
                                  weft_cluster_record_get_message_hash (other), above, NULL));
}

void
proposal_prepared (Proposal          *self,
                   guint              number,
                   WeftClusterRecord *lock)
{
  WeftPrepare *prepare
      = weft_cluster_request_get_prepare (proposal_find (self, number)->request);
  GPtrArray *slots = weft_prepare_get_slots (prepare);
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
  g_autoptr (WeftPrepared) plain = NULL;
  g_autoptr (WeftPrepared) prepared = NULL;
  g_autoptr (WeftSignature) signature = NULL;
  g_autoptr (GBytes) text = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      gboolean is_locked = lock != NULL && weft_cluster_record_has_slot (lock, slot);

      g_ptr_array_add (states,
                       weft_slot_state_new (
                           slot, is_locked ? weft_cluster_record_get_ballot (lock) : NULL,
                           is_locked ? weft_cluster_record_get_message_hash (lock) : NULL,
                           is_locked ? lock : NULL));
    }
  plain = weft_prepared_new (weft_prepare_get_membership (prepare),
                             weft_prepare_get_ballot (prepare), states);
  text = weft_prepared_text_new (FIXTURE_NETWORK, plain);
  signature = fixture_sign (number, text);
  prepared = weft_prepared_new_signed (plain, signature);
  proposal_answer (self, number, weft_cluster_answer_new_prepared (prepared));
}

void
proposal_decided (Proposal          *self,
                  guint              number,
                  WeftClusterRecord *certificate)
{
  proposal_answer (self, number, weft_cluster_answer_new_decided (certificate));
}

void
proposal_fail (Proposal  *self,
               guint      number,
               WeftError  code,
               gboolean   was_sent)
{
  ProposalRequest *request = proposal_find (self, number);
  g_autoptr (GError) error = g_error_new (WEFT_ERROR, code, "%s: it failed",
                                          weft_peer_id_get_text (fixture_peer_id (number)));
  WeftProposalEvent event = {
    .type = WEFT_PROPOSAL_EVENT_FAILED,
    .peer_id = fixture_peer_id (number),
    .error = error,
    .was_sent = was_sent,
  };

  g_assert_nonnull (request);
  event.request_id = request->request_id;
  g_ptr_array_remove (self->requests, request);
  step (self, &event, "fail", number);
}
