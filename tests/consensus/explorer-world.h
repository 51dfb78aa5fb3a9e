/* explorer-world.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cluster-fixture.h"
#include "weft-member-machine-private.h"
#include "weft-pend-request.h"
#include "weft-proposal-machine-private.h"
#include "weft-quorum-read-private.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What is in a world of member and proposal machines, which is nothing but a heap of events. */

#define EXPLORER_MEMBERS_MAX 10
#define EXPLORER_STRANGERS_MAX 2
#define EXPLORER_OUTSIDERS_MAX 4
/* Members, strangers or those who may become members, and the second bodies of twins. */
#define EXPLORER_NODES_MAX (EXPLORER_MEMBERS_MAX + EXPLORER_OUTSIDERS_MAX + 2)
#define EXPLORER_BLOCKS 6
#define EXPLORER_REVS_MAX 48
#define EXPLORER_ACTIONS_MAX 60
#define EXPLORER_GROUPS_MAX 16
#define EXPLORER_GROUP_MAX 16 /* commits */
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

typedef guint64 ExplorerActions; /* a bit for each, by its index */

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
  ExplorerActions applied;
  WeftClusterRecord *certificate; /* of these, nullable */
  guint64 execute_token; /* or 0 */
  gboolean is_refused;   /* what was to be executed */
  int action;            /* that is cancelled or pended, or -1 */
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
  int first;              /* its number, or that of the first attempt at the same action */
  guint8 blocks;
  gint64 bases[EXPLORER_BLOCKS];
  gint64 rev;
  WeftPendRequest *pend;  /* what it does */
  WeftPendRequest *other; /* something else of the same name */
  char *digests[EXPLORER_BLOCKS];
  WeftCommitRequest *commit;
  WeftClusterRecord *record; /* of this commit alone */
  guint n_proposals; /* to commit it */
  gboolean is_doubtful; /* with others: that was given up and may be decided */
  guint ahead;       /* so many commits of its chain are before it */
  guint peers;       /* a bit for each, by number: who decides it */
  guint target;      /* who keeps the blocks from then on, or 0 for the same */
} ExplorerAction;

/* Commits that are decided together. */
typedef struct
{
  ExplorerActions actions;
  WeftClusterRecord *record;
  gint64 floors[EXPLORER_BLOCKS]; /* what was known to be committed when somebody began it */
} ExplorerGroup;

/* What somebody wants to commit. */
typedef struct
{
  guint node;
  guint8 blocks;
  GPtrArray *peers;    /* who decide it */
  guint target;
  gboolean is_last;    /* after all faults */
  gboolean is_plain;   /* without any chance */
  gboolean is_pended;  /* at most of the nodes */
  gboolean is_stale;   /* on what is not the latest any more */
  gboolean is_joined;  /* with others */
  guint ahead;         /* so many commits of a chain are before it */
  int again;           /* 1 + the first attempt at the same action, or 0 */
} ExplorerPlan;

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
  GQueue pended;             /* (element-type ExplorerEvent): to be told after this step */
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

typedef enum
{
  EXPLORER_FRESH,
  EXPLORER_RECOVERY,
  EXPLORER_IN_DOUBT, /* what may be decided together with others */
} ExplorerOrigin;

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
  int group;                    /* that it proposes, or -1 */
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
  gint64 shown[EXPLORER_BLOCKS]; /* what the node had told of when it was asked */
} ExplorerEvent;

typedef enum
{
  EXPLORER_NOTHING,
  EXPLORER_PEND,
  EXPLORER_COMMIT,
  EXPLORER_CANCEL,
  EXPLORER_MOVE, /* to the target of the setting */
  EXPLORER_JOIN, /* commits of one block each, together */
  EXPLORER_CHAIN, /* several commits of each block, together */
  EXPLORER_PART, /* of those, the commits on these blocks, each alone */
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
  gboolean is_carrying; /* what is proposed is pending nowhere, and comes along */
  gboolean is_once;    /* no action is put again */
  gboolean is_unchained; /* there are no chains */
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
  guint n_blocks;
  guint n_strangers;
  guint n_bodies;    /* all nodes */
  guint n_liars;     /* among the members */
  gboolean has_rogue;
  gboolean is_muffled; /* most certificates get lost */
  gboolean is_woven;   /* most actions are on two blocks, and begin at about the same time */
  gboolean is_joining; /* many commits are proposed together */
  gboolean is_carrying; /* most contents come with the request for a vote */
  gboolean is_again;   /* actions are put again on what came in between */
  gboolean is_chaining; /* several commits of one block are proposed together */
  GPtrArray *peers;    /* of the first cluster */
  ExplorerAction actions[EXPLORER_ACTIONS_MAX];
  guint n_actions;
  ExplorerGroup groups[EXPLORER_GROUPS_MAX];
  guint n_groups;
  GPtrArray *records;   /* (element-type WeftClusterRecord): of all commits, alone and together */
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
  guint64 n_joined;      /* groups that somebody was told of */
  guint64 n_parted;      /* groups that were given up */
  guint64 n_chains;      /* groups with one that somebody was told of */
  guint64 n_chained;     /* commits in these that are not the first of their block */
  guint64 n_again;       /* actions that were put again on other bases */
  guint64 n_carried;     /* contents that a member took from a request for a vote */
  const char *violation; /* nullable: the invariant */
  char *story;
  ExplorerWitness *witness;
};

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
  EVENT_JOIN,       /* somebody proposes several commits together */
  EVENT_PART,       /* who gave that up proposes one of them alone */
  EVENT_AGAIN,      /* somebody puts an action again */
  EVENT_PENDED,     /* what came with a request was looked at */
  EVENT_CHAIN,      /* somebody proposes several commits of one block together */
};

G_END_DECLS
