/* weft-ring-key.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include "weft-peer-id.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WEFT_RING_KEY_LENGTH:
 *
 * The length of a ring key, in bytes.
 *
 * Since: 0.1
 */
#define WEFT_RING_KEY_LENGTH 32

/* Plain C has the keys in its own memory; bindings have them as bytes. */
WEFT_AVAILABLE_IN_ALL
void    weft_ring_key_for_block          (const char *block_id,
                                          guint8      key[WEFT_RING_KEY_LENGTH]);
WEFT_AVAILABLE_IN_ALL
void    weft_ring_key_for_peer           (WeftPeerId *peer_id,
                                          guint8      key[WEFT_RING_KEY_LENGTH]);
WEFT_AVAILABLE_IN_ALL
GBytes *weft_ring_key_for_block_to_bytes (const char *block_id) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
GBytes *weft_ring_key_for_peer_to_bytes  (WeftPeerId *peer_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
