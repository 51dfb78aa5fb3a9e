/* weft-cluster-record-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ballot-private.h"
#include "weft-cluster-record.h"
#include "weft-slot-private.h"
#include "weft-vote-private.h"

G_BEGIN_DECLS

typedef struct _WeftPrepared WeftPrepared;

/* JSON: {"version":2,"messageHash","message","peers":{id:{"addrs":[…]}},"membership",
 * "policy":{"superMajority"},"ballot","justification"?:{id:WeftPrepared},"promises"?:{id:WeftVote},
 * "commits"?:{id:WeftVote}}. Which phase a record is in follows from what it carries: with M
 * commits it is decided, with S promises it asks for a lock, else it asks for a vote.
 *
 * Reading one checks its structure, its hashes and that whoever voted is one of its peers; the
 * signatures are checked by weft_record_check_*() of weft-vote-text-private.h. */

/* (element-type WeftSlot), sorted; empty but for a commit. */
GPtrArray         *weft_cluster_record_get_slots           (WeftClusterRecord  *self);
gboolean           weft_cluster_record_has_slot            (WeftClusterRecord  *self,
                                                            WeftSlot           *slot);
WeftBallot        *weft_cluster_record_get_ballot          (WeftClusterRecord  *self);
/* The hash of who keeps its blocks once it is decided: of the cluster that a commit names, else of
 * its peers. */
const char        *weft_cluster_record_get_pin             (WeftClusterRecord  *self);
/* Epoch milliseconds; 0 for none. */
gint64             weft_cluster_record_get_expiration      (WeftClusterRecord  *self);
guint              weft_cluster_record_get_n_peers         (WeftClusterRecord  *self);
/* S and M of this record. */
guint              weft_cluster_record_get_promises_needed (WeftClusterRecord  *self);
guint              weft_cluster_record_get_commits_needed  (WeftClusterRecord  *self);
/* By index of the sorted peers; NULL for none. */
WeftVote          *weft_cluster_record_get_promise         (WeftClusterRecord  *self,
                                                            guint               peer_index);
WeftVote          *weft_cluster_record_get_commit          (WeftClusterRecord  *self,
                                                            guint               peer_index);
WeftPrepared      *weft_cluster_record_get_prepared        (WeftClusterRecord  *self,
                                                            guint               peer_index);
/* How many of them are approvals, whether their signatures are right or not. */
guint              weft_cluster_record_get_n_promises      (WeftClusterRecord  *self);
guint              weft_cluster_record_get_n_commits       (WeftClusterRecord  *self);
gboolean           weft_cluster_record_has_justification   (WeftClusterRecord  *self);
/* The index of a peer, or -1. */
int                weft_cluster_record_find_peer           (WeftClusterRecord  *self,
                                                            WeftPeerId         *peer_id);
/* The same message at another ballot, without votes. `justification` is an array of n_peers
 * answers, NULL where there is none, or it is NULL. */
WeftClusterRecord *weft_cluster_record_with_ballot         (WeftClusterRecord  *self,
                                                            WeftBallot         *ballot,
                                                            WeftPrepared      **justification)
    G_GNUC_WARN_UNUSED_RESULT;
/* Arrays of n_peers votes, NULL where there is none; NULL leaves out all of a kind. */
WeftClusterRecord *weft_cluster_record_with_votes          (WeftClusterRecord  *self,
                                                            WeftVote          **promises,
                                                            WeftVote          **commits)
    G_GNUC_WARN_UNUSED_RESULT;
/* What proves a decision: the approved commits, without promises and justification. */
WeftClusterRecord *weft_cluster_record_to_certificate      (WeftClusterRecord  *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* What proves that a lock is right: the promises, without commits and justification. */
WeftClusterRecord *weft_cluster_record_to_lock             (WeftClusterRecord  *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_cluster_record_to_json(). */
void               weft_cluster_record_append              (WeftClusterRecord  *self,
                                                            GString            *text);
WeftClusterRecord *weft_cluster_record_read                (const WeftItem     *item,
                                                            const WeftJsonPath *path,
                                                            GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* A record in the form of weft_cluster_record_to_lock(), and no other. */
WeftClusterRecord *weft_cluster_record_read_lock           (const WeftItem     *item,
                                                            const WeftJsonPath *path,
                                                            GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
