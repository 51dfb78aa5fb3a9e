/* weft-member-effects-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-answer-private.h"

G_BEGIN_DECLS

/* One change to what a member keeps: a record of the storage under a key. */
typedef struct
{
  char *key;
  char *text; /* canonical JSON, a GRefString; NULL to delete it */
  gboolean is_resolved;
} WeftMemberWrite;

typedef enum
{
  /* id, writes: one batch; then STORED or STORE_FAILED */
  WEFT_MEMBER_EFFECT_STORE,
  /* id, record, commits, writes: those of the commits of its message, and the writes, in one batch;
   * then APPLIED, or APPLY_FAILED where the repo refused it and nothing was submitted */
  WEFT_MEMBER_EFFECT_APPLY,
  /* token, record: pend or cancel its message in the repo; then EXECUTED */
  WEFT_MEMBER_EFFECT_EXECUTE,
  /* token, pends, record: submit them to the repo as if somebody had asked for each, until when the
   * record expires, and go on without waiting until that is durable; then PENDED */
  WEFT_MEMBER_EFFECT_PEND,
  /* id, text: a block, rev: at least up to it (0: a pending is missing), peers: who has it, those
   * of the record first, record: what it is for, NULL for a prepare; then FETCHED, whatever comes
   * of it */
  WEFT_MEMBER_EFFECT_FETCH,
  /* token, answer; `text_to_sign` where it has to be signed first */
  WEFT_MEMBER_EFFECT_ANSWER,
  WEFT_MEMBER_EFFECT_RECOVER, /* record: one of its slots is held for too long */
  WEFT_MEMBER_EFFECT_REPORT,  /* peer_id, text: the reason, proof: what shows it */
  WEFT_MEMBER_EFFECT_COUNT,   /* counter */
  /* token, messages: pend each in the repo, for itself; when all that is durable, PENDED_EACH */
  WEFT_MEMBER_EFFECT_PEND_EACH,
} WeftMemberEffectType;

/* Owns what it points to, but for `counter`, which is static. */
typedef struct
{
  WeftMemberEffectType type;
  guint64 id;
  guint64 token;
  gint64 rev;
  GPtrArray *writes; /* (element-type WeftMemberWrite) */
  WeftClusterRecord *record;
  GPtrArray *peers;  /* (element-type WeftClusterPeer) */
  GPtrArray *pends;  /* (element-type WeftPendRequest) */
  GPtrArray *messages; /* (element-type WeftRepoMessage) */
  GPtrArray *commits; /* (element-type WeftCommitRequest): of the record */
  WeftClusterAnswer *answer;
  GBytes *text_to_sign;
  WeftPeerId *peer_id;
  JsonNode *proof;
  char *text;
  const char *counter;
} WeftMemberEffect;

/* What one step of a member machine wants done, in order. */
typedef struct
{
  GArray *items;        /* (element-type WeftMemberEffect) */
  gint64 deadline_usec; /* when to step with TIMEOUT next; G_MAXINT64 for never */
} WeftMemberEffects;

void              weft_member_effects_init  (WeftMemberEffects    *self);
void              weft_member_effects_reset (WeftMemberEffects    *self);
void              weft_member_effects_clear (WeftMemberEffects    *self);
WeftMemberEffect *weft_member_effects_add   (WeftMemberEffects    *self,
                                             WeftMemberEffectType  type);
void              weft_member_effect_clear  (WeftMemberEffect     *self);
/* Takes `key`, copies `text`, if it is not NULL. */
WeftMemberWrite  *weft_member_write_new     (char                 *key,
                                             GString              *text)
    G_GNUC_WARN_UNUSED_RESULT;
void              weft_member_write_free    (WeftMemberWrite      *self);
/* (transfer full); NULL to delete it. */
JsonNode         *weft_member_write_to_json (WeftMemberWrite      *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftMemberEffects, weft_member_effects_clear)

G_END_DECLS
