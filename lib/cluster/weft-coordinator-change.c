/* weft-coordinator-change.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Pend, cancel and, with weft-coordinator-commit.c and weft-coordinator-put.c, commit and put: what
 * the caller left out is filled in, the cluster decides, and what it decided is told in the words
 * of a repo. */

#include "config.h"

#include <string.h>

#include "weft-coordinator-group-private.h"
#include "weft-coordinator-pends-private.h"
#include "weft-coordinator-rivals-private.h"
#include "weft-coordinator-turns-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"
#include "weft-pend-request-private.h"

/* A pend that does not name its bases is made against what is the latest; when that moves on while
 * members are asked, it is made again, so often. */
#define REFILLS_MAX 4

static void
change_free (WeftChange *change)
{
  weft_coordinator_turns_note_end (change->request->repo->turns, change);
  g_clear_pointer (&change->message, weft_repo_message_unref);
  g_clear_pointer (&change->pend, weft_pend_request_unref);
  g_clear_pointer (&change->peers, g_ptr_array_unref);
  g_free (change->bases);
  g_free (change);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftChange, change_free)

static WeftRepoOperation
get_operation (WeftChange *change)
{
  return weft_repo_message_get_operation (change->request->message);
}

void
weft_change_answer (WeftChange    *change,
                    WeftRepoReply *reply)
{
  weft_coordinator_request_answer (change->request, reply);
  change_free (change);
}

/* What may be decided in a group is not refused: its caller could take it for not done. */
static GError *
add_doubt (GError *error)
{
  g_autoptr(GError) reason = error;

  if (g_error_matches (reason, WEFT_ERROR, WEFT_ERROR_INDETERMINATE))
    return g_steal_pointer (&reason);

  return g_error_new (WEFT_ERROR, WEFT_ERROR_INDETERMINATE,
                      "it may be decided in spite of this: %s", reason->message);
}

void
weft_change_fail (WeftChange *change,
                  GError     *error)
{
  weft_coordinator_request_fail (change->request,
                                 change->is_in_doubt ? add_doubt (error) : error);
  change_free (change);
}

static WeftRepoReply *
make_stale_reply (WeftChange       *change,
                  WeftStaleFailure *failure)
{
  g_autoptr(WeftCommitResult) committed = NULL;
  g_autoptr(WeftPendResult) pended = NULL;

  if (get_operation (change) == WEFT_REPO_OPERATION_PEND)
    {
      pended = weft_pend_result_new_stale (failure);
      return weft_repo_reply_new_pend (pended);
    }

  committed = weft_commit_result_new_stale (failure);
  return get_operation (change) == WEFT_REPO_OPERATION_PUT
           ? weft_repo_reply_new_put (committed) : weft_repo_reply_new_commit (committed);
}

/* Takes the bases that a pend leaves open from our own store; whether there were none. */
static gboolean
fill_bases (WeftChange *change)
{
  WeftPendRequest *pend = weft_change_get_pend (change);
  char **block_ids = change->request->block_ids;
  gboolean is_full = TRUE;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      change->bases[i] = weft_pend_request_get_base (pend, block_ids[i]);
      if (change->bases[i] != WEFT_BASE_UNKNOWN)
        continue;
      is_full = FALSE;
      change->bases[i] = weft_change_needs_latest (pend, block_ids[i])
                           ? weft_change_read_latest (change->request->repo, block_ids[i]) : 0;
    }

  return is_full;
}

/* TRUE when a pend or a put begins once more, against what has become the latest since. */
static gboolean
refill (WeftChange *change)
{
  guint n_blocks = g_strv_length (change->request->block_ids);
  g_autofree gint64 *before = NULL;

  if (get_operation (change) == WEFT_REPO_OPERATION_PUT)
    return weft_change_refill_put (change);
  if (get_operation (change) != WEFT_REPO_OPERATION_PEND || change->n_refills == REFILLS_MAX)
    return FALSE;

  before = g_memdup2 (change->bases, n_blocks * sizeof (gint64));
  fill_bases (change);
  if (memcmp (before, change->bases, n_blocks * sizeof (gint64)) == 0)
    return FALSE;

  change->n_refills++;
  g_clear_pointer (&change->message, weft_repo_message_unref);
  weft_cluster_parts_count (change->request->repo->parts, "pends-refilled");
  weft_change_begin (change);

  return TRUE;
}

/* Our own store knows best what was missed, with full transforms, once it has what was decided;
 * else it is what the members said. */
