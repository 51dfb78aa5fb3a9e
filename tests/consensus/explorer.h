/* explorer.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cluster-fixture.h"
#include "weft-member-machine-private.h"
#include "weft-proposal-machine-private.h"
#include "weft-quorum-read-private.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* Member and proposal machines in a world that is nothing but a heap of events. */

#define EXPLORER_MEMBERS_MAX 10
#define EXPLORER_STRANGERS_MAX 2
#define EXPLORER_OUTSIDERS_MAX 4
/* Members, strangers or those who may become members, and the second bodies of twins. */
#define EXPLORER_NODES_MAX (EXPLORER_MEMBERS_MAX + EXPLORER_OUTSIDERS_MAX + 2)
#define EXPLORER_BLOCKS 3
#define EXPLORER_REVS_MAX 48
#define EXPLORER_ACTIONS_MAX 40
#define EXPLORER_CALM_USEC (20 * G_USEC_PER_SEC)  /* when faults end */
#define EXPLORER_END_USEC (600 * G_USEC_PER_SEC)  /* until when all has to be resolved */

typedef enum
{
  EXPLORER_HONEST,
  /* These have machines as the honest ones, and are counted among those who lie. */
  EXPLORER_TWIN,         /* two nodes with one identity and a storage each */
  EXPLORER_ROLLED_BACK,  /* a restart may find its disk as it was some time ago */
  EXPLORER_YES_MAN,      /* signs whatever it is shown and remembers nothing */
  EXPLORER_PROMISE_ONLY, /* the same, but never commits */
  EXPLORER_SILENT,
  EXPLORER_N_CHARACTERS,
} ExplorerCharacter;

/* What is under a key, which stores share. */
typedef struct
{
  guint n_refs;
  char *text;      /* canonical JSON, a GRefString */
  WeftTape *tape;  /* nullable: of the text, once somebody has read it */
  gboolean is_resolved;
} ExplorerRecord;

/* What a node stores. */
typedef struct
{
  int revisions[EXPLORER_BLOCKS][EXPLORER_REVS_MAX]; /* 1 + the action, or 0 */
  gint64 latest[EXPLORER_BLOCKS];
  guint8 pendings[EXPLORER_ACTIONS_MAX]; /* a bit for each block */
  guint8 spoiled[EXPLORER_ACTIONS_MAX];  /* those that have another content */
  GTree *records;                        /* (element-type utf8 ExplorerRecord) */
} ExplorerStore;

/* What is visible but not durable. */
typedef struct
{
  guint64 id;
  gboolean is_apply;
  guint64 execute_token; /* or 0 */
  int action;            /* that is applied, cancelled or pended, or -1 */
  guint8 pended;         /* the blocks on which it was found to be pending elsewhere */
  GPtrArray *writes;     /* (element-type WeftMemberWrite), nullable */
  GPtrArray *records;    /* (element-type ExplorerRecord) nullable: what these leave, or NULL */
  GPtrArray *held;       /* nullable (element-type ExplorerEvent): answers that wait for it */
  int restored_block;    /* whose revisions were found elsewhere, or -1 */
  int restored[EXPLORER_REVS_MAX]; /* 1 + the action, or 0 */
} ExplorerBatch;

typedef struct
{
  char *id;
  guint8 blocks;
  gint64 bases[EXPLORER_BLOCKS];
  gint64 rev;
  WeftRepoMessage *message;
  WeftClusterRecord *record;
  guint n_proposals; /* to commit it */
  guint peers;       /* a bit for each, by number: who decides it */
  guint target;      /* who keeps the blocks from then on, or 0 for the same */
} ExplorerAction;

typedef struct
{
  guint place;               /* among the nodes */
  guint number;              /* of its identity */
  guint twin;                /* the place of its other body, or 0 */
  ExplorerCharacter character;
  WeftMemberMachine *member; /* NULL while it is down, or lies */
  ExplorerStore *visible;
  ExplorerStore *durable;
  ExplorerStore *former;     /* nullable: what its disk was */
  GQueue batches;            /* (element-type ExplorerBatch) */
  guint incarnation;
  guint n_writes;
  gint64 member_deadline;
  guint n_recoveries;
  guint side;                /* of a partition */
  gint64 shown[EXPLORER_BLOCKS]; /* the latest revisions that it told of */
  guint views[EXPLORER_BLOCKS];  /* who keeps each block, as it sees it */
  guint64 changes[EXPLORER_BLOCKS]; /* the number of the change that it has seen last, or 0 */
  GArray *targets;           /* (element-type guint): each view that it ever had of any block */
  gboolean is_gone;          /* for good */
} ExplorerNode;

