/* weft-transport-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-transport.h"

G_BEGIN_DECLS

/* `body` is the canonical text of an object, a GRefString. */
typedef guint64 (*WeftTransportRequestTextFunc) (WeftTransport *self,
                                                 WeftPeerId    *peer_id,
                                                 const char    *protocol,
                                                 char          *body,
                                                 gint64         timeout_usec,
                                                 WeftReplyFunc  done,
                                                 gpointer       user_data);

/* More may have more values than a peer reads, which is counted in a tree. */
#define WEFT_TRANSPORT_TEXT_BYTES_MAX (512 * 1024)

/* For an implementation that can send text as it is. */
void    weft_transport_iface_set_request_text (WeftTransportInterface       *iface,
                                               WeftTransportRequestTextFunc  func);
/* As weft_transport_request(), for who has text: no tree is built to be written, unless the
 * transport knows trees only. */
guint64 weft_transport_request_text           (WeftTransport                *self,
                                               WeftPeerId                   *peer_id,
                                               const char                   *protocol,
                                               char                         *body,
                                               gint64                        timeout_usec,
                                               WeftReplyFunc                 done,
                                               gpointer                      user_data);

G_END_DECLS
