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
  guint n_sources;       /* of the last fetch */
  gboolean is_unsettled; /* what is_settled does not say */
  gboolean is_vouching;  /* what is asked of it is proven */
  const char *objection; /* what the validator says */
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
