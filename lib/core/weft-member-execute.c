/* weft-member-execute.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include <string.h>

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-repo-message-private.h"

/* Pends and cancels claim no slot: the repo carries them out, and the promise says that it did. */

static WeftRepoMessage *
get_message (WeftMemberCall *call)
{
  return weft_cluster_record_get_message (weft_cluster_request_get_record (call->request));
}

/* Whether a commit of what is to be cancelled may still be decided. */
static gboolean
is_held (WeftMemberMachine *self,
         WeftActionBlocks  *action)
{
  const char *const *block_ids = weft_action_blocks_get_block_ids (action);

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (weft_member_machine_holds (self, block_ids[i], weft_action_blocks_get_action_id (action)))
      return TRUE;

  return FALSE;
}

static const char *
find_fault (WeftMemberMachine *self,
            WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  WeftRepoMessage *message = get_message (call);
  gint64 expiration = weft_cluster_record_get_expiration (record);

  if (expiration != 0 && expiration <= self->event->real_msec)
    return "expired";
  if (expiration - self->event->real_msec > WEFT_LIMIT_EXPIRATION_MSEC_MAX)
    return "expires-late";
  if (weft_repo_message_get_operation (message) == WEFT_REPO_OPERATION_CANCEL
      && is_held (self, weft_repo_message_get_cancel (message)))
    return "held";

  return NULL;
}

/* The block is kept by others than these, as this node has it: it may be behind, or whoever asks.
 * Returns whether that is known to be so for the latter. */
static gboolean
is_stale_for (WeftRepoMessage *message,
              const char      *block_id,
              gint64           latest)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  gint64 base = pend != NULL ? weft_pend_request_get_base (pend, block_id) : -1;

  return base >= 0 && base < latest;
}

/* Answers where these peers do not keep the blocks, or waits until that is known; else returns
 * TRUE. A pend claims no slot, so that it says by itself only what it was made for. */
static gboolean
judge_peers (WeftMemberMachine *self,
             WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  WeftRepoMessage *message = get_message (call);
  g_auto (GStrv) block_ids = weft_repo_message_get_block_ids (message);
  g_autoptr (GPtrArray) by_view = g_ptr_array_new ();
  g_autoptr (GPtrArray) next = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_unref);
  g_autoptr (GArray) needs = g_array_new (FALSE, FALSE, sizeof (WeftMemberNeed));

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gint64 latest = self->facts.read_latest (self->facts.data, block_ids[i], NULL);
      WeftMemberRight right = weft_member_find_right (
          self, block_ids[i], weft_cluster_record_get_membership (record));
      WeftMemberNeed need = { .lack = WEFT_MEMBER_LACK_BASE };

      if (right == WEFT_MEMBER_RIGHT_BY_VIEW)
        g_ptr_array_add (by_view, block_ids[i]);
      if (right != WEFT_MEMBER_RIGHT_NONE)
        continue;
      if (is_stale_for (message, block_ids[i], latest))
        {
          weft_member_reject (self, call, "stale", weft_member_build_stale (block_ids[i], latest));
          return FALSE;
        }
      need.slot = weft_slot_new (block_ids[i], latest + 1);
      g_ptr_array_add (next, need.slot);
      g_array_append_val (needs, need);
    }

  if (!weft_member_sees (self, weft_cluster_record_get_peers (record), by_view)
      || (needs->len > 0 && !weft_member_wait (self, call, needs)))
    weft_member_reject (self, call, "not-admitted", NULL);
  else if (needs->len == 0)
    return TRUE;

  return FALSE;
}

gboolean
weft_member_is_cancelling (WeftMemberMachine *self,
                           WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);

  for (GTreeNode *node = g_tree_node_first (self->cancels); node != NULL;
       node = g_tree_node_next (node))
    for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
      if (g_str_equal (g_tree_node_value (node),
                       weft_commit_request_get_action_id (
                           weft_repo_message_get_commit_at (message, i))))
        return TRUE;

  return FALSE;
}