typedef struct
{
  WeftProposalMachine *machine; /* NULL when it is done or its node died */
  WeftClusterRecord *record;
  guint node;
  guint64 number;
  gint64 deadline;
  gboolean is_recovery;
  gboolean has_result;
  guint64 n_sends;
  gboolean *is_answered;        /* by request_id - 1 */
  guint n_answered_max;
  guint die_after;              /* sends, or 0 */
  int action;                   /* that it proposes to commit, or -1 */
  gint64 floors[EXPLORER_BLOCKS]; /* what was known to be committed when it began */
  guint64 read;                 /* that waits for it, or 0 */
  guint64 read_id;
} ExplorerProposal;

typedef struct
{
  gint64 at_usec;
  guint64 order;
  int kind;
  guint node;
  guint incarnation;
  guint64 proposal;
  guint64 request_id;
  guint64 id;
  guint from;
  WeftClusterRequest *request;
  WeftClusterAnswer *answer;
  WeftClusterRecord *record;
  GPtrArray *peer_ids;
  char *text;
  gint64 rev;
} ExplorerEvent;

typedef enum
{
  EXPLORER_NOTHING,
  EXPLORER_PEND,
  EXPLORER_COMMIT,
  EXPLORER_CANCEL,
  EXPLORER_MOVE, /* to the target of the setting */
} ExplorerOpKind;

typedef struct
{
  ExplorerOpKind kind;
  guint8 blocks;
  guint node;
  gboolean is_same;    /* of the action of the first one */
} ExplorerOp;

typedef enum
{
  EXPLORER_ANY,
  EXPLORER_STAYING, /* one cluster, which all know */
  EXPLORER_MOVING,  /* blocks that move from cluster to cluster */
} ExplorerKind;

typedef struct
{
  guint n_nodes;       /* of the first cluster */
  ExplorerKind kind;
  /* Of two operations in a world that moves: all blocks have a first revision, and the nodes of
   * these bits, of which so many are none of the first cluster, should keep them now. */
  guint n_outsiders;
  guint target;
  gboolean is_calm;    /* without faults */
  guint loss;          /* of 1000 messages */
  guint duplicate;
  guint crash;
  guint store_failure; /* of 1000 batches */
  /* Without other faults: the first coordinator dies after so many messages, or a member after so
   * many writes; 0 for never. */
  guint die_after_sends;
  guint die_after_writes;
  guint dying_node;
  int keeps_writes;    /* of who dies: those on their way to the disk are there; -1 for none */
  /* Nothing else happens than these two, the second when the first has got so many messages. */
  ExplorerOp first;
  ExplorerOp second;
  guint second_after;
  gboolean is_even;    /* every message takes the same time */
  guint n_rivals;      /* that begin at once; 0 for any number, some time */
  guint64 trace;       /* to stderr if not 0 */
} ExplorerSetting;

/* Something that a member has signed. */
typedef struct
{
  guint number;
  WeftPurpose purpose;
  WeftClusterRecord *record; /* nullable: what the vote is on */
  WeftVote *vote;            /* nullable */
  WeftPrepared *prepared;    /* nullable */
} ExplorerWord;

typedef struct
{
  struct _Explorer *world;
  WeftQuorumRead *machine; /* NULL when it is done or its node died */
  guint node;
  guint incarnation;
  guint64 number;
  gint64 deadline;
  guint8 blocks;
  guint asked;             /* a bit for each, by number */
  gint64 own[EXPLORER_BLOCKS]; /* what the node had when it began */
  gint64 floors[EXPLORER_BLOCKS];
  GHashTable *answered;    /* (element-type guint64): sends that were answered, or failed */
} ExplorerRead;

