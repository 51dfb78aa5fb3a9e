/* weft-storage-repo-member.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a storage repo does for a member of a cluster, see also weft_storage_repo_apply(). */

#include "config.h"

#include "weft-batch-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-missing-private.h"
#include "weft-pending-private.h"
#include "weft-slot-private.h"
#include "weft-storage-private.h"
#include "weft-storage-repo-private.h"

void
weft_storage_repo_set_governor (WeftStorageRepo           *self,
                                const WeftStorageGovernor *governor)
{
  static const WeftStorageGovernor none = { NULL, NULL };

  self->governor = governor != NULL ? *governor : none;
}

void
weft_storage_repo_set_adopt (WeftStorageRepo *self,
                             WeftAdoptFunc    adopt,
                             gpointer         user_data)
{
  self->adopt = adopt;
  self->adopt_data = user_data;
}

gboolean
weft_storage_repo_is_governed (WeftStorageRepo *self)
{
  return self->governor.holds != NULL;
}

gboolean
weft_storage_repo_holds (WeftStorageRepo *self,
                         const char      *block_id,
                         const char      *action_id)
{
  return self->governor.holds != NULL
         && self->governor.holds (self->governor.data, block_id, action_id);
}

gboolean
weft_storage_repo_wait (WeftStorageRepo    *self,
                        const char * const *block_ids,
                        WeftSettledFunc     settled,
                        gpointer            user_data)
{
  return weft_submissions_wait (self->submissions, block_ids, settled, user_data);
}

WeftPending *
weft_storage_repo_read_content (WeftStorageRepo *self,
                                const char      *block_id,
                                const char      *action_id,
                                GError         **error)
{
  g_autoptr (WeftPending) content = NULL;

  if (!weft_storage_repo_read_pending (self, block_id, action_id, &content, error))
    return NULL;
  if (content == NULL
      && !weft_storage_repo_read_action (self, block_id, action_id, &content, error))
    return NULL;

  return g_steal_pointer (&content);
}

static void
ignore_cb (const GError *error,
           gpointer      user_data)
{
  g_object_unref (user_data);
}

static gboolean
check_stored (WeftPending *stored,
              WeftPending *pending,
              const char  *block_id,
              const char  *action_id,
              GError     **error)
{
  if (g_str_equal (weft_pending_get_digest (stored), weft_pending_get_digest (pending)))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
               "block %s: action %s is here with another content", block_id, action_id);
  return FALSE;
}

/* Whether it is the same change, made for another revision: what is here is what another place in a
 * chain was meant for, and is not held for that. */
static gboolean
is_made_again (WeftStorageRepo *self,
               WeftPending     *stored,
               WeftPending     *pending,
               const char      *block_id,
               const char      *action_id)
{
  return weft_storage_repo_is_governed (self)
         && weft_transform_equal (weft_pending_get_transform (stored),
                                  weft_pending_get_transform (pending))
         && !weft_storage_repo_holds (self, block_id, action_id);
}

gboolean
weft_storage_repo_put_pending (WeftStorageRepo *self,
                               const char      *block_id,
                               const char      *action_id,
                               WeftPending     *pending,
                               gboolean         replace,
                               GError         **error)
{
  const char *block_ids[] = { block_id, NULL };
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  g_autoptr (WeftPending) stored = NULL;
  g_autoptr (WeftPending) action = NULL;
  g_autoptr (WeftBatch) batch = NULL;

  if (!weft_storage_repo_read_metadata (self, block_id, &metadata, error)
      || !weft_storage_repo_read_pending (self, block_id, action_id, &stored, error)
      || !weft_storage_repo_read_action (self, block_id, action_id, &action, error))
    return FALSE;
  if (action != NULL)
    return check_stored (action, pending, block_id, action_id, error);
  replace = replace || (stored != NULL
                        && is_made_again (self, stored, pending, block_id, action_id));
  if (stored != NULL && (!replace || check_stored (stored, pending, block_id, action_id, NULL)))
    return check_stored (stored, pending, block_id, action_id, error);

  batch = weft_batch_new ();
  if (metadata == NULL)
    {
      metadata = weft_block_metadata_new ();
      weft_batch_put_metadata (batch, block_id, metadata);
    }
  weft_batch_put_pending (batch, block_id, action_id, pending);
  weft_versioned_forget_pending (self->versioned, block_id, action_id);
  weft_storage_repo_watch_pending (self, block_id, action_id,
                                   weft_pending_get_expiration (pending));
  weft_submissions_submit (self->submissions, batch, block_ids, ignore_cb, g_object_ref (self));

  return TRUE;
}

