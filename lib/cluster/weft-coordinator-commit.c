/* weft-coordinator-commit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Commit: what is decided is content, so bases and digests of what is pending are found out
 * first. */

#include "config.h"

#include "weft-cluster-content-private.h"
#include "weft-commit-request-private.h"
#include "weft-coordinator-turns-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"

/* A commit that does not say when it expires does so then: what nobody drives must end. */
#define COMMIT_EXPIRES_MSEC (30 * 1000)

static void content_cb (const WeftContentFound *found,
                        const GError           *content_error,
                        gpointer                user_data);

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
answer_from_store (WeftChange        *change,
                   WeftCommitRequest *commit)
{
  WeftCoordinatorRepo *repo = change->request->repo;
  char **block_ids = change->request->block_ids;
  gboolean is_stale = FALSE;
  guint n_committed = 0;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gint64 latest_rev = weft_change_read_latest (repo, block_ids[i]);

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
    weft_change_answer (change, weft_change_make_reply (change, NULL));
  else if (is_stale)
    weft_change_answer_stale (change, NULL);
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
check_content (WeftChange             *change,
               WeftCommitRequest      *commit,
               const WeftContentFound *found,
               GError                **error)
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

static void
caught_up_cb (GArray  *results,
              gpointer user_data)
{
  WeftChange *change = user_data;

  /* They may be kept by others, as it turned out. */
  if (results != NULL)
    weft_change_begin (change);
  else
    weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                       "this node has left its clusters"));
}

gboolean
weft_change_check_bases (WeftChange        *change,
                         WeftCommitRequest *commit)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  GError *error = NULL;

  for (guint i = 0; request->block_ids[i] != NULL && error == NULL; i++)
    {
      gint64 latest_rev = weft_change_read_latest (request->repo, request->block_ids[i]);

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
      weft_look_drive_start (request->repo, (const char * const *) sorted->pdata,
                             request->deadline_usec, caught_up_cb, change);
      return FALSE;
    }
  if (error == NULL
      && weft_storage_repo_check_commit (request->repo->storage_repo, commit, &error))
    return TRUE;

  weft_change_fail (change, error);
  return FALSE;
}

gint64
weft_change_get_expiration (WeftChange *change)
{
  gint64 expiration_msec = weft_repo_message_get_expiration (change->request->message);

  if (expiration_msec > 0)
    return expiration_msec;

  return weft_cluster_parts_get_real_msec (change->request->repo->parts) + COMMIT_EXPIRES_MSEC;
}

static WeftCommitRequest *
fill_in (WeftCoordinatorRequest *request,
         WeftCommitRequest      *commit,
         const WeftContentFound *found)
{
  guint n_blocks = g_strv_length (request->block_ids);
  g_autofree WeftCommitBlock *blocks = g_new0 (WeftCommitBlock, n_blocks);

  for (guint i = 0; i < n_blocks; i++)
    {
      blocks[i].block_id = request->block_ids[i];
      blocks[i].base = found[i].base;
      g_strlcpy (blocks[i].digest, found[i].digest, sizeof blocks[i].digest);
    }

  return weft_commit_request_with_blocks (commit, blocks, n_blocks);
}

/* What is decided is content: the commit names bases and digests. */
static void
content_cb (const WeftContentFound *found,
            const GError           *content_error,
            gpointer                user_data)
{
  WeftChange *change = user_data;
  WeftCoordinatorRequest *request = change->request;
  WeftCommitRequest *commit = weft_repo_message_get_commit (request->message);
  g_autoptr(WeftCommitRequest) filled = NULL;
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
      weft_change_fail (change, error);
      return;
    }
  if (!weft_change_check_bases (change, commit))
    return;

  filled = fill_in (request, commit, found);
  change->message = weft_repo_message_new_commit (filled, weft_change_get_expiration (change));
  weft_change_propose (change);
}

void
weft_change_perform_commit (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftCommitRequest *commit = weft_repo_message_get_commit (request->message);

  weft_coordinator_turns_note_commit (request->repo->turns, change);
  weft_cluster_content_find (request->repo->parts, change->peers,
                             weft_commit_request_get_action_id (commit),
                             (const char * const *) request->block_ids, content_cb, change);
}
