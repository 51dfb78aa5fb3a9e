/* weft-storage-repo-pends.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Several pends at once, for a member of a cluster: each for itself. Those that came with a request
 * for a vote on all of them are in weft-storage-repo-chain.c. */

#include "config.h"

#include "weft-batch-private.h"
#include "weft-bug-private.h"
#include "weft-pend-block-private.h"
#include "weft-transforms-private.h"

/* Several, each for itself, until what they rest on is durable. */
typedef struct
{
  WeftStorageRepo *repo; /* (owned) */
  GPtrArray *results;    /* (element-type WeftPendResult) (owned), NULL for what was not taken */
  WeftPendEachFunc done;
  gpointer user_data;
} Each;

static void
each_free (Each *each)
{
  g_ptr_array_unref (each->results);
  g_object_unref (each->repo);
  g_free (each);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Each, each_free)

static void
each_settled_cb (const GError *error,
                 gpointer      user_data)
{
  g_autoptr (Each) each = user_data;

  if (error == NULL || WEFT_BUG (FAILED_PEND_ACKNOWLEDGED))
    each->done (each->results, NULL, each->user_data);
  else
    each->done (NULL, error, each->user_data);
}

static void
each_alarm_cb (gpointer user_data)
{
  each_settled_cb (NULL, user_data);
}

static void
result_free (gpointer result)
{
  if (result != NULL)
    weft_pend_result_unref (result);
}

/* NULL where it came too late, or is not to be stored for another reason. */
static WeftPendResult *
take (WeftStorageRepo *self,
      WeftRepoMessage *message,
      WeftBatch       *batch,
      GPtrArray       *all_ids)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  g_autofree const char **block_ids
      = weft_transforms_list_block_ids (weft_pend_request_get_transforms (pend));
  g_autoptr (GError) reason = NULL;
  g_autoptr (WeftPendResult) result
      = weft_storage_repo_make_pend (self, pend, block_ids,
                                     weft_repo_message_get_expiration (message), batch, &reason);

  if (result == NULL || !weft_pend_result_is_success (result))
    return NULL;
  for (guint i = 0; block_ids[i] != NULL; i++)
    g_ptr_array_add (all_ids, (gpointer) block_ids[i]);

  return g_steal_pointer (&result);
}

void
weft_storage_repo_pend_each (WeftStorageRepo  *self,
                             GPtrArray        *messages,
                             WeftPendEachFunc  done,
                             gpointer          user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  Each *each = g_new0 (Each, 1);

  each->repo = g_object_ref (self);
  each->results = g_ptr_array_new_full (messages->len, result_free);
  each->done = done;
  each->user_data = user_data;
  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (each->results, take (self, g_ptr_array_index (messages, i), batch, ids));
  g_ptr_array_add (ids, NULL);

  /* What was pended before may not be durable yet. */
  weft_pend_blocks_submit (self, batch, (const char * const *) ids->pdata);
  if (!weft_submissions_wait (self->submissions, (const char * const *) ids->pdata,
                              each_settled_cb, each))
    weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock), each_alarm_cb, each,
                          NULL);
}
