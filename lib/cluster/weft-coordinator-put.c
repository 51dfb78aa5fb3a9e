/* weft-coordinator-put.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Put: a pend and its commit in one. The cluster decides on the commit, and the content goes to the
 * members together with the request for their votes. What a caller leaves open is made against
 * what is the latest when its turn comes, and again when somebody else came first. */

#include "config.h"

#include <string.h>

#include "weft-cluster-proof-private.h"
#include "weft-commit-request-private.h"
#include "weft-coordinator-turns-private.h"
#include "weft-error.h"
#include "weft-pend-request-private.h"
#include "weft-pending-private.h"
#include "weft-transform-private.h"

/* Once for all that looks at it in one turn of the loop. */
static void
read_latest (WeftChange *change)
{
  char **block_ids = change->request->block_ids;

  for (guint i = 0; block_ids[i] != NULL; i++)
    change->latest[i] = weft_change_read_latest (change->request->repo, block_ids[i]);
}

static gboolean
is_late (WeftChange *change)
{
  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    if (change->bases[i] < change->latest[i])
      return TRUE;

  return FALSE;
}

/* The revision that the action is already; 0 when it is none, -1 with an error when it is with
 * another content. */
static gint64
find_committed (WeftChange  *change,
                guint        index,
                GError     **error)
{
  WeftCoordinatorRepo *repo = change->request->repo;
  const char *block_id = change->request->block_ids[index];
  WeftPendRequest *pend = weft_change_get_pend (change);
  const char *action_id = weft_pend_request_get_action_id (pend);
  g_autoptr(WeftPending) action = NULL;
  g_autoptr(WeftTransform) transform = NULL;
  gint64 rev;

  if (change->latest[index] == 0)
    return 0;
  action = weft_storage_read_action (repo->parts->storage, block_id, action_id, NULL);
  if (action == NULL)
    return 0;
  transform = weft_transforms_lookup (weft_pend_request_get_transforms (pend), block_id);
  if (!weft_transform_equal (transform, weft_pending_get_transform (action)))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                   "block %s: action %s is committed with another content", block_id, action_id);
      return -1;
    }

  return weft_storage_repo_find_made (repo->storage_repo, block_id, action,
                                      change->latest[index], &rev, error)
           ? rev : -1;
}

/* TRUE when the change is over: what was put already is put, and an action id is of one content. */
static gboolean
answer_committed (WeftChange *change)
{
  GError *error = NULL;

  change->rev = 0;
  change->is_stale = FALSE;
  for (guint i = 0; change->request->block_ids[i] != NULL && error == NULL; i++)
    change->rev = MAX (change->rev, find_committed (change, i, &error));
  if (error != NULL)
    weft_change_fail (change, error);
  else if (change->rev > 0)
    weft_change_answer (change, weft_change_make_reply (change, NULL));
  else
    return FALSE;

  return TRUE;
}

/* What the caller leaves open comes from our own store. Where it names a revision that is there
 * already, and no base, it comes too late for that. */
static void
fill_in (WeftChange *change)
{
  WeftPendRequest *pend = weft_change_get_pend (change);
  char **block_ids = change->request->block_ids;
  gint64 rev = weft_pend_request_get_rev (pend);

  change->rev = rev;
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gint64 base = weft_pend_request_get_base (pend, block_ids[i]);

      change->bases[i] = base;
      if (base == WEFT_BASE_UNKNOWN)
        change->bases[i] = weft_change_needs_latest (pend, block_ids[i]) ? change->latest[i] : 0;
      if (rev == 0)
        change->rev = MAX (change->rev, change->bases[i] + 1);
      else if (base == WEFT_BASE_UNKNOWN)
        change->bases[i] = MIN (change->bases[i], rev - 1);
    }
}

gboolean
weft_change_has_open_base (WeftChange *change)
{
  WeftPendRequest *pend = weft_change_get_pend (change);
  char **block_ids = change->request->block_ids;

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (weft_change_needs_latest (pend, block_ids[i]))
      return TRUE;

  return FALSE;
}

gboolean
weft_change_refill_put (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  guint n_blocks = g_strv_length (request->block_ids);
  g_autofree gint64 *before = NULL;

  if (!weft_change_has_open_base (change) || request->repo->is_closed
      || weft_cluster_parts_get_now (request->repo->parts) >= request->deadline_usec)
    return FALSE;

  before = g_memdup2 (change->bases, n_blocks * sizeof (gint64));
  read_latest (change);
  fill_in (change);
  if (is_late (change))
    return FALSE;
  /* Our own store does not know yet what came first; whoever is asked once more does not either. */
  if (memcmp (before, change->bases, n_blocks * sizeof (gint64)) == 0)
    {
      g_autoptr(GPtrArray) block_ids = g_ptr_array_new ();

      if (change->has_asked)
        return FALSE;
      for (guint i = 0; i < n_blocks; i++)
        g_ptr_array_add (block_ids, request->block_ids[i]);
      weft_change_ask_latest (change, block_ids);
      return TRUE;
    }

  change->n_refills++;
  change->has_asked = FALSE;
  weft_change_begin (change);

  return TRUE;
}

/* The pend as members are to store it. */
static WeftPendRequest *
make_pend (WeftChange *change)
{
  WeftPendRequest *pend = weft_change_get_pend (change);
  const char * const *block_ids = (const char * const *) change->request->block_ids;

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (weft_pend_request_get_base (pend, block_ids[i]) != change->bases[i])
      return weft_pend_request_with_bases (pend, block_ids, change->bases);

  return weft_pend_request_ref (pend);
}

