/* weft-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-request.h"

G_BEGIN_DECLS

/* Says that the function which takes the reply looks for text: with neither a body nor an error, it
 * is weft_request_peek_reply_text(). */
void  weft_request_set_takes_text    (WeftRequest *self);
/* (nullable): a GRefString. */
char *weft_request_peek_reply_text   (WeftRequest *self);
/* As weft_request_reply(), with the canonical text of an object, a GRefString. */
void  weft_request_reply_text        (WeftRequest *self,
                                      char        *body);

G_END_DECLS
