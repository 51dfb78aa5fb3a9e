/* weft-cluster-record-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-record-private.h"
#include "weft-record-core-private.h"

G_BEGIN_DECLS

/* What the parts of a record share. The arrays have an entry for each peer. */
struct _WeftClusterRecord
{
  WeftRecordCore *core;
  WeftBallot *ballot;
  WeftPrepared **prepared; /* NULL without a justification */
  WeftVote **promises;     /* in `votes`, as `commits` are */
  WeftVote **commits;
  guint n_promises;        /* approvals */
  guint n_commits;
  WeftVote *votes[];
};

/* Without votes; to be given some. */
WeftClusterRecord *weft_cluster_record_new_blank (WeftRecordCore    *core,
                                                  WeftBallot        *ballot)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_cluster_record_set_vote  (WeftClusterRecord *self,
                                                  gboolean           is_commit,
                                                  guint              peer_index,
                                                  WeftVote          *vote);
/* Appends one of the members `promises` and `commits`; nothing, and FALSE, when there is none. */
gboolean           weft_cluster_record_append_votes (WeftClusterRecord *self,
                                                     gboolean           is_commit,
                                                     GString           *text);
void               weft_cluster_record_clear     (WeftClusterRecord *self);
gboolean           weft_cluster_record_read_votes (WeftClusterRecord  *self,
                                                   const WeftItem     *object,
                                                   gboolean            is_commit,
                                                   const WeftJsonPath *path,
                                                   GError            **error);

G_END_DECLS
