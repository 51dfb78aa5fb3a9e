/* test-ring-key.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-key.h"
#include "weft-test-bytes.h"

static void
test_ring_key_block (void)
{
  static const char *const vectors[][2] = {
    { "addresses/ann", "14350bc74f7aeacd860db31340404863b7ce1ddd9161565cb1541c73d898df75" },
    { "größe/..", "2dc82dd66a5230c59b470c9350ba162549ddd6ec8e7c0c8c757bb923c503db7e" },
  };

  g_test_summary ("The place of a block is SHA-256 of the UTF-8 bytes of its id, hashed once.");

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GBytes) expected = weft_test_bytes (vectors[i][1]);
      g_autoptr(GBytes) bytes = weft_ring_key_for_block_to_bytes (vectors[i][0]);
      guint8 key[WEFT_RING_KEY_LENGTH];

      weft_ring_key_for_block (vectors[i][0], key);
      g_assert_cmpmem (key, sizeof key, g_bytes_get_data (expected, NULL), 32);
      g_assert_true (g_bytes_equal (bytes, expected));
    }
}

static void
test_ring_key_peer (void)
{
  g_autoptr(WeftPeerId) peer_id
    = weft_peer_id_parse ("12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV", NULL);
  g_autoptr(GBytes) expected
    = weft_test_bytes ("06567cf09231b70576326a32e0f6c2fa5dc6004222b79b851ae39d426f83409e");
  g_autoptr(GBytes) bytes = weft_ring_key_for_peer_to_bytes (peer_id);
  guint8 key[WEFT_RING_KEY_LENGTH];

  g_test_summary ("The place of a peer is SHA-256 of the bytes of its id, not of their text.");

  weft_ring_key_for_peer (peer_id, key);
  g_assert_cmpmem (key, sizeof key, g_bytes_get_data (expected, NULL), 32);
  g_assert_true (g_bytes_equal (bytes, expected));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-key/block", test_ring_key_block);
  g_test_add_func ("/ring-key/peer", test_ring_key_peer);

  return g_test_run ();
}
