/* weft-websocket-certificate-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <weft.h>

G_BEGIN_DECLS

GTlsCertificate *weft_websocket_certificate_new (WeftClock           *clock,
                                                 WeftRandom          *random,
                                                 GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
GIOStream       *weft_websocket_new_tls_server  (GIOStream           *base,
                                                 GTlsCertificate     *certificate,
                                                 GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
GIOStream       *weft_websocket_new_tls_client  (GIOStream           *base,
                                                 GSocketConnectable  *name,
                                                 GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
GBytes          *weft_websocket_get_tls_binding (GIOStream           *stream,
                                                 GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
