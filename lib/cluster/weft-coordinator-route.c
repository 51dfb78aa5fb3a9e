/* weft-coordinator-route.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Who decides on a change: those who keep its blocks. Where they may be others than it seems from
 * here it is found out first, and what is not near is passed on. */

#include "config.h"

#include "weft-cluster-pin-private.h"
#include "weft-coordinator-rivals-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"

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
    return weft_key_network_check_change (repo->key_network, peers, error);

  weft_cluster_parts_count (repo->parts, "refused-cluster-too-small");
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
               "expected a cluster of at least %u members, found one of %u", repo->cluster_min,
               peers->len);
  return FALSE;
}

static void
perform (WeftChange *change)
{
  WeftRepoOperation operation = weft_repo_message_get_operation (change->request->message);

  if (operation != WEFT_REPO_OPERATION_CANCEL
      && weft_coordinator_rivals_pass_on (change->request->repo->rivals, change))
    return;

  switch (operation)
    {
    case WEFT_REPO_OPERATION_PEND:
      weft_change_perform_pend (change);
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      weft_change_perform_cancel (change);
      break;

    case WEFT_REPO_OPERATION_COMMIT:
      weft_change_perform_commit (change);
      break;

    case WEFT_REPO_OPERATION_PUT:
      weft_change_perform_put (change);
      break;

    case WEFT_REPO_OPERATION_GET:
    default:
      g_assert_not_reached ();
    }
}

static void
looked_cb (GArray  *results,
           gpointer user_data)
{
  WeftChange *change = user_data;

  if (results != NULL)
    weft_change_begin (change);
  else
    weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                       "this node has left its clusters"));
}

/* A change of something that is new; nobody could tell more of it. */
static gboolean
is_of_new (WeftChange *change,
           const char *block_id)
{
  WeftRepoMessage *message = change->request->message;
  g_autoptr(WeftPending) pending = NULL;
  WeftCommitRequest *commit;

  switch (weft_repo_message_get_operation (change->request->message))
    {
    case WEFT_REPO_OPERATION_PEND:
    case WEFT_REPO_OPERATION_PUT:
      return weft_pend_request_get_base (weft_change_get_pend (change), block_id) <= 0;

    case WEFT_REPO_OPERATION_CANCEL:
      return TRUE;

    case WEFT_REPO_OPERATION_COMMIT:
      commit = weft_repo_message_get_commit (message);
      pending = weft_storage_repo_read_content (change->request->repo->storage_repo, block_id,
                                                weft_commit_request_get_action_id (commit), NULL);
      return pending != NULL && weft_pending_get_base (pending) == 0;

    case WEFT_REPO_OPERATION_GET:
    default:
      g_assert_not_reached ();
    }
}

/* Whether those who keep a block may be others than it seems from here. */
static gboolean
is_unsure (WeftChange *change,
           const char *block_id)
{
  WeftCoordinatorRepo *repo = change->request->repo;
  gboolean is_pinned;
  g_autoptr(GPtrArray) keepers = weft_coordinator_list_keepers (repo, block_id, &is_pinned);
  g_autoptr(GPtrArray) cohort = NULL;

  if (!is_pinned)
    return !is_of_new (change, block_id);

  cohort = weft_key_network_get_cohort (repo->key_network, block_id, NULL);

  return !weft_cluster_pin_equal (keepers, cohort);
}

/* TRUE when it goes on by itself, after it has found out where the blocks are. */
static gboolean
look (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(GPtrArray) block_ids = g_ptr_array_new ();
  gboolean is_any_unsure = FALSE;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    {
      g_ptr_array_add (block_ids, request->block_ids[i]);
      is_any_unsure |= !change->has_looked && is_unsure (change, request->block_ids[i]);
    }
  change->has_looked = TRUE;
  if (!is_any_unsure)
    return FALSE;

  g_ptr_array_sort (block_ids, weft_ids_compare);
  g_ptr_array_add (block_ids, NULL);
  weft_look_drive_start (request->repo, (const char * const *) block_ids->pdata,
                         request->deadline_usec, looked_cb, change);

  return TRUE;
}

void
weft_change_begin (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftCoordinatorRepo *repo = request->repo;
  GError *error = NULL;

  g_clear_pointer (&change->peers, g_ptr_array_unref);
  change->peers = g_steal_pointer (&request->keepers);
  if (change->peers != NULL)
    {
      change->is_pinned = TRUE;
      change->has_looked = TRUE;
      perform (change);
      return;
    }

  if (look (change))
    return;

  change->peers = weft_coordinator_find_cluster (repo, (const char * const *) request->block_ids,
                                                 &change->is_pinned, &error);
  /* Those who keep a block are safe in any part of a network. */
  if (change->peers != NULL && (change->is_pinned || check_cluster (repo, change->peers, &error)))
    perform (change);
  else
    weft_change_fail (change, error);
}

static gboolean
is_near (WeftCoordinatorRequest *request)
{
  if (request->keepers != NULL
      && weft_cluster_parts_is_in (request->repo->parts, request->keepers))
    return TRUE;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    {
      g_autoptr(GPtrArray) keepers
          = weft_coordinator_list_keepers (request->repo, request->block_ids[i], NULL);

      if (!weft_coordinator_is_near (request->repo, request->block_ids[i], keepers))
        return FALSE;
    }

  return TRUE;
}

void
weft_coordinator_perform_change (WeftCoordinatorRequest *request)
{
  WeftCoordinatorRepo *repo = request->repo;
  WeftChange *change;
  guint n_blocks;

  if (!is_near (request))
    {
      g_autoptr(GPtrArray) peers = NULL;
      gboolean is_pinned;
      GError *error = NULL;

      peers = weft_coordinator_find_cluster (repo, (const char * const *) request->block_ids,
                                             &is_pinned, &error);
      if (peers == NULL)
        {
          weft_coordinator_request_fail (request, error);
          return;
        }
      /* Who is near knows whether the blocks have peers that are safe in any part of a network;
       * what this node sees of the network is no reason not to ask. */
      g_clear_pointer (&peers, g_ptr_array_unref);
      peers = weft_coordinator_list_near (repo, request->block_ids[0]);
      weft_cluster_parts_count (repo->parts, "forwarded");
      weft_forward_start (repo->parts, peers, request->message, request->deadline_usec,
                          forwarded_cb, request);
      return;
    }

  change = g_new0 (WeftChange, 1);
  change->request = request;
  n_blocks = g_strv_length (request->block_ids);
  change->bases = g_new0 (gint64, 2 * n_blocks);
  change->latest = change->bases + n_blocks;
  weft_change_begin (change);
}
