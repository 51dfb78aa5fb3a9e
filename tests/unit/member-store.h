/* member-store.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-member-effects-private.h"

G_BEGIN_DECLS

/* What a node stores, as far as a member asks: small enough to be copied. */
typedef struct _RigState RigState;

RigState   *rig_state_new            (void);
RigState   *rig_state_copy           (RigState          *self);
void        rig_state_free           (RigState          *self);
void        rig_state_add_revision   (RigState          *self,
                                      const char        *block_id,
                                      gint64             rev,
                                      const char        *action_id);
/* Who keeps it from now on, NULL for nobody who was named. */
void        rig_state_pin            (RigState          *self,
                                      const char        *block_id,
                                      const char        *cluster);
const char *rig_state_get_pin        (RigState          *self,
                                      const char        *block_id);
void        rig_state_add_pending    (RigState          *self,
                                      const char        *block_id,
                                      const char        *action_id,
                                      gint64             base);
/* The same with a content of its own. */
void        rig_state_add_content    (RigState          *self,
                                      const char        *block_id,
                                      const char        *action_id,
                                      gint64             base,
                                      const char        *digest);
void        rig_state_drop_pending   (RigState          *self,
                                      const char        *block_id,
                                      const char        *action_id);
gint64      rig_state_get_latest     (RigState          *self,
                                      const char        *block_id);
const char *rig_state_get_revision   (RigState          *self,
                                      const char        *block_id,
                                      gint64             rev);
/* The base, or -1 when it is not pending. */
gint64      rig_state_get_pending    (RigState          *self,
                                      const char        *block_id,
                                      const char        *action_id);
/* Of what is pending. */
const char *rig_state_get_digest     (RigState          *self,
                                      const char        *block_id,
                                      const char        *action_id);
void        rig_state_write          (RigState          *self,
                                      const char        *key,
                                      JsonNode          *json,
                                      gboolean           is_resolved);
JsonNode   *rig_state_read           (RigState          *self,
                                      const char        *key);
/* What is stored of a slot itself, or NULL. */
JsonNode   *rig_state_read_slot      (RigState          *self,
                                      WeftSlot          *slot);
/* What is stored for many slots; a lock may rest on a vote. */
WeftClusterRecord *rig_shared_read       (JsonNode          *json,
                                          WeftClusterRecord *vote);
WeftClusterRecord *rig_state_read_shared (RigState          *self,
                                          JsonNode          *json);
/* The latest vote or lock that is stored for this slot and others, or NULL. */
WeftClusterRecord *rig_state_find_shared (RigState      *self,
                                          WeftSlot      *slot,
                                          gboolean       is_lock);
/* (element-type JsonNode): the records that are not resolved, by key. */
GPtrArray  *rig_state_list_open      (RigState          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RigState, rig_state_free)

G_END_DECLS
