/* weft-member-call.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-json-string-private.h"
#include "weft-vote-text-private.h"

/* Reasons of a rejection, and under which name each is counted. */
static const struct
{
  const char *reason;
  const char *counter;
  gboolean is_passing;
} reasons[] = {
  { "behind", "member/reject/behind", TRUE },
  { "busy", "member/reject/busy", TRUE },
  { "expired", "member/reject/expired" },
  { "expires-late", "member/reject/expires-late" },
  { "held", "member/reject/held" },
  { "invalid", "member/reject/invalid" },
  { "not-a-peer", "member/reject/not-a-peer" },
  { "not-admitted", "member/reject/not-admitted" },
  { "not-pending", "member/reject/not-pending", TRUE },
  { "policy", "member/reject/policy" },
  { "stale", "member/reject/stale" },
  { "storage", "member/reject/storage", TRUE },
  { "target", "member/reject/target", TRUE },
  { "unjustified", "member/reject/unjustified" },
  { "unsettled", "member/reject/unsettled", TRUE },
  { "validator", "member/reject/validator" },
};

void
weft_member_count (WeftMemberMachine *self,
                   const char        *counter)
{
  weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_COUNT)->counter = counter;
}

/* Counts it; what asking again can help with is merely unavailable. */
static WeftError
count_rejection (WeftMemberMachine *self,
                 const char        *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reasons[i].reason, reason))
      {
        weft_member_count (self, reasons[i].counter);
        return reasons[i].is_passing ? WEFT_ERROR_UNAVAILABLE : WEFT_ERROR_REFUSED;
      }

  g_assert_not_reached ();
}

void
weft_member_call_free (WeftMemberCall *call)
{
  weft_deadline_clear (&call->deadline);
  g_clear_pointer (&call->peer_id, weft_peer_id_unref);
  g_clear_pointer (&call->request, weft_cluster_request_unref);
  g_free (call->block_id);
  g_free (call);
}

void
weft_member_flight_free (WeftMemberFlight *flight)
{
  g_clear_pointer (&flight->applied, weft_cluster_record_unref);
  g_clear_pointer (&flight->slots, g_ptr_array_unref);
  g_clear_pointer (&flight->answers, g_array_unref);
  g_free (flight);
}

WeftMemberCall *
weft_member_find_call (WeftMemberMachine *self,
                       guint64            token)
{
  return g_tree_lookup (self->calls, &(gint64) { token });
}

static void
emit (WeftMemberMachine *self,
      WeftMemberEffect  *answer)
{
  WeftMemberEffect *effect = weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_ANSWER);

  effect->token = answer->token;
  effect->answer = g_steal_pointer (&answer->answer);
  effect->text_to_sign = g_steal_pointer (&answer->text_to_sign);
}

void
weft_member_answer (WeftMemberMachine *self,
                    WeftMemberCall    *call,
                    WeftClusterAnswer *answer,
                    GBytes            *text_to_sign,
                    guint64            after_id)
{
  WeftMemberEffect effect = {
    .type = WEFT_MEMBER_EFFECT_ANSWER,
    .token = call->token,
    .answer = answer,
    .text_to_sign = text_to_sign,
  };
  WeftMemberFlight *flight;

  g_assert (answer != NULL);
  g_assert (call->place == WEFT_MEMBER_PLACE_NEW);

  weft_member_stop_waiting (self, call);
  if (after_id == 0 || WEFT_BUG (SENT_BEFORE_SYNC))
    {
      emit (self, &effect);
      g_tree_remove (self->calls, &call->deadline.id);
      return;
    }

  flight = g_tree_lookup (self->flights, &(gint64) { after_id });
  g_assert (flight != NULL);
  call->place = WEFT_MEMBER_PLACE_FLIGHT;
  g_array_append_val (flight->answers, effect);
}

void
weft_member_answer_vote (WeftMemberMachine *self,
                         WeftMemberCall    *call,
                         WeftPurpose        purpose,
                         WeftVote          *vote,
                         guint64            after_id)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  WeftClusterAnswerKind kind = purpose == WEFT_PURPOSE_PROMISE ? WEFT_CLUSTER_ANSWER_PROMISE
                                                               : WEFT_CLUSTER_ANSWER_COMMIT;

  weft_member_answer (self, call, weft_cluster_answer_new_vote (kind, vote),
                      weft_vote_text_new (purpose, self->verify.network, record, vote), after_id);
}

char *
weft_member_quote (const char *text)
{
  GString *quoted = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  weft_json_append_string (quoted, valid);

  return g_string_free (quoted, FALSE);
}

/* A rejection binds to nothing, so it waits for nothing. */
void
weft_member_reject (WeftMemberMachine *self,
                    WeftMemberCall    *call,
                    const char        *reason,
                    char              *detail)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  g_autofree char *owned_detail = detail;
  g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_REJECT, reason, NULL, NULL, detail);
  WeftError code;

  code = count_rejection (self, reason);
  if (record == NULL)
    {
      weft_member_answer_error (self, call, code, reason);
      return;
    }
  switch (weft_member_get_phase (record))
    {
    case WEFT_MEMBER_PHASE_VOTE:
      weft_member_answer_vote (self, call, WEFT_PURPOSE_PROMISE, vote, 0);
      break;

    case WEFT_MEMBER_PHASE_LOCK:
      weft_member_answer_vote (self, call, WEFT_PURPOSE_COMMIT, vote, 0);
      break;

    case WEFT_MEMBER_PHASE_DECIDED:
      /* Nobody asks for a vote any more. */
      weft_member_answer_error (self, call, code, reason);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
weft_member_answer_error (WeftMemberMachine *self,
                          WeftMemberCall    *call,
                          WeftError          code,
                          const char        *message)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, code, message);

  weft_member_count (self, "member/error");
  weft_member_answer (self, call, weft_cluster_answer_new_error (error), NULL, 0);
}

