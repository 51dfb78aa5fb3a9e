/* script-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-error.h"
#include "weft-transport.h"

G_BEGIN_DECLS

#define SCRIPT_TYPE_TRANSPORT (script_transport_get_type ())

/* A transport whose other side is the test: it notes what it is asked to do, one word or more each,
 * and the test says how that ends. */
G_DECLARE_FINAL_TYPE (ScriptTransport, script_transport, SCRIPT, TRANSPORT, GObject)

ScriptTransport *script_transport_new         (void) G_GNUC_WARN_UNUSED_RESULT;
/* What happened since the last call, as "dial ADDRESS; ask PEER PROTOCOL BODY; cancel; …". */
char            *script_transport_take_notes  (ScriptTransport *self) G_GNUC_WARN_UNUSED_RESULT;
/* That the last request was given. */
gint64           script_transport_get_timeout (ScriptTransport *self);
void             script_transport_name_peer   (ScriptTransport *self,
                                               WeftPeerId      *peer_id,
                                               const char      *name);
/* How the oldest open dial or request ends. */
void             script_transport_dialled     (ScriptTransport *self,
                                               WeftPeerId      *peer_id);
void             script_transport_not_dialled (ScriptTransport *self,
                                               WeftError        code);
void             script_transport_reply       (ScriptTransport *self,
                                               const char      *body);
void             script_transport_fail        (ScriptTransport *self,
                                               WeftError        code,
                                               const char      *message);
/* Unavailable for so long. */
void             script_transport_put_off     (ScriptTransport *self,
                                               gint64           wait_usec);
void             script_transport_appear      (ScriptTransport *self,
                                               WeftPeerId      *peer_id);
void             script_transport_went        (ScriptTransport *self,
                                               WeftPeerId      *peer_id);
/* The next weft_transport_listen() fails. */
void             script_transport_refuse      (ScriptTransport *self,
                                               const char      *address);

G_END_DECLS
