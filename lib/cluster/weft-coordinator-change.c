/* weft-coordinator-change.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Pend, cancel and commit: what the caller left out is filled in, the cluster decides, and what it
 * decided is told in the words of a repo. */

#include "config.h"

#include <string.h>

#include "weft-cluster-content-private.h"
#include "weft-coordinator-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"
#include "weft-limits.h"

/* A commit that does not say when it expires does so then: what nobody drives must end. */
#define COMMIT_EXPIRES_MSEC (30 * 1000)
/* A pend that does not name its bases is made against what is the latest; when that moves on while
 * members are asked, it is made again, so often. */
#define REFILLS_MAX 4

/* A request with what has been found out for it. */
typedef struct
{
  WeftCoordinatorRequest *request;
  GPtrArray *peers;        /* (element-type WeftClusterPeer) */
  WeftRepoMessage *message; /* (nullable): with everything filled in */
  gint64 *bases;            /* of the blocks of the request; -1 where it is not known */
  guint n_refills;
  gboolean has_asked;       /* what the latest revisions are, for a commit whose bases are not here */
} Change;

static void
change_free (Change *change)
{
  g_clear_pointer (&change->message, weft_repo_message_unref);
  g_ptr_array_unref (change->peers);
  g_free (change->bases);
  g_free (change);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static WeftRepoOperation
get_operation (Change *change)
{
  return weft_repo_message_get_operation (change->request->message);
}

static void
answer (Change        *change,
        WeftRepoReply *reply)
{
  weft_coordinator_request_answer (change->request, reply);
  change_free (change);
}

static void
fail (Change *change,
      GError *error)
{
  weft_coordinator_request_fail (change->request, error);
  change_free (change);
}

static WeftRepoReply *
make_stale_reply (Change           *change,
                  WeftStaleFailure *failure)
{
  g_autoptr(WeftCommitResult) committed = NULL;
  g_autoptr(WeftPendResult) pended = NULL;

  if (get_operation (change) == WEFT_REPO_OPERATION_COMMIT)
    {
      committed = weft_commit_result_new_stale (failure);
      return weft_repo_reply_new_commit (committed);
    }

  pended = weft_pend_result_new_stale (failure);
  return weft_repo_reply_new_pend (pended);
}

static WeftRepoMessage *fill_pend (Change  *change,
                                   GError **error);
static void propose (Change *change);

/* TRUE when a pend begins once more, against what has become the latest since. */
static gboolean
refill (Change *change)
{
  guint n_blocks = g_strv_length (change->request->block_ids);
  g_autofree gint64 *before = NULL;
  WeftRepoMessage *message;

  if (get_operation (change) != WEFT_REPO_OPERATION_PEND || change->n_refills == REFILLS_MAX)
    return FALSE;

  before = g_memdup2 (change->bases, n_blocks * sizeof (gint64));
  message = fill_pend (change, NULL);
  if (message == NULL)
    return FALSE;
  if (memcmp (before, change->bases, n_blocks * sizeof (gint64)) == 0)
    {
      weft_repo_message_unref (message);
      return FALSE;
    }

  change->n_refills++;
  weft_repo_message_unref (change->message);
  change->message = message;
  weft_cluster_parts_count (change->request->repo->parts, "pends-refilled");
  propose (change);

  return TRUE;
}

/* Our own store knows best what was missed, with full transforms, once it has what was decided;
 * else it is what the members said. */
static void
answer_stale (Change   *change,
              JsonNode *json)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(WeftStaleFailure) told
      = json != NULL ? weft_stale_failure_from_json (json, NULL) : NULL;
  g_autoptr(WeftStaleFailure) ours = NULL;
  WeftStaleFailure *failure;
  GError *error = NULL;

  if (get_operation (change) == WEFT_REPO_OPERATION_CANCEL)
    {
      fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_REFUSED,
                                         "the action was committed, it cannot be cancelled"));
      return;
    }

  if (refill (change))
    return;

  ours = weft_storage_repo_make_stale (request->repo->storage_repo,
                                       (const char * const *) request->block_ids, change->bases,
                                       &error);
  if (ours == NULL)
    {
      fail (change, error);
      return;
    }

  failure = ours;
  if (told != NULL && weft_stale_failure_get_missing (ours)->len == 0)
    failure = told;
  answer (change, make_stale_reply (change, failure));
}

