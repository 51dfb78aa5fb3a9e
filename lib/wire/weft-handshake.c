/* weft-handshake.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-handshake-private.h"

#include "weft-json-string-private.h"

/* The canonical text (RFC 8785) of
 *
 *   ["weft/handshake/1", "dialer" or "listener", own hello, other's hello, channel binding]
 *
 * The role keeps a proof from being played back to the side that made it, the nonces in the two
 * hellos from being used again, the binding from being passed on over another TLS connection. */
GBytes *
weft_handshake_make_transcript (gboolean    signer_is_dialer,
                                const char *own,
                                const char *other,
                                GBytes     *binding)
{
  g_autofree char *binding_text = NULL;
  GString *text = g_string_sized_new (2048);

  g_assert (own != NULL);
  g_assert (other != NULL);

  binding_text = binding != NULL ? weft_base64url_encode (binding) : g_strdup ("");

  g_string_append_c (text, '[');
  weft_json_append_string (text, WEFT_HANDSHAKE_CONTEXT);
  g_string_append_c (text, ',');
  weft_json_append_string (text, signer_is_dialer ? "dialer" : "listener");
  g_string_append_c (text, ',');
  g_string_append (text, own);
  g_string_append_c (text, ',');
  g_string_append (text, other);
  g_string_append_c (text, ',');
  weft_json_append_string (text, binding_text);
  g_string_append_c (text, ']');

  return g_string_free_to_bytes (text);
}
