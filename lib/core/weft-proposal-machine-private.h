/* weft-proposal-machine-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-answer-private.h"
#include "weft-proposal-effects-private.h"
#include "weft-vote-text-private.h"

G_BEGIN_DECLS

/* Drives one message through its cluster, or finds out what became of some slots. See
 * data/docs/consensus.md. */
typedef struct _WeftProposalMachine WeftProposalMachine;

typedef struct
{
  WeftPeerId *peer_id;       /* our own */
  WeftVerify verify;
  /* The peers of our own record are those whom the history of its blocks names, where there is
   * one: nobody else's locks and certificates count there. Else that is a matter of view, too. */
  gboolean is_pinned;
  /* (nullable) (element-type WeftPendRequest): the content of our own record, for members where it
   * is not pending. It goes along whenever they are asked to vote for that. */
  GPtrArray *pends;
  /* Somebody may have locked the own change in another record. */
  gboolean is_in_doubt;
  /* A rival ends it, as long as nobody was asked to lock: the caller has another way. */
  gboolean gives_way;
  /* Whether these are the right peers for the blocks, as this node sees the network; else a word
   * that says why not. Asked of records that others show and whose peers are not those of our own,
   * for blocks whose history does not say it. NULL: none are. */
  const char *(*admit) (gpointer data, GPtrArray *peers, const char *const *block_ids);
  gpointer admit_data;
  gint64 reply_usec;         /* how long a member may take */
  gint64 deadline_usec;      /* monotonic: when the caller wants to know */
  gint64 round_trip_usec;    /* the usual: what conflicts wait for, twice */
} WeftProposalConfig;

typedef enum
{
  WEFT_PROPOSAL_EVENT_START,
  WEFT_PROPOSAL_EVENT_ANSWER,  /* peer_id, answer */
  WEFT_PROPOSAL_EVENT_FAILED,  /* peer_id, error; was_sent */
  WEFT_PROPOSAL_EVENT_ABANDON, /* the caller does not wait any more */
  WEFT_PROPOSAL_EVENT_TIMEOUT,
} WeftProposalEventType;

/* Borrows what it points to. */
typedef struct
{
  WeftProposalEventType type;
  gint64 now_usec;   /* monotonic */
  gint64 real_msec;  /* of the calendar, for expirations */
  guint32 chance;    /* for jitter */
  guint64 request_id; /* ANSWER, FAILED: which SEND it is for, counted from 1 */
  WeftPeerId *peer_id;
  WeftClusterAnswer *answer;
  const GError *error;
  gboolean was_sent;
} WeftProposalEvent;

/* A record at the first ballot. */
WeftProposalMachine *weft_proposal_machine_new          (const WeftProposalConfig *config,
                                                         WeftClusterRecord        *record)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whatever may have been decided in the slots of a record that somebody left behind. */
WeftProposalMachine *weft_proposal_machine_new_recovery (const WeftProposalConfig *config,
                                                         WeftClusterRecord        *record)
    G_GNUC_WARN_UNUSED_RESULT;
void                 weft_proposal_machine_free         (WeftProposalMachine      *self);
void                 weft_proposal_machine_step         (WeftProposalMachine      *self,
                                                         const WeftProposalEvent  *event,
                                                         WeftProposalEffects      *effects);
const char          *weft_proposal_machine_get_stage    (WeftProposalMachine      *self);
/* For status and explain: {"stage","messageHash","ballot","attempts","driving"?,
 * "answers":{id:word},"result"?} */
JsonNode            *weft_proposal_machine_to_json      (WeftProposalMachine      *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Aborts when the state contradicts itself. Called by itself after every step. */
void                 weft_proposal_machine_check        (WeftProposalMachine      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftProposalMachine, weft_proposal_machine_free)

G_END_DECLS
