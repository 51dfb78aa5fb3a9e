/* weft-cluster-proof.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-proof-private.h"

#include "weft-cluster-record-private.h"
#include "weft-error.h"

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
  g_autofree char *actual = NULL;
  gint64 base;

  if (!weft_cluster_parts_check_votes (parts, certificate, NULL))
    return FALSE;

  commit = weft_repo_message_get_commit (weft_cluster_record_get_message (certificate));
  base = weft_commit_request_get_base (commit, block_id);
  digest = weft_commit_request_get_digest (commit, block_id);
  if (base < 0 || digest == NULL)
    return FALSE;
  *content = weft_pending_new (weft_archive_revision_get_transform (revision), base, 0);
  actual = weft_pending_digest (*content);

  return g_str_equal (digest, actual)
         && weft_commit_request_get_rev (commit) == weft_archive_revision_get_rev (revision)
         && g_str_equal (weft_commit_request_get_action_id (commit),
                         weft_archive_revision_get_action_id (revision));
}

WeftPending *
weft_cluster_proof_check (WeftClusterParts     *parts,
                          const char           *block_id,
                          WeftArchiveRevision  *revision,
                          WeftClusterRecord   **certificate,
                          gboolean             *is_false,
                          GError              **error)
{
  JsonNode *json = weft_archive_revision_get_certificate (revision);
  g_autoptr(WeftClusterRecord) record = NULL;
  g_autoptr(WeftPending) pending = NULL;
  gint64 latest_rev = weft_cluster_proof_read_latest (parts, block_id, error);

  *is_false = FALSE;
  if (latest_rev < 0)
    return NULL;
  if (json == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "block %s: revision %" G_GINT64_FORMAT " came without a certificate, which a "
                   "member of a cluster needs", block_id, weft_archive_revision_get_rev (revision));
      return NULL;
    }
  record = weft_cluster_record_from_json (json, error);
  if (record == NULL)
    return NULL;
  if (!is_proven (parts, block_id, revision, record, &pending))
    {
      *is_false = TRUE;
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "block %s: the certificate does not prove revision %" G_GINT64_FORMAT,
                   block_id, weft_archive_revision_get_rev (revision));
      return NULL;
    }
  if (!weft_cluster_parts_check (parts, record, error))
    return NULL;
  if (weft_pending_get_base (pending) != latest_rev)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                   "block %s: expected what comes after revision %" G_GINT64_FORMAT
                   ", got revision %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT, block_id,
                   latest_rev, weft_archive_revision_get_rev (revision),
                   weft_pending_get_base (pending));
      return NULL;
    }

  *certificate = g_steal_pointer (&record);

  return g_steal_pointer (&pending);
}
