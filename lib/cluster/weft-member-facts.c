/* weft-member-facts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-facts-private.h"

#include "weft-cluster-pin-private.h"
#include "weft-error.h"
#include "weft-repo-message-private.h"
#include "weft-storage-private.h"

static gint64
read_latest (gpointer     data,
             const char  *block_id,
             char       **action_id)
{
  WeftClusterParts *parts = data;
  g_autoptr(WeftBlockMetadata) metadata = NULL;
  g_autoptr(GError) error = NULL;
  WeftActionRev *latest;

  if (action_id != NULL)
    *action_id = NULL;
  metadata = weft_storage_read_metadata (parts->storage, block_id, &error);
  if (error != NULL)
    return -1;
  latest = metadata != NULL ? weft_block_metadata_get_latest (metadata) : NULL;
  if (latest == NULL)
    return 0;
  if (action_id != NULL)
    *action_id = g_strdup (weft_action_rev_get_action_id (latest));

  return weft_action_rev_get_rev (latest);
}

static char *
read_cluster (gpointer    data,
              const char *block_id)
{
  WeftClusterParts *parts = data;
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (parts->storage, block_id, NULL);

  return metadata != NULL ? g_strdup (weft_block_metadata_get_cluster (metadata)) : NULL;
}

static gint64
read_head (gpointer     data,
           const char  *block_id,
           char       **cluster)
{
  WeftClusterParts *parts = data;
  g_autoptr(WeftBlockMetadata) metadata = NULL;
  g_autoptr(GError) error = NULL;

  metadata = weft_storage_read_metadata (parts->storage, block_id, &error);
  *cluster = metadata != NULL ? g_strdup (weft_block_metadata_get_cluster (metadata)) : NULL;
  if (error != NULL)
    return -1;

  return metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
}

static char *
read_revision (gpointer    data,
               const char *block_id,
               gint64      rev)
{
  WeftClusterParts *parts = data;

  return weft_storage_read_revision (parts->storage, block_id, rev, NULL);
}

static gboolean
read_pending (gpointer     data,
              const char  *block_id,
              const char  *action_id,
              char       **digest,
              gint64      *base)
{
  WeftClusterParts *parts = data;
  g_autoptr(WeftPending) pending
      = weft_storage_read_pending (parts->storage, block_id, action_id, NULL);

  if (pending == NULL)
    return FALSE;
  if (digest != NULL)
    *digest = weft_pending_digest (pending);
  if (base != NULL)
    *base = weft_pending_get_base (pending);

  return TRUE;
}

static WeftTape *
read_record (gpointer    data,
             const char *key)
{
  WeftClusterParts *parts = data;

  return weft_storage_read_record_tape (parts->storage, key, NULL);
}

static gboolean
keeps (gpointer            data,
       const char * const *block_ids)
{
  WeftClusterParts *parts = data;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autoptr(GPtrArray) cohort
          = weft_key_network_get_cohort (parts->key_network, block_ids[i], NULL);
      g_autoptr(GPtrArray) target = NULL;

      if (weft_cluster_parts_is_in (parts, cohort))
        continue;
      /* A block that moves comes before who is gone is forgotten. */
      target = weft_key_network_get_target (parts->key_network, block_ids[i], NULL);
      if (!weft_cluster_parts_is_in (parts, target))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_content (WeftClusterParts  *parts,
               WeftRepoMessage   *message,
               GError           **error)
{
  if (weft_repo_message_get_n_commits (message) > 1)
    return weft_storage_repo_check_chain (parts->repo, message, error);

  return weft_storage_repo_check_commit (parts->repo, weft_repo_message_get_commit (message),
                                         error);
}

/* What a pend contains is judged by the repo when it is pended. A commit that no member could apply
 * must not be decided: its blocks would be stuck for ever. */
static char *
validate (gpointer         data,
          WeftRepoMessage *message)
{
  WeftClusterParts *parts = data;
  g_autoptr(GError) error = NULL;

  if (weft_repo_message_get_operation (message) != WEFT_REPO_OPERATION_COMMIT
      || check_content (parts, message, &error))
    return NULL;

  return g_strdup (error->message);
}

/* Of blocks without a history, who begins it; of others, where they may go. Certificates are taken
 * in any case: what they say is decided. */
static const char *
admit (gpointer            data,
       GPtrArray          *peers,
       const char * const *block_ids)
{
  WeftClusterParts *parts = data;
  const char *fault = NULL;

  if (!weft_key_network_check_change (parts->key_network, peers, NULL))
    return "not-admitted";

  for (guint i = 0; block_ids[i] != NULL && fault == NULL; i++)
    {
      const char * const only[] = { block_ids[i], NULL };

      fault = weft_cluster_pin_has (parts, block_ids[i])
                ? weft_cluster_parts_admit_target (parts, peers, block_ids[i])
                : weft_cluster_parts_admit (parts, peers, only);
    }

  return fault;
}

/* Who knows nobody has nobody to ask. */
static gboolean
is_settled (gpointer    data,
            const char *block_id)
{
  WeftClusterParts *parts = data;
  g_autoptr(GPtrArray) neighbours = NULL;

  if (parts->is_settled)
    return TRUE;
  neighbours = weft_key_network_list_peers (parts->key_network);

  return neighbours->len == 0;
}

WeftMemberFacts
weft_member_facts_new (WeftClusterParts *parts)
{
  return (WeftMemberFacts) {
    .read_latest = read_latest,
    .read_cluster = read_cluster,
    .read_head = read_head,
    .read_revision = read_revision,
    .read_pending = read_pending,
    .read_record = read_record,
    .admit = admit,
    .is_settled = is_settled,
    .keeps = keeps,
    .validate = validate,
    .data = parts,
  };
}

static gboolean
is_told (JsonNode *json)
{
  return json != NULL && JSON_NODE_HOLDS_OBJECT (json)
         && json_object_has_member (json_node_get_object (json), "tell");
}

static void
node_free (gpointer data)
{
  if (data != NULL)
    json_node_unref (data);
}

GPtrArray *
weft_member_facts_list_promises (WeftClusterParts  *parts,
                                 GError           **error)
{
  g_autoptr(GPtrArray) promises = g_ptr_array_new_with_free_func (node_free);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GPtrArray) records
      = weft_storage_list_unresolved_records (parts->storage, &local_error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    if (!is_told (g_ptr_array_index (records, i)))
      g_ptr_array_add (promises, json_node_ref (g_ptr_array_index (records, i)));

  /* What is damaged stays so, and may have been anything. */
  if (g_error_matches (local_error, WEFT_ERROR, WEFT_ERROR_CORRUPT))
    {
      g_message ("what this node promised is damaged, it promises nothing more: %s",
                 local_error->message);
      g_ptr_array_add (promises, NULL);
    }
  else if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&promises);
}
