/* weft-member-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-deadline-private.h"
#include "weft-error.h"
#include "weft-member-machine-private.h"

G_BEGIN_DECLS

/* What this node is bound to in one slot. */
typedef struct _WeftMemberSlot
{
  WeftDeadline deadline; /* first: when to have it recovered */
  struct _WeftMemberSlot *next; /* nullable: the next of the block that is open */
  WeftSlot *slot;
  WeftBallot *prepared;    /* nullable: the highest it prepared, voted or locked in */
  WeftClusterRecord *vote; /* nullable: at the ballot of the vote, without votes */
  WeftClusterRecord *lock; /* nullable: with the promises that justify it */
  /* While a certificate is being applied: what it is and with which effect. Until that is done,
   * the slot stays as it is. */
  WeftClusterRecord *filling; /* nullable */
  guint64 filling_id;
  WeftClusterRecord *proof; /* nullable: the certificate that filled it, which was stored here */
  gint64 held_usec; /* since when there is a vote or a lock; G_MAXINT64 for none */
  guint n_recoveries;
  gboolean is_resting; /* its vote is over, see rest() in weft-member-hold.c */
  gboolean is_damaged; /* what was stored cannot be read: nobody knows what was promised */
  gboolean is_stored;  /* it has a record of its own, see weft-member-shared.c */
} WeftMemberSlot;

/* Where a request waits. */
typedef enum
{
  WEFT_MEMBER_PLACE_NEW,
  WEFT_MEMBER_PLACE_FETCH,   /* for blocks */
  WEFT_MEMBER_PLACE_EXECUTE, /* for the repo */
  WEFT_MEMBER_PLACE_PEND,    /* for the repo, to take what came along */
  WEFT_MEMBER_PLACE_FLIGHT,  /* for the storage, with its answer */
} WeftMemberPlace;

/* A request that is owed an answer. */
typedef struct
{
  WeftDeadline deadline; /* first: until when it may wait for blocks; its id is the token */
  guint64 token;
  WeftPeerId *peer_id; /* nullable: who asked */
  WeftClusterRequest *request;
  gboolean is_proven; /* see WeftMemberEvent */
  char *block_id;     /* nullable: the same */
  gint64 rev;         /* the same */
  WeftMemberPlace place;
  guint n_fetches;    /* that it waits for */
  guint n_rounds;     /* how often it waited */
  guint n_lacking;    /* how much was missing the last time */
  gboolean is_joined; /* it waits for a fetch that may not bring all it needs */
  const char *lack;   /* the reason if the time is over */
  gboolean is_pended; /* what came along was given to the repo, once is enough */
  guint asked;        /* bits: which of several pends the repo was asked for */
} WeftMemberCall;

/* What is missing of a block. */
typedef enum
{
  WEFT_MEMBER_LACK_PENDING = 1, /* the action is not pending here */
  WEFT_MEMBER_LACK_CONTENT = 2, /* it is, with another content */
  WEFT_MEMBER_LACK_BASE = 3,    /* this node is behind */
} WeftMemberLack;

typedef struct
{
  WeftSlot *slot;
  WeftMemberLack lack;
} WeftMemberNeed;

/* A vote or lock that is stored once for all slots of its record. */
typedef struct _WeftMemberShared WeftMemberShared;

struct _WeftMemberShared
{
  WeftClusterRecord *record;
  WeftMemberShared *other; /* nullable: the vote whose message this lock rests on, and back */
  gboolean is_lock;
  gboolean is_passed_over; /* one of its slots may hold something else, and not lead to it */
};

/* A batch that is not durable yet, and the answers that wait for it. */
typedef struct
{
  guint64 id;
  WeftClusterRecord *applied; /* nullable: the certificate that it applies to the slots */
  GPtrArray *slots;           /* (element-type WeftSlot): whose blocks it changes */
  GArray *answers;            /* (element-type WeftMemberEffect) */
} WeftMemberFlight;

/* A block that is being looked for at others. */
typedef struct
{
  guint64 id;
  char *block_id;
  gint64 rev;
  GArray *tokens; /* (element-type guint64) */
} WeftMemberFetch;

typedef struct _WeftMemberTable WeftMemberTable;

struct _WeftMemberMachine
{
  WeftPeerId *peer_id;
  double super_majority;
  WeftVerify verify;
  WeftMemberFacts facts;
  gint64 held_max_usec;

