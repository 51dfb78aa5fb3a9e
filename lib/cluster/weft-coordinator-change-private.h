/* weft-coordinator-change-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-private.h"

G_BEGIN_DECLS

typedef struct _WeftChangePlace WeftChangePlace;

/* A request with what has been found out for it. */
typedef struct
{
  WeftCoordinatorRequest *request;
  GPtrArray *peers;         /* (element-type WeftClusterPeer) */
  WeftRepoMessage *message; /* (nullable): with everything filled in */
  gint64 *bases;            /* of the blocks of the request; -1 where it is not known */
  guint n_refills;
  WeftChangePlace *place;   /* (nullable): among those who change the same blocks */
  gboolean is_pended;
  gboolean is_stale;
  gboolean has_asked;       /* what the latest revisions are, as our own store lacks a base */
  gboolean has_looked;      /* where the blocks are by now */
} WeftChange;

/* All of these take over the change, but for the two that only read. */
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
void           weft_change_resume_pend    (WeftChange    *change);
/* Lets the cluster decide on its message. */
void           weft_change_propose        (WeftChange    *change);
WeftRepoReply *weft_change_make_reply     (WeftChange    *change,
                                           const char    *detail) G_GNUC_WARN_UNUSED_RESULT;
/* Whether our own store has a later revision than it was made against. */
gboolean       weft_change_is_late        (WeftChange    *change);
gint64         weft_change_read_latest    (WeftCoordinatorRepo *repo,
                                           const char          *block_id);
/* In weft-coordinator-commit.c. */
void           weft_change_perform_commit (WeftChange    *change);

G_END_DECLS
