/* weft-pend-block.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-pend-block-private.h"

#include "weft-error.h"

void
weft_pend_block_free (gpointer data)
{
  WeftPendBlock *block = data;

  g_clear_pointer (&block->metadata, weft_block_metadata_unref);
  g_clear_pointer (&block->stored, weft_pending_unref);
  g_clear_pointer (&block->committed, weft_pending_unref);
  g_clear_pointer (&block->pending, weft_pending_unref);
  g_strfreev (block->pendings);
  g_free (block);
}

/* An action id names one content, so that a repeat can be told from a mix-up. */
gboolean
weft_pend_block_check_repeat (WeftPendBlock   *self,
                              WeftPendRequest *request,
                              WeftPending     *earlier,
                              GError         **error)
{
  gint64 base = weft_pend_request_get_base (request, self->block_id);

  if (weft_transform_equal (weft_pending_get_transform (earlier),
                            weft_pending_get_transform (self->pending))
      && (base == WEFT_BASE_UNKNOWN || base == weft_pending_get_base (earlier)))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
               "block %s: action %s is %s with another content", self->block_id,
               weft_pend_request_get_action_id (request),
               earlier == self->committed ? "committed" : "pending");
  return FALSE;
}
