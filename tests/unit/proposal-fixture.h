/* proposal-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cluster-fixture.h"
#include "weft-error.h"
#include "weft-proposal-machine-private.h"

G_BEGIN_DECLS

/* A proposal whose members are played by the test. Member 0 is its own; a transcript tells of each
 * step. Times are in milliseconds. */

#define PROPOSAL_REPLY_MSEC 1000
#define PROPOSAL_DEADLINE_MSEC 5000
#define PROPOSAL_ROUND_TRIP_MSEC 10

/* What was asked of a member, until it is answered. */
typedef struct
{
  guint64 request_id;
  guint number; /* of the member */
  WeftClusterRequest *request;
} ProposalRequest;

typedef struct
{
  WeftProposalMachine *machine;
  GPtrArray *requests; /* (element-type ProposalRequest) (owned) */
  GString *transcript;
  gint64 now_msec;
  gint64 real_msec;
  gint64 deadline_msec;
  guint32 chance;
  guint n_sends;
  guint n_verified;
  guint n_results;
  guint n_reports;
  WeftOutcome outcome;
  WeftClusterRecord *result;      /* nullable */
  WeftClusterRecord *certificate; /* nullable: what was to be told */
  char *detail;                   /* nullable */
  JsonNode *proof;                /* nullable: of the last report */
  char *error;                    /* nullable */
  gboolean is_done;
} Proposal;

void                proposal_init       (Proposal           *self,
                                         WeftClusterRecord  *record);
/* The history of the blocks names its peers, and the view admits any. */
void                proposal_init_pinned (Proposal          *self,
                                         WeftClusterRecord  *record);
/* With the content, and the way with rivals, of a config. */
void                proposal_init_with  (Proposal                 *self,
                                         WeftClusterRecord        *record,
                                         const WeftProposalConfig *with);
void                proposal_recover    (Proposal           *self,
                                         WeftClusterRecord  *record);
void                proposal_clear      (Proposal           *self);
void                proposal_start      (Proposal           *self);
void                proposal_abandon    (Proposal           *self);
/* Moves the clock to the machine's deadline, or to this time if that is earlier. */
void                proposal_wake       (Proposal           *self,
                                         gint64              until_msec);
/* What a member was asked last and has not answered; NULL for nothing. */
ProposalRequest    *proposal_find       (Proposal           *self,
                                         guint               number);
/* Takes over the answer. */
void                proposal_answer     (Proposal           *self,
                                         guint               number,
                                         WeftClusterAnswer  *answer);
/* Promises, locks, prepares without a lock, or applies, as it was asked. */
void                proposal_approve    (Proposal           *self,
                                         guint               number);
/* Takes over the vote, and signs it. */
void                proposal_vote       (Proposal           *self,
                                         guint               number,
                                         WeftVote           *vote);
void                proposal_reject     (Proposal           *self,
                                         guint               number,
                                         const char         *reason);
/* Another message is there, with the ballot `above`, or the first one. */
void                proposal_conflict   (Proposal           *self,
                                         guint               number,
                                         WeftBallot         *above);
void                proposal_prepared   (Proposal           *self,
                                         guint               number,
                                         WeftClusterRecord  *lock);
void                proposal_decided    (Proposal           *self,
                                         guint               number,
                                         WeftClusterRecord  *certificate);
void                proposal_fail       (Proposal           *self,
                                         guint               number,
                                         WeftError           code,
                                         gboolean            was_sent);

#define proposal_assert(self, expected) g_assert_cmpstr ((self)->transcript->str, ==, expected)

G_END_DECLS