void
weft_member_examine_execute (WeftMemberMachine *self,
                             WeftMemberCall    *call)
{
  WeftRepoMessage *message = get_message (call);
  const char *fault = find_fault (self, call);
  g_autofree char *objection = NULL;
  WeftMemberEffect *effect;

  if (fault != NULL)
    {
      weft_member_reject (self, call, fault, NULL);
      return;
    }
  if (!judge_peers (self, call))
    return;
  if (self->facts.validate != NULL)
    objection = self->facts.validate (self->facts.data, message);
  if (objection != NULL)
    {
      weft_member_reject (self, call, "validator", weft_member_quote (objection));
      return;
    }

  if (weft_repo_message_get_operation (message) == WEFT_REPO_OPERATION_CANCEL)
    {
      WeftActionBlocks *action = weft_repo_message_get_cancel (message);

      g_tree_insert (self->cancels, g_memdup2 (&call->token, sizeof call->token),
                     g_strdup (weft_action_blocks_get_action_id (action)));
    }
  weft_member_stop_waiting (self, call);
  call->place = WEFT_MEMBER_PLACE_EXECUTE;
  effect = weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_EXECUTE);
  effect->token = call->token;
  effect->record = weft_cluster_record_ref (weft_cluster_request_get_record (call->request));
}

static const char *
get_reason (const GError *error)
{
  if (error->domain != WEFT_ERROR)
    return "storage";

  switch ((WeftError) error->code)
    {
    case WEFT_ERROR_INVALID:
    case WEFT_ERROR_TOO_LARGE:
    case WEFT_ERROR_NOT_FOUND:
    case WEFT_ERROR_EXISTS:
    case WEFT_ERROR_REFUSED:
    case WEFT_ERROR_PROTOCOL:
      return "invalid";

    case WEFT_ERROR_MISSING_BASE:
      return "behind";

    case WEFT_ERROR_FAILED:
    case WEFT_ERROR_UNAVAILABLE:
    case WEFT_ERROR_TIMED_OUT:
    case WEFT_ERROR_INDETERMINATE:
    case WEFT_ERROR_CORRUPT:
    case WEFT_ERROR_CLOSED:
    case WEFT_ERROR_EXHAUSTED:
      return "storage";

    default:
      return "storage";
    }
}

static gboolean
is_failure (const char *text)
{
  g_autoptr (WeftTape) tape = weft_tape_read_own (text, strlen (text));
  const WeftItem *root = weft_tape_get_root (tape);
  const WeftItem *success
      = root->kind == WEFT_ITEM_OBJECT ? weft_item_find (root, "success") : NULL;

  return success != NULL && success->kind == WEFT_ITEM_BOOLEAN && !success->boolean;
}

/* Answers where the repo did not do what it was told to. */
static gboolean
answer_failure (WeftMemberMachine *self,
                WeftMemberCall    *call)
{
  const char *text = self->event->text;

  if (self->event->error != NULL)
    weft_member_reject (self, call, get_reason (self->event->error),
                        weft_member_quote (self->event->error->message));
  else if (text != NULL && is_failure (text))
    weft_member_reject (self, call, "stale", g_strdup (text));
  else
    return FALSE;

  return TRUE;
}

void
weft_member_step_executed (WeftMemberMachine *self)
{
  WeftMemberCall *call = weft_member_find_call (self, self->event->token);
  g_autoptr (WeftVote) vote = NULL;

  g_tree_remove (self->cancels, &(gint64) { self->event->token });
  if (call == NULL || call->place != WEFT_MEMBER_PLACE_EXECUTE)
    return;

  call->place = WEFT_MEMBER_PLACE_NEW;
  if (answer_failure (self, call))
    return;

  vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, self->event->text);
  weft_member_count (self, "member/promise");
  weft_member_answer_vote (self, call, WEFT_PURPOSE_PROMISE, vote, 0);
}

/* What came along is pending here by now, or not. It is durable before the vote on it, as batches
 * are in order. */
void
weft_member_step_pended (WeftMemberMachine *self)
{
  WeftMemberCall *call = weft_member_find_call (self, self->event->token);

  if (call == NULL || call->place != WEFT_MEMBER_PLACE_PEND)
    return;

  call->place = WEFT_MEMBER_PLACE_NEW;
  /* Where it is pending with another content than is meant, others are asked, who show which. */
  if (g_error_matches (self->event->error, WEFT_ERROR, WEFT_ERROR_EXISTS)
      || !answer_failure (self, call))
    weft_member_examine (self, call);
}