  WeftMemberTable *table; /* of open slots */
  GTree *calls;   /* (element-type gint64 WeftMemberCall), by token */
  GTree *flights; /* (element-type gint64 WeftMemberFlight), by id */
  GTree *fetches; /* (element-type utf8 WeftMemberFetch), by block */
  GTree *fetch_ids; /* (element-type gint64 WeftMemberFetch), the same by id */
  GTree *cancels; /* (element-type gint64 WeftClusterRecord), by token: on their way in the repo */
  GTree *shared;  /* (element-type utf8 WeftMemberShared): stored once for many slots, by key */
  GArray *dropped; /* (element-type WeftMemberDrop): what to look at before the next batch */
  GString *text;   /* what is written just now */
  WeftClusterRecord *whole; /* nullable: the certificate that was applied last, in all its slots */
  WeftDeadlines *slot_deadlines;
  WeftDeadlines *call_deadlines;
  guint n_waiting;  /* calls that wait for a fetch */
  gint64 last_slot; /* numbers slots among those with the same deadline */
  guint64 last_id;
  gboolean is_restored;
  gboolean is_damaged; /* a record that cannot be read at all was found in the storage */
  gboolean is_failed;  /* the storage refused a batch: this machine is to be dropped */

  /* Of the step that is being made. */
  GArray *looks;   /* (element-type WeftMemberLook) */
  guint next_look; /* where the next is found, mostly */
  WeftSlot *found_at;       /* nullable: where the certificate was that was read last */
  WeftClusterRecord *found; /* nullable: that */
  const WeftMemberEvent *event;
  WeftMemberEffects *effects;
};

/* weft-member-shared.c: records of several slots, which are stored once. */
GArray            *weft_member_dropped_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_member_shared_free       (WeftMemberShared   *shared);
/* NULL for a record of one slot. */
char              *weft_member_shared_make_key   (WeftClusterRecord  *record,
                                                  gboolean            is_lock)
    G_GNUC_WARN_UNUSED_RESULT;
/* Adds the writes of what is held in the slots and is not stored for all of them yet. */
void               weft_member_share             (WeftMemberMachine  *self,
                                                  GPtrArray          *slots,
                                                  GPtrArray          *writes);
/* Whether what is stored for all slots of its records is all that is to be said of a slot. */
gboolean           weft_member_is_implied        (WeftMemberSlot     *entry);
/* A slot is about to let go of a record; NULL is fine. */
void               weft_member_drop              (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  gboolean            is_lock);
/* A slot that held a record, or nothing, is about to hold another. */
void               weft_member_pass_over         (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *held,
                                                  WeftClusterRecord  *other);
/* Whether there is one of which a slot may hold something else. */
gboolean           weft_member_has_passed_over   (WeftMemberMachine  *self);
/* Adds the deletion of those that no slot holds any more. */
void               weft_member_sweep_shared      (WeftMemberMachine  *self,
                                                  GPtrArray          *writes);
WeftClusterRecord *weft_member_read_shared       (WeftMemberMachine  *self,
                                                  const char         *key)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_member_restore_shared    (WeftMemberMachine  *self,
                                                  JsonNode           *json);
/* When all is read: slots that have no record of their own. */
void               weft_member_derive_slots      (WeftMemberMachine  *self);

/* weft-member-table.c: open slots, and the blocks that are changed. */
WeftMemberTable   *weft_member_table_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_member_table_free        (WeftMemberTable    *table);
WeftMemberSlot    *weft_member_find_slot         (WeftMemberMachine  *self,
                                                  WeftSlot           *slot);
WeftMemberSlot    *weft_member_ensure_slot       (WeftMemberMachine  *self,
                                                  WeftSlot           *slot);
void               weft_member_remove_slot       (WeftMemberMachine  *self,
                                                  WeftMemberSlot     *entry);
/* The first open slot of a block at or above a base, or NULL. */
WeftMemberSlot    *weft_member_first_slot        (WeftMemberMachine  *self,
                                                  const char         *block_id,
                                                  gint64              base);
