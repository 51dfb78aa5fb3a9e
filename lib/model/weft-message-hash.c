/* weft-message-hash.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-message-hash-private.h"

#include <string.h>

#include "weft-base58-private.h"
#include "weft-cluster-peer.h"

void
weft_message_hash_begin (GString    *text,
                         JsonNode   *message,
                         const char *membership)
{
  g_string_append (text, "\"membership\":\"");
  g_string_append (text, membership);
  g_string_append (text, "\",\"message\":");
  weft_json_append (text, message);
}

/* The canonical text of {"membership","message","policy"}: its members are in order, and what is
 * said of them has nothing to escape. */
char *
weft_message_hash_new (GString *beginning,
                       double   super_majority)
{
  g_autoptr (GString) text = g_string_sized_new (beginning->len + 64);
  char number[WEFT_JSON_NUMBER_CHARS_MAX];
  guint8 digest[WEFT_SHA256_BYTES];
  g_autofree char *encoded = NULL;

  weft_json_format_double (super_majority, number);
  g_string_append_c (text, '{');
  g_string_append_len (text, beginning->str, (gssize) beginning->len);
  g_string_append (text, ",\"policy\":{\"superMajority\":");
  g_string_append (text, number);
  g_string_append_len (text, "}}", 2);
  weft_sha256 (text->str, text->len, digest);
  encoded = weft_base58_encode (digest, sizeof digest);

  return g_strconcat ("z", encoded, NULL);
}

gboolean
weft_message_hash_is_valid (const char *text)
{
  guint8 digest[WEFT_BASE58_BYTES_MAX];
  gsize length;

  g_assert (text != NULL);

  return text[0] == 'z' && strlen (text) <= WEFT_BASE58_CHARS_MAX &&
         weft_base58_decode (text + 1, digest, &length, NULL) && length == WEFT_SHA256_BYTES;
}

gboolean
weft_message_hash_check (const char         *text,
                         const WeftJsonPath *path,
                         GError            **error)
{
  if (weft_message_hash_is_valid (text))
    return TRUE;

  weft_json_set_error (error, path, "expected the hash of a message");
  return FALSE;
}

char *
weft_message_hash_of_membership (GPtrArray *peers)
{
  g_autoptr (GString) text = g_string_sized_new (64 * peers->len);

  g_string_append_c (text, '[');
  for (guint i = 0; i < peers->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));

      g_string_append_printf (text, "%s\"%s\"", i > 0 ? "," : "", weft_peer_id_get_text (peer_id));
    }
  g_string_append_c (text, ']');

  return weft_sha256_base64url (text->str, text->len);
}
