/* weft-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-request.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* As weft_request_new(), of what was read: the name of the protocol and the body, an object, are in
 * the tape. */
WeftRequest    *weft_request_new_from_tape (WeftPeer             *peer,
                                            const char           *protocol,
                                            WeftTape             *tape,
                                            const WeftItem       *body,
                                            gint64                deadline_usec,
                                            WeftRequestReplyFunc  reply,
                                            gpointer              user_data,
                                            GDestroyNotify        destroy)
    G_GNUC_WARN_UNUSED_RESULT;
/* What is asked; it lasts as long as the request. NULL with an error for a tree that is not valid,
 * which a transport may bring that knows trees only. */
const WeftItem *weft_request_get_item        (WeftRequest  *self,
                                              GError      **error);
/* Says that the function which takes the reply looks for text: with neither a body nor an error, it
 * is weft_request_peek_reply_text(). */
void            weft_request_set_takes_text  (WeftRequest  *self);
/* (nullable): a GRefString. */
char           *weft_request_peek_reply_text (WeftRequest  *self);
/* As weft_request_reply(), with the canonical text of an object, a GRefString. */
void            weft_request_reply_text      (WeftRequest  *self,
                                              char         *body);

G_END_DECLS