/* Adds the blocks on which the action is dropped. */
static void
drop_pend (WeftStorageRepo *self,
           WeftPendRequest *pend,
           WeftBatch       *batch,
           GPtrArray       *dropped)
{
  const char *action_id = weft_pend_request_get_action_id (pend);
  g_auto (GStrv) block_ids
      = weft_transforms_get_block_ids (weft_pend_request_get_transforms (pend));

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autoptr (WeftPending) pending
          = weft_storage_read_pending (self->storage, block_ids[i], action_id, NULL);

      if (pending == NULL || weft_storage_repo_holds (self, block_ids[i], action_id))
        continue;
      weft_batch_delete_pending (batch, block_ids[i], action_id);
      weft_versioned_forget_pending (self->versioned, block_ids[i], action_id);
      weft_storage_repo_unwatch_pending (self, block_ids[i], action_id);
      g_ptr_array_add (dropped, g_strdup (block_ids[i]));
    }
}

void
weft_storage_repo_drop_pends (WeftStorageRepo *self,
                              GPtrArray       *pends)
{
  g_autoptr (GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  for (guint i = 0; i < pends->len; i++)
    drop_pend (self, g_ptr_array_index (pends, i), batch, dropped);
  if (dropped->len == 0)
    return;

  g_ptr_array_add (dropped, NULL);
  weft_batch_set_patient (batch);
  weft_submissions_submit (self->submissions, batch, (const char * const *) dropped->pdata,
                           ignore_cb, g_object_ref (self));
}

static WeftTape *
read_slot (WeftStorageRepo *self,
           WeftSlot        *slot)
{
  g_autofree char *key = weft_slot_make_key (slot);
  g_autoptr (WeftTape) tape = weft_storage_read_record_tape (self->storage, key, NULL);

  if (tape == NULL || weft_tape_get_root (tape)->kind != WEFT_ITEM_OBJECT)
    return NULL;

  return g_steal_pointer (&tape);
}

char *
weft_storage_repo_read_certificate (WeftStorageRepo *self,
                                    const char      *block_id,
                                    gint64           base)
{
  g_autoptr (WeftSlot) slot = weft_slot_new (block_id, base);
  g_autoptr (WeftTape) record = read_slot (self, slot);
  const WeftItem *member;

  if (record == NULL)
    return NULL;

  /* A record that fills many slots is kept once, under the first of them. */
  member = weft_item_find (weft_tape_get_root (record), "with");
  if (member != NULL)
    {
      g_autoptr (WeftSlot) first = weft_slot_read (member, NULL, NULL);

      g_clear_pointer (&record, weft_tape_unref);
      record = first != NULL ? read_slot (self, first) : NULL;
      if (record == NULL)
        return NULL;
    }

  member = weft_item_find (weft_tape_get_root (record), "certificate");

  return member != NULL ? weft_item_to_text (member) : NULL;
}

WeftStaleFailure *
weft_storage_repo_make_stale (WeftStorageRepo    *self,
                              const char * const *block_ids,
                              const gint64       *bases,
                              GError            **error)
{
  g_autoptr (WeftMissing) missing = weft_missing_new ();

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autoptr (WeftBlockMetadata) metadata = NULL;
      gint64 latest_rev;

      if (!weft_storage_repo_read_metadata (self, block_ids[i], &metadata, error))
        return NULL;
      latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
      if (latest_rev > bases[i])
        weft_missing_add (missing, block_ids[i], bases[i] + 1, latest_rev);
    }
  if (weft_missing_is_empty (missing))
    return weft_stale_failure_new ("another action came first", NULL, NULL, NULL, 0, FALSE);

  return weft_missing_build_failure (missing, self, error);
}
