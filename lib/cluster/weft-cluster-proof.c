/* weft-cluster-proof.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-proof-private.h"

#include "weft-archive-revision-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-cluster-record-private.h"
#include "weft-error.h"
#include "weft-pending-private.h"
#include "weft-repo-message-private.h"

gint64
weft_cluster_proof_read_latest (WeftClusterParts *parts,
                                const char       *block_id,
                                GError          **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (parts->storage, block_id, &local_error);

  if (local_error != NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "block %s: what is here: %s",
                   block_id, local_error->message);
      return -1;
    }

  return metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
}

static WeftClusterRecord *
read_record (WeftTape  *tape,
             GError   **error)
{
  return weft_cluster_record_read (weft_tape_get_root (tape), NULL, error);
}

/* Whether the votes in it are good, and it is of this revision of the block with this content:
 * that is in it, whatever is here. */
static gboolean
is_proven (WeftClusterParts    *parts,
           const char          *block_id,
           WeftArchiveRevision *revision,
           WeftClusterRecord   *certificate,
           WeftPending        **content)
{
  WeftCommitRequest *commit;
  const char *digest;
  gint64 base;

  if (!weft_cluster_parts_check_votes (parts, certificate, NULL))
    return FALSE;

  commit = weft_repo_message_find_revision (weft_cluster_record_get_message (certificate),
                                            block_id, weft_archive_revision_get_rev (revision));
  if (commit == NULL)
    return FALSE;
  base = weft_commit_request_get_base (commit, block_id);
  digest = weft_commit_request_get_digest (commit, block_id);
  *content = weft_pending_new (weft_archive_revision_get_transform (revision), base, 0);

  return g_str_equal (digest, weft_pending_get_digest (*content))
         && weft_commit_request_get_rev (commit) == weft_archive_revision_get_rev (revision)
         && g_str_equal (weft_commit_request_get_action_id (commit),
                         weft_archive_revision_get_action_id (revision));
}

gboolean
weft_cluster_proof_goes_on (WeftClusterParts     *parts,
                            const char           *block_id,
                            WeftArchiveRevision  *revision,
                            WeftClusterRecord    *before,
                            WeftPending         **content,
                            WeftClusterRecord   **certificate)
{
  WeftCommitRequest *commit
      = weft_repo_message_find_commit (weft_cluster_record_get_message (before), block_id);
  GPtrArray *pin = weft_commit_request_get_cluster (commit);
  g_autoptr(WeftTape) tape = weft_archive_revision_open_certificate (revision);
  g_autoptr(WeftClusterRecord) record = tape != NULL ? read_record (tape, NULL) : NULL;
  g_autoptr(WeftPending) pending = NULL;

  if (pin == NULL)
    pin = weft_cluster_record_get_peers (before);
  if (record == NULL || !weft_cluster_pin_equal (pin, weft_cluster_record_get_peers (record))
      || !is_proven (parts, block_id, revision, record, &pending)
      || weft_repo_message_find_revision (weft_cluster_record_get_message (before), block_id,
                                          weft_pending_get_base (pending)) == NULL)
    return FALSE;

  *certificate = g_steal_pointer (&record);
  *content = g_steal_pointer (&pending);

  return TRUE;
}

WeftClusterRecord *
weft_cluster_proof_read (WeftStorageRepo *repo,
                         const char      *block_id,
                         gint64           rev)
{
  WeftStorage *storage = weft_storage_repo_get_storage (repo);
  g_autofree char *action_id = weft_storage_read_revision (storage, block_id, rev, NULL);
  g_autoptr(WeftPending) action
      = action_id != NULL ? weft_storage_read_action (storage, block_id, action_id, NULL) : NULL;
  g_autoptr(WeftTape) tape = NULL;
  char *text = NULL;

  if (action != NULL && weft_pending_get_base (action) >= 0)
    text = weft_storage_repo_read_certificate (repo, block_id, weft_pending_get_base (action));
  if (text == NULL)
    return NULL;

  tape = weft_tape_read_own (text, g_ref_string_length (text));
  g_ref_string_release (text);

  return read_record (tape, NULL);
}

/* By whom it is: what comes after a revision that is here is decided by those whom our own history
 * names, however this node sees the network. */
static WeftProof
judge_peers (WeftClusterParts  *parts,
             const char        *block_id,
             gint64             base,
             WeftClusterRecord *certificate,
             GError           **error)
{
  const char * const block_ids[] = { block_id, NULL };

  if (base > 0 && weft_cluster_pin_has (parts, block_id)
        ? weft_cluster_pin_is (parts, weft_cluster_record_get_peers (certificate), block_id)
        : weft_cluster_parts_admit (parts, weft_cluster_record_get_peers (certificate), block_ids)
            == NULL)
    return WEFT_PROOF_GOOD;
  if (base == 0)
    return WEFT_PROOF_STRANGE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
               "block %s: expected a certificate of those who keep it, what comes after revision %"
               G_GINT64_FORMAT " is of others", block_id, base);
  return WEFT_PROOF_NONE;
}

static WeftProof
judge (WeftClusterParts    *parts,
       const char          *block_id,
       WeftArchiveRevision *revision,
       WeftClusterRecord   *certificate,
       WeftPending        **content,
       GError             **error)
{
  gint64 latest_rev = weft_cluster_proof_read_latest (parts, block_id, error);
  gint64 rev = weft_archive_revision_get_rev (revision);

  if (latest_rev < 0)
    return WEFT_PROOF_NONE;
  if (!is_proven (parts, block_id, revision, certificate, content))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "block %s: the certificate does not prove revision %" G_GINT64_FORMAT
                   " of it in the network %s", block_id, rev, parts->network);
      return WEFT_PROOF_FALSE;
    }
  if (weft_pending_get_base (*content) != latest_rev)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                   "block %s: expected what comes after revision %" G_GINT64_FORMAT
                   ", got revision %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT, block_id,
                   latest_rev, rev, weft_pending_get_base (*content));
      return WEFT_PROOF_NONE;
    }

  return judge_peers (parts, block_id, latest_rev, certificate, error);
}

WeftProof
weft_cluster_proof_check (WeftClusterParts     *parts,
                          const char           *block_id,
                          WeftArchiveRevision  *revision,
                          WeftPending         **content,
                          WeftClusterRecord   **certificate,
                          GError              **error)
{
  g_autoptr(WeftTape) tape = weft_archive_revision_open_certificate (revision);
  g_autoptr(WeftClusterRecord) record = NULL;
  g_autoptr(WeftPending) pending = NULL;
  WeftProof proof;

  if (tape == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "block %s: revision %" G_GINT64_FORMAT " came without a certificate, which a "
                   "member of a cluster needs", block_id, weft_archive_revision_get_rev (revision));
      return WEFT_PROOF_NONE;
    }
  record = read_record (tape, error);
  if (record == NULL)
    return WEFT_PROOF_NONE;

  proof = judge (parts, block_id, revision, record, &pending, error);
  if (proof == WEFT_PROOF_GOOD || proof == WEFT_PROOF_STRANGE)
    {
      *certificate = g_steal_pointer (&record);
      *content = g_steal_pointer (&pending);
    }

  return proof;
}
