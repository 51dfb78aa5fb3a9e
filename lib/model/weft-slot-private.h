/* weft-slot-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What a commit claims of one block: to be the revision that follows `base`. At most one action is
 * ever decided for it. JSON: `["block id",base]`. */
typedef struct _WeftSlot WeftSlot;

GType       weft_slot_get_type     (void);
WeftSlot   *weft_slot_new          (const char         *block_id,
                                    gint64              base) G_GNUC_WARN_UNUSED_RESULT;
const char *weft_slot_get_block_id (WeftSlot           *self);
gint64      weft_slot_get_base     (WeftSlot           *self);
/* Of the block id, as g_str_hash() has it. */
guint       weft_slot_get_block_hash (WeftSlot         *self);
int         weft_slot_compare      (WeftSlot           *a,
                                    WeftSlot           *b);
/* Under which a storage keeps the state of an open slot, and the proof of what filled it. */
char       *weft_slot_make_key     (WeftSlot           *self) G_GNUC_WARN_UNUSED_RESULT;
WeftSlot   *weft_slot_ref          (WeftSlot           *self);
void        weft_slot_unref        (WeftSlot           *self);
WeftSlot   *weft_slot_read         (const WeftItem     *item,
                                    const WeftJsonPath *path,
                                    GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WeftSlot   *weft_slot_from_json    (JsonNode           *json,
                                    GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_slot_to_json(). */
void        weft_slot_append       (WeftSlot           *self,
                                    GString            *text);
JsonNode   *weft_slot_to_json      (WeftSlot           *self) G_GNUC_WARN_UNUSED_RESULT;
char       *weft_slot_to_string    (WeftSlot           *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean    weft_slot_equal        (WeftSlot           *a,
                                    WeftSlot           *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSlot, weft_slot_unref)

G_END_DECLS
