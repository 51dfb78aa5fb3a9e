/* weft-cluster-move.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-move-private.h"

#include "weft-cluster-proof-private.h"
#include "weft-cluster-record-private.h"
#include "weft-error.h"

/* What nobody drives must end. */
#define EXPIRES_MSEC (20 * 1000)
#define ACTION_ID_BYTES 16

typedef struct
{
  WeftCoordinatorRepo *repo; /* (owned) */
  char **block_ids;
  GPtrArray *target;
  char *action_id;
  gint64 rev;
  GError *error;             /* (nullable): why it failed */
  WeftSettledFunc settled;
  gpointer user_data;
} Move;

static void
move_free (Move *move)
{
  g_clear_error (&move->error);
  g_ptr_array_unref (move->target);
  g_strfreev (move->block_ids);
  g_free (move->action_id);
  g_object_unref (move->repo);
  g_free (move);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Move, move_free)

static void
finish (Move *move)
{
  g_autoptr(Move) owned = move;

  move->settled (move->error, move->user_data);
}

static gint64
get_expiration (Move *move)
{
  return weft_cluster_parts_get_real_msec (move->repo->parts) + EXPIRES_MSEC;
}

static void
cancelled_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  finish (user_data);
}

/* What is pending is in the way of others. */
static void
cancel (Move *move)
{
  g_autoptr(WeftActionBlocks) action
      = weft_action_blocks_new (move->action_id, (const char * const *) move->block_ids, NULL);
  g_autoptr(WeftRepoMessage) message
      = weft_repo_message_new_cancel (action, get_expiration (move));

  weft_repo_perform (WEFT_REPO (move->repo), message, NULL, cancelled_cb, move);
}

/* Those who come in, and may not have heard of it. */
static void
tell (Move *move)
{
  g_autoptr(WeftClusterRecord) certificate
      = weft_cluster_proof_read (move->repo->storage_repo, move->block_ids[0], move->rev);
  g_autoptr(GPtrArray) peer_ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);

  if (certificate == NULL)
    return;
  for (guint i = 0; i < move->target->len; i++)
    {
      WeftPeerId *peer_id
          = weft_cluster_peer_get_peer_id (g_ptr_array_index (move->target, i));

      if (!weft_cluster_record_has_peer (certificate, peer_id))
        g_ptr_array_add (peer_ids, weft_peer_id_ref (peer_id));
    }
  weft_coordinator_tell (move->repo, certificate, peer_ids);
}

static void
committed_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  Move *move = user_data;
  WeftCommitResult *result = reply != NULL ? weft_repo_reply_get_commit (reply) : NULL;

  if (result != NULL && weft_commit_result_is_success (result))
    {
      tell (move);
      finish (move);
      return;
    }

  move->error = error != NULL ? g_error_copy (error)
                              : g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                                     "another change came first");
  /* What may be decided is not taken back. */
  if (g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE))
    finish (move);
  else
    cancel (move);
}

static WeftRepoMessage *
make_commit (Move    *move,
             GError **error)
{
  g_autoptr(WeftCommitRequest) plain = NULL;
  g_autoptr(WeftCommitRequest) commit = NULL;

  for (guint i = 0; move->block_ids[i] != NULL; i++)
    {
      gint64 latest_rev
          = weft_cluster_proof_read_latest (move->repo->parts, move->block_ids[i], error);

      if (latest_rev < 0)
        return NULL;
      move->rev = MAX (move->rev, latest_rev + 1);
    }

  plain = weft_commit_request_new (move->action_id, (const char * const *) move->block_ids,
                                   move->rev, error);
  if (plain != NULL)
    commit = weft_commit_request_with_cluster (plain, move->target, error);

  return commit != NULL ? weft_repo_message_new_commit (commit, get_expiration (move)) : NULL;
}

static void
pended_cb (WeftRepo      *repo,
           WeftRepoReply *reply,
           const GError  *error,
           gpointer       user_data)
{
  Move *move = user_data;
  WeftPendResult *result = reply != NULL ? weft_repo_reply_get_pend (reply) : NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  if (error != NULL)
    move->error = g_error_copy (error);
  else if (!weft_pend_result_is_success (result))
    move->error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                       "another change came first");
  else
    message = make_commit (move, &move->error);

  if (message != NULL)
    weft_repo_perform (WEFT_REPO (move->repo), message, NULL, committed_cb, move);
  else
    cancel (move);
}

/* An action that changes nothing. */
static WeftRepoMessage *
make_pend (Move    *move,
           GError **error)
{
  g_autoptr(GPtrArray) parts
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_transforms_unref);
  g_autoptr(WeftTransform) nothing = weft_transform_new (NULL, NULL, FALSE);
  g_autoptr(WeftTransforms) transforms = NULL;
  g_autoptr(WeftPendRequest) pend = NULL;

  for (guint i = 0; move->block_ids[i] != NULL; i++)
    {
      WeftTransforms *part = weft_transforms_new_for_block (move->block_ids[i], nothing, error);

      if (part == NULL)
        return NULL;
      g_ptr_array_add (parts, part);
    }
  transforms = weft_transforms_concat (parts);
  pend = weft_pend_request_new (move->action_id, 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE,
                                error);

  return pend != NULL ? weft_repo_message_new_pend (pend, get_expiration (move)) : NULL;
}

/* Whoever comes in has to be told, and fetches from those who keep it. */
static void
reached_cb (WeftKeyNetwork *key_network,
            GPtrArray      *peers,
            const GError   *error,
            gpointer        user_data)
{
  Move *move = user_data;
  g_autoptr(WeftRepoMessage) message = make_pend (move, &move->error);

  if (message != NULL)
    weft_repo_perform (WEFT_REPO (move->repo), message, NULL, pended_cb, move);
  else
    finish (move);
}

void
weft_cluster_move (WeftCoordinatorRepo *repo,
                   const char * const  *block_ids,
                   GPtrArray           *target,
                   WeftSettledFunc      settled,
                   gpointer             user_data)
{
  Move *move = g_new0 (Move, 1);
  g_autofree char *id = weft_random_new_id (repo->parts->random, ACTION_ID_BYTES);

  move->repo = g_object_ref (repo);
  move->block_ids = g_strdupv ((char **) block_ids);
  move->target = g_ptr_array_ref (target);
  move->action_id = g_strconcat ("move-", id, NULL);
  move->settled = settled;
  move->user_data = user_data;
  weft_key_network_reach (repo->key_network, target, reached_cb, move);
}
