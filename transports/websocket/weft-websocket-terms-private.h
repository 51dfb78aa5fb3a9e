/* weft-websocket-terms-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <weft.h>

#include "weft-websocket-pool-private.h"
#include "weft-websocket-turnstile-private.h"

G_BEGIN_DECLS

/* What all connections of a transport share. Counted, because a TLS handshake that was cancelled
 * may end after its transport. */
typedef struct
{
  WeftClock *clock;
  WeftRandom *random;
  char *path;                        /* where WebSocket is served */
  GTlsCertificate *certificate;      /* (nullable): shown to who connects with TLS */
  WeftWebsocketTurnstile *turnstile; /* of TLS handshakes */
  WeftWebsocketPool *pool;           /* of unfinished messages */
} WeftWebsocketTerms;

WeftWebsocketTerms *weft_websocket_terms_new   (WeftClock          *clock,
                                                WeftRandom         *random,
                                                const char         *network)
    G_GNUC_WARN_UNUSED_RESULT;
WeftWebsocketTerms *weft_websocket_terms_ref   (WeftWebsocketTerms *self);
void                weft_websocket_terms_unref (WeftWebsocketTerms *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftWebsocketTerms, weft_websocket_terms_unref)

G_END_DECLS
