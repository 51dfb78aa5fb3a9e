/* weft-transport-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"
#include "weft-transport.h"

G_BEGIN_DECLS

/* As WeftReplyFunc: exactly one of `body`, an object, and `error` is there, for the time of the
 * call. */
typedef void (*WeftAnswerFunc) (WeftTransport  *self,
                                const WeftItem *body,
                                const GError   *error,
                                gpointer        user_data);

/* What is asked is a tree, or the canonical text of an object, a GRefString: one of them. */
typedef guint64 (*WeftTransportAskFunc) (WeftTransport *self,
                                         WeftPeerId    *peer_id,
                                         const char    *protocol,
                                         JsonNode      *body,
                                         char          *body_text,
                                         gint64         timeout_usec,
                                         WeftAnswerFunc done,
                                         gpointer       user_data);

/* For an implementation that sends text and reads tapes. */
void    weft_transport_iface_set_ask (WeftTransportInterface *iface,
                                      WeftTransportAskFunc    func);
/* As weft_transport_request(), for who reads: no tree is made of what comes, nor of text to be
 * written, unless the transport knows trees only. */
guint64 weft_transport_ask           (WeftTransport          *self,
                                      WeftPeerId             *peer_id,
                                      const char             *protocol,
                                      JsonNode               *body,
                                      char                   *body_text,
                                      gint64                  timeout_usec,
                                      WeftAnswerFunc          done,
                                      gpointer                user_data);

G_END_DECLS
