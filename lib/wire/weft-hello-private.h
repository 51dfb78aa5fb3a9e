/* weft-hello-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-multiaddr.h"
#include "weft-peer-id.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

#define WEFT_HELLO_VERSION 1

/* What a side lets the other have outstanding towards it. */
typedef struct
{
  gint64 requests; /* in flight at once */
  gint64 bytes;    /* of requests and one-way messages, before more is granted */
  gint64 message;  /* in one frame */
} WeftHelloLimits;

/* What a side says about itself. Immutable once made. */
typedef struct
{
  WeftPeerId *peer_id;
  char *nonce; /* 32 bytes, base64url */
  char *network;
  char *agent;
  gboolean is_client;
  char **protocols;
  GPtrArray *addresses; /* (element-type WeftMultiaddr): those this version can read */
  WeftHelloLimits limits;
  gboolean has_binding; /* it knows the TLS channel binding, and signs it if both do */
  char *text; /* all of it, as the proofs sign it: a GRefString */
} WeftHello;

WeftHello *weft_hello_new  (WeftPeerId            *peer_id,
                            GBytes                *nonce,
                            const char            *network,
                            const char            *agent,
                            gboolean               is_client,
                            const char * const    *protocols,
                            GPtrArray             *addresses,
                            const WeftHelloLimits *limits,
                            gboolean               has_binding) G_GNUC_WARN_UNUSED_RESULT;
WeftHello *weft_hello_read (const WeftItem        *item,
                            GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void       weft_hello_free (WeftHello             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftHello, weft_hello_free)

G_END_DECLS
