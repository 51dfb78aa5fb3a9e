/* weft-handshake-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WEFT_HANDSHAKE_CONTEXT "weft/handshake/1"
#define WEFT_HANDSHAKE_NONCE_BYTES 32
#define WEFT_HANDSHAKE_SIGNATURE_BYTES 64

/* `signer_is_dialer` and `own` are those of the side that signs. */
GBytes   *weft_handshake_make_transcript (gboolean     signer_is_dialer,
                                          JsonNode    *own,
                                          JsonNode    *other,
                                          GBytes      *binding) G_GNUC_WARN_UNUSED_RESULT;

/* base64url without padding (RFC 4648, section 5). */
char     *weft_base64url_encode          (GBytes      *bytes) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *weft_base64url_decode          (const char  *text,
                                          gsize        length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
