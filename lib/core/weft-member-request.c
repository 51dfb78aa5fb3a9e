/* weft-member-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-limits.h"

WeftMemberPhase
weft_member_get_phase (WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);

  if (weft_repo_message_get_operation (message) != WEFT_REPO_OPERATION_COMMIT)
    return WEFT_MEMBER_PHASE_VOTE;
  if (weft_cluster_record_get_n_commits (record)
      >= weft_cluster_record_get_commits_needed (record)
                   - (WEFT_BUG (APPLIED_EARLY) ? 1u : 0u))
    return WEFT_MEMBER_PHASE_DECIDED;
  if (weft_cluster_record_get_n_promises (record)
      >= weft_cluster_record_get_promises_needed (record))
    return WEFT_MEMBER_PHASE_LOCK;

  return WEFT_MEMBER_PHASE_VOTE;
}

GPtrArray *
weft_member_list_blocks (GPtrArray *slots)
{
  GPtrArray *block_ids = g_ptr_array_sized_new (slots->len);

  for (guint i = 0; i < slots->len; i++)
    g_ptr_array_add (block_ids,
                     (gpointer) weft_slot_get_block_id (g_ptr_array_index (slots, i)));

  return block_ids;
}

static gboolean
is_first_ballot (WeftClusterRecord *record)
{
  return weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0;
}

/* Who came to the cluster later, or was not known to a coordinator, has to keep what the others
 * decided as well. */
static gboolean
is_to_be_kept (WeftMemberMachine *self,
               WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);

  return weft_repo_message_get_operation (message) == WEFT_REPO_OPERATION_COMMIT
         && weft_member_get_phase (record) == WEFT_MEMBER_PHASE_DECIDED
         && weft_member_takes (self, record);
}

/* What is wrong with a record whatever it asks for, or NULL. */
static const char *
find_fault (WeftMemberMachine *self,
            WeftMemberCall    *call,
            WeftClusterRecord *record)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);

  if (!call->is_proven && !weft_cluster_record_has_peer (record, self->peer_id)
      && !is_to_be_kept (self, record))
    return "not-a-peer";
  if (weft_cluster_record_get_super_majority (record) != self->super_majority)
    return "policy";

  switch (weft_repo_message_get_operation (message))
    {
    case WEFT_REPO_OPERATION_PEND:
    case WEFT_REPO_OPERATION_CANCEL:
      return is_first_ballot (record) ? NULL : "invalid";

    case WEFT_REPO_OPERATION_COMMIT:
      return NULL;

    case WEFT_REPO_OPERATION_GET: /* which no record can have */
    case WEFT_REPO_OPERATION_PUT:
    default:
      g_assert_not_reached ();
    }
}

static void
examine_update (WeftMemberMachine *self,
                WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  const char *fault = find_fault (self, call, record);

  if (fault != NULL)
    {
      weft_member_reject (self, call, fault, NULL);
      return;
    }
  if (weft_repo_message_get_operation (message) != WEFT_REPO_OPERATION_COMMIT)
    {
      weft_member_examine_execute (self, call);
      return;
    }

  switch (weft_member_get_phase (record))
    {
    case WEFT_MEMBER_PHASE_VOTE:
      weft_member_examine_vote (self, call);
      break;

    case WEFT_MEMBER_PHASE_LOCK:
      weft_member_examine_lock (self, call);
      break;

    case WEFT_MEMBER_PHASE_DECIDED:
      weft_member_examine_decided (self, call);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
weft_member_examine (WeftMemberMachine *self,
                     WeftMemberCall    *call)
{
  /* The call may be gone before its last words were read. */
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_ref (call->request);

  g_assert (call->place == WEFT_MEMBER_PLACE_NEW);

  switch (weft_cluster_request_get_kind (request))
    {
    case WEFT_CLUSTER_UPDATE:
      examine_update (self, call);
      break;

    case WEFT_CLUSTER_PREPARE:
      weft_member_examine_prepare (self, call);
      break;

    case WEFT_CLUSTER_LATEST:
      weft_member_examine_latest (self, call);
      break;

    case WEFT_CLUSTER_PEND:
      weft_member_examine_pends (self, call);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
weft_member_step_request (WeftMemberMachine *self)
{
  WeftMemberCall *call = g_new0 (WeftMemberCall, 1);

  g_assert (weft_member_find_call (self, self->event->token) == NULL);

  weft_deadline_init (&call->deadline, self->event->token);
  call->token = self->event->token;
  if (self->event->peer_id != NULL)
    call->peer_id = weft_peer_id_ref (self->event->peer_id);
  call->request = weft_cluster_request_ref (self->event->request);
  call->is_proven = self->event->is_proven;
  call->block_id = g_strdup (self->event->block_id);
  call->rev = self->event->rev;
  g_tree_insert (self->calls, &call->deadline.id, call);

  if (self->is_failed)
    weft_member_answer_error (self, call, WEFT_ERROR_UNAVAILABLE, "the storage failed");
  else
    weft_member_examine (self, call);
}
