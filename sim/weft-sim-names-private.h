/* weft-sim-names-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-history.h"

G_BEGIN_DECLS

#define WEFT_SIM_NAMES_RECENT 256

/* A history knows blocks and actions by number. Here the numbers are given out, and what an
 * action proposes is kept until it is committed. Shared by all clients of a run. */
typedef struct
{
  grefcount ref_count;
  GHashTable *blocks;   /* (element-type utf8 guint), from 0; never iterated */
  GHashTable *actions;  /* (element-type utf8 guint64), from 1; never iterated */
  GPtrArray *block_ids; /* (element-type utf8), by number */
  GPtrArray *action_ids; /* (element-type utf8), by number; there is none at 0 */
  GPtrArray *proposals; /* (element-type GArray of WeftSimChange), by number; NULL where unknown */
  guint recent[WEFT_SIM_NAMES_RECENT]; /* actions by how their ids begin, or 0: most come again */
} WeftSimNames;

WeftSimNames *weft_sim_names_new          (void) G_GNUC_WARN_UNUSED_RESULT;
WeftSimNames *weft_sim_names_ref          (WeftSimNames *self) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_names_unref        (WeftSimNames *self);
guint         weft_sim_names_number_block (WeftSimNames *self,
                                           const char   *block_id);
guint64       weft_sim_names_number_action (WeftSimNames *self,
                                            const char   *action_id);
/* Of what is sighted. Where nodes moved the block to others, the history is told to expect it. */
guint64       weft_sim_names_number_revision (WeftSimNames   *self,
                                              WeftSimHistory *history,
                                              const char     *block_id,
                                              const char     *action_id,
                                              guint64         value);
gboolean      weft_sim_names_is_move      (const char   *action_id);
/* Takes over the changes. The first proposal of an action stays. */
void          weft_sim_names_propose      (WeftSimNames *self,
                                           guint64       action,
                                           GArray       *changes);
GArray       *weft_sim_names_get_proposal (WeftSimNames *self,
                                           guint64       action);
/* As a WeftSimNameFunc. */
char         *weft_sim_names_name         (WeftSimNamed  what,
                                           guint64       number,
                                           gpointer      user_data);
/* What stands for a content: never 0 for a block, and 0 for none. */
guint64       weft_sim_names_digest       (WeftBlock    *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimNames, weft_sim_names_unref)

G_END_DECLS