static WeftRepoReply *
make_reply (Change   *change,
            JsonNode *json)
{
  g_autoptr(WeftCommitResult) committed = NULL;
  g_autoptr(WeftPendResult) pended = NULL;
  WeftRepoReply *reply;

  switch (get_operation (change))
    {
    case WEFT_REPO_OPERATION_PEND:
      /* What our own member told is the most that is known. */
      reply = json != NULL
                ? weft_repo_reply_from_json (json, WEFT_REPO_OPERATION_PEND, NULL) : NULL;
      if (reply != NULL)
        return reply;
      pended = weft_pend_result_new (NULL, (const char * const *) change->request->block_ids);
      return weft_repo_reply_new_pend (pended);

    case WEFT_REPO_OPERATION_CANCEL:
      return weft_repo_reply_new_cancel ();

    case WEFT_REPO_OPERATION_COMMIT:
      committed = weft_commit_result_new ();
      return weft_repo_reply_new_commit (committed);

    case WEFT_REPO_OPERATION_GET:
    default:
      g_assert_not_reached ();
    }
}

/* A commit that was decided a moment ago is the latest. */
static void
confirm (Change *change)
{
  WeftCoordinatorRequest *request = change->request;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    if (get_operation (change) == WEFT_REPO_OPERATION_COMMIT)
      weft_coordinator_confirm (request->repo, request->block_ids[i]);
}

static void
result_cb (const WeftProposalEffect *result,
           gpointer                  user_data)
{
  Change *change = user_data;

  switch (result->outcome)
    {
    case WEFT_OUTCOME_DECIDED:
      confirm (change);
      answer (change, make_reply (change, result->json));
      break;

    case WEFT_OUTCOME_STALE:
      answer_stale (change, result->json);
      break;

    case WEFT_OUTCOME_REFUSED:
    case WEFT_OUTCOME_UNAVAILABLE:
    case WEFT_OUTCOME_INDETERMINATE:
      fail (change, g_error_copy (result->error));
      break;

    case WEFT_OUTCOME_FREE:
    default:
      g_assert_not_reached ();
    }
}

/* Takes over the change: the cluster decides. */
static void
propose (Change *change)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(WeftClusterRecord) record = NULL;
  GError *error = NULL;

  if (request->repo->is_closed)
    {
      fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                         "this node has left its clusters"));
      return;
    }

  record = weft_cluster_record_new (change->message, change->peers,
                                    request->repo->parts->super_majority, &error);
  if (record == NULL)
    {
      fail (change, error);
      return;
    }

  weft_proposal_drive_start (request->repo, record, FALSE, request->deadline_usec, result_cb,
                             change);
}

static gint64
read_latest (WeftCoordinatorRepo *repo,
             const char          *block_id)
{
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (repo->parts->storage, block_id, NULL);

  return metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
}

/* An insert that does not say otherwise is of a block that was never there. */
static gboolean
needs_latest (WeftPendRequest *pend,
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
fill_pend (Change  *change,
           GError **error)
{
  WeftRepoMessage *message = change->request->message;
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  char **block_ids = change->request->block_ids;
  g_autoptr(WeftPendRequest) filled = NULL;
  g_autoptr(JsonNode) json = weft_pend_request_to_json (pend);
  g_autoptr(JsonNode) copy = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *bases = json_object_new ();
  g_autoptr(GList) names = json_object_get_members (json_node_get_object (json));

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      change->bases[i] = weft_pend_request_get_base (pend, block_ids[i]);
      if (change->bases[i] == WEFT_BASE_UNKNOWN)
        change->bases[i] = needs_latest (pend, block_ids[i])
                             ? read_latest (change->request->repo, block_ids[i]) : 0;
      json_object_set_int_member (bases, block_ids[i], change->bases[i]);
    }

  for (GList *link = names; link != NULL; link = link->next)
    json_object_set_member (object, link->data,
                            json_object_dup_member (json_node_get_object (json), link->data));
  json_object_set_object_member (object, "bases", bases);
  json_node_take_object (copy, object);
  filled = weft_pend_request_from_json (copy, error);
  if (filled == NULL)
    return NULL;

  return weft_repo_message_new_pend (filled, weft_repo_message_get_expiration (message));
}

static gboolean
is_committed (WeftCoordinatorRepo *repo,
              WeftCommitRequest   *commit,
              const char          *block_id)
{
  g_autofree char *action_id
      = weft_storage_read_revision (repo->parts->storage, block_id,
                                    weft_commit_request_get_rev (commit), NULL);

  return action_id != NULL && g_str_equal (action_id, weft_commit_request_get_action_id (commit));
}

/* TRUE when the caller can be answered without asking anybody: the commit is done, or our own store
 * knows that it comes too late. */
