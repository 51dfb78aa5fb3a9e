/* weft-websocket-head-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEFT_WEBSOCKET_PROTOCOL "weft.v1"

/* The head of an HTTP message, up to and with its empty line. */
gsize   weft_websocket_head_find_end       (const char  *data,
                                            gsize        length,
                                            gsize        searched);
GBytes *weft_websocket_head_clean_request  (const char  *head,
                                            gsize        length,
                                            GError     **error) G_GNUC_WARN_UNUSED_RESULT;
char   *weft_websocket_head_write_request  (const char  *host,
                                            const char  *path,
                                            const char  *key) G_GNUC_WARN_UNUSED_RESULT;
gboolean weft_websocket_head_check_response (const char  *head,
                                             gsize        length,
                                             const char  *key,
                                             GError     **error);

G_END_DECLS