void
weft_change_answer_stale (WeftChange *change,
                          const char *detail)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(WeftTape) tape = detail != NULL ? weft_tape_read_own (detail, strlen (detail)) : NULL;
  g_autoptr(WeftStaleFailure) told
      = tape != NULL ? weft_stale_failure_read (weft_tape_get_root (tape), NULL, NULL) : NULL;
  g_autoptr(WeftStaleFailure) ours = NULL;
  g_autoptr(WeftStaleFailure) rivals = NULL;
  WeftStaleFailure *failure;
  GError *error = NULL;

  if (get_operation (change) == WEFT_REPO_OPERATION_CANCEL)
    {
      weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_REFUSED,
                                         "the action was committed, it cannot be cancelled"));
      return;
    }

  weft_coordinator_turns_note_stale (request->repo->turns, change);
  if (refill (change))
    return;
  /* Its slot is filled, but it may be in another one. */
  if (change->is_in_doubt && get_operation (change) == WEFT_REPO_OPERATION_PUT
      && weft_change_has_open_base (change))
    {
      weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INDETERMINATE,
                                         "somebody else came first, and it may be decided in "
                                         "spite of that"));
      return;
    }

  ours = weft_storage_repo_make_stale (request->repo->storage_repo,
                                       (const char * const *) request->block_ids, change->bases,
                                       &error);
  if (ours == NULL)
    {
      weft_change_fail (change, error);
      return;
    }

  failure = ours;
  if (told != NULL && weft_stale_failure_get_missing (ours)->len == 0)
    failure = told;
  if (weft_stale_failure_get_missing (failure)->len == 0
      && weft_stale_failure_get_pending (failure)->len > 0)
    failure = rivals
        = weft_stale_failure_new ("other actions are pending", NULL,
                                  weft_stale_failure_get_pending (failure), NULL, 0, FALSE);
  weft_change_answer (change, make_stale_reply (change, failure));
}

WeftRepoReply *
weft_change_make_reply (WeftChange *change,
                        const char *detail)
{
  g_autoptr(WeftTape) tape = NULL;
  g_autoptr(WeftCommitResult) committed = NULL;
  g_autoptr(WeftPendResult) pended = NULL;
  WeftRepoReply *reply;

  switch (get_operation (change))
    {
    case WEFT_REPO_OPERATION_PEND:
      /* What our own member told is the most that is known. */
      tape = detail != NULL ? weft_tape_read_own (detail, strlen (detail)) : NULL;
      reply = tape != NULL
                ? weft_repo_reply_read (weft_tape_get_root (tape), WEFT_REPO_OPERATION_PEND, NULL)
                : NULL;
      if (reply != NULL)
        return reply;
      pended = weft_pend_result_new (NULL, (const char * const *) change->request->block_ids);
      return weft_repo_reply_new_pend (pended);

    case WEFT_REPO_OPERATION_CANCEL:
      return weft_repo_reply_new_cancel ();

    case WEFT_REPO_OPERATION_COMMIT:
      committed = weft_commit_result_new ();
      return weft_repo_reply_new_commit (committed);

    case WEFT_REPO_OPERATION_PUT:
      committed = weft_commit_result_new_at (change->rev);
      return weft_repo_reply_new_put (committed);

    case WEFT_REPO_OPERATION_GET:
    default:
      g_assert_not_reached ();
    }
}

/* What was committed a moment ago is the latest. */
static void
confirm (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftRepoOperation operation = get_operation (change);

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    if (operation == WEFT_REPO_OPERATION_COMMIT || operation == WEFT_REPO_OPERATION_PUT)
      weft_coordinator_confirm (request->repo, request->block_ids[i]);
}

void
weft_change_conclude (WeftChange               *change,
                      const WeftProposalEffect *result)
{
  switch (result->outcome)
    {
    case WEFT_OUTCOME_DECIDED:
      confirm (change);
      change->is_pended = get_operation (change) == WEFT_REPO_OPERATION_PEND;
      change->is_stale = FALSE;
      weft_change_answer (change, weft_change_make_reply (change, result->detail));
      break;

    case WEFT_OUTCOME_STALE:
      weft_coordinator_rivals_note_lost (change->request->repo->rivals, change);
      weft_coordinator_turns_note_lost (change->request->repo->turns, change);
      weft_change_answer_stale (change, result->detail);
      break;

    case WEFT_OUTCOME_REFUSED:
    case WEFT_OUTCOME_UNAVAILABLE:
    case WEFT_OUTCOME_INDETERMINATE:
      weft_change_fail (change, g_error_copy (result->error));
      break;

    case WEFT_OUTCOME_FREE:
    default:
      g_assert_not_reached ();
    }
}