static gboolean
answer_from_store (Change            *change,
                   WeftCommitRequest *commit)
{
  WeftCoordinatorRepo *repo = change->request->repo;
  char **block_ids = change->request->block_ids;
  gboolean is_stale = FALSE;
  guint n_committed = 0;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gint64 latest_rev = read_latest (repo, block_ids[i]);

      if (is_committed (repo, commit, block_ids[i]))
        {
          change->bases[i] = latest_rev;
          n_committed++;
        }
      else if (change->bases[i] >= 0 ? latest_rev > change->bases[i]
                                     : latest_rev >= weft_commit_request_get_rev (commit))
        {
          /* Without a pending nobody knows the base; what was missed is from the revision on. */
          if (change->bases[i] < 0)
            change->bases[i] = weft_commit_request_get_rev (commit) - 1;
          is_stale = TRUE;
        }
      else if (change->bases[i] < 0)
        {
          change->bases[i] = latest_rev;
        }
    }

  if (n_committed == g_strv_length (block_ids))
    answer (change, make_reply (change, NULL));
  else if (is_stale)
    answer_stale (change, NULL);
  else
    return FALSE;

  return TRUE;
}

/* An action that is another revision already is pending no more. */
static gboolean
is_elsewhere (WeftCoordinatorRepo *repo,
              WeftCommitRequest   *commit,
              const char          *block_id)
{
  g_autoptr(WeftPending) action
      = weft_storage_read_action (repo->parts->storage, block_id,
                                  weft_commit_request_get_action_id (commit), NULL);

  return action != NULL && !is_committed (repo, commit, block_id);
}

static gboolean
check_content (Change                *change,
               WeftCommitRequest     *commit,
               const WeftContentFound *found,
               GError               **error)
{
  g_autoptr(GString) absent = g_string_new (NULL);
  char **block_ids = change->request->block_ids;
  gint64 rev = weft_commit_request_get_rev (commit);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      const char *wanted = weft_commit_request_get_digest (commit, block_ids[i]);

      if (found[i].digest == NULL || is_elsewhere (change->request->repo, commit, block_ids[i])
          || (wanted != NULL && !g_str_equal (wanted, found[i].digest)))
        g_string_append_printf (absent, "%s%s", absent->len > 0 ? ", " : "", block_ids[i]);
      else if (found[i].base >= rev)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                       "block %s: expected a revision after the base %" G_GINT64_FORMAT
                       ", got %" G_GINT64_FORMAT, block_ids[i], found[i].base, rev);
          return FALSE;
        }
    }
  if (absent->len == 0)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "action %s is not pending with the content to commit on: %s",
               weft_commit_request_get_action_id (commit), absent->str);
  return FALSE;
}

static void perform_commit (Change *change);

static void
caught_up_cb (GArray  *results,
              gpointer user_data)
{
  Change *change = user_data;

  if (results != NULL)
    perform_commit (change);
  else
    fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                       "this node has left its clusters"));
}

/* FALSE, and the change goes on by itself, when it cannot be proposed now: our own store lacks the
 * base, which the cluster may have, or what is pending makes no revision of it. */
static gboolean
check_bases (Change            *change,
             WeftCommitRequest *commit)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  GError *error = NULL;

  for (guint i = 0; request->block_ids[i] != NULL && error == NULL; i++)
    {
      gint64 latest_rev = read_latest (request->repo, request->block_ids[i]);

      g_ptr_array_add (sorted, request->block_ids[i]);
      if (change->bases[i] <= latest_rev)
        continue;
      g_set_error (&error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
                   "block %s: expected revision %" G_GINT64_FORMAT " as the base, found %"
                   G_GINT64_FORMAT, request->block_ids[i], change->bases[i], latest_rev);
    }

  if (error != NULL && !change->has_asked)
    {
      g_error_free (error);
      change->has_asked = TRUE;
      for (guint i = sorted->len; request->block_ids[i] != NULL; i++)
        g_ptr_array_add (sorted, request->block_ids[i]);
      g_ptr_array_sort (sorted, weft_ids_compare);
      g_ptr_array_add (sorted, NULL);
      weft_read_drive_start (request->repo, change->peers, (const char * const *) sorted->pdata,
                             request->deadline_usec, caught_up_cb, change);
      return FALSE;
    }
  if (error == NULL
      && weft_storage_repo_check_commit (request->repo->storage_repo, commit, &error))
    return TRUE;

  fail (change, error);
  return FALSE;
}

