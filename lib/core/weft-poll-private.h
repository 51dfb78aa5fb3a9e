/* weft-poll-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-answer-private.h"
#include "weft-cluster-request-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_POLL_NOT_ASKED,
  WEFT_POLL_WAITING,
  WEFT_POLL_ANSWERED,
  WEFT_POLL_FAILED,
} WeftPollState;

/* A member and what it says. */
typedef struct
{
  WeftPeerId *peer_id;
  WeftPollState state;
  guint64 request_id; /* of the last attempt */
  gboolean is_retried;
  WeftClusterAnswer *answer; /* nullable */
  GError *error;             /* why it failed */
  guint verdict;             /* what whoever polls made of the answer; 0 until it did */
} WeftPollMember;

/* One thing that is asked of the members of a cluster, all at once: each has the same time, and a
 * second attempt, at once, when the first was cut off. */
typedef struct
{
  WeftClusterRequest *request; /* NULL when nothing is asked */
  GArray *members;             /* (element-type WeftPollMember), sorted by peer id */
  guint64 last_request_id;     /* of all polls so far */
  gint64 deadline_usec;
} WeftPoll;

void            weft_poll_init         (WeftPoll           *self);
void            weft_poll_clear        (WeftPoll           *self);
/* Forgets the last one. Nobody is asked yet. `peers` (element-type WeftClusterPeer) are sorted. */
void            weft_poll_begin        (WeftPoll           *self,
                                        WeftClusterRequest *request,
                                        GPtrArray          *peers,
                                        gint64              deadline_usec);
guint           weft_poll_get_size     (WeftPoll           *self);
WeftPollMember *weft_poll_get_member   (WeftPoll           *self,
                                        guint               index);
/* Who was sent this request, or NULL when that was in another poll or attempt. */
WeftPollMember *weft_poll_find         (WeftPoll           *self,
                                        guint64             request_id);
WeftPollMember *weft_poll_find_peer    (WeftPoll           *self,
                                        WeftPeerId         *peer_id);
/* Numbers the request that is about to be sent. */
guint64         weft_poll_ask          (WeftPoll           *self,
                                        WeftPollMember     *member);
void            weft_poll_answer       (WeftPollMember     *member,
                                        WeftClusterAnswer  *answer);
/* Whether it is to be asked once more. */
gboolean        weft_poll_fail         (WeftPollMember     *member,
                                        const GError       *error,
                                        gboolean            was_sent);
/* Gives up on all that have not answered when it is time. */
void            weft_poll_expire       (WeftPoll           *self,
                                        gint64              now_usec);
gint64          weft_poll_get_deadline (WeftPoll           *self);
guint           weft_poll_get_waiting  (WeftPoll           *self);
guint           weft_poll_get_answered (WeftPoll           *self);
guint           weft_poll_count        (WeftPoll           *self,
                                        guint               verdict);
void            weft_poll_check        (WeftPoll           *self);

G_END_DECLS
