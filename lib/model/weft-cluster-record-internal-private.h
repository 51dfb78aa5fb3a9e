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
  JsonNode *justification; /* nullable */
  WeftVote **promises;
  WeftVote **commits;
  guint n_promises;        /* approvals */
  guint n_commits;
  JsonNode *json;          /* of all of it; NULL until somebody asked for it */
};

/* Without votes; to be given some. */
WeftClusterRecord *weft_cluster_record_new_blank (WeftRecordCore    *core,
                                                  WeftBallot        *ballot)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_cluster_record_set_vote  (WeftClusterRecord *self,
                                                  gboolean           is_commit,
                                                  guint              peer_index,
                                                  WeftVote          *vote);
/* Adds the members `promises` and `commits`, where there are any. */
void               weft_cluster_record_write_votes (WeftClusterRecord *self,
                                                    JsonObject        *object);
/* Appends one of these members; nothing, and FALSE, when there is none. */
gboolean           weft_cluster_record_append_votes (WeftClusterRecord *self,
                                                     gboolean           is_commit,
                                                     GString           *text);
/* (transfer none) */
JsonNode          *weft_cluster_record_peek_json (WeftClusterRecord *self);
void               weft_cluster_record_clear     (WeftClusterRecord *self);
gboolean           weft_cluster_record_parse_votes (WeftClusterRecord  *self,
                                                    JsonObject         *object,
                                                    gboolean            is_commit,
                                                    const WeftJsonPath *path,
                                                    GError            **error);
gboolean           weft_cluster_record_parse_justification (WeftClusterRecord  *self,
                                                            JsonNode           *json,
                                                            const WeftJsonPath *path,
                                                            GError            **error);

G_END_DECLS
