/* ring-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-fixture.h"

#include "weft-json-private.h"

#include <string.h>

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  guint8 a_key[WEFT_RING_KEY_LENGTH];
  guint8 b_key[WEFT_RING_KEY_LENGTH];

  weft_ring_key_for_peer (*(WeftPeerId *const *) a, a_key);
  weft_ring_key_for_peer (*(WeftPeerId *const *) b, b_key);

  return memcmp (a_key, b_key, sizeof a_key);
}

WeftPeerId *
ring_fixture_peer_id (guint number)
{
  static GPtrArray *peers;

  if (peers == NULL)
    {
      peers = g_ptr_array_new ();
      for (guint i = 0; i < RING_FIXTURE_PEERS; i++)
        {
          guint8 key[32];

          weft_sha256 (&i, sizeof i, key);
          g_ptr_array_add (peers, weft_peer_id_new_from_public_key (key, sizeof key, NULL));
        }
      g_ptr_array_sort (peers, compare_places);
    }

  g_assert_cmpuint (number, <, RING_FIXTURE_PEERS);
  return g_ptr_array_index (peers, number);
}

GBytes *
ring_fixture_sign (GBytes  *text,
                   gpointer data)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 signature[64];
  const guint8 *bytes;
  gsize length;

  bytes = weft_peer_id_get_bytes (data, &length);
  g_byte_array_append (all, bytes, length);
  bytes = g_bytes_get_data (text, &length);
  g_byte_array_append (all, bytes, length);
  weft_sha256 (all->data, all->len, signature);
  weft_sha256 (signature, 32, signature + 32);

  return g_bytes_new (signature, sizeof signature);
}

gboolean
ring_fixture_verify (WeftPeerId *peer_id,
                     GBytes     *text,
                     GBytes     *signature,
                     gpointer    data)
{
  g_autoptr (GBytes) right = ring_fixture_sign (text, peer_id);

  return g_bytes_equal (right, signature);
}

WeftRingContact *
ring_fixture_contact (guint   number,
                      guint64 incarnation)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (addresses, g_strdup_printf ("/ip4/127.0.0.1/tcp/%u", number + 1));

  return weft_ring_contact_new (ring_fixture_peer_id (number), addresses, incarnation, NULL,
                                RING_FIXTURE_NETWORK, ring_fixture_sign,
                                ring_fixture_peer_id (number));
}