WeftMemberSlot    *weft_member_next_slot         (WeftMemberSlot     *entry);
/* (element-type WeftMemberSlot): all, in order. */
GPtrArray         *weft_member_list_slots        (WeftMemberMachine  *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether there is room for the slots of a record. */
gboolean           weft_member_has_room          (WeftMemberMachine  *self,
                                                  GPtrArray          *slots);
/* A flight is the newest that changes the block of a slot. */
void               weft_member_touch             (WeftMemberMachine  *self,
                                                  WeftSlot           *slot,
                                                  WeftMemberFlight   *flight);
/* None changes it any more. */
void               weft_member_untouch           (WeftMemberMachine  *self,
                                                  WeftSlot           *slot);
WeftMemberFlight  *weft_member_get_toucher       (WeftMemberMachine  *self,
                                                  WeftSlot           *slot);
/* The newest batch that is not durable and touches the block, or 0. */
guint64            weft_member_find_touched      (WeftMemberMachine  *self,
                                                  const char         *block_id);
/* The same of one of the blocks. */
guint64            weft_member_find_newest       (WeftMemberMachine  *self,
                                                  GPtrArray          *slots);

/* weft-member-slot.c: what this node is bound to in a slot, and how that is kept. */
/* Whether what was promised in one of the slots is not known any more. */
gboolean           weft_member_is_damaged        (WeftMemberMachine  *self,
                                                  GPtrArray          *slots);
/* Stores what is held in the slots; returns the id of the batch. */
guint64            weft_member_store_slots       (WeftMemberMachine  *self,
                                                  GPtrArray          *slots);
/* Whether a slot has a record of its own, or should have one. */
gboolean           weft_member_slot_is_apart     (WeftMemberSlot     *entry);
/* Adds the write of that, or the deletion where it needs none any more. */
void               weft_member_slot_write        (WeftMemberMachine  *self,
                                                  WeftMemberSlot     *entry,
                                                  GPtrArray          *writes);
void               weft_member_slot_raise        (WeftMemberSlot     *entry,
                                                  WeftBallot         *ballot);
/* Whether it voted below a ballot that it prepared since, and locked nothing. */
gboolean           weft_member_slot_is_outranked (WeftMemberSlot     *entry);
WeftClusterRecord *weft_member_slot_get_held     (WeftMemberSlot     *entry);
gboolean           weft_member_slot_is_empty     (WeftMemberSlot     *entry);
WeftSlotState     *weft_member_slot_to_state     (WeftMemberSlot     *entry)
    G_GNUC_WARN_UNUSED_RESULT;

/* weft-member-call.c: requests, and answers that leave when what they rest on is durable. */
void               weft_member_call_free         (WeftMemberCall     *call);
void               weft_member_flight_free       (WeftMemberFlight   *flight);
WeftMemberCall    *weft_member_find_call         (WeftMemberMachine  *self,
                                                  guint64             token);
/* Takes the answer and the text. It leaves when `after_id` is durable, or at once for 0. */
void               weft_member_answer            (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  WeftClusterAnswer  *answer,
                                                  GBytes             *text_to_sign,
                                                  guint64             after_id);
void               weft_member_answer_vote       (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  WeftPurpose         purpose,
                                                  WeftVote           *vote,
                                                  guint64             after_id);
/* A text for people as canonical JSON. */
char              *weft_member_quote             (const char         *text)
    G_GNUC_WARN_UNUSED_RESULT;
/* `detail` is canonical text, is taken, and may be NULL. Who asks for no vote is told of an error
 * with the reason. */
void               weft_member_reject            (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  const char         *reason,
                                                  char               *detail);
void               weft_member_answer_error      (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  WeftError           code,
                                                  const char         *message);
/* `commits`: what of the record that is applied; both are NULL for what is only kept. */
guint64            weft_member_submit            (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *applied,
                                                  GPtrArray          *commits,
                                                  GPtrArray          *slots,
                                                  GPtrArray          *writes);
void               weft_member_step_stored       (WeftMemberMachine  *self);
void               weft_member_step_failed       (WeftMemberMachine  *self);
void               weft_member_step_withdraw     (WeftMemberMachine  *self);
/* All that wait for it get the answers that are ready, or the error. */
void               weft_member_land              (WeftMemberMachine  *self,
                                                  WeftMemberFlight   *flight,
                                                  const GError       *error);
void               weft_member_count             (WeftMemberMachine  *self,
                                                  const char         *counter);

/* weft-member-request.c: what all requests have in common. */
typedef enum
{
  WEFT_MEMBER_PHASE_VOTE,
  WEFT_MEMBER_PHASE_LOCK,
  WEFT_MEMBER_PHASE_DECIDED,
} WeftMemberPhase;

WeftMemberPhase    weft_member_get_phase         (WeftClusterRecord  *record);
void               weft_member_step_request      (WeftMemberMachine  *self);
/* Looks at a request from the start; it ends up answered, or in another place. */
void               weft_member_examine           (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
/* The ids belong to the slots. */
GPtrArray         *weft_member_list_blocks       (GPtrArray          *slots)
    G_GNUC_WARN_UNUSED_RESULT;

/* weft-member-pends.c: pends that share a request. */
void               weft_member_examine_pends     (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_step_pended_each  (WeftMemberMachine  *self);

/* weft-member-look.c: facts of slots, each looked up once in a step. */
void               weft_member_looks_init        (WeftMemberMachine  *self);
void               weft_member_looks_clear       (WeftMemberMachine  *self);
/* The latest revision of its block, -1 when that is damaged. */
gint64             weft_member_get_latest        (WeftMemberMachine  *self,
                                                  WeftSlot           *slot);
/* Who keeps its block from then on; NULL when nobody said so. */
const char        *weft_member_get_cluster       (WeftMemberMachine  *self,
                                                  WeftSlot           *slot);

/* weft-member-pin.c: who decides on a block. */
typedef enum
{
  WEFT_MEMBER_RIGHT_NONE,    /* the history of the block names others */
  WEFT_MEMBER_RIGHT_PINNED,  /* it names these */
  WEFT_MEMBER_RIGHT_BY_VIEW, /* it names nobody: the block is new */
} WeftMemberRight;

char              *weft_member_read_cluster      (WeftMemberMachine  *self,
                                                  const char         *block_id);
/* Of what comes after the latest revision that is here. */
WeftMemberRight    weft_member_find_right        (WeftMemberMachine  *self,
                                                  const char         *block_id,
                                                  const char         *membership);
/* Whether they are right by our view (element-type utf8). */
gboolean           weft_member_sees              (WeftMemberMachine  *self,
                                                  GPtrArray          *peers,
                                                  GPtrArray          *block_ids);
/* Whether nothing speaks against these peers in those of the slots that come next here. */
gboolean           weft_member_admits            (WeftMemberMachine  *self,
                                                  GPtrArray          *peers,
                                                  const char         *membership,
                                                  GPtrArray          *slots);
/* The same of a certificate; `is_proven`: of what is new to us that is known. */
gboolean           weft_member_admits_decided    (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  GPtrArray          *slots,
                                                  gboolean            is_proven);
gboolean           weft_member_admits_target     (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record);
/* (element-type WeftMemberNeed): the slots of which nobody here can say who decides in them, as
 * this node is behind. */
GArray            *weft_member_list_gaps         (WeftMemberMachine  *self,
                                                  GPtrArray          *slots)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether this node may say of a block that is not here that it does not know it. */
gboolean           weft_member_knows             (WeftMemberMachine  *self,
                                                  const char         *block_id);
/* The same of all new blocks among the slots. */
gboolean           weft_member_is_settled        (WeftMemberMachine  *self,
                                                  GPtrArray          *slots);
/* Whether a decision is for this node to keep. */
gboolean           weft_member_takes             (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record);

/* weft-member-vote.c, -lock.c, -apply.c, -prepare.c, -execute.c, -latest.c: one for each kind. */
void               weft_member_examine_vote      (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_examine_lock      (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_examine_decided   (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_examine_prepare   (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_examine_execute   (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_examine_latest    (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_step_executed     (WeftMemberMachine  *self);
void               weft_member_step_pended       (WeftMemberMachine  *self);
/* Whether one of its actions is being cancelled here. */
gboolean           weft_member_is_cancelling     (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record);
void               weft_member_step_applied      (WeftMemberMachine  *self);
void               weft_member_step_apply_failed (WeftMemberMachine  *self);
/* The newest batch that is applying this message to the slots, where all that is not there yet is
 * on its way, or 0. */
guint64            weft_member_find_filling      (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  GPtrArray          *slots);
/* Begins to apply a certificate that can be to those of the slots that are open, by whole commits;
 * returns the id of the batch. */
guint64            weft_member_apply             (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *certificate,
                                                  GPtrArray          *slots);

/* weft-member-need.c: what a record cannot be voted for or applied without. */
typedef enum
{
  WEFT_MEMBER_STANDING_OPEN,
  WEFT_MEMBER_STANDING_OURS,   /* this message filled it, or at least its action */
  WEFT_MEMBER_STANDING_PASSED, /* it was filled before what this node has of the block */
  WEFT_MEMBER_STANDING_OTHER,  /* another message filled it: this one never can */
} WeftMemberStanding;

WeftMemberStanding weft_member_find_standing     (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  WeftSlot           *slot);
/* Whether it is in the blocks of all of these of its slots. */
gboolean           weft_member_is_done           (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  GPtrArray          *slots);
/* (element-type WeftMemberNeed), of these of its slots; NULL when a block is damaged. */
GArray            *weft_member_list_needs        (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  GPtrArray          *slots)
    G_GNUC_WARN_UNUSED_RESULT;

const char        *weft_member_needs_get_reason  (GArray             *needs);
/* The commit of a record that changes the block of one of its slots. */
WeftCommitRequest *weft_member_get_commit        (WeftClusterRecord  *record,
                                                  WeftSlot           *slot);

/* weft-member-carry.c: content that came with the request for a vote. */
/* Has it pended; FALSE when none of what is needed came along, or it did not help. */
gboolean           weft_member_pend_carried      (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  GArray             *needs);

/* weft-member-conflict.c: what stands in the way of a record in its slots. */
gboolean           weft_member_is_same           (WeftClusterRecord  *a,
                                                  WeftClusterRecord  *b);
/* Answers with the conflict, if there is one. */
gboolean           weft_member_answer_conflict   (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  WeftMemberPhase     phase);
/* Reports peers who signed for two messages that cannot both be. */
void               weft_member_find_liars        (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  WeftClusterRecord  *other,
                                                  WeftPurpose         purpose);

/* weft-member-settle.c: slots that were filled. */
/* What a caller is told whose block has a later revision here. */
char              *weft_member_build_stale       (const char         *block_id,
                                                  gint64              latest)
    G_GNUC_WARN_UNUSED_RESULT;
/* Answers a request about slots of which one is filled; FALSE when all are open. */
gboolean           weft_member_answer_settled    (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  GPtrArray          *slots);
WeftClusterRecord *weft_member_find_certificate  (WeftMemberMachine  *self,
                                                  WeftSlot           *slot)
    G_GNUC_WARN_UNUSED_RESULT;
/* (nullable): where the proof of a record is, of which the slot before this one was filled. */
WeftSlot          *weft_member_find_holder       (WeftMemberMachine  *self,
                                                  WeftClusterRecord  *record,
                                                  WeftSlot           *slot)
    G_GNUC_WARN_UNUSED_RESULT;
/* Lets go of what is held in the slots of a block that were filled. */
void               weft_member_settle_block      (WeftMemberMachine  *self,
                                                  const char         *block_id);
void               weft_member_settle_slots      (WeftMemberMachine  *self,
                                                  GPtrArray          *slots);
/* The same for records whose other slots may have been filled before a restart. */
void               weft_member_settle_all        (WeftMemberMachine  *self);

/* weft-member-fetch.c */
void               weft_member_fetch_free        (WeftMemberFetch    *fetch);
/* FALSE when that did not help before or there is no room: the request cannot wait. At least one
 * need. */
gboolean           weft_member_wait              (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call,
                                                  GArray             *needs);
void               weft_member_step_fetched      (WeftMemberMachine  *self);
void               weft_member_stop_waiting      (WeftMemberMachine  *self,
                                                  WeftMemberCall     *call);
void               weft_member_expire_calls      (WeftMemberMachine  *self);

/* weft-member-hold.c: slots that are held for too long. */
void               weft_member_hold              (WeftMemberMachine  *self,
                                                  WeftMemberSlot     *entry);
void               weft_member_expire_slots      (WeftMemberMachine  *self);

/* weft-member-restore.c */
void               weft_member_step_restore      (WeftMemberMachine  *self);
void               weft_member_finish_restore    (WeftMemberMachine  *self);

G_END_DECLS
