/* weft-request.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-peer.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_REQUEST (weft_request_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftRequest, weft_request, WEFT, REQUEST, GObject)

/**
 * WeftRequestReplyFunc:
 * @request: the request
 * @body: (nullable): the body of the reply
 * @error: (nullable): the error to reply with; exactly one of @body and @error is set
 * @user_data: what was given to weft_request_new()
 *
 * How a [iface@Weft.Transport] learns of the answer. Called exactly once for each request: a
 * request that is dropped without an answer is answered with %WEFT_ERROR_FAILED.
 *
 * Since: 0.1
 */
typedef void (*WeftRequestReplyFunc) (WeftRequest  *request,
                                      JsonNode     *body,
                                      const GError *error,
                                      gpointer      user_data);

WEFT_AVAILABLE_IN_ALL
WeftRequest  *weft_request_new             (WeftPeer            *peer,
                                            const char          *protocol,
                                            JsonNode            *body,
                                            gint64               deadline_usec,
                                            WeftRequestReplyFunc reply,
                                            gpointer             user_data,
                                            GDestroyNotify       destroy) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPeer     *weft_request_get_peer        (WeftRequest         *self);
WEFT_AVAILABLE_IN_ALL
const char   *weft_request_get_protocol    (WeftRequest         *self);
WEFT_AVAILABLE_IN_ALL
JsonNode     *weft_request_get_body        (WeftRequest         *self);
WEFT_AVAILABLE_IN_ALL
gint64        weft_request_get_deadline    (WeftRequest         *self);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_request_is_one_way      (WeftRequest         *self);
WEFT_AVAILABLE_IN_ALL
GCancellable *weft_request_get_cancellable (WeftRequest         *self);
WEFT_AVAILABLE_IN_ALL
void          weft_request_reply           (WeftRequest         *self,
                                            JsonNode            *body);
WEFT_AVAILABLE_IN_ALL
void          weft_request_fail            (WeftRequest         *self,
                                            const GError        *error);

G_END_DECLS
