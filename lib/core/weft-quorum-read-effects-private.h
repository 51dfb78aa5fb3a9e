/* weft-quorum-read-effects-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-answer-private.h"
#include "weft-cluster-request-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_READ_PRESENT,     /* at `rev`, which our own store has */
  WEFT_READ_ABSENT,      /* S members say so */
  WEFT_READ_UNAVAILABLE, /* for `reason` */
  /* Others keep it, as our own store knows by now: they are to be asked, in another read. */
  WEFT_READ_MOVED,
} WeftReadAnswer;

typedef struct
{
  const char *block_id;
  WeftReadAnswer answer;
  gint64 rev;
  /* A word: peers-unreachable, fewer than S answered; cohort-unreachable, nobody but this node did;
   * unmaterializable, what some claim to have can neither be had nor left out; claimed-elsewhere,
   * too many say that the block is not theirs; in-doubt, a lock could not be resolved in time. */
  const char *reason;
} WeftReadResult;

typedef enum
{
  /* id, peer_id (maybe our own), request, timeout_usec: then ANSWER or FAILED */
  WEFT_QUORUM_READ_EFFECT_SEND,
  /* id, block_id, rev: get the archive with certificates from one of peer_ids, who claim to have
   * it, check it and merge it into our own store; then FETCHED */
  WEFT_QUORUM_READ_EFFECT_FETCH,
  WEFT_QUORUM_READ_EFFECT_RECOVER, /* id, record: a lock in doubt; then RECOVERED */
  /* id, block_id, rev: tell its certificate to peer_ids, who lack it; then SPREAD */
  WEFT_QUORUM_READ_EFFECT_SPREAD,
  WEFT_QUORUM_READ_EFFECT_REPORT,  /* peer_id, text: a word, proof (nullable) */
  WEFT_QUORUM_READ_EFFECT_COUNT,   /* counter */
  WEFT_QUORUM_READ_EFFECT_RESULT,  /* results, in the order of the blocks: once */
  WEFT_QUORUM_READ_EFFECT_DONE,    /* the last: the machine may be freed */
} WeftQuorumReadEffectType;

/* Owns what it points to, but for `block_id`, which is the machine's, and `counter`. */
typedef struct
{
  WeftQuorumReadEffectType type;
  guint64 id; /* counted from 1; an event that answers carries it */
  WeftPeerId *peer_id;
  WeftClusterRequest *request;
  gint64 timeout_usec;
  const char *block_id;
  gint64 rev;
  GPtrArray *peer_ids; /* (element-type WeftPeerId) */
  WeftClusterRecord *record;
  GArray *results;     /* (element-type WeftReadResult), whose block ids are the machine's */
  JsonNode *proof;
  char *text;
  const char *counter;
} WeftQuorumReadEffect;

/* What one step of a quorum read wants done, in order. */
typedef struct
{
  GArray *items;        /* (element-type WeftQuorumReadEffect) */
  gint64 deadline_usec; /* when to step with TIMEOUT next; G_MAXINT64 for never */
} WeftQuorumReadEffects;

void                  weft_quorum_read_effects_init  (WeftQuorumReadEffects    *self);
void                  weft_quorum_read_effects_clear (WeftQuorumReadEffects    *self);
WeftQuorumReadEffect *weft_quorum_read_effects_add   (WeftQuorumReadEffects    *self,
                                                      WeftQuorumReadEffectType  type);
void                  weft_quorum_read_effect_clear  (WeftQuorumReadEffect     *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftQuorumReadEffects, weft_quorum_read_effects_clear)

G_END_DECLS
