/* weft-tip.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-tip-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"

gboolean
weft_tip_begin (WeftTip          *self,
                WeftStorageRepo  *repo,
                const char       *block_id,
                GError          **error)
{
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  g_auto (WeftMaterialized) latest = { NULL };

  *self = (WeftTip) { block_id };
  if (!weft_storage_repo_read_metadata (repo, block_id, &metadata, error)
      || !weft_versioned_materialize (repo->versioned, block_id, metadata, 0, &latest, error))
    return FALSE;

  self->latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;
  self->rev = self->latest_rev;
  self->block = g_steal_pointer (&latest.block);

  return TRUE;
}

gboolean
weft_tip_advance (WeftTip          *self,
                  WeftStorageRepo  *repo,
                  const char       *action_id,
                  WeftPending      *pending,
                  GError          **error)
{
  g_autoptr (WeftBlock) block = NULL;

  if (weft_pending_get_base (pending) != self->rev)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
                   "block %s: expected revision %" G_GINT64_FORMAT " as the base of action %s, "
                   "found %" G_GINT64_FORMAT, self->block_id, weft_pending_get_base (pending),
                   action_id, self->rev);
      return FALSE;
    }
  if (!weft_versioned_make (repo->versioned, self->block_id, action_id, pending, self->block,
                            self->rev == self->latest_rev, &block, error))
    return FALSE;

  self->rev++;
  if (!WEFT_BUG (CHAIN_CONTENT))
    {
      g_clear_pointer (&self->block, weft_block_unref);
      self->block = g_steal_pointer (&block);
    }

  return TRUE;
}

void
weft_tip_clear (WeftTip *self)
{
  g_clear_pointer (&self->block, weft_block_unref);
}