/* That, and the commit that they decide on. */
static WeftCommitRequest *
make_commit (WeftChange  *change,
             GError     **error)
{
  WeftPendRequest *pend = weft_change_get_pend (change);
  const char * const *block_ids = (const char * const *) change->request->block_ids;
  guint n_blocks = g_strv_length (change->request->block_ids);
  g_autofree WeftCommitBlock *blocks = g_new0 (WeftCommitBlock, n_blocks);

  g_clear_pointer (&change->pend, weft_pend_request_unref);
  change->pend = make_pend (change);
  change->n_bytes = 0;
  for (guint i = 0; i < n_blocks; i++)
    {
      g_autoptr(WeftTransform) transform
          = weft_transforms_lookup (weft_pend_request_get_transforms (pend), block_ids[i]);
      g_autoptr(WeftPending) pending = weft_pending_new (transform, change->bases[i], 0);

      blocks[i].block_id = block_ids[i];
      blocks[i].base = change->bases[i];
      g_strlcpy (blocks[i].digest, weft_pending_get_digest (pending), sizeof blocks[i].digest);
      change->n_bytes += weft_transform_get_length (transform);
    }

  return weft_commit_request_new_of_pend (pend, block_ids, change->rev, blocks, error);
}

/* Our own store is seldom behind what a change is made against. */
static gboolean
check_bases (WeftChange        *change,
             WeftCommitRequest *commit)
{
  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    if (change->bases[i] > change->latest[i])
      return weft_change_check_bases (change, commit);

  return TRUE;
}

/* What our own store knows to be wrong needs not be asked of others. Of what may be decided in a
 * group it knows nothing yet. */
static gboolean
check_pend (WeftChange *change,
            gint64      expiration_msec)
{
  GError *error = NULL;

  for (guint i = 0; change->request->block_ids[i] != NULL && error == NULL; i++)
    if (change->bases[i] >= change->rev)
      g_set_error (&error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "block %s: expected a revision after the base %" G_GINT64_FORMAT ", got %"
                   G_GINT64_FORMAT, change->request->block_ids[i], change->bases[i], change->rev);
  if (error == NULL
      && (change->is_in_doubt
          || weft_storage_repo_check_put (change->request->repo->storage_repo, change->pend,
                                      (const char * const *) change->request->block_ids,
                                      expiration_msec, &error)))
    return TRUE;

  weft_change_fail (change, error);
  return FALSE;
}

/* Its slot in the chain that it was in is filled, and not with that: the chain is lost. */
static void
settle_doubt (WeftChange *change)
{
  if (change->doubt_rev > 0 && change->latest[0] >= change->doubt_rev)
    change->is_in_doubt = FALSE;
}

/* Its turn has come. */
static void
begin_put (WeftChange *change)
{
  gint64 expiration_msec = weft_change_get_expiration (change);
  g_autoptr(WeftCommitRequest) commit = NULL;
  GError *error = NULL;

  if (answer_committed (change))
    return;
  settle_doubt (change);
  fill_in (change);
  if (is_late (change))
    {
      weft_change_answer_stale (change, NULL);
      return;
    }
  commit = make_commit (change, &error);
  if (commit == NULL)
    {
      weft_change_fail (change, error);
      return;
    }
  if (!check_bases (change, commit) || !check_pend (change, expiration_msec))
    return;

  g_clear_pointer (&change->message, weft_repo_message_unref);
  change->message = weft_repo_message_new_commit (commit, expiration_msec);
  weft_change_propose (change);
}

gboolean
weft_change_is_open_put (WeftChange *change)
{
  char **block_ids = change->request->block_ids;
  WeftPendRequest *pend;

  if (weft_repo_message_get_operation (change->request->message) != WEFT_REPO_OPERATION_PUT
      || block_ids[1] != NULL)
    return FALSE;
  pend = weft_change_get_pend (change);

  return weft_pend_request_get_rev (pend) == 0
         && weft_pend_request_get_base (pend, block_ids[0]) == WEFT_BASE_UNKNOWN;
}

WeftFollow
weft_change_follow (WeftChange *change,
                    WeftChange *head,
                    WeftTip    *tip)
{
  gint64 expiration_msec = weft_change_get_expiration (change);
  g_autoptr(WeftCommitRequest) commit = NULL;

  read_latest (change);
  if (answer_committed (change))
    return WEFT_FOLLOW_OVER;

  change->bases[0] = tip->rev;
  change->rev = tip->rev + 1;
  commit = make_commit (change, NULL);
  if (commit == NULL
      || !weft_tip_check_put (tip, change->request->repo->storage_repo, change->pend,
                              expiration_msec, NULL))
    return WEFT_FOLLOW_FITS_NOT;

  g_clear_pointer (&change->message, weft_repo_message_unref);
  change->message = weft_repo_message_new_commit (commit, expiration_msec);
  g_ptr_array_ref (head->peers);
  g_clear_pointer (&change->peers, g_ptr_array_unref);
  change->peers = head->peers;
  change->is_pinned = head->is_pinned;

  return WEFT_FOLLOW_FITS;
}

/* Of a block that is here the latest revision is known well enough: if it is not the latest any
 * more, its members say so. */
void
weft_change_perform_put (WeftChange *change)
{
  WeftCoordinatorRequest *request = change->request;
  WeftPendRequest *pend = weft_change_get_pend (change);
  g_autoptr(GPtrArray) block_ids = g_ptr_array_new ();

  read_latest (change);
  for (guint i = 0; request->block_ids[i] != NULL && !change->has_asked; i++)
    if (change->latest[i] == 0 && weft_change_needs_latest (pend, request->block_ids[i]))
      g_ptr_array_add (block_ids, request->block_ids[i]);

  if (block_ids->len > 0)
    weft_change_ask_latest (change, block_ids);
  else if (!weft_coordinator_turns_wait (request->repo->turns, change))
    begin_put (change);
}