void
weft_change_conclude_pended (WeftChange     *change,
                             WeftPendResult *result)
{
  g_autoptr(WeftPendResult) pended
      = weft_pend_result_new (weft_pend_result_get_pending (result),
                              (const char * const *) change->request->block_ids);

  change->is_pended = TRUE;
  change->is_stale = FALSE;
  weft_change_answer (change, weft_repo_reply_new_pend (pended));
}

gboolean
weft_change_is_apart (WeftChange *change,
                      WeftChange *other)
{
  char **block_ids = change->request->block_ids;

  if (g_str_equal (weft_change_get_action_id (change), weft_change_get_action_id (other)))
    return FALSE;

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (g_strv_contains ((const char * const *) other->request->block_ids, block_ids[i]))
      return FALSE;

  return TRUE;
}

static void
result_cb (const WeftProposalEffect *result,
           gpointer                  user_data)
{
  weft_change_conclude (user_data, result);
}

void
weft_change_propose_alone (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(WeftClusterRecord) record = NULL;
  g_autoptr(GPtrArray) pends = NULL;
  GError *error = NULL;

  if (request->repo->is_closed)
    {
      weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                         "this node has left its clusters"));
      return;
    }

  record = weft_cluster_record_new_among (change->message, change->peers,
                                          request->repo->parts->super_majority,
                                          &request->repo->deciders, &error);
  if (record == NULL)
    {
      weft_change_fail (change, error);
      return;
    }

  if (change->pend != NULL)
    {
      pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
      g_ptr_array_add (pends, weft_pend_request_ref (change->pend));
    }
  weft_proposal_drive_start (request->repo, record,
                             change->is_in_doubt ? WEFT_PROPOSAL_IN_DOUBT : WEFT_PROPOSAL_FRESH,
                             pends, request->deadline_usec, result_cb, change);
}

void
weft_change_propose (WeftChange *change)
{
  if (!weft_coordinator_groups_add (change->request->repo->groups, change))
    weft_change_propose_alone (change);
}

gint64
weft_change_read_latest (WeftCoordinatorRepo *repo,
                         const char          *block_id)
{
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (repo->parts->storage, block_id, NULL);

  return metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
}

WeftPendRequest *
weft_change_get_pend (WeftChange *change)
{
  WeftRepoMessage *message = change->request->message;

  return get_operation (change) == WEFT_REPO_OPERATION_PUT ? weft_repo_message_get_put (message)
                                                           : weft_repo_message_get_pend (message);
}

const char *
weft_change_get_action_id (WeftChange *change)
{
  WeftRepoMessage *message = change->request->message;

  switch (weft_repo_message_get_operation (message))
    {
    case WEFT_REPO_OPERATION_PEND:
      return weft_pend_request_get_action_id (weft_repo_message_get_pend (message));

    case WEFT_REPO_OPERATION_PUT:
      return weft_pend_request_get_action_id (weft_repo_message_get_put (message));

    case WEFT_REPO_OPERATION_COMMIT:
      return weft_commit_request_get_action_id (weft_repo_message_get_commit (message));

    case WEFT_REPO_OPERATION_CANCEL:
      return weft_action_blocks_get_action_id (weft_repo_message_get_cancel (message));

    case WEFT_REPO_OPERATION_GET:
    default:
      g_assert_not_reached ();
    }
}

/* Writers that begin again keep what their action ids begin with. */
char *
weft_change_make_family (WeftChange *change)
{
  const char *action_id = weft_change_get_action_id (change);
  const char *end = strrchr (action_id, '~');

  return end != NULL ? g_strndup (action_id, end - action_id) : g_strdup (action_id);
}

/* An insert that does not say otherwise is of a block that was never there. */
gboolean
weft_change_needs_latest (WeftPendRequest *pend,
                          const char      *block_id)
{
  g_autoptr(WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (pend), block_id);

  return weft_pend_request_get_base (pend, block_id) == WEFT_BASE_UNKNOWN
         && (weft_transform_get_insert (transform) == NULL
             || weft_pend_request_get_rev (pend) > 0);
}