typedef struct _ExplorerWitness ExplorerWitness;
typedef struct _Explorer Explorer;
struct _Explorer
{
  guint64 state; /* of the chance */
  gint64 now_usec;
  guint64 order;
  GPtrArray *heap; /* (element-type ExplorerEvent) */
  ExplorerNode nodes[EXPLORER_NODES_MAX];
  guint n_nodes;     /* members, and those who may become members */
  guint n_members;   /* of the first cluster: the first of them */
  gboolean is_moving;
  guint cohorts[EXPLORER_BLOCKS]; /* who should keep each block, by number */
  guint64 n_changes; /* of these */
  guint n_strangers;
  guint n_bodies;    /* all nodes */
  guint n_liars;     /* among the members */
  gboolean has_rogue;
  gboolean is_muffled; /* most certificates get lost */
  gboolean is_woven;   /* most actions are on two blocks, and begin at about the same time */
  GPtrArray *peers;    /* of the first cluster */
  ExplorerAction actions[EXPLORER_ACTIONS_MAX];
  guint n_actions;
  GPtrArray *proposals; /* (element-type ExplorerProposal) */
  GHashTable *calls;    /* (element-type guint64 ExplorerEvent): what a token is for; looked up */
  guint64 last_token;
  GPtrArray *seen;      /* (element-type WeftClusterRequest): to be replayed */
  GPtrArray *heard;     /* (element-type ExplorerWord): what a rogue can use */
  GPtrArray *reads;     /* (element-type ExplorerRead) */
  gint64 floors[EXPLORER_BLOCKS]; /* what somebody was told is committed, or read */
  ExplorerSetting setting;
  gboolean is_over;     /* faults have ended */
  gboolean is_finished; /* and all is resolved */
  int last_actions[EXPLORER_BLOCKS]; /* 1 + the last commit of each block */
  guint64 hash;
  guint64 n_steps;
  guint64 n_sends;       /* of the first proposal */
  guint64 n_deliveries;  /* of requests and answers of it */
  int first_action;
  gboolean has_second;
  guint64 n_decided;
  guint64 n_reads;       /* that had an answer */
  guint64 n_attacks;
  guint64 n_foreign;     /* records of other peers than the cluster's */
  guint64 n_not_admitted;
  guint64 n_moves;       /* proposed */
  guint64 n_moved;       /* that somebody was told of */
  const char *violation; /* nullable: the invariant */
  char *story;
  ExplorerWitness *witness;
};

/* explorer-chance.c: numbers, and the heap */
guint64   explorer_draw             (Explorer               *self,
                                     guint64                 bound);
gboolean  explorer_chance           (Explorer               *self,
                                     guint                   of_thousand);
void      explorer_mix              (Explorer               *self,
                                     guint64                 value);
ExplorerEvent *explorer_schedule    (Explorer               *self,
                                     gint64                  delay_usec,
                                     int                     kind,
                                     guint                   node);
ExplorerEvent *explorer_pop         (Explorer               *self);
void      explorer_event_free       (ExplorerEvent          *event);

/* explorer-store.c */
ExplorerStore *explorer_store_new   (void);
ExplorerStore *explorer_store_copy  (ExplorerStore          *self);
void      explorer_store_free       (ExplorerStore          *self);
/* NULL to delete what is there. */
void      explorer_store_write      (ExplorerStore          *self,
                                     const char             *key,
                                     ExplorerRecord         *record);
/* (transfer full): of a GRefString. */
ExplorerRecord *explorer_record_new (char                   *text,
                                     gboolean                is_resolved);
void      explorer_record_unref     (ExplorerRecord         *self);
const WeftItem *explorer_record_get_root (ExplorerRecord    *self);
/* A member of it, or NULL; `self` may be NULL. */
const WeftItem *explorer_record_find (ExplorerRecord        *self,
                                     const char             *name);
void      explorer_store_apply      (ExplorerStore          *self,
                                     Explorer               *world,
                                     ExplorerBatch          *batch);
int       explorer_block_index      (const char             *block_id);
const char *explorer_block_id       (guint                   index);
int       explorer_find_action      (Explorer               *self,
                                     const char             *action_id);
void      explorer_batch_free       (ExplorerBatch          *batch);
/* What the facts of a member are read from. */
typedef struct
{
  Explorer *world;
  ExplorerNode *node;
} ExplorerReader;
void      explorer_get_facts        (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftMemberFacts        *facts);

/* What happens. */
enum
{
  EVENT_REQUEST,
  EVENT_ANSWER,
  EVENT_LATE,       /* no answer in time */
  EVENT_SYNC,
  EVENT_FETCHED,
  EVENT_WAKE,       /* the deadline of a member */
  EVENT_ALARM,      /* the deadline of a proposal */
  EVENT_CRASH,
  EVENT_RESTART,
  EVENT_PARTITION,
  EVENT_ACT,        /* somebody proposes something */
  EVENT_FIRST,      /* the first of two operations */
  EVENT_RECOVER,
  EVENT_TELL,
  EVENT_CALM,
  EVENT_REPLAY,
  EVENT_LAST,       /* the last commit of a block, and whether all is resolved */
  EVENT_REFUSED,    /* the repo did not apply it */
  EVENT_ATTACK,
  EVENT_MEDDLE,     /* somebody recovers what may be on its way */
  EVENT_READ,       /* somebody reads */
  EVENT_READ_ALARM,
  EVENT_READ_FETCHED,
  EVENT_READ_RECOVERED,
  EVENT_READ_SPREAD,
  EVENT_CHANGE,     /* other nodes should keep a block */
  EVENT_VIEW,       /* somebody sees that */
  EVENT_SETTLE,     /* and gets the block */
  EVENT_MOVE,       /* somebody moves blocks */
  EVENT_LEAVE,      /* a node is gone for good */
};