/* What is decided is content: the commit names bases and digests. */
static void
content_cb (const WeftContentFound *found,
            const GError           *content_error,
            gpointer                user_data)
{
  Change *change = user_data;
  WeftCoordinatorRequest *request = change->request;
  WeftCommitRequest *commit = weft_repo_message_get_commit (request->message);
  gint64 expiration_msec = weft_repo_message_get_expiration (request->message);
  g_autoptr(WeftCommitRequest) filled = NULL;
  g_autoptr(JsonObject) digests = json_object_new ();
  g_autoptr(JsonObject) bases = json_object_new ();
  GError *error = NULL;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    change->bases[i] = found[i].digest != NULL
                         && !is_elsewhere (request->repo, commit, request->block_ids[i])
                         ? found[i].base : -1;
  if (answer_from_store (change, commit))
    return;
  if (!check_content (change, commit, found, &error))
    {
      /* Silence is not absence: who could not be asked may have it. */
      if (content_error != NULL && g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND))
        {
          g_error_free (error);
          error = g_error_copy (content_error);
        }
      fail (change, error);
      return;
    }
  if (!check_bases (change, commit))
    return;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    {
      json_object_set_int_member (bases, request->block_ids[i], found[i].base);
      json_object_set_string_member (digests, request->block_ids[i], found[i].digest);
    }
  if (expiration_msec == 0)
    expiration_msec
        = weft_cluster_parts_get_real_msec (request->repo->parts) + COMMIT_EXPIRES_MSEC;
  filled = weft_commit_request_with_content (commit, bases, digests, &error);
  if (filled == NULL)
    {
      fail (change, error);
      return;
    }
  change->message = weft_repo_message_new_commit (filled, expiration_msec);
  propose (change);
}

static void
latest_cb (GArray  *results,
           gpointer user_data)
{
  Change *change = user_data;
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
  if (error == NULL)
    change->message = fill_pend (change, &error);

  if (change->message != NULL)
    propose (change);
  else
    fail (change, error);
}

/* What does not name its bases is made against what the cluster has decided: our own store may not
 * have heard of it yet. */
static void
perform_pend (Change *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftPendRequest *pend = weft_repo_message_get_pend (request->message);
  g_autoptr(GPtrArray) block_ids = g_ptr_array_new ();
  GError *error = NULL;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    if (needs_latest (pend, request->block_ids[i]))
      g_ptr_array_add (block_ids, request->block_ids[i]);

  if (block_ids->len > 0)
    {
      g_ptr_array_sort (block_ids, weft_ids_compare);
      g_ptr_array_add (block_ids, NULL);
      weft_read_drive_start (request->repo, change->peers,
                             (const char * const *) block_ids->pdata, request->deadline_usec,
                             latest_cb, change);
      return;
    }

  change->message = fill_pend (change, &error);
  if (change->message != NULL)
    propose (change);
  else
    fail (change, error);
}

/* What is committed is not pending any more, so there is nothing left to cancel. */
static void
perform_cancel (Change *change)
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
      answer (change, make_reply (change, NULL));
      return;
    }

  change->message = weft_repo_message_ref (request->message);
  propose (change);
}

static void
forwarded_cb (WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  WeftCoordinatorRequest *request = user_data;

  if (reply != NULL)
    weft_coordinator_request_answer (request, weft_repo_reply_ref (reply));
  else
    weft_coordinator_request_fail (request, g_error_copy (error));
}

static gboolean
check_cluster (WeftCoordinatorRepo *repo,
               GPtrArray           *peers,
               GError             **error)
{
  if (peers->len >= repo->cluster_min)
    return TRUE;

  weft_cluster_parts_count (repo->parts, "refused-cluster-too-small");
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
               "expected a cluster of at least %u members, found one of %u", repo->cluster_min,
               peers->len);
  return FALSE;
}

static void
perform_commit (Change *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftCommitRequest *commit = weft_repo_message_get_commit (request->message);

  weft_cluster_content_find (request->repo->parts, change->peers,
                             weft_commit_request_get_action_id (commit),
                             (const char * const *) request->block_ids, content_cb, change);
}

void
weft_coordinator_perform_change (WeftCoordinatorRequest *request)
{
  WeftCoordinatorRepo *repo = request->repo;
  g_autoptr(GPtrArray) peers = NULL;
  Change *change;
  GError *error = NULL;

  peers = weft_coordinator_find_cluster (repo, (const char * const *) request->block_ids, &error);
  if (peers == NULL || !check_cluster (repo, peers, &error))
    {
      weft_coordinator_request_fail (request, error);
      return;
    }
  if (!weft_cluster_parts_is_in (repo->parts, peers))
    {
      weft_cluster_parts_count (repo->parts, "forwarded");
      weft_forward_start (repo->parts, peers, request->message, request->deadline_usec,
                          forwarded_cb, request);
      return;
    }

  change = g_new0 (Change, 1);
  change->request = request;
  change->peers = g_steal_pointer (&peers);
  change->bases = g_new0 (gint64, g_strv_length (request->block_ids));
  switch (get_operation (change))
    {
    case WEFT_REPO_OPERATION_PEND:
      perform_pend (change);
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      perform_cancel (change);
      break;

    case WEFT_REPO_OPERATION_COMMIT:
      perform_commit (change);
      break;

    case WEFT_REPO_OPERATION_GET:
    default:
      g_assert_not_reached ();
    }
}