/* The message with the bases in it: what every member stores has to be the same. */
static WeftRepoMessage *
fill_pend (WeftChange *change)
{
  WeftRepoMessage *message = change->request->message;
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  gint64 expiration_msec = weft_repo_message_get_expiration (message);
  g_autoptr(WeftPendRequest) filled = NULL;

  if (fill_bases (change))
    return weft_repo_message_new_pend (pend, expiration_msec);

  filled = weft_pend_request_with_bases (pend, (const char * const *) change->request->block_ids,
                                         change->bases);
  return weft_repo_message_new_pend (filled, expiration_msec);
}

static gboolean
is_late (WeftChange *change)
{
  char **block_ids = change->request->block_ids;

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (change->bases[i] < weft_change_read_latest (change->request->repo, block_ids[i]))
      return TRUE;

  return FALSE;
}

/* Of an action that was committed, a pend is no change any more. */
static gboolean
is_committed (WeftChange *change)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (change->message);
  g_autoptr(WeftPending) committed
      = weft_storage_read_action (change->request->repo->parts->storage,
                                  change->request->block_ids[0],
                                  weft_pend_request_get_action_id (pend), NULL);

  return committed != NULL;
}

/* What our own store knows to be wrong needs not be asked of others. */
void
weft_change_propose_pend (WeftChange *change)
{
  GError *error = NULL;

  if (weft_storage_repo_check_pend (change->request->repo->storage_repo, change->message, &error))
    weft_change_propose (change);
  else
    weft_change_fail (change, error);
}

/* What our own member has against it is heard with what the others have. */
static void
ask_pend (WeftChange *change)
{
  if (!weft_coordinator_pends_add (change->request->repo->pends, change))
    weft_change_propose_pend (change);
}

void
weft_change_resume (WeftChange *change)
{
  /* By now others may keep the blocks. */
  if (get_operation (change) == WEFT_REPO_OPERATION_PUT)
    weft_change_begin (change);
  else if (is_late (change) && !is_committed (change))
    weft_change_answer_stale (change, NULL);
  else
    ask_pend (change);
}

static void
begin_pend (WeftChange *change)
{
  change->message = fill_pend (change);
  if (!weft_coordinator_turns_wait (change->request->repo->turns, change))
    ask_pend (change);
}

static void
latest_cb (GArray  *results,
           gpointer user_data)
{
  WeftChange *change = user_data;
  GError *error = NULL;

  for (guint i = 0; results != NULL && i < results->len && error == NULL; i++)
    {
      const WeftReadResult *result = &g_array_index (results, WeftReadResult, i);

      if (result->answer == WEFT_READ_UNAVAILABLE)
        g_set_error (&error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                     "block %s: the latest revision, which the change is made against, is not "
                     "known: %s", result->block_id, result->reason);
    }
  if (results == NULL)
    g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                         "this node has left its clusters");
  /* They may be kept by others, as it turned out. */
  if (error == NULL)
    weft_change_begin (change);
  else
    weft_change_fail (change, error);
}

void
weft_change_ask_latest (WeftChange *change,
                        GPtrArray  *block_ids)
{
  WeftCoordinatorRequest *request = change->request;

  g_ptr_array_sort (block_ids, weft_ids_compare);
  g_ptr_array_add (block_ids, NULL);
  change->has_asked = TRUE;
  weft_look_drive_start (request->repo, (const char * const *) block_ids->pdata,
                         request->deadline_usec, latest_cb, change);
}

/* What does not name its bases is made against what the cluster has decided: our own store may not
 * have heard of it yet. */
void
weft_change_perform_pend (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftPendRequest *pend = weft_repo_message_get_pend (request->message);
  g_autoptr(GPtrArray) block_ids = g_ptr_array_new ();

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    if (weft_change_needs_latest (pend, request->block_ids[i]))
      g_ptr_array_add (block_ids, request->block_ids[i]);

  if (block_ids->len > 0 && !change->has_asked)
    weft_change_ask_latest (change, block_ids);
  else
    begin_pend (change);
}

/* What is committed is not pending any more, so there is nothing left to cancel. */
void
weft_change_perform_cancel (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftActionBlocks *action = weft_repo_message_get_cancel (request->message);

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    {
      g_autoptr(WeftPending) committed
          = weft_storage_read_action (request->repo->parts->storage, request->block_ids[i],
                                      weft_action_blocks_get_action_id (action), NULL);

      if (committed == NULL)
        continue;
      weft_change_answer (change, weft_change_make_reply (change, NULL));
      return;
    }

  change->message = weft_repo_message_ref (request->message);
  weft_change_propose (change);
}
