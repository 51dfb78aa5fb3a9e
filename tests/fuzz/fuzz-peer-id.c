/* fuzz-peer-id.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of a peer id that is accepted is the only one it has; base58 of any bytes leads back to
 * them. What is refused has an error that can be printed.
 */

#include "config.h"

#include <string.h>

#include "fuzz-target.h"
#include "weft-base58-private.h"
#include "weft-error.h"
#include "weft-peer-id.h"

static void
check_bytes (const uint8_t *data,
             size_t         size)
{
  g_autofree char *text = NULL;
  guint8 decoded[WEFT_BASE58_BYTES_MAX];
  gsize length;

  if (size > WEFT_BASE58_BYTES_MAX)
    return;

  text = weft_base58_encode (data, size);
  g_assert_true (weft_base58_decode (text, decoded, &length, NULL));
  g_assert_cmpmem (decoded, length, data, size);
}

static void
check_text (const char *text)
{
  g_autofree char *again = NULL;
  guint8 decoded[WEFT_BASE58_BYTES_MAX];
  gsize length;

  if (!weft_base58_decode (text, decoded, &length, NULL))
    return;

  again = weft_base58_encode (decoded, length);
  g_assert_cmpstr (again, ==, text);
}

static void
check_key (WeftPeerId *peer_id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftPeerId) again = NULL;
  gsize length;
  const guint8 *key = weft_peer_id_get_public_key (peer_id, &length);

  again = weft_peer_id_new_from_public_key (key, length, &error);
  g_assert_no_error (error);
  g_assert_true (weft_peer_id_equal (peer_id, again));
  g_assert_cmpstr (weft_peer_id_get_text (again), ==, weft_peer_id_get_text (peer_id));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  /* Empty input comes without data. */
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(WeftPeerId) parsed = weft_peer_id_parse (text, &error);
  g_autoptr(WeftPeerId) made = NULL;

  if (parsed != NULL)
    {
      g_assert_cmpstr (weft_peer_id_get_text (parsed), ==, text);
      check_key (parsed);
    }
  else
    {
      g_assert_true (error->domain == WEFT_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }

  check_text (text);
  check_bytes (data, size);
  if (size > 0)
    made = weft_peer_id_new_from_public_key (data, size, NULL);
  if (made != NULL)
    check_key (made);
  return 0;
}
