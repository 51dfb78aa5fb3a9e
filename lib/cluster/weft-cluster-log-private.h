/* weft-cluster-log-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-record.h"
#include "weft-proposal-machine-private.h"

G_BEGIN_DECLS

/* The recent proposals of this node, for people who ask why: what was asked for, how it went on
 * and how it ended, with the signed votes. It keeps so many, the newest. */
typedef struct _WeftClusterLog WeftClusterLog;
typedef struct _WeftClusterEntry WeftClusterEntry;

WeftClusterLog   *weft_cluster_log_new          (guint                     entries_max)
    G_GNUC_WARN_UNUSED_RESULT;
void              weft_cluster_log_free         (WeftClusterLog           *self);
WeftClusterEntry *weft_cluster_log_add          (WeftClusterLog           *self,
                                                 WeftClusterRecord        *record,
                                                 gboolean                  is_recovery,
                                                 gint64                    now_usec,
                                                 gint64                    real_msec)
    G_GNUC_WARN_UNUSED_RESULT;
/* `stage` is a word. */
void              weft_cluster_entry_add_stage  (WeftClusterEntry         *self,
                                                 const char               *stage,
                                                 gint64                    now_usec);
void              weft_cluster_entry_set_result (WeftClusterEntry         *self,
                                                 const WeftProposalEffect *result);
/* Takes it over when it is done: hardly anybody asks what it has to say, so it is not written down
 * before. */
void              weft_cluster_entry_take_machine (WeftClusterEntry       *self,
                                                   WeftProposalMachine    *machine);
void              weft_cluster_entry_unref      (WeftClusterEntry         *self);
/* The entries of an action, or those of a block when `block_id` is given, the newest first. */
JsonNode         *weft_cluster_log_to_json      (WeftClusterLog           *self,
                                                 const char               *action_id,
                                                 const char               *block_id)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterLog, weft_cluster_log_free)

G_END_DECLS
