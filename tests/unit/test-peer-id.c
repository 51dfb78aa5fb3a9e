/* test-peer-id.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-base58-private.h"
#include "weft-error.h"
#include "weft-peer-id.h"

/* The public key of the first test of RFC 8032, and its text in libp2p. */
static const char first_key[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

static GBytes *
bytes_from_hex (const char *hex)
{
  gsize length = strlen (hex) / 2;
  guint8 *data = g_malloc (MAX (length, 1));

  for (gsize i = 0; i < length; i++)
    data[i] = g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]);

  return g_bytes_new_take (data, length);
}

static WeftPeerId *
peer_id_from_hex (const char *hex,
                  GError    **error)
{
  g_autoptr(GBytes) key = bytes_from_hex (hex);
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);

  return weft_peer_id_new_from_public_key (data, length, error);
}

static void
test_peer_id_round_trip (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftPeerId) made = peer_id_from_hex (first_key, &error);
  g_autoptr(WeftPeerId) parsed = NULL;
  g_autoptr(WeftPeerId) from_json = NULL;
  g_autoptr(JsonNode) json = NULL;
  gsize length;

  g_test_summary ("A key has one text, and the text leads back to the key.");

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (weft_peer_id_get_text (made), "12D3KooW"));
  g_assert_cmpuint (strlen (weft_peer_id_get_text (made)), ==, 52);
  parsed = weft_peer_id_parse (weft_peer_id_get_text (made), &error);
  g_assert_no_error (error);
  g_assert_true (weft_peer_id_equal (made, parsed));
  g_assert_cmpuint (weft_peer_id_hash (made), ==, weft_peer_id_hash (parsed));
  g_assert_cmpint (weft_peer_id_compare (made, parsed), ==, 0);

  json = weft_peer_id_to_json (made);
  g_assert_true (json_node_is_immutable (json));
  from_json = weft_peer_id_from_json (json, &error);
  g_assert_no_error (error);
  g_assert_true (weft_peer_id_equal (made, from_json));

  g_assert_nonnull (weft_peer_id_get_bytes (made, &length));
  g_assert_cmpuint (length, ==, 38);
  g_assert_nonnull (weft_peer_id_get_public_key (made, &length));
  g_assert_cmpuint (length, ==, 32);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer-id/round-trip", test_peer_id_round_trip);

  return g_test_run ();
}
