/* weft-message-hash.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-message-hash-private.h"

#include <string.h>

#include "weft-base58-private.h"
#include "weft-cluster-peer.h"
#include "weft-text-private.h"

char *
weft_message_hash_new (const char *text,
                       gsize       length)
{
  guint8 digest[WEFT_SHA256_BYTES];
  char encoded[1 + WEFT_BASE58_CHARS_MAX + 1] = "z";
  gsize n_chars;

  weft_sha256 (text, length, digest);
  n_chars = weft_base58_write (digest, sizeof digest, encoded + 1);

  return g_strndup (encoded, 1 + n_chars);
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

      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, '"');
      weft_text_append (text, weft_peer_id_get_text (peer_id));
      g_string_append_c (text, '"');
    }
  g_string_append_c (text, ']');

  return weft_sha256_base64url (text->str, text->len);
}
