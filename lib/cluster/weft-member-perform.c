/* weft-member-perform.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-perform-private.h"

#include "weft-batch-private.h"
#include "weft-cluster-record-private.h"
#include "weft-storage.h"

static void
add_writes (WeftBatch *batch,
            gpointer   writes)
{
  for (guint i = 0; i < ((GPtrArray *) writes)->len; i++)
    {
      WeftMemberWrite *write = g_ptr_array_index ((GPtrArray *) writes, i);

      if (write->text == NULL)
        weft_batch_delete_record (batch, write->key);
      else
        weft_batch_put_record_text (batch, write->key, write->text, write->is_resolved);
    }
}

void
weft_member_perform_store (WeftClusterParts *parts,
                           WeftMemberEffect *effect,
                           WeftBatchDoneFunc done,
                           gpointer          user_data)
{
  g_autoptr(WeftBatch) batch = weft_batch_new ();

  add_writes (batch, effect->writes);
  weft_storage_submit (parts->storage, batch, done, user_data);
}

gboolean
weft_member_perform_apply (WeftClusterParts *parts,
                           WeftMemberEffect *effect,
                           WeftSettledFunc   settled,
                           gpointer          user_data,
                           GError          **error)
{
  return weft_storage_repo_apply (parts->repo, effect->commits,
                                  weft_cluster_record_get_pin (effect->record), add_writes,
                                  effect->writes, settled, user_data, error);
}

char *
weft_member_perform_pend (WeftClusterParts *parts,
                          WeftMemberEffect *effect,
                          GError          **error)
{
  g_autoptr(WeftPendResult) stale = NULL;

  weft_storage_repo_pend_at_once (parts->repo, weft_cluster_record_get_message (effect->record),
                                  effect->pends,
                                  weft_cluster_record_get_expiration (effect->record), &stale,
                                  error);

  return stale != NULL ? weft_pend_result_to_string (stale) : NULL;
}