/* explorer-node.c */
void      explorer_node_start       (Explorer               *self,
                                     ExplorerNode           *node);
void      explorer_node_crash       (Explorer               *self,
                                     ExplorerNode           *node);
void      explorer_node_sync        (Explorer               *self,
                                     ExplorerNode           *node);
void      explorer_node_ask         (Explorer               *self,
                                     ExplorerNode           *node,
                                     guint64                 token,
                                     guint                   from,
                                     WeftClusterRequest     *request);
void      explorer_node_wake        (Explorer               *self,
                                     ExplorerNode           *node);
void      explorer_node_step        (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftMemberEvent        *event);
void      explorer_node_submit      (Explorer               *self,
                                     ExplorerNode           *node,
                                     ExplorerBatch          *batch);
gboolean  explorer_node_is_held     (Explorer               *self,
                                     ExplorerNode           *node);

gboolean  explorer_node_has_machine (ExplorerNode           *node);

/* explorer-pin.c: who keeps a block */
guint     explorer_get_mask         (GPtrArray              *peers);
/* (element-type WeftClusterPeer) */
GPtrArray *explorer_make_peers      (guint                   mask);
/* From the revision on that an action makes. */
guint     explorer_get_pin          (Explorer               *self,
                                     int                     action);
/* From the latest revision that is stored, or 0. */
guint     explorer_find_pin         (Explorer               *self,
                                     ExplorerStore          *store,
                                     guint                   block);
/* Whether it may be decided by its peers. */
gboolean  explorer_is_right         (Explorer               *self,
                                     WeftClusterRecord      *record);
/* An honest member votes for it. */
void      explorer_check_peers      (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRecord      *record);
/* And was asked for the first time, at the first ballot. */
void      explorer_check_target     (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRecord      *record);
/* Of those that a node has, as somebody would ask them; `blocks` is cut to those of one cluster. */
guint     explorer_choose_peers     (Explorer               *self,
                                     ExplorerNode           *node,
                                     guint8                 *blocks);
/* Whether S honest ones of these work, this node left out. */
gboolean  explorer_is_working       (Explorer               *self,
                                     guint                   mask,
                                     ExplorerNode           *without);
void      explorer_get_pin_facts    (WeftMemberFacts        *facts);

/* explorer-move.c: blocks that move */
void      explorer_plan_moves       (Explorer               *self,
                                     gint64                  span);
void      explorer_move_happen      (Explorer               *self,
                                     ExplorerEvent          *event);
/* All blocks have a first revision, and should move. */
void      explorer_begin_history    (Explorer               *self);
/* All see the network as it is. */
void      explorer_see_all          (Explorer               *self);

/* explorer-fetch.c */
WeftClusterRecord *explorer_read_certificate (Explorer      *self,
                                     ExplorerStore          *source,
                                     guint                   block,
                                     gint64                  rev);
gboolean  explorer_restore          (Explorer               *self,
                                     ExplorerNode           *node,
                                     ExplorerStore          *source,
                                     guint                   block);
ExplorerBatch *explorer_batch_new   (guint64                 id);
void      explorer_node_fetched     (Explorer               *self,
                                     ExplorerNode           *node,
                                     ExplorerEvent          *event);
WeftClusterAnswer *explorer_sign    (guint                   number,
                                     WeftClusterAnswer      *answer,
                                     GBytes                 *text);

/* explorer-proposal.c */
ExplorerProposal *explorer_propose  (Explorer               *self,
                                     guint                   node,
                                     WeftClusterRecord      *record,
                                     gboolean                is_recovery);
guint     explorer_find_number      (WeftPeerId             *peer_id);
void      explorer_proposal_step    (Explorer               *self,
                                     ExplorerProposal       *proposal,
                                     WeftProposalEvent      *event);
