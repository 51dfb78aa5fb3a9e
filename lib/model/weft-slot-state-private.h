/* weft-slot-state-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-record-private.h"

G_BEGIN_DECLS

/* What a member says of one slot. JSON: {"slot","vote"?:{"ballot","messageHash"},"lock"?:Record}.
 * In a list, a record that is the lock of several slots is written with the first of them; the
 * others have the index of that one. */
typedef struct
{
  WeftSlot *slot;
  WeftBallot *vote_ballot; /* nullable: the highest in which it voted, and for what */
  char *vote_hash;         /* nullable */
  WeftClusterRecord *lock; /* nullable: as weft_cluster_record_to_lock() makes it */
} WeftSlotState;

/* `slot` and `lock` are borrowed; the lock is brought into its form. */
WeftSlotState *weft_slot_state_new         (WeftSlot           *slot,
                                            WeftBallot         *vote_ballot,
                                            const char         *vote_hash,
                                            WeftClusterRecord  *lock) G_GNUC_WARN_UNUSED_RESULT;
void           weft_slot_state_free        (WeftSlotState      *self);
/* A member of an object that is an array of at most 256 states, in the order of their slots,
 * each slot once. */
GPtrArray     *weft_slot_states_read       (const WeftItem     *object,
                                            const char         *name,
                                            const WeftJsonPath *path,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of the array. */
void           weft_slot_states_append     (GPtrArray          *states,
                                            GString            *text);
gboolean       weft_slot_states_are_sorted (GPtrArray          *states);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSlotState, weft_slot_state_free)

G_END_DECLS
