/* explorer.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "explorer-world.h"

G_BEGIN_DECLS

/* Member and proposal machines in a world that is nothing but a heap of events. */

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
/* Whether a vote or a lock on a record of several slots is there, stored once for all of them. */
gboolean  explorer_store_has_shared (ExplorerStore          *self,
                                     WeftClusterRecord      *record,
                                     const char             *role);
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
                                     ExplorerOrigin          origin);
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
                                     ExplorerEvent          *call,
                                     WeftClusterAnswer      *answer);
void      explorer_see_applied      (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRecord      *certificate,
                                     ExplorerActions         applied);
void      explorer_see_released     (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftClusterRecord      *certificate,
                                     ExplorerActions         applied);
void      explorer_see_result       (Explorer               *self,
                                     ExplorerProposal       *proposal,
                                     WeftProposalEffect     *effect);
void      explorer_see_read         (Explorer               *self,
                                     ExplorerRead           *read,
                                     GArray                 *results);
/* What a vote for it rests on. */
void      explorer_see_carried      (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftPendRequest        *pend,
                                     WeftClusterRecord      *record);
/* What was decided before the world began. */
void      explorer_know_history     (Explorer               *self,
                                     int                     index);
/* Somebody asks for it again. */
void      explorer_forget_denied    (Explorer               *self,
                                     int                     index);
/* (element-type WeftCommitRequest): of these. */
ExplorerActions explorer_list_actions (Explorer             *self,
                                     GPtrArray              *commits);
/* Those that it commits. */
ExplorerActions explorer_list_commits (Explorer             *self,
                                     WeftClusterRecord      *record);
/* The first of them, or -1. */
int       explorer_find_commit      (Explorer               *self,
                                     WeftClusterRecord      *record);
/* The one that fills a slot. */
int       explorer_find_change      (Explorer               *self,
                                     WeftClusterRecord      *record,
                                     WeftSlot               *slot);
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
/* `group` it was in, or -1. */
void      explorer_commit           (Explorer               *self,
                                     guint                   node,
                                     int                     index,
                                     int                     group);
/* Those whom somebody asks to decide; `blocks` is cut to those of one cluster. */
GPtrArray *explorer_draw_peers      (Explorer               *self,
                                     ExplorerNode           *node,
                                     guint8                 *blocks,
                                     gboolean                is_plain);
void      explorer_cancel           (Explorer               *self,
                                     guint                   node,
                                     int                     index);
int       explorer_pend             (Explorer               *self,
                                     guint                   node,
                                     guint8                  blocks);
/* What is proposed, which these decide; pended at most members, or at all of them, or nowhere. */
int       explorer_add_action       (Explorer               *self,
                                     const ExplorerPlan     *plan);
int       explorer_operate          (Explorer               *self,
                                     const ExplorerOp       *op,
                                     int                     rival);

/* explorer-content.c: what actions do */
void      explorer_make_content     (ExplorerAction         *action);
WeftCommitRequest *explorer_make_commit (ExplorerAction     *action);
void      explorer_action_clear     (ExplorerAction         *action);
/* (transfer full) (nullable) (element-type WeftPendRequest): what goes along with a record, as
 * somebody means it who may not mean well. */
GPtrArray *explorer_carry           (Explorer               *self,
                                     WeftClusterRecord      *record);
/* It is pended because it came along. */
void      explorer_node_pend        (Explorer               *self,
                                     ExplorerNode           *node,
                                     WeftMemberEffect       *effect);
void      explorer_node_pended      (Explorer               *self,
                                     ExplorerNode           *node,
                                     ExplorerEvent          *event);

/* explorer-group.c: commits that are proposed together */
/* Of the blocks that have the same peers; -1 where there are not two, unless it is a chain. */
int       explorer_join             (Explorer               *self,
                                     guint                   node,
                                     guint8                  blocks,
                                     gboolean                is_plain,
                                     gboolean                is_chain);
void      explorer_group_happen     (Explorer               *self,
                                     ExplorerEvent          *event);
void      explorer_part             (Explorer               *self,
                                     ExplorerProposal       *proposal,
                                     WeftOutcome             outcome);
void      explorer_add_record       (Explorer               *self,
                                     WeftClusterRecord      *record);
WeftClusterRecord *explorer_draw_record (Explorer           *self);
WeftClusterRecord *explorer_find_record (Explorer           *self,
                                     const char             *message_hash);

/* explorer-chain.c: commits of one block, one on top of the other */
void      explorer_draw_chaining    (Explorer               *self,
                                     guint64                 seed);
void      explorer_plan_chains      (Explorer               *self,
                                     gint64                  span);
/* How many commits there are of the blocks of the plan, of which so many are in it so far. */
guint     explorer_draw_length      (Explorer               *self,
                                     const ExplorerPlan     *plan,
                                     guint8                  left,
                                     guint                   n_before);
void      explorer_chain_happen     (Explorer               *self,
                                     ExplorerEvent          *event);
/* Its chain was given up. FALSE where it goes on as any other commit does. */
gboolean  explorer_chain_again      (Explorer               *self,
                                     guint                   node,
                                     guint                   action);
void      explorer_count_chain      (Explorer               *self,
                                     ExplorerActions         actions);
/* What a node has of the chains of this record, or of all that was decided. */
void      explorer_check_chain      (Explorer               *self,
                                     ExplorerNode           *node,
                                     ExplorerStore          *store,
                                     WeftClusterRecord      *record);
void      explorer_check_chains     (Explorer               *self,
                                     ExplorerNode           *node);

/* explorer-again.c: actions that are put again */
/* Which of the attempts at an action is meant. */
int       explorer_find_attempt     (Explorer               *self,
                                     WeftCommitRequest      *commit);
int       explorer_find_pended      (Explorer               *self,
                                     WeftPendRequest        *pend);
/* The attempt, of those at the same action, that is pending; -1 where there is none. */
int       explorer_find_pending     (Explorer               *self,
                                     ExplorerStore          *store,
                                     int                     index,
                                     guint                   block);
/* Whether one is that has the same base there, and so the same content. */
gboolean  explorer_is_pending       (Explorer               *self,
                                     ExplorerStore          *store,
                                     int                     index,
                                     guint                   block);
void      explorer_drop_pendings    (Explorer               *self,
                                     ExplorerStore          *store,
                                     int                     index,
                                     guint8                  blocks);
/* Where the action was not committed before it was pended. */
guint8    explorer_find_open_blocks (Explorer               *self,
                                     ExplorerNode           *node,
                                     int                     index);
/* Of these blocks. FALSE where something else is pending under its name. */
gboolean  explorer_may_pend         (Explorer               *self,
                                     ExplorerNode           *node,
                                     int                     index,
                                     guint8                  blocks);
/* Whatever is pending under its name. */
void      explorer_pend_again       (Explorer               *self,
                                     ExplorerNode           *node,
                                     int                     index,
                                     guint8                  blocks);
gboolean  explorer_pend_at          (Explorer               *self,
                                     ExplorerNode           *node,
                                     int                     index,
                                     guint8                  wanted);
void      explorer_plan_again       (Explorer               *self,
                                     gint64                  span);
void      explorer_try_again        (Explorer               *self,
                                     ExplorerProposal       *proposal,
                                     WeftOutcome             outcome);
void      explorer_again_happen     (Explorer               *self,
                                     ExplorerEvent          *event);
void      explorer_see_once         (Explorer               *self,
                                     int                     index);

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
