/* weft-sim-forks-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-node.h"

G_BEGIN_DECLS

/* What honest nodes that keep blocks together have decided, held against each other as soon as it
 * is durable at each. */
typedef struct _WeftSimForks WeftSimForks;

WeftSimForks *weft_sim_forks_new       (WeftSimWorld *world) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_forks_free      (WeftSimForks *self);
/* From now on, for as long as this life of the node lasts. */
void          weft_sim_forks_watch     (WeftSimForks *self,
                                        WeftSimNode  *node);
/* An action became a revision of a block at somebody. */
void          weft_sim_forks_see       (WeftSimForks *self,
                                        const char   *who,
                                        const char   *block_id,
                                        gint64        rev,
                                        const char   *action_id);
/* The first contradiction, or NULL. */
const char   *weft_sim_forks_get_words (WeftSimForks *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimForks, weft_sim_forks_free)

G_END_DECLS
