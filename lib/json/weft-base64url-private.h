/* weft-base64url-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* base64url without padding (RFC 4648, section 5). */
char   *weft_base64url_encode (GBytes     *bytes) G_GNUC_WARN_UNUSED_RESULT;
char   *weft_base64url_encode_data (const guint8 *data,
                                    gsize         length) G_GNUC_WARN_UNUSED_RESULT;
/* Into a buffer with room for it and a NUL; returns its length. */
gsize   weft_base64url_write  (const guint8 *data,
                               gsize         length,
                               char         *text);
/* Into `data`, which has room for `length` bytes; FALSE unless `text` is the one encoding of
 * exactly so many. */
gboolean weft_base64url_read  (const char *text,
                               guint8     *data,
                               gsize       length) G_GNUC_WARN_UNUSED_RESULT;
/* The bytes, or NULL unless `text` is the one encoding of exactly `length` bytes. */
GBytes *weft_base64url_decode (const char *text,
                               gsize       length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
