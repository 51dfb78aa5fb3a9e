/* weft-json-digest.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-json-private.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "weft-base64url-private.h"

#define SHA256_CHARS 43

void
weft_sha256 (const void *data,
             gsize       length,
             guint8      digest[WEFT_SHA256_BYTES])
{
  int result = gnutls_hash_fast (GNUTLS_DIG_SHA256, data, length, digest);

  g_assert (result == GNUTLS_E_SUCCESS);
}

char *
weft_sha256_base64url (const void *data,
                       gsize       length)
{
  guint8 digest[WEFT_SHA256_BYTES];

  weft_sha256 (data, length, digest);

  return weft_base64url_encode_data (digest, sizeof digest);
}

gboolean
weft_sha256_base64url_is_valid (const char *text)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

  return length == SHA256_CHARS && text[length] == '\0';
}

/**
 * weft_json_digest:
 * @node: a node that [func@json_validate] accepts
 *
 * Gets the SHA-256 digest of the canonical text of @node. Nodes with equal values have equal
 * digests.
 *
 * Returns: (transfer full): the digest as 43 characters of base64url, without padding
 *
 * Since: 0.1
 */
char *
weft_json_digest (JsonNode *node)
{
  g_autoptr (GBytes) bytes = NULL;
  const void *data;
  gsize length;

  g_return_val_if_fail (node != NULL, NULL);

  bytes = weft_json_to_bytes (node);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  return weft_sha256_base64url (data, length);
}
