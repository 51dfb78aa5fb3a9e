/* weft-ed25519-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEFT_ED25519_SEED_LENGTH 32
#define WEFT_ED25519_KEY_LENGTH 32
#define WEFT_ED25519_SIGNATURE_LENGTH 64

/* Signatures of RFC 8032, by libsodium: the one place that knows by whom. It takes half the time of
 * GnuTLS, which is what most of a change with one caller was made of. Any thread may call. */
void     weft_ed25519_derive (const guint8  seed[WEFT_ED25519_SEED_LENGTH],
                              guint8        public_key[WEFT_ED25519_KEY_LENGTH]);
/* The same seed and data always give the same signature. */
void     weft_ed25519_sign   (const guint8  seed[WEFT_ED25519_SEED_LENGTH],
                              const guint8  public_key[WEFT_ED25519_KEY_LENGTH],
                              const guint8 *data,
                              gsize         length,
                              guint8        signature[WEFT_ED25519_SIGNATURE_LENGTH]);
/* A key or a commitment of small order, and numbers that are not written in the one right way, are
 * good for nothing. */
gboolean weft_ed25519_verify (const guint8  public_key[WEFT_ED25519_KEY_LENGTH],
                              const guint8 *data,
                              gsize         length,
                              const guint8  signature[WEFT_ED25519_SIGNATURE_LENGTH])
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
