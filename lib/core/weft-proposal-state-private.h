/* weft-proposal-state-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-poll-private.h"
#include "weft-proposal-machine-private.h"
#include "weft-slot-set-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_PROPOSAL_IDLE,
  WEFT_PROPOSAL_PROMISE,
  WEFT_PROPOSAL_COMMIT,
  WEFT_PROPOSAL_TELL,
  WEFT_PROPOSAL_WAIT,
  WEFT_PROPOSAL_PREPARE,
  WEFT_PROPOSAL_DONE,
} WeftProposalStage;

/* What an answer is worth in its stage. */
typedef enum
{
  WEFT_PROPOSAL_APPROVED = 1, /* and that is proven, where it has to be */
  WEFT_PROPOSAL_CONFLICT,     /* something else is in the way */
  WEFT_PROPOSAL_STALE,        /* rejected: the block is beyond the base */
  WEFT_PROPOSAL_REJECTED,     /* and will be again */
  WEFT_PROPOSAL_UNABLE,       /* rejected for a reason that passes */
  WEFT_PROPOSAL_SETTLED,      /* with a valid certificate */
  WEFT_PROPOSAL_USELESS,      /* an error, nonsense, or a lie */
} WeftProposalVerdict;

/* The state that the parts of the proposal share. */
struct _WeftProposalMachine
{
  WeftProposalConfig config;
  char *network;
  gboolean is_recovery;
  WeftClusterRecord *own;         /* what the caller wants decided, or what was left behind */
  WeftClusterRecord *driven;      /* own or another: what is asked about, at its ballot */
  WeftClusterRecord *certificate; /* while it is told */
  gboolean is_settled;            /* it says what became of `own` */
  WeftProposalStage stage;
  WeftPoll poll;
  WeftBallot *highest;            /* of all that was seen: the next has to be above it */

  WeftPrepare *prepare;           /* of the stage prepare */
  GPtrArray *slots;               /* (element-type WeftSlot): what is prepared next */
  WeftClusterRecord *shape;       /* whose peers and policy are used for that */
  gint64 wait_until_usec;
  guint attempts;                 /* prepares and waits so far */
  guint attempts_max;             /* fewer once the caller has gone */

  gboolean may_be_decided;        /* `own`: a member may have locked it */
  gboolean has_result;
  WeftOutcome outcome;

  GPtrArray *liars;               /* (element-type WeftPeerId): whose votes do not count */
  GPtrArray *seen;                /* (element-type WeftClusterRecord): with proven promises */
};

/* weft-proposal-machine.c */
const char *weft_proposal_stage_to_name (WeftProposalStage          stage);
void     weft_proposal_enter            (WeftProposalMachine       *self,
                                         WeftProposalStage          stage,
                                         WeftProposalEffects       *effects);