static void
clear_answer (gpointer data)
{
  weft_member_effect_clear (data);
}

guint64
weft_member_submit (WeftMemberMachine *self,
                    WeftClusterRecord *applied,
                    GPtrArray         *commits,
                    GPtrArray         *slots,
                    GPtrArray         *writes)
{
  WeftMemberFlight *flight = g_new0 (WeftMemberFlight, 1);
  WeftMemberEffect *effect
      = weft_member_effects_add (self->effects, applied != NULL ? WEFT_MEMBER_EFFECT_APPLY
                                                                : WEFT_MEMBER_EFFECT_STORE);

  weft_member_sweep_shared (self, writes);
  flight->id = ++self->last_id;
  flight->applied = applied != NULL ? weft_cluster_record_ref (applied) : NULL;
  flight->slots = g_ptr_array_ref (slots);
  flight->answers = g_array_new (FALSE, FALSE, sizeof (WeftMemberEffect));
  g_array_set_clear_func (flight->answers, clear_answer);
  g_tree_insert (self->flights, &flight->id, flight);
  for (guint i = 0; i < slots->len; i++)
    weft_member_touch (self, g_ptr_array_index (slots, i), flight);

  effect->id = flight->id;
  effect->record = applied != NULL ? weft_cluster_record_ref (applied) : NULL;
  effect->commits = commits != NULL ? g_ptr_array_ref (commits) : NULL;
  effect->writes = g_ptr_array_ref (writes);

  return flight->id;
}

static gboolean
changes (WeftMemberFlight *flight,
         const char       *block_id)
{
  for (guint i = 0; i < flight->slots->len; i++)
    if (g_str_equal (weft_slot_get_block_id (g_ptr_array_index (flight->slots, i)), block_id))
      return TRUE;

  return FALSE;
}

/* What the repo refuses ends before older batches are durable, which may change the same block. */
static void
untouch (WeftMemberMachine *self,
         WeftMemberFlight  *flight,
         WeftSlot          *slot)
{
  const char *block_id = weft_slot_get_block_id (slot);
  WeftMemberFlight *newest = NULL;

  for (GTreeNode *node = g_tree_node_first (self->flights); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftMemberFlight *other = g_tree_node_value (node);

      if (other != flight && changes (other, block_id))
        newest = other;
    }

  if (newest == NULL)
    weft_member_untouch (self, slot);
  else
    weft_member_touch (self, slot, newest);
}

void
weft_member_land (WeftMemberMachine *self,
                  WeftMemberFlight  *flight,
                  const GError      *error)
{
  for (guint i = 0; i < flight->slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (flight->slots, i);

      if (weft_member_get_toucher (self, slot) != flight)
        continue;
      if (error != NULL)
        untouch (self, flight, slot);
      else
        weft_member_untouch (self, slot);
    }

  for (guint i = 0; i < flight->answers->len; i++)
    {
      WeftMemberEffect *answer = &g_array_index (flight->answers, WeftMemberEffect, i);
      WeftMemberCall *call = weft_member_find_call (self, answer->token);

      /* Withdrawn: nobody waits any more. */
      if (call == NULL)
        continue;
      call->place = WEFT_MEMBER_PLACE_NEW;
      if (error != NULL)
        weft_member_answer_error (self, call, WEFT_ERROR_UNAVAILABLE, error->message);
      else
        {
          emit (self, answer);
          g_tree_remove (self->calls, &call->deadline.id);
        }
    }

  g_tree_remove (self->flights, &(gint64) { flight->id });
}

void
weft_member_step_stored (WeftMemberMachine *self)
{
  WeftMemberFlight *flight = g_tree_lookup (self->flights, &(gint64) { self->event->id });

  if (flight != NULL && flight->applied == NULL)
    weft_member_land (self, flight, NULL);
}

/* What was submitted after it failed as well, so that this machine remembers what is not stored. */
void
weft_member_step_failed (WeftMemberMachine *self)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new ();
  GTreeNode *node;

  self->is_failed = TRUE;
  weft_member_count (self, "member/store-failed");
  for (node = g_tree_node_first (self->calls); node != NULL; node = g_tree_node_next (node))
    g_ptr_array_add (calls, g_tree_node_value (node));
  for (guint i = 0; i < calls->len; i++)
    {
      WeftMemberCall *call = g_ptr_array_index (calls, i);

      weft_member_stop_waiting (self, call);
      call->place = WEFT_MEMBER_PLACE_NEW;
      weft_member_answer_error (self, call, WEFT_ERROR_UNAVAILABLE,
                                self->event->error != NULL ? self->event->error->message
                                                           : "the storage failed");
    }
}

void
weft_member_step_withdraw (WeftMemberMachine *self)
{
  WeftMemberCall *call = weft_member_find_call (self, self->event->token);

  if (call == NULL)
    return;

  weft_member_stop_waiting (self, call);
  g_tree_remove (self->calls, &call->deadline.id);
}
