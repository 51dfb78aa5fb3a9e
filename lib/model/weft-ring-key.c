/* weft-ring-key.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "weft-peer-id-private.h"
#include "weft-ring-key.h"

/* Everything that places a block or a peer on the ring comes through here, and nothing hashes the
 * result once more: two places that disagree by one hash do not find each other. */

/**
 * weft_ring_key_for_block: (skip)
 * @block_id: the id of a block
 * @key: where to put the key
 *
 * Computes the place of a block on the ring: SHA-256 of the UTF-8 bytes of its id.
 *
 * Since: 0.1
 */
void
weft_ring_key_for_block (const char *block_id,
                         guint8      key[WEFT_RING_KEY_LENGTH])
{
  int result;

  g_return_if_fail (block_id != NULL);
  g_return_if_fail (key != NULL);

  result = gnutls_hash_fast (GNUTLS_DIG_SHA256, block_id, strlen (block_id), key);
  g_assert (result == GNUTLS_E_SUCCESS);
}

/**
 * weft_ring_key_for_peer: (skip)
 * @peer_id: a peer
 * @key: where to put the key
 *
 * Computes the place of a peer on the ring: SHA-256 of [method@Weft.PeerId.get_bytes].
 *
 * Since: 0.1
 */
void
weft_ring_key_for_peer (WeftPeerId *peer_id,
                        guint8      key[WEFT_RING_KEY_LENGTH])
{
  g_return_if_fail (peer_id != NULL);
  g_return_if_fail (key != NULL);

  memcpy (key, weft_peer_id_get_place (peer_id), WEFT_RING_KEY_LENGTH);
}

/**
 * weft_ring_key_for_block_to_bytes: (rename-to weft_ring_key_for_block)
 * @block_id: the id of a block
 *
 * Computes the place of a block on the ring: SHA-256 of the UTF-8 bytes of its id.
 *
 * Returns: (transfer full): the 32 bytes of the key
 *
 * Since: 0.1
 */
GBytes *
weft_ring_key_for_block_to_bytes (const char *block_id)
{
  guint8 key[WEFT_RING_KEY_LENGTH];

  g_return_val_if_fail (block_id != NULL, NULL);

  weft_ring_key_for_block (block_id, key);

  return g_bytes_new (key, sizeof key);
}

/**
 * weft_ring_key_for_peer_to_bytes: (rename-to weft_ring_key_for_peer)
 * @peer_id: a peer
 *
 * Computes the place of a peer on the ring: SHA-256 of [method@Weft.PeerId.get_bytes].
 *
 * Returns: (transfer full): the 32 bytes of the key
 *
 * Since: 0.1
 */
GBytes *
weft_ring_key_for_peer_to_bytes (WeftPeerId *peer_id)
{
  guint8 key[WEFT_RING_KEY_LENGTH];

  g_return_val_if_fail (peer_id != NULL, NULL);

  weft_ring_key_for_peer (peer_id, key);

  return g_bytes_new (key, sizeof key);
}
