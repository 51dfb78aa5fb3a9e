/* weft-link-notice-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-link-hub-private.h"
#include "weft-transport-private.h"

G_BEGIN_DECLS

/* One call of a function that is not ours, put off until nobody of ours is on the stack. */
typedef enum
{
  WEFT_LINK_NOTICE_REQUEST,   /* link, id (0: one-way), protocol, body, deadline_usec */
  WEFT_LINK_NOTICE_WITHDRAW,  /* link, id */
  WEFT_LINK_NOTICE_REPLY,     /* answer or reply, data; body or error */
  WEFT_LINK_NOTICE_DIALLED,   /* dialled, data; peer or error */
  WEFT_LINK_NOTICE_APPEARED,  /* peer */
  WEFT_LINK_NOTICE_WENT,      /* peer, error */
} WeftLinkNoticeType;

typedef struct
{
  WeftLinkNoticeType type;
  WeftLink *link;
  gint64 id;
  gint64 deadline_usec;
  WeftTape *tape;       /* in which protocol and body are */
  const char *protocol;
  const WeftItem *body;
  GError *error;
  WeftPeer *peer;
  WeftAnswerFunc answer;
  WeftReplyFunc reply; /* instead, of one who wants a tree */
  WeftDialFunc dialled;
  gpointer data; /* unowned: the caller's */
} WeftLinkNotice;

/* The new notice, to be filled in at once. */
WeftLinkNotice *weft_link_notice_add     (WeftLinkHub        *hub,
                                          WeftLinkNoticeType  type);
void            weft_link_notice_perform (WeftLinkHub        *hub,
                                          WeftLinkNotice     *notice);
void            weft_link_notice_free    (WeftLinkNotice     *notice);

G_END_DECLS
