/* weft-peer-id-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-peer-id.h"

G_BEGIN_DECLS

#define WEFT_PEER_ID_PLACE_LENGTH 32

/* The ring key, SHA-256 of the bytes; computed once, because whoever looks a peer up by its place
 * would do nothing else. Called by weft_ring_key_for_peer() only. */
const guint8 *weft_peer_id_get_place (WeftPeerId *self);

G_END_DECLS
