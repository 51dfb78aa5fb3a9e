/* cluster-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-answer-private.h"
#include "weft-cluster-request-private.h"
#include "weft-vote-text-private.h"

G_BEGIN_DECLS

/* Peers with keys that cost nothing: a signature is a hash of the signer and the text. */

#define FIXTURE_NETWORK "test"

/* Sorted by peer id: the n-th of a cluster of any size is the same. */
WeftPeerId        *fixture_peer_id         (guint               number);
/* (element-type WeftClusterPeer), without addresses. */
GPtrArray         *fixture_peers           (guint               n_peers);
const WeftVerify  *fixture_verify          (void);
WeftSignature     *fixture_sign            (guint               number,
                                            GBytes             *text);
/* Without a path. */
WeftSignature     *fixture_sign_root       (guint               number,
                                            GBytes             *root);
WeftVote          *fixture_sign_vote       (guint               number,
                                            WeftPurpose         purpose,
                                            WeftClusterRecord  *record,
                                            WeftVote           *vote);
WeftVote          *fixture_approve         (guint               number,
                                            WeftPurpose         purpose,
                                            WeftClusterRecord  *record);
/* A commit of an action on these blocks with these bases, to become `rev`; each with a digest that
 * depends on the action. */
WeftRepoMessage   *fixture_commit          (const char         *action_id,
                                            const char *const  *block_ids,
                                            const gint64       *bases,
                                            gint64              rev,
                                            gint64              expiration_msec);
/* The same, to be kept by these peers from then on. */
WeftRepoMessage   *fixture_move            (WeftRepoMessage    *message,
                                            GPtrArray          *peers);
/* The action that deletes a block. */
WeftPendRequest   *fixture_pend            (const char         *action_id,
                                            const char         *block_id);
/* The action as revision `base` + 1 of one block, by the first n_peers. */
WeftClusterRecord *fixture_record          (const char         *action_id,
                                            const char         *block_id,
                                            gint64              base,
                                            guint               n_peers);
/* With the approvals of the peers whose bits are set; what was there of the other kind stays. */
WeftClusterRecord *fixture_promised        (WeftClusterRecord  *record,
                                            guint64             peers);
WeftClusterRecord *fixture_committed       (WeftClusterRecord  *record,
                                            guint64             peers);
/* What a peer answers to a prepare of the slots of a record. */
WeftPrepared      *fixture_prepared        (guint               number,
                                            WeftClusterRecord  *record,
                                            WeftBallot         *ballot,
                                            WeftClusterRecord  *lock);

G_END_DECLS
