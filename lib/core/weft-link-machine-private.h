/* weft-link-machine-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-hello-private.h"
#include "weft-link-effects-private.h"
#include "weft-link-reason-private.h"

G_BEGIN_DECLS

/* Speaks for this node on one channel. See data/docs/link.md. */
typedef struct _WeftLinkMachine WeftLinkMachine;

typedef enum
{
  WEFT_LINK_STATE_IDLE,
  WEFT_LINK_STATE_HELLO,
  WEFT_LINK_STATE_PROOF,
  WEFT_LINK_STATE_OPEN,
  WEFT_LINK_STATE_CLOSING,
  WEFT_LINK_STATE_CLOSED,
} WeftLinkState;

/* What this node says about itself, and whom it expects. Copied. */
typedef struct
{
  WeftPeerId *peer_id;
  WeftPeerId *expected_peer_id; /* NULL for anybody */
  const char *network;
  const char *agent;
  gboolean is_client;
  gboolean is_dialer;
  const char *const *protocols;
  GPtrArray *addresses;   /* (element-type WeftMultiaddr) (nullable) */
  WeftHelloLimits limits; /* all zero: those of weft-limits.h */
} WeftLinkConfig;

typedef enum
{
  WEFT_LINK_EVENT_START,    /* bytes: the nonce; binding */
  WEFT_LINK_EVENT_SIGNED,   /* bytes: the signature */
  WEFT_LINK_EVENT_VERIFIED, /* is_genuine */
  WEFT_LINK_EVENT_FRAME,    /* bytes */
  WEFT_LINK_EVENT_REQUEST,  /* protocol, body, deadline_usec */
  WEFT_LINK_EVENT_ONE_WAY,  /* protocol, body */
  WEFT_LINK_EVENT_CANCEL,   /* id: ours */
  WEFT_LINK_EVENT_REPLY,    /* id: theirs; body or error */
  WEFT_LINK_EVENT_PROBE,
  WEFT_LINK_EVENT_DOUBT,    /* another link was lost: has this one gone, too? */
  WEFT_LINK_EVENT_DRAIN,
  WEFT_LINK_EVENT_CLOSE, /* reason, text */
  WEFT_LINK_EVENT_TIMEOUT,
  WEFT_LINK_EVENT_CLOSED, /* error, may be NULL */
} WeftLinkEventType;

/* Borrows what it points to. */
typedef struct
{
  WeftLinkEventType type;
  gint64 now_usec;
  gsize channel_bytes; /* that wait in the channel to leave this process */
  GBytes *bytes;
  GBytes *binding;
  gboolean is_genuine;
  gint64 id;
  const char *protocol;
  JsonNode *body;
  const char *body_text; /* canonical, instead of `body` */
  gint64 deadline_usec;
  const GError *error;
  WeftLinkReason reason;
  const char *text;
} WeftLinkEvent;

WeftLinkMachine *weft_link_machine_new            (const WeftLinkConfig *config)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_link_machine_free           (WeftLinkMachine      *self);
void             weft_link_machine_step           (WeftLinkMachine      *self,
                                                   const WeftLinkEvent  *event,
                                                   WeftLinkEffects      *effects);
WeftLinkState    weft_link_machine_get_state      (WeftLinkMachine      *self);
/* The hellos, as far as they are known. */
WeftHello       *weft_link_machine_get_own_hello  (WeftLinkMachine      *self);
WeftHello       *weft_link_machine_get_hello      (WeftLinkMachine      *self);
/* Whether the proofs are bound to the TLS connection. */
gboolean         weft_link_machine_is_bound       (WeftLinkMachine      *self);
gboolean         weft_link_machine_is_draining    (WeftLinkMachine      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftLinkMachine, weft_link_machine_free)

G_END_DECLS
