/* weft-member-machine-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-request-private.h"
#include "weft-member-effects-private.h"
#include "weft-tape-private.h"
#include "weft-vote-text-private.h"

G_BEGIN_DECLS

/* Votes, locks and applies for one node, all slots of all blocks. See data/docs/consensus.md. */
typedef struct _WeftMemberMachine WeftMemberMachine;

/* What the machine may look up while it steps: what is stored here, submitted batches included.
 * Answers change only by effects of the machine and between steps. */
typedef struct
{
  /* The latest revision of a block, 0 for none, -1 when that is damaged. */
  gint64 (*read_latest) (gpointer data, const char *block_id, char **action_id);
  /* The hash of who keeps a block from its latest revision on, or NULL where nobody said so.
   * NULL: of no block. */
  char *(*read_cluster) (gpointer data, const char *block_id);
  /* The latest revision and that hash at once. NULL: the two above are asked. */
  gint64 (*read_head) (gpointer data, const char *block_id, char **cluster);
  /* The action of a revision, or NULL. */
  char *(*read_revision) (gpointer data, const char *block_id, gint64 rev);
  /* Whether the action is pending here; its content and the base it was made for. */
  gboolean (*read_pending) (gpointer data, const char *block_id, const char *action_id,
                            char **digest, gint64 *base);
  /* What is stored under a key of weft_slot_make_key(), or NULL. */
  WeftTape *(*read_record) (gpointer data, const char *key);
  /* Whether these are the right peers for the blocks, as this node sees the network: NULL, or a
   * word that says why not. Asked of blocks whose history does not say it, which are new, and of
   * where they are to move. */
  const char *(*admit) (gpointer data, GPtrArray *peers, const char *const *block_ids);
  /* Whether this node knows of all blocks that it should keep, so that it may speak for one of
   * which it knows nothing. NULL: it does. */
  gboolean (*is_settled) (gpointer data, const char *block_id);
  /* Whether this node is one of those who keep the blocks, as it sees it. NULL: it is not. */
  gboolean (*keeps) (gpointer data, const char *const *block_ids);
  /* The validator hook for content: NULL, or what is wrong with it. A message of several commits is
   * a chain, each of which is to be judged on top of those before it. */
  char *(*validate) (gpointer data, WeftRepoMessage *message);
  gpointer data;
} WeftMemberFacts;

typedef struct
{
  WeftPeerId *peer_id;
  double super_majority;
  WeftVerify verify;
  WeftMemberFacts facts;
  gint64 held_max_usec; /* after it a slot whose record has no expiration is recovered */
} WeftMemberConfig;

typedef enum
{
  WEFT_MEMBER_EVENT_RESTORE,      /* json: an unresolved record of the storage, before all others */
  WEFT_MEMBER_EVENT_REQUEST,      /* token, peer_id, request */
  WEFT_MEMBER_EVENT_WITHDRAW,     /* token: nobody waits any more */
  WEFT_MEMBER_EVENT_STORED,       /* id */
  /* id, error: nothing of it happened; build the machine anew from the storage */
  WEFT_MEMBER_EVENT_STORE_FAILED,
  WEFT_MEMBER_EVENT_APPLIED,      /* id */
  WEFT_MEMBER_EVENT_APPLY_FAILED, /* id, error: as NOT_FOUND (no pending), MISSING_BASE */
  WEFT_MEMBER_EVENT_EXECUTED,     /* token, text: PendResult or {}; or error */
  /* token, text: the PendResult of the last of them, or of the first that failed; or error */
  WEFT_MEMBER_EVENT_PENDED,
  WEFT_MEMBER_EVENT_FETCHED,      /* id; error, may be NULL */
  WEFT_MEMBER_EVENT_TIMEOUT,
  /* token, results (element-type WeftPendResult): for each message, NULL where that is not pending;
   * or error: none is */
  WEFT_MEMBER_EVENT_PENDED_EACH,
} WeftMemberEventType;

/* Borrows what it points to. */
typedef struct
{
  WeftMemberEventType type;
  gint64 now_usec;   /* monotonic */
  gint64 real_msec;  /* of the calendar, for expirations */
  guint32 chance;    /* for jitter */
  guint64 token;
  guint64 id;
  WeftPeerId *peer_id;
  WeftClusterRequest *request;
  gboolean is_proven; /* a certificate: that it is of the right peers was found out already */
  const char *block_id; /* nullable: of what is proven, take what is of this block alone */
  gint64 rev;           /* the one revision of that block, or 0 for all that it has */
  JsonNode *json;
  const char *text;  /* canonical JSON */
  GPtrArray *results;
  const GError *error;
} WeftMemberEvent;

WeftMemberMachine *weft_member_machine_new              (const WeftMemberConfig *config)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_member_machine_free             (WeftMemberMachine      *self);
void               weft_member_machine_step             (WeftMemberMachine      *self,
                                                         const WeftMemberEvent  *event,
                                                         WeftMemberEffects      *effects);
/* Whether a vote or a lock is on this action: its pending must not be dropped. */
gboolean           weft_member_machine_holds            (WeftMemberMachine      *self,
                                                         const char             *block_id,
                                                         const char             *action_id);
/* Whether a request waits for what is fetched, which takes as long as others take. */
gboolean           weft_member_machine_is_fetching      (WeftMemberMachine      *self,
                                                         guint64                 token);
guint              weft_member_machine_get_n_slots      (WeftMemberMachine      *self);
/* For status, what is voted for or locked: [{"blockId","base","prepared","vote"?,"lock"?,
 * "heldMsec"}…] */
JsonNode          *weft_member_machine_to_json          (WeftMemberMachine      *self,
                                                         gint64                  now_usec)
    G_GNUC_WARN_UNUSED_RESULT;
/* Aborts when the state contradicts itself. Called by tests after every step. */
void               weft_member_machine_check            (WeftMemberMachine      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftMemberMachine, weft_member_machine_free)

G_END_DECLS
