/* weft-prepared-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-prepare-private.h"
#include "weft-slot-state-private.h"

G_BEGIN_DECLS

/* A member's answer to a prepare: that it will not go below `ballot`, and where it is. JSON, with
 * the members of its signature:
 * {"membership","ballot","slots":[SlotState…],"signature","path"?}. */
typedef struct _WeftPrepared WeftPrepared;

GType                weft_prepared_get_type       (void);
/* Takes over the states (element-type WeftSlotState, with weft_slot_state_free), which are in the
 * order of their slots. */
WeftPrepared        *weft_prepared_new            (const char          *membership,
                                                   WeftBallot          *ballot,
                                                   GPtrArray           *states)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPrepared        *weft_prepared_new_signed     (WeftPrepared        *prepared,
                                                   WeftSignature       *signature)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBallot          *weft_prepared_get_ballot     (WeftPrepared        *self);
const char          *weft_prepared_get_membership (WeftPrepared        *self);
guint                weft_prepared_get_n_slots    (WeftPrepared        *self);
const WeftSlotState *weft_prepared_get_state      (WeftPrepared        *self,
                                                   guint                index);
const WeftSlotState *weft_prepared_find           (WeftPrepared        *self,
                                                   WeftSlot            *slot);
WeftSignature       *weft_prepared_get_signature  (WeftPrepared        *self); /* nullable */
/* base64url SHA-256 of the canonical JSON of all but the signature. */
char                *weft_prepared_make_digest    (WeftPrepared        *self)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPrepared        *weft_prepared_ref            (WeftPrepared        *self);
void                 weft_prepared_unref          (WeftPrepared        *self);
/* Appends the canonical text of weft_prepared_to_json(). */
void                 weft_prepared_append         (WeftPrepared        *self,
                                                   GString             *text);
WeftPrepared        *weft_prepared_read           (const WeftItem      *item,
                                                   const WeftJsonPath  *path,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonNode            *weft_prepared_to_json        (WeftPrepared        *self)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPrepared        *weft_prepared_from_json      (JsonNode            *json,
                                                   GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
char                *weft_prepared_to_string      (WeftPrepared        *self)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean             weft_prepared_equal          (WeftPrepared        *a,
                                                   WeftPrepared        *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPrepared, weft_prepared_unref)

G_END_DECLS
