/* weft-link-incoming-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-deadline-private.h"
#include "weft-envelope-private.h"
#include "weft-link-machine-private.h"

G_BEGIN_DECLS

/* What the other side asks of this one, until it is answered, and the credit it was granted. */
typedef struct
{
  GTree *requests;      /* (element-type WeftLinkDelivery), by id; delivered and unanswered */
  WeftDeadlines *deadlines; /* (element-type WeftLinkDelivery) (unowned), by deadline, then id */
  gint64 last_id;
  gint64 requests_max;
  gint64 window;    /* the bytes granted at the start */
  gint64 allowance; /* granted and not used */
  gint64 consumed;  /* used and done with, to be granted again */
  gsize frame_max;  /* bytes the other side takes in one frame */
  gsize sent_bytes; /* by this step, so that several replies share the room that is left */
} WeftLinkIncoming;

void     weft_link_incoming_init         (WeftLinkIncoming       *self,
                                          const WeftHelloLimits  *granted);
void     weft_link_incoming_clear        (WeftLinkIncoming       *self);
void     weft_link_incoming_open         (WeftLinkIncoming       *self,
                                          const WeftHelloLimits  *limits);
/* The link must end when this is FALSE: with the reason, and the error for a person. */
gboolean weft_link_incoming_receive      (WeftLinkIncoming       *self,
                                          WeftEnvelope           *envelope,
                                          gsize                   frame_bytes,
                                          const WeftLinkEvent    *event,
                                          WeftLinkEffects        *effects,
                                          WeftLinkReason         *reason,
                                          GError                **error);
void     weft_link_incoming_cancel       (WeftLinkIncoming       *self,
                                          gint64                  id,
                                          WeftLinkEffects        *effects);
void     weft_link_incoming_reply        (WeftLinkIncoming       *self,
                                          const WeftLinkEvent    *event,
                                          WeftLinkEffects        *effects);
void     weft_link_incoming_expire       (WeftLinkIncoming       *self,
                                          const WeftLinkEvent    *event,
                                          WeftLinkEffects        *effects);
void     weft_link_incoming_end          (WeftLinkIncoming       *self,
                                          WeftLinkEffects        *effects);
gint64   weft_link_incoming_get_deadline (WeftLinkIncoming       *self);
gboolean weft_link_incoming_is_idle      (WeftLinkIncoming       *self);
void     weft_link_incoming_check        (WeftLinkIncoming       *self);

G_END_DECLS
