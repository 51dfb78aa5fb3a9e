/* weft-base58-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

/* The work grows with the square of the length, so both ways are bounded. Keys have 38 bytes and
 * hashes 34; the text of this many bytes has at most 88 characters. */
#define WEFT_BASE58_BYTES_MAX 64
#define WEFT_BASE58_CHARS_MAX 88

/* Text of bytes, in the alphabet that Bitcoin made usual (base58btc). */
char     *weft_base58_encode (const guint8 *data,
                              gsize         length) G_GNUC_WARN_UNUSED_RESULT;
/* The same into a buffer; returns how many characters, with a NUL behind them. */
gsize     weft_base58_write  (const guint8 *data,
                              gsize         length,
                              char          text[WEFT_BASE58_CHARS_MAX + 1]);
/* The way back; every text is that of exactly one sequence of bytes. */
gboolean  weft_base58_decode (const char   *text,
                              guint8        data[WEFT_BASE58_BYTES_MAX],
                              gsize        *length,
                              GError      **error);

G_END_DECLS
