/* weft-link-call-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-link-hub-private.h"
#include "weft-transport-private.h"

G_BEGIN_DECLS

/* A request of ours that is under way. */
typedef struct
{
  guint64 request_id; /* the transport's */
  gint64 link_id;     /* the machine's */
  WeftLink *link;     /* unowned: it completes its calls before it goes */
  WeftAnswerFunc answer;
  WeftReplyFunc reply; /* instead, of one who wants a tree */
  gpointer user_data;
} WeftLinkCall;

guint64 weft_link_call_new      (WeftLinkHub    *hub,
                                 WeftPeerId     *peer_id,
                                 const char     *protocol,
                                 JsonNode       *body,
                                 const char     *body_text,
                                 gint64          timeout_usec,
                                 WeftAnswerFunc  answer,
                                 WeftReplyFunc   reply,
                                 gpointer        user_data);
void    weft_link_call_cancel   (WeftLinkHub    *hub,
                                 guint64         request_id);
/* Takes what a COMPLETE brings. */
void    weft_link_call_complete (WeftLink       *link,
                                 WeftLinkEffect *effect);

G_END_DECLS
