/* weft-proposal-outcome.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-error-private.h"
#include "weft-limits.h"
#include "weft-proposal-state-private.h"

void
weft_proposal_tell_result (WeftProposalMachine *self,
                           WeftOutcome          outcome,
                           WeftClusterRecord   *record,
                           const char          *detail,
                           GError              *error,
                           WeftProposalEffects *effects)
{
  WeftProposalEffect *effect = weft_proposal_effects_add (effects, WEFT_PROPOSAL_EFFECT_RESULT);

  g_assert (!self->has_result);

  self->has_result = TRUE;
  self->outcome = outcome;
  effect->outcome = outcome;
  effect->record = record != NULL ? weft_cluster_record_ref (record) : NULL;
  effect->detail = g_strdup (detail);
  effect->error = error;
}

static void
describe_vote (GString  *text,
               WeftVote *vote)
{
  const char *reason = weft_vote_get_reason (vote);
  const char *detail = weft_vote_get_detail (vote);
  g_autoptr (WeftTape) tape = NULL;

  if (weft_vote_get_vote_type (vote) == WEFT_VOTE_CONFLICT)
    g_string_append_printf (text, "held by %s", weft_vote_get_with (vote) != NULL
                                                    ? weft_vote_get_with (vote) : "another");
  else
    {
      g_string_append_printf (text, "rejected, %s", reason != NULL ? reason : "without a reason");
      if (detail == NULL || detail[0] != '"')
        return;
      tape = weft_tape_read_own (detail, strlen (detail));
      g_string_append_printf (text, ": %s", weft_tape_get_root (tape)->string);
    }
}

static void
describe_answer (GString           *text,
                 WeftClusterAnswer *answer)
{
  switch (weft_cluster_answer_get_kind (answer))
    {
    case WEFT_CLUSTER_ANSWER_PROMISE:
    case WEFT_CLUSTER_ANSWER_COMMIT:
      if (weft_vote_get_vote_type (weft_cluster_answer_get_vote (answer)) == WEFT_VOTE_APPROVE)
        g_string_append (text, "a vote that does not count");
      else
        describe_vote (text, weft_cluster_answer_get_vote (answer));
      break;

    case WEFT_CLUSTER_ANSWER_CONFLICT:
      g_string_append (text, "prepared a higher ballot");
      break;

    case WEFT_CLUSTER_ANSWER_ERROR:
      g_string_append (text, weft_cluster_answer_get_error (answer)->message);
      break;

    case WEFT_CLUSTER_ANSWER_APPLIED:
    case WEFT_CLUSTER_ANSWER_DECIDED:
    case WEFT_CLUSTER_ANSWER_PREPARED:
    case WEFT_CLUSTER_ANSWER_STATES:
    case WEFT_CLUSTER_ANSWER_PENDED:
    default:
      g_string_append (text, "an answer that does not count");
    }
}

/* Every member that did not approve, with the reason, as far as there is room. */
static void
describe_members (WeftProposalMachine *self,
                  GString             *text)
{
  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);
      const char *name = weft_peer_id_get_text (member->peer_id);

      if (member->verdict == WEFT_PROPOSAL_APPROVED || member->state == WEFT_POLL_NOT_ASKED)
        continue;
      if (text->len > WEFT_LIMIT_ERROR_TEXT_BYTES_MAX)
        {
          g_string_append (text, "; …");
          return;
        }

      g_string_append_printf (text, "; %s: ", name);
      if (member->state == WEFT_POLL_ANSWERED)
        describe_answer (text, member->answer);
      else
        g_string_append (text, member->error != NULL
                                 ? weft_error_skip_name (member->error->message, name)
                                 : "no answer yet");
    }
}

void
weft_proposal_tell_refusal (WeftProposalMachine *self,
                            WeftProposalEffects *effects)
{
  guint needed = weft_cluster_record_get_promises_needed (self->driven);
  guint size = weft_poll_get_size (&self->poll);
  guint n_stale = weft_poll_count (&self->poll, WEFT_PROPOSAL_STALE);
  guint n_rejected = n_stale + weft_poll_count (&self->poll, WEFT_PROPOSAL_REJECTED);
  gboolean is_refused = n_rejected > size - needed;
  g_autoptr (GString) text = NULL;

  if (n_stale > 0)
    {
      g_autofree char *detail = weft_proposal_merge_stale (self);

      weft_proposal_tell_result (self, WEFT_OUTCOME_STALE, NULL, detail, NULL, effects);
      return;
    }

  text = g_string_new (NULL);
  g_string_append_printf (text, "%u of %u promises needed",
                          weft_poll_count (&self->poll, WEFT_PROPOSAL_APPROVED), needed);
  describe_members (self, text);
  weft_proposal_tell_result (self,
                             is_refused ? WEFT_OUTCOME_REFUSED : WEFT_OUTCOME_UNAVAILABLE, NULL,
                             NULL,
                             g_error_new_literal (WEFT_ERROR,
                                                  is_refused ? WEFT_ERROR_REFUSED
                                                             : WEFT_ERROR_UNAVAILABLE,
                                                  text->str),
                             effects);
}

void
weft_proposal_tell_doubt (WeftProposalMachine *self,
                          const char          *reason,
                          WeftProposalEffects *effects)
{
  g_autoptr (GString) text = g_string_new (reason);

  describe_members (self, text);
  weft_proposal_tell_result (self,
                             self->may_be_decided ? WEFT_OUTCOME_INDETERMINATE
                                                  : WEFT_OUTCOME_UNAVAILABLE,
                             NULL, NULL,
                             g_error_new_literal (WEFT_ERROR,
                                                  self->may_be_decided ? WEFT_ERROR_INDETERMINATE
                                                                       : WEFT_ERROR_UNAVAILABLE,
                                                  text->str),
                             effects);
}

void
weft_proposal_finish (WeftProposalMachine *self,
                      WeftProposalEffects *effects)
{
  g_assert (self->has_result);

  weft_proposal_enter (self, WEFT_PROPOSAL_DONE, effects);
  weft_proposal_effects_add (effects, WEFT_PROPOSAL_EFFECT_DONE);
}
