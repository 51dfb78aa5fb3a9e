/* weft-coordinator-hooks.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a coordinator repo does for the parts that work for it. */

#include "config.h"

#include "weft-cluster-adopt-private.h"
#include "weft-cluster-fetch-private.h"
#include "weft-cluster-record-private.h"
#include "weft-coordinator-private.h"
#include "weft-error.h"
#include "weft-remote-cluster-private.h"
#include "weft-repo-message-private.h"

#define LIARS_MAX 64
#define RECOVERIES_MAX 64
/* Of blocks that were read or committed lately. */
#define CONFIRMED_MAX 8192

WeftCluster *
weft_coordinator_get_cluster (WeftCoordinatorRepo *self,
                              WeftPeerId          *peer_id)
{
  WeftRemoteCluster *remote;

  if (weft_peer_id_equal (peer_id, self->parts->peer_id))
    return WEFT_CLUSTER (self->member);

  remote = g_tree_lookup (self->remotes, peer_id);
  if (remote == NULL)
    {
      remote = weft_remote_cluster_new (self->parts, peer_id);
      g_tree_insert (self->remotes, weft_remote_cluster_get_peer_id (remote), remote);
    }

  return WEFT_CLUSTER (remote);
}

void
weft_coordinator_report (gpointer    data,
                         WeftPeerId *peer_id,
                         const char *reason,
                         JsonNode   *proof)
{
  WeftCoordinatorRepo *self = data;
  WeftLiar *liar = g_new0 (WeftLiar, 1);

  g_message ("%s lied: %s", weft_peer_id_get_text (peer_id), reason);
  weft_key_network_report_lie (self->key_network, peer_id);
  liar->peer_id = weft_peer_id_ref (peer_id);
  liar->reason = g_strdup (reason);
  liar->proof = proof != NULL ? json_node_ref (proof) : NULL;
  liar->at_msec = weft_cluster_parts_get_real_msec (self->parts);
  if (self->liars->len == LIARS_MAX)
    g_ptr_array_remove_index (self->liars, 0);
  g_ptr_array_add (self->liars, liar);
}

void
weft_coordinator_confirm (WeftCoordinatorRepo *self,
                          const char          *block_id)
{
  gint64 now_msec = weft_cluster_parts_get_real_msec (self->parts);
  gint64 *as_of_msec = g_hash_table_lookup (self->confirmed, block_id);

  if (as_of_msec != NULL)
    {
      *as_of_msec = now_msec;
      return;
    }
  if (g_hash_table_size (self->confirmed) == CONFIRMED_MAX)
    g_hash_table_remove_all (self->confirmed);
  g_hash_table_replace (self->confirmed, g_strdup (block_id),
                        g_memdup2 (&now_msec, sizeof now_msec));
}

gint64
weft_coordinator_get_as_of (WeftCoordinatorRepo *self,
                            const char          *block_id)
{
  const gint64 *as_of_msec = g_hash_table_lookup (self->confirmed, block_id);

  return as_of_msec != NULL ? *as_of_msec : 0;
}

void
weft_coordinator_recover (WeftCoordinatorRepo *self,
                          WeftClusterRecord   *record)
{
  if (self->is_closed || g_queue_get_length (&self->to_recover) == RECOVERIES_MAX)
    return;

  g_queue_push_tail (&self->to_recover, weft_cluster_record_ref (record));
  weft_coordinator_run_later (self);
}

void
weft_coordinator_tell (WeftCoordinatorRepo *self,
                       WeftClusterRecord   *certificate,
                       GPtrArray           *peer_ids)
{
  weft_cluster_teller_add (self->teller, certificate, peer_ids);
}

static void
fetch_hook (gpointer                data,
            const WeftMemberEffect *effect,
            WeftSettledFunc         settled,
            gpointer                settled_data)
{
  WeftCoordinatorRepo *self = data;
  WeftClusterRecord *record = effect->record;
  g_autoptr(GPtrArray) peer_ids = weft_cluster_fetch_list_peers (record, effect->peers);

  if (effect->rev > 0)
    weft_cluster_fetch_revisions (self->member, self->parts, effect->text, effect->rev, peer_ids,
                                  settled, settled_data);
  else
    weft_cluster_fetch_content (self->member, self->parts, effect->text, record, peer_ids, settled,
                                settled_data);
}

static void
recover_hook (gpointer           data,
              WeftClusterRecord *record)
{
  weft_coordinator_recover (data, record);
}

void
weft_coordinator_adopt (gpointer          data,
                        WeftBlockArchive *archive,
                        WeftSettledFunc   settled,
                        gpointer          settled_data)
{
  WeftCoordinatorRepo *self = data;

  weft_cluster_adopt (self->member, self->parts, archive, settled, settled_data);
}

WeftCluster *
weft_coordinator_find_member (gpointer    data,
                              WeftPeerId *peer_id)
{
  return weft_coordinator_get_cluster (data, peer_id);
}

WeftMemberHooks
weft_coordinator_make_hooks (WeftCoordinatorRepo *self)
{
  return (WeftMemberHooks) { fetch_hook, recover_hook, self };
}
