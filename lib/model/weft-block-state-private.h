/* weft-block-state-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-slot-state-private.h"

G_BEGIN_DECLS

/* What a member knows of a block. JSON: {"blockId","latest"?:ActionRev,"open"?:[SlotState…],
 * "elsewhere"?:true}. */
typedef struct
{
  char *block_id;
  gint64 rev;       /* of the latest revision, 0 for none */
  char *action_id;  /* nullable: of that */
  GPtrArray *open;  /* nullable (element-type WeftSlotState): with a vote or a lock, by base */
  /* There is nothing of it here, and others keep it, as the member sees the network: that it is not
   * here does not say that it is nowhere. */
  gboolean is_elsewhere;
} WeftBlockState;

/* Takes over `open`, which has weft_slot_state_free. */
WeftBlockState *weft_block_state_new      (const char         *block_id,
                                           gint64              rev,
                                           const char         *action_id,
                                           GPtrArray          *open) G_GNUC_WARN_UNUSED_RESULT;
void            weft_block_state_free     (WeftBlockState     *self);
/* 1 to 256 of them. */
GPtrArray      *weft_block_states_read    (const WeftItem     *item,
                                           const WeftJsonPath *path,
                                           GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of the array. */
void            weft_block_states_append  (GPtrArray          *states,
                                           GString            *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlockState, weft_block_state_free)

G_END_DECLS
