/* weft-sim-logs-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-history.h"

G_BEGIN_DECLS

/* What every node keeps of every block in the end: the revisions of each, the oldest first. */
typedef struct
{
  guint n_nodes;
  guint n_keys;
  GArray **logs; /* (element-type WeftSimSighting): those of the first node, then of the next */
} WeftSimLogs;

WeftSimLogs *weft_sim_logs_new     (guint                  n_nodes,
                                    guint                  n_keys) G_GNUC_WARN_UNUSED_RESULT;
void         weft_sim_logs_free    (WeftSimLogs           *self);
void         weft_sim_logs_add     (WeftSimLogs           *self,
                                    guint                  node,
                                    guint                  key,
                                    const WeftSimSighting *sighting);
GArray      *weft_sim_logs_peek    (const WeftSimLogs     *self,
                                    guint                  node,
                                    guint                  key);
/* Those revisions that so many nodes have at least: what is acknowledged has to be among them.
 * (element-type WeftSimSighting) */
GArray      *weft_sim_logs_collect (const WeftSimLogs     *self,
                                    guint                  n_least) G_GNUC_WARN_UNUSED_RESULT;
/* Two nodes that have different things for one revision of a block; in words, or NULL. */
char        *weft_sim_logs_find_fork (const WeftSimLogs   *self) G_GNUC_WARN_UNUSED_RESULT;
/* Two nodes of those that are members, a word for each, of which one has more of a block than the
 * other. */
char        *weft_sim_logs_find_difference (const WeftSimLogs *self,
                                            const gboolean    *is_member)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same of one block. */
char        *weft_sim_logs_find_key_difference (const WeftSimLogs *self,
                                            guint              key,
                                            const gboolean    *is_member)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimLogs, weft_sim_logs_free)

G_END_DECLS
