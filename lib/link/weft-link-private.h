/* weft-link-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-link-hub-private.h"
#include "weft-link-notice-private.h"

G_BEGIN_DECLS

/* One channel and the machine that speaks on it: feeds the one to the other. */
struct _WeftLink
{
  WeftLinkTimer timer; /* its id is the link's */
  int ref_count;
  WeftLinkHub *hub; /* NULL once the transport is gone */
  WeftChannel *channel;
  WeftLinkMachine *machine;
  WeftMultiaddr *address; /* that was dialled, or NULL */
  guint64 dial_id;        /* 0 for one that was accepted */
  WeftLinkPeer *peer;     /* unowned; while it is open and not over */
  GTree *calls;           /* (element-type WeftLinkCall) (unowned), by the machine's id */
  GTree *requests;        /* (element-type WeftRequest) (unowned), by their id, while unanswered */
  gulong closed_handler;
  gboolean is_handshaking; /* and counted in the hub */
  gboolean is_meant;       /* to end: the application or this node closes it */
};

WeftLink *weft_link_open     (WeftLinkHub       *hub,
                              WeftChannel       *channel,
                              WeftMultiaddr     *address,
                              guint64            dial_id);
WeftLink *weft_link_ref      (WeftLink          *self);
void      weft_link_unref    (WeftLink          *self);
void      weft_link_detach   (WeftLink          *self);
void      weft_link_close    (WeftLink          *self,
                              WeftLinkReason     reason,
                              const char        *text);
/* A REQUEST or ONE_WAY; FALSE with an error when nothing will be sent. */
gboolean  weft_link_submit   (WeftLink          *self,
                              WeftLinkEventType  type,
                              const char        *protocol,
                              JsonNode          *body,
                              const char        *body_text,
                              gint64             deadline_usec,
                              gint64            *id,
                              GError           **error);
void      weft_link_cancel   (WeftLink          *self,
                              gint64             id);
void      weft_link_tell     (WeftLink          *self,
                              WeftLinkEventType  type);
/* Calls the handler; tells it that nobody waits any more. */
void      weft_link_handle   (WeftLink             *self,
                              const WeftLinkNotice *notice);
void      weft_link_withdraw (WeftLink          *self,
                              gint64             id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftLink, weft_link_unref)

G_END_DECLS
