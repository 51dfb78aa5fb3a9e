/* weft-cluster-take.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-take-private.h"

#include "weft-cluster-answer-private.h"
#include "weft-cluster-proof-private.h"
#include "weft-cluster-vouch-private.h"
#include "weft-error.h"
#include "weft-repo-message-private.h"

typedef struct
{
  WeftClusterMember *member;
  WeftClusterParts *parts;
  WeftPeerId *source;
  char *block_id;
  WeftPending *content;           /* (nullable) */
  WeftClusterRecord *certificate; /* (nullable) */
  WeftTakenFunc taken;
  gpointer user_data;
} Taking;

static void
taking_free (Taking *taking)
{
  g_clear_pointer (&taking->content, weft_pending_unref);
  g_clear_pointer (&taking->certificate, weft_cluster_record_unref);
  g_object_unref (taking->member);
  weft_cluster_parts_unref (taking->parts);
  weft_peer_id_unref (taking->source);
  g_free (taking->block_id);
  g_free (taking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Taking, taking_free)

static void
finish (Taking       *taking,
        gboolean      is_false,
        const GError *error)
{
  g_autoptr(Taking) owned = taking;

  taking->taken (is_false, error, taking->user_data);
}

static void
applied_cb (WeftCluster       *member,
            WeftClusterAnswer *answer,
            const GError      *error,
            gpointer           user_data)
{
  Taking *taking = user_data;

  if (error == NULL && weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_ERROR)
    error = weft_cluster_answer_get_error (answer);
  finish (taking, FALSE, error);
}

static void
apply (Taking *taking)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (taking->certificate);
  WeftCommitRequest *commit
      = weft_repo_message_find_commit_at (message, taking->block_id,
                                          weft_pending_get_base (taking->content));
  g_autoptr(WeftClusterRequest) update
      = weft_cluster_request_new_update (taking->certificate);
  g_autoptr(GError) error = NULL;

  if (weft_storage_repo_put_pending (taking->parts->repo, taking->block_id,
                                     weft_commit_request_get_action_id (commit),
                                     taking->content, TRUE, &error))
    weft_cluster_member_take (taking->member, taking->source, update, taking->block_id,
                              weft_commit_request_get_rev (commit), applied_cb, taking);
  else
    finish (taking, FALSE, error);
}

static void
vouched_cb (const GError *error,
            gpointer      user_data)
{
  Taking *taking = user_data;

  if (error != NULL)
    finish (taking, FALSE, error);
  else
    apply (taking);
}

void
weft_cluster_take_revision (WeftClusterMember   *member,
                            WeftClusterParts    *parts,
                            WeftPeerId          *source,
                            const char          *block_id,
                            WeftArchiveRevision *revision,
                            WeftTakenFunc        taken,
                            gpointer             user_data)
{
  Taking *taking = g_new0 (Taking, 1);
  g_autoptr(GError) error = NULL;

  taking->member = g_object_ref (member);
  taking->parts = weft_cluster_parts_ref (parts);
  taking->source = weft_peer_id_ref (source);
  taking->block_id = g_strdup (block_id);
  taking->taken = taken;
  taking->user_data = user_data;

  switch (weft_cluster_proof_check (parts, block_id, revision, &taking->content,
                                    &taking->certificate, &error))
    {
    case WEFT_PROOF_GOOD:
      apply (taking);
      break;

    case WEFT_PROOF_STRANGE:
      weft_cluster_vouch (parts, block_id, taking->certificate, vouched_cb, taking);
      break;

    case WEFT_PROOF_FALSE:
      finish (taking, TRUE, error);
      break;

    case WEFT_PROOF_NONE:
      finish (taking, FALSE, error);
      break;

    default:
      g_assert_not_reached ();
    }
}
