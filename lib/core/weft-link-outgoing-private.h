/* weft-link-outgoing-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-deadline-private.h"
#include "weft-envelope-private.h"
#include "weft-link-machine-private.h"

G_BEGIN_DECLS

/* What this side asks of the other: requests and one-way messages, from the moment they are
 * asked for until their outcome, and the credit they cost. */
typedef struct
{
  GTree *requests;      /* (element-type WeftLinkRequest), by id; queued, sent and abandoned */
  WeftDeadlines *deadlines; /* (element-type WeftLinkRequest) (unowned), by deadline, then id */
  GQueue queue;         /* (element-type WeftLinkRequest): not sent yet, in order */
  gsize queued_bytes;
  guint n_queued;   /* of `requests`, without the one-way messages */
  guint n_in_flight;
  guint in_flight_max;
  gint64 credit;    /* bytes the other side still lets us send */
  gint64 frame_max; /* bytes the other side takes in one frame */
  gint64 last_id;
  gint64 overdue_usec; /* when a reply was last given up */
} WeftLinkOutgoing;

void     weft_link_outgoing_init         (WeftLinkOutgoing      *self);
void     weft_link_outgoing_clear        (WeftLinkOutgoing      *self);
void     weft_link_outgoing_open         (WeftLinkOutgoing      *self,
                                          const WeftHelloLimits *limits);
void     weft_link_outgoing_submit       (WeftLinkOutgoing      *self,
                                          const WeftLinkEvent   *event,
                                          WeftLinkEffects       *effects);
void     weft_link_outgoing_cancel       (WeftLinkOutgoing      *self,
                                          const WeftLinkEvent   *event,
                                          WeftLinkEffects       *effects);
void     weft_link_outgoing_grant        (WeftLinkOutgoing      *self,
                                          gint64                 bytes,
                                          const WeftLinkEvent   *event,
                                          WeftLinkEffects       *effects);
/* Takes a reply's body or error; FALSE for a reply to what was never asked. */
gboolean weft_link_outgoing_settle       (WeftLinkOutgoing      *self,
                                          const WeftEnvelope    *envelope,
                                          gsize                  frame_bytes,
                                          const WeftLinkEvent   *event,
                                          WeftLinkEffects       *effects);
/* FALSE when the other side owes a reply for too long. */
gboolean weft_link_outgoing_expire       (WeftLinkOutgoing      *self,
                                          const WeftLinkEvent   *event,
                                          WeftLinkEffects       *effects);
void     weft_link_outgoing_end          (WeftLinkOutgoing      *self,
                                          WeftLinkReason         reason,
                                          const char            *text,
                                          WeftLinkEffects       *effects);
gint64   weft_link_outgoing_get_deadline (WeftLinkOutgoing      *self);
gboolean weft_link_outgoing_is_idle      (WeftLinkOutgoing      *self);
void     weft_link_outgoing_check        (WeftLinkOutgoing      *self);

G_END_DECLS
