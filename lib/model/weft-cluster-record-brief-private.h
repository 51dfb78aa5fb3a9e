/* weft-cluster-record-brief-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-record-private.h"
#include "weft-record-core-private.h"

G_BEGIN_DECLS

/* A record without what was told before. To somebody who knows its peers:
 * {"messageHash","message","membership","ballot"?,"promises"?,"commits"?}; to somebody who knows
 * the record, too: {"messageHash","ballot"?,"promises"?,"commits"?}. The first ballot is left
 * out. */

/* A justification is told in full. */
gboolean           weft_cluster_record_may_be_brief (WeftClusterRecord  *self);
/* Appends its canonical text. */
void               weft_cluster_record_append_brief (WeftClusterRecord  *self,
                                                     gboolean            has_message,
                                                     GString            *text);
/* `known` has the same peers and policy, and the same message if there is none in `item`. */
WeftClusterRecord *weft_cluster_record_read_brief   (const WeftItem     *item,
                                                     WeftRecordCore     *known,
                                                     const WeftJsonPath *path,
                                                     GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRecordCore    *weft_cluster_record_get_core     (WeftClusterRecord  *self);

/* As weft_cluster_record_new(). One after the other mostly has the same peers, which the first
 * call leaves in `deciders` for the next. */
WeftClusterRecord *weft_cluster_record_new_among    (WeftRepoMessage    *message,
                                                     GPtrArray          *peers,
                                                     double              super_majority,
                                                     WeftRecordCore    **deciders,
                                                     GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
