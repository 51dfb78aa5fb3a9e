/* weft-quorum-read-state-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-poll-private.h"
#include "weft-quorum-read-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_READ_ASK,     /* for more answers */
  WEFT_READ_FETCH,
  WEFT_READ_RECOVER,
  WEFT_READ_SPREAD,
  WEFT_READ_PAUSE,   /* until `again_usec`; an answer may still make that needless */
  WEFT_READ_AGAIN,   /* all members are to be asked once more */
  WEFT_READ_DONE,
} WeftReadStage;

/* What is known of one block. */
typedef struct
{
  char *block_id;
  WeftReadStage stage;
  guint64 id;               /* of the effect that is performed for it */
  guint position;           /* in the request that was sent last */
  gint64 rev;               /* the latest that our own store has, which is decided */
  gint64 claimed_rev;       /* what is fetched */
  GPtrArray *distrusted;    /* (element-type WeftPeerId): claimed what nobody could show */
  GPtrArray *holders;       /* (element-type WeftPeerId): have `rev`, as a spread said */
  gboolean is_unproven;     /* a claim could be neither shown nor refuted */
  WeftClusterRecord *doubt; /* nullable: the lock that was in doubt last time */
  gint64 again_usec;
  guint attempts;
  WeftReadAnswer answer;
  const char *reason;
} WeftReadBlock;

typedef enum
{
  WEFT_READ_GOOD = 1,
  WEFT_READ_REFUSED, /* it says that the block is not its */
  WEFT_READ_USELESS,
} WeftReadVerdict;

struct _WeftQuorumRead
{
  WeftQuorumReadConfig config;
  char *network;
  GPtrArray *peers;  /* (element-type WeftClusterPeer), sorted */
  char *membership;  /* of the peers */
  GPtrArray *blocks; /* (element-type WeftReadBlock), sorted */
  WeftPoll poll;     /* numbers all effects */
  guint answers_needed;
  guint holders_needed;
  guint liars_max;
  gboolean is_started;
  gboolean is_done;
};

/* weft-quorum-read-block.c: what the answers so far mean for a block. */
void weft_read_block_free     (WeftReadBlock             *self);
void weft_read_block_look     (WeftReadBlock             *self,
                               WeftQuorumRead            *read,
                               const WeftQuorumReadEvent *event,
                               WeftQuorumReadEffects     *effects);
void weft_read_block_fetched  (WeftReadBlock             *self,
                               WeftQuorumRead            *read,
                               const WeftQuorumReadEvent *event,
                               WeftQuorumReadEffects     *effects);
void weft_read_block_spread   (WeftReadBlock             *self,
                               WeftQuorumRead            *read,
                               const WeftQuorumReadEvent *event);
/* Asks again after a while, or ends it for this reason once that was done often enough. */
void weft_read_block_pause    (WeftReadBlock             *self,
                               WeftQuorumRead            *read,
                               const WeftQuorumReadEvent *event,
                               const char                *reason);
void weft_read_block_end      (WeftReadBlock             *self,
                               WeftReadAnswer             answer,
                               const char                *reason);
/* Why it has no answer at the deadline. */
const char *weft_read_block_get_excuse (WeftReadBlock    *self,
                                        WeftQuorumRead   *read);

/* weft-quorum-read-doubt.c */
/* A lock above what is decided that M members may have, or NULL; whoever shows one that is not
 * valid is distrusted. */
WeftClusterRecord *weft_read_block_find_doubt (WeftReadBlock         *self,
                                               WeftQuorumRead        *read,
                                               WeftQuorumReadEffects *effects);
/* Whether the member has nothing of the block and says that others keep it. */
gboolean           weft_read_block_is_elsewhere (WeftReadBlock       *self,
                                                 WeftPollMember      *member);
/* What a member says of the block, or NULL if it did not answer, or is not to be believed. */
WeftBlockState    *weft_read_block_get_state  (WeftReadBlock         *self,
                                               WeftQuorumRead        *read,
                                               WeftPollMember        *member);
void               weft_read_block_distrust   (WeftReadBlock         *self,
                                               WeftPeerId            *peer_id);

G_END_DECLS
