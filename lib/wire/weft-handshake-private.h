/* weft-handshake-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-base64url-private.h"

G_BEGIN_DECLS

#define WEFT_HANDSHAKE_CONTEXT "weft/handshake/1"
#define WEFT_HANDSHAKE_NONCE_BYTES 32
#define WEFT_HANDSHAKE_SIGNATURE_BYTES 64

/* The hellos are canonical texts. `signer_is_dialer` and `own` are those of the side that signs. */
GBytes   *weft_handshake_make_transcript (gboolean     signer_is_dialer,
                                          const char  *own,
                                          const char  *other,
                                          GBytes      *binding) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