void      explorer_proposal_free    (ExplorerProposal       *proposal);
void      explorer_send             (Explorer               *self,
                                     guint                   from,
                                     guint                   to,
                                     guint64                 proposal,
                                     guint64                 request_id,
                                     WeftClusterRequest     *request);
void      explorer_reply            (Explorer               *self,
                                     guint64                 token,
                                     WeftClusterAnswer      *answer);
gint64    explorer_delay            (Explorer               *self);

/* explorer-rogue.c: somebody who signs nothing himself, but knows what everybody sends */
void      explorer_word_free        (ExplorerWord           *word);
void      explorer_hear             (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRequest     *request,
                                     WeftClusterAnswer      *answer);
void      explorer_attack           (Explorer               *self,
                                     ExplorerEvent          *event);
/* A member of whom anything can be signed. */
gboolean  explorer_is_signer        (Explorer               *self,
                                     guint                   number);

/* explorer-lie.c */
void      explorer_node_lie         (Explorer               *self,
                                     ExplorerNode           *node,
                                     guint64                 token,
                                     WeftClusterRequest     *request);

/* explorer-read.c */
#define EXPLORER_READ_BASE (G_GUINT64_CONSTANT (1) << 32)
void      explorer_read             (Explorer               *self,
                                     guint                   node,
                                     guint8                  blocks);
void      explorer_read_happen      (Explorer               *self,
                                     ExplorerEvent          *event);
void      explorer_read_deliver     (Explorer               *self,
                                     ExplorerEvent          *event);
void      explorer_read_free        (ExplorerRead           *read);

/* explorer-check.c: what must hold */
void      explorer_fail             (Explorer               *self,
                                     const char             *invariant,
                                     const char             *format,
                                     ...) G_GNUC_PRINTF (3, 4);
void      explorer_witness_init     (Explorer               *self);
void      explorer_witness_clear    (Explorer               *self);
/* An answer leaves an honest member. */
void      explorer_see_answer       (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRequest     *request,
                                     WeftClusterAnswer      *answer);
void      explorer_see_applied      (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRecord      *certificate);
void      explorer_see_released     (Explorer               *self,
                                     ExplorerNode           *node,
                                     int                     index);
void      explorer_see_result       (Explorer               *self,
                                     ExplorerProposal       *proposal,
                                     WeftProposalEffect     *effect);
void      explorer_see_read         (Explorer               *self,
                                     ExplorerRead           *read,
                                     GArray                 *results);
/* What was decided before the world began. */
void      explorer_know_history     (Explorer               *self,
                                     int                     index);
/* Somebody asks for it again. */
void      explorer_forget_denied    (Explorer               *self,
                                     WeftClusterRecord      *record);
/* The action of a commit, or -1. */
int       explorer_find_commit      (Explorer               *self,
                                     WeftClusterRecord      *record);
/* 1 + the action of a revision, or 0. */
int       explorer_get_decided      (Explorer               *self,
                                     guint                   block,
                                     gint64                  rev);

/* explorer-end.c */
void      explorer_see_end          (Explorer               *self);

/* explorer-act.c */
gboolean  explorer_knows_latest     (Explorer               *self,
                                     ExplorerNode           *node,
                                     guint                   block);
int       explorer_act              (Explorer               *self,
                                     guint                   node,
                                     guint8                  blocks,
                                     gboolean                is_last);
/* Pended everywhere on its blocks. */
int       explorer_add_first        (Explorer               *self);
/* To these, by number. */
void      explorer_move             (Explorer               *self,
                                     guint                   node,
                                     guint8                  blocks,
                                     guint                   target);
void      explorer_commit           (Explorer               *self,
                                     guint                   node,
                                     int                     index);
void      explorer_cancel           (Explorer               *self,
                                     guint                   node,
                                     int                     index);
int       explorer_pend             (Explorer               *self,
                                     guint                   node,
                                     guint8                  blocks);
int       explorer_operate          (Explorer               *self,
                                     const ExplorerOp       *op,
                                     int                     rival);

/* explorer-plan.c */
void      explorer_set_up           (Explorer               *self,
                                     guint64                 seed,
                                     const ExplorerSetting  *setting);
void      explorer_plan             (Explorer               *self);
/* Whether these may be the cluster; NULL, or why not. */
const char *explorer_admit          (Explorer               *self,
                                     GPtrArray              *peers);

/* explorer.c */
void      explorer_run              (Explorer               *self,
                                     guint64                 seed,
                                     const ExplorerSetting  *setting);
void      explorer_clear            (Explorer               *self);

G_END_DECLS
