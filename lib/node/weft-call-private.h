/* weft-call-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weft-call-stats-private.h"
#include "weft-request.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* One request while a service works on it. It ends with exactly one of reply and fail, which
 * consume it; both are counted. */
typedef struct _WeftCall WeftCall;

WeftCall     *weft_call_new             (WeftRequest   *request,
                                         WeftCallStats *stats) G_GNUC_WARN_UNUSED_RESULT;
void          weft_call_set_kind        (WeftCall      *self,
                                         WeftCallKind   kind);
WeftPeer     *weft_call_get_peer        (WeftCall      *self);
/* What is asked: an object, or NULL with an error. */
const WeftItem *weft_call_get_item      (WeftCall      *self,
                                         GError       **error);
GCancellable *weft_call_get_cancellable (WeftCall      *self);
void          weft_call_reply           (WeftCall      *self,
                                         JsonNode      *body);
/* The same with canonical text, a GRefString. */
void          weft_call_reply_text      (WeftCall      *self,
                                         char          *body);
void          weft_call_fail            (WeftCall      *self,
                                         const GError  *error);
void          weft_call_fail_literal    (WeftCall      *self,
                                         WeftError      code,
                                         const char    *message);

G_END_DECLS
