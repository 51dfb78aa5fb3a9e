/* member-rig.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cluster-fixture.h"
#include "member-store.h"
#include "weft-member-machine-private.h"

G_BEGIN_DECLS

/* The first peer's member over a storage that is made up, with a transcript of what it wants done.
 * Batches are visible at once and durable when the test says so; a crash loses the others. */

typedef struct
{
  WeftMemberMachine *machine; /* NULL after a crash */
  WeftMemberConfig config;
  WeftMemberEffects effects;
  RigState *durable;
  RigState *visible;
  GQueue batches;      /* that are not durable, as ids and states */
  GPtrArray *tokens;   /* EXECUTE effects that were not answered, as tokens */
  GQueue pended;       /* PEND effects that were not answered */
  GPtrArray *fetches;  /* ids of FETCH effects that were not answered */
  GTree *names;        /* message hashes to names */
  GTree *counts;       /* counters */
  GTree *shared;       /* records kept for many slots, by key */
  GString *transcript;
  gint64 now_usec;
  gint64 real_msec;
  guint32 chance;
  guint64 last_token;
  const char *admission; /* what admit says */
  gboolean keeps;        /* what keeps says */
  guint n_messages;      /* of the last pend of several, each for itself */
  guint n_sources;       /* of the last fetch */
  guint n_writes;        /* records that were written, and how long they are with their keys */
  gsize n_bytes;
  guint n_deletions;
  gboolean is_unsettled; /* what is_settled does not say */
  gboolean is_vouching;  /* what is asked of it is proven */
  const char *block_id;  /* nullable: of this block alone */
  gint64 rev;            /* of that the one revision, or 0 */
  const char *objection; /* what the validator says */
  const char *objects_to; /* of this action, or of all */
  WeftClusterAnswer *answer; /* the last, signed */
  /* nullable: is told of each */
  void (*answered) (guint64 token, WeftClusterAnswer *answer, gpointer user_data);
  gpointer answered_data;
} MemberRig;

MemberRig         *member_rig_new            (void);
void               member_rig_free           (MemberRig          *self);

/* What is in the storage: a revision, and what is pending with the digest of the fixture. */
void               member_rig_add_revision   (MemberRig          *self,
                                              const char         *block_id,
                                              gint64              rev,
                                              const char         *action_id);
/* It is kept by these from now on. */
void               member_rig_pin            (MemberRig          *self,
                                              const char         *block_id,
                                              GPtrArray          *peers);
void               member_rig_add_pending    (MemberRig          *self,
                                              const char         *block_id,
                                              const char         *action_id,
                                              gint64              base);
void               member_rig_drop_pending   (MemberRig          *self,
                                              const char         *block_id,
                                              const char         *action_id);
void               member_rig_write          (MemberRig          *self,
                                              const char         *key,
                                              JsonNode           *json,
                                              gboolean            is_resolved);
gint64             member_rig_get_latest     (MemberRig          *self,
                                              const char         *block_id);

void               member_rig_step           (MemberRig          *self,
                                              WeftMemberEvent    *event);
/* Each returns the token. */
guint64            member_rig_ask            (MemberRig          *self,
                                              WeftClusterRequest *request);
guint64            member_rig_update         (MemberRig          *self,
                                              WeftClusterRecord  *record);
/* The same, and brings contents along (element-type WeftPendRequest). */
guint64            member_rig_update_with    (MemberRig          *self,
                                              WeftClusterRecord  *record,
                                              GPtrArray          *pends);
guint64            member_rig_prepare        (MemberRig          *self,
                                              WeftClusterRecord  *record,
                                              WeftBallot         *ballot);
guint64            member_rig_latest         (MemberRig          *self,
                                              const char         *block_id);
void               member_rig_withdraw       (MemberRig          *self,
                                              guint64             token);
/* The oldest batch, or all, are durable. */
void               member_rig_store          (MemberRig          *self);
void               member_rig_store_all      (MemberRig          *self);
void               member_rig_fail           (MemberRig          *self);
void               member_rig_fetched        (MemberRig          *self,
                                              const GError       *error);
void               member_rig_executed       (MemberRig          *self,
                                              const char         *json,
                                              const GError       *error);
/* The repo took these, and not those that are NULL. */
void               member_rig_pended_each    (MemberRig          *self,
                                              GPtrArray          *results,
                                              const GError       *error);
/* What came along first is pending now; or it is not, with what the repo says. */
void               member_rig_pended         (MemberRig          *self,
                                              const char         *text,
                                              const GError       *error);
/* member-pended.c */
void               member_rig_push_pended    (MemberRig          *self,
                                              WeftMemberEffect   *effect);
void               member_rig_forget_pended  (MemberRig          *self);
/* What is visible is durable with the batch, of which the machine is told by its id, if any. */
void               member_rig_push_batch     (MemberRig          *self,
                                              guint64             id,
                                              gboolean            is_apply);
void               member_rig_wait           (MemberRig          *self,
                                              gint64              usec);
void               member_rig_crash          (MemberRig          *self);
void               member_rig_restart        (MemberRig          *self);

/* The repo refuses what is to be applied. */
void               member_rig_refuse         (MemberRig          *self);
/* The same if the last batch applies something; else it does nothing. */
void               member_rig_refuse_last    (MemberRig          *self);
/* Compares the transcript and empties it. */
void               member_rig_expect         (MemberRig          *self,
                                              const char         *expected);
guint              member_rig_get_count      (MemberRig          *self,
                                              const char         *counter);

/* member-look.c */
WeftMemberFacts    member_rig_make_facts     (MemberRig          *self);

/* member-records.c: of the blocks "a" and "b" at base 0, of three peers. */
WeftClusterRecord *rig_record                (const char         *action_id,
                                              const char         *blocks,
                                              gint64              base,
                                              gint64              expiration_msec);
/* What changes these blocks, each in one of two ways, and a record of the commits of such. */
WeftPendRequest   *rig_pend                  (const char         *action_id,
                                              const char         *blocks,
                                              gint64              base,
                                              gboolean            is_deletion);
WeftClusterRecord *rig_put                   (GPtrArray          *pends,
                                              gint64              expiration_msec);
/* Of what it makes of a block. */
char              *rig_digest                (WeftPendRequest    *pend,
                                              const char         *block_id);
/* (element-type WeftPendRequest): "x:a y:b+c", all to be made at one base, but for those that
 * follow another one of the same block. */
GPtrArray         *rig_pends                 (const char         *plan,
                                              gint64              base);
/* The commits of several actions, as "x:a y:b+c", or as a chain "x:a y:a". */
WeftClusterRecord *rig_group                 (const char         *plan,
                                              gint64              base,
                                              gint64              expiration_msec);
WeftBallot        *rig_ballot                (gint64              number,
                                              guint               peer);
/* The record at a higher ballot, justified by two peers, of which the first shows a lock. */
WeftClusterRecord *rig_at                    (WeftClusterRecord  *record,
                                              WeftBallot         *ballot,
                                              WeftClusterRecord  *lock);

/* member-narrate.c */
void               member_rig_narrate        (MemberRig          *self,
                                              WeftMemberEffect   *effect);
void               member_rig_learn_name     (MemberRig          *self,
                                              WeftClusterRecord  *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MemberRig, member_rig_free)

G_END_DECLS
