/* weft-coordinator-change-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-private.h"
#include "weft-tip-private.h"

G_BEGIN_DECLS

typedef struct _WeftChangePlace WeftChangePlace;

/* A request with what has been found out for it. */
typedef struct
{
  WeftCoordinatorRequest *request;
  GPtrArray *peers;         /* (element-type WeftClusterPeer) */
  WeftRepoMessage *message; /* (nullable): with everything filled in */
  WeftPendRequest *pend;    /* (nullable): the content of a put, with everything filled in */
  gint64 *bases;            /* of the blocks of the request; -1 where it is not known */
  gint64 *latest;           /* of them, when a put looked last; in one piece with the bases */
  gint64 rev;               /* that a put makes */
  gsize n_bytes;            /* of the content of a put or a pend */
  guint n_refills;
  WeftChangePlace *place;   /* (nullable): among those who change the same blocks */
  gboolean is_pinned;       /* the history of the blocks names the peers */
  gboolean is_pended;
  gboolean is_stale;
  gboolean is_in_doubt;     /* it may be decided, in a group that it was in, or by who was asked */
  gint64 doubt_rev;         /* what a put would be there */
  gboolean is_follower;     /* it is in a chain, behind the head */
  gboolean has_asked;       /* what the latest revisions are, as our own store lacks a base */
  gboolean has_looked;      /* where the blocks are by now */
  gboolean was_passed_on;   /* to a coordinator that all rivals ask */
} WeftChange;

typedef enum
{
  WEFT_FOLLOW_FITS,
  WEFT_FOLLOW_FITS_NOT,
  WEFT_FOLLOW_OVER,
} WeftFollow;

/* All of these take over the change, but for those that only read or fill it in. */
void           weft_change_answer         (WeftChange    *change,
                                           WeftRepoReply *reply);
void           weft_change_fail           (WeftChange    *change,
                                           GError        *error);
void           weft_change_answer_stale   (WeftChange    *change,
                                           const char    *detail);
/* In weft-coordinator-route.c: from who keeps the blocks on. */
void           weft_change_begin          (WeftChange    *change);
void           weft_change_perform_pend   (WeftChange    *change);
void           weft_change_perform_cancel (WeftChange    *change);
/* Its turn has come. */
void           weft_change_resume         (WeftChange    *change);
/* Lets the cluster decide on its message, perhaps together with those of others. */
void           weft_change_propose        (WeftChange    *change);
void           weft_change_propose_alone  (WeftChange    *change);
/* A pend, as far as our own store has nothing against it. */
void           weft_change_propose_pend   (WeftChange    *change);
/* Enough members have it pending, without a record. */
void           weft_change_conclude_pended (WeftChange     *change,
                                            WeftPendResult *result);
/* Whether they are of different actions and different blocks. */
gboolean       weft_change_is_apart       (WeftChange    *change,
                                           WeftChange    *other);
/* The cluster has decided, or could not. */
void           weft_change_conclude       (WeftChange               *change,
                                           const WeftProposalEffect *result);
WeftRepoReply *weft_change_make_reply     (WeftChange    *change,
                                           const char    *detail) G_GNUC_WARN_UNUSED_RESULT;
gint64         weft_change_read_latest    (WeftCoordinatorRepo *repo,
                                           const char          *block_id);
/* What is pended: of a pend or a put. */
WeftPendRequest *weft_change_get_pend     (WeftChange    *change);
const char    *weft_change_get_action_id  (WeftChange    *change);
/* What the action ids of all attempts at the same change begin with. */
char          *weft_change_make_family    (WeftChange    *change) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a pend is to be made against what is the latest. */
gboolean       weft_change_needs_latest   (WeftPendRequest *pend,
                                           const char      *block_id);
/* Asks what the latest revisions of some blocks are, and begins again; `block_ids` (element-type
 * utf8) are sorted here. */
void           weft_change_ask_latest     (WeftChange    *change,
                                           GPtrArray     *block_ids);
/* In weft-coordinator-commit.c. */
void           weft_change_perform_commit (WeftChange    *change);
/* FALSE, and the change goes on by itself, when it cannot be proposed now: our own store lacks the
 * base, which the cluster may have, or what is pending makes no revision of it. */
gboolean       weft_change_check_bases    (WeftChange        *change,
                                           WeftCommitRequest *commit);
/* When it expires: what nobody drives must end. */
gint64         weft_change_get_expiration (WeftChange    *change);
/* In weft-coordinator-put.c. */
void           weft_change_perform_put    (WeftChange    *change);
/* Whether a put is to be made against what is the latest of one of its blocks. */
gboolean       weft_change_has_open_base   (WeftChange    *change);
/* Whether a put leaves all to be filled in, and is of one block. */
gboolean       weft_change_is_open_put     (WeftChange    *change);
/* Fills in a put that waits, on top of what those before it in a chain make. What does not fit
 * waits as before. */
WeftFollow     weft_change_follow          (WeftChange    *change,
                                            WeftChange    *head,
                                            WeftTip       *tip) G_GNUC_WARN_UNUSED_RESULT;
/* TRUE when a put begins once more, against what has become the latest since. */
gboolean       weft_change_refill_put     (WeftChange    *change);

G_END_DECLS