/* Asks all peers; nobody but `only`, if that is given (element-type WeftPeerId). */
void     weft_proposal_ask              (WeftProposalMachine       *self,
                                         WeftClusterRequest        *request,
                                         GPtrArray                 *peers,
                                         GPtrArray                 *only,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
void     weft_proposal_count            (WeftProposalEffects       *effects,
                                         const char                *counter);
gboolean weft_proposal_is_own           (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record);
gboolean weft_proposal_is_self          (WeftProposalMachine       *self,
                                         WeftPeerId                *peer_id);
/* Follows a ballot that a member named. FALSE if it is too far off to be true. */
gboolean weft_proposal_raise            (WeftProposalMachine       *self,
                                         WeftBallot                *ballot);

/* weft-proposal-admit.c */
/* Whether the peers of a record that somebody shows may speak for its blocks. */
gboolean weft_proposal_admits           (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record);
/* Whether the history of one of our blocks says who decides. */
gboolean weft_proposal_is_pinned        (WeftProposalMachine       *self);
/* Whether one of the slots that both claim is of a block that has a revision. */
gboolean weft_proposal_shares_pin       (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record);

/* weft-proposal-promise.c */
void     weft_proposal_begin_promise    (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
void     weft_proposal_advance_promise  (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
/* Of a vote, in the stages promise and commit. */
WeftProposalVerdict weft_proposal_judge_vote (WeftProposalMachine *self,
                                              WeftPollMember      *member,
                                              WeftPurpose          purpose,
                                              WeftProposalEffects *effects);
/* The driven record with the votes that were approved, at most `enough`. */
WeftClusterRecord *weft_proposal_collect (WeftProposalMachine     *self,
                                          WeftPurpose              purpose,
                                          guint                    enough)
    G_GNUC_WARN_UNUSED_RESULT;

/* weft-proposal-commit.c */
void     weft_proposal_begin_commit     (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
void     weft_proposal_advance_commit   (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);

/* weft-proposal-tell.c */
/* NULL, or a word for what is wrong with a certificate that somebody shows. */
const char *weft_proposal_check_certificate (WeftProposalMachine  *self,
                                             WeftClusterRecord    *record,
                                             GPtrArray            *slots);
/* Something is decided: `own`, what stands in its way, or what stood in the way of that. */
void     weft_proposal_settle           (WeftProposalMachine       *self,
                                         WeftClusterRecord         *certificate,
                                         GPtrArray                 *to,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
/* Who appears not to know what another member just showed. */
GPtrArray *weft_proposal_list_unaware   (WeftProposalMachine       *self)
    G_GNUC_WARN_UNUSED_RESULT;
WeftProposalVerdict weft_proposal_judge_told (WeftProposalMachine *self,
                                              WeftPollMember      *member);
void     weft_proposal_advance_tell     (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);

/* weft-proposal-prepare.c */
/* Gives rivals the time to finish, then prepares; gives up after too many attempts. */
void     weft_proposal_begin_wait       (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
/* The slots of our own record and of another one; of that alone when there are too many to ask
 * about at a time. */
GPtrArray *weft_proposal_join_slots     (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record)
    G_GNUC_WARN_UNUSED_RESULT;
/* `slots` at the peers of `shape`. */
void     weft_proposal_aim              (WeftProposalMachine       *self,
                                         GPtrArray                 *slots,
                                         WeftClusterRecord         *shape);
void     weft_proposal_begin_prepare    (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);
WeftProposalVerdict weft_proposal_judge_prepared (WeftProposalMachine *self,
                                                  WeftPollMember      *member,
                                                  WeftProposalEffects *effects);
void     weft_proposal_advance_prepare  (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);

/* weft-proposal-resolve.c */
/* S members answered: what they locked is finished, else the slots are free. */
void     weft_proposal_resolve          (WeftProposalMachine       *self,
                                         const WeftProposalEvent   *event,
                                         WeftProposalEffects       *effects);

/* weft-proposal-outcome.c */
/* Tells the caller, once; `detail` is canonical text, `error` is taken over. */
void     weft_proposal_tell_result      (WeftProposalMachine       *self,
                                         WeftOutcome                outcome,
                                         WeftClusterRecord         *record,
                                         const char                *detail,
                                         GError                    *error,
                                         WeftProposalEffects       *effects);
/* S promises cannot come any more, and nothing of it can have been decided. */
void     weft_proposal_tell_refusal     (WeftProposalMachine       *self,
                                         WeftProposalEffects       *effects);
/* The caller waits no longer: UNAVAILABLE or INDETERMINATE. */
void     weft_proposal_tell_doubt       (WeftProposalMachine       *self,
                                         const char                *reason,
                                         WeftProposalEffects       *effects);
void     weft_proposal_finish           (WeftProposalMachine       *self,
                                         WeftProposalEffects       *effects);

/* weft-proposal-stale.c */
/* What the members said that the caller missed, in one failure. */
char    *weft_proposal_merge_stale      (WeftProposalMachine       *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* What a certificate of another action in one of our slots tells the caller. */
char    *weft_proposal_describe_taken   (WeftProposalMachine       *self,
                                         WeftClusterRecord         *certificate)
    G_GNUC_WARN_UNUSED_RESULT;

/* weft-proposal-evidence.c */
gboolean weft_proposal_is_liar          (WeftProposalMachine       *self,
                                         WeftPeerId                *peer_id);
/* Remembers promises that are proven, and compares them with others. */
void     weft_proposal_witness          (WeftProposalMachine       *self,
                                         WeftClusterRecord         *record,
                                         WeftProposalEffects       *effects);
/* Compares what a member says of itself with what it signed. */
void     weft_proposal_witness_prepared (WeftProposalMachine       *self,
                                         WeftPeerId                *peer_id,
                                         WeftPrepared              *prepared,
                                         WeftProposalEffects       *effects);
void     weft_proposal_report           (WeftProposalEffects       *effects,
                                         WeftPeerId                *peer_id,
                                         const char                *word,
                                         JsonNode                  *proof);

G_END_DECLS
