/* ring-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-message-private.h"

G_BEGIN_DECLS

/* Peers in the order of the ring, with keys that cost nothing: a signature is a hash of the signer
 * and the text. */

#define RING_FIXTURE_NETWORK "test"
#define RING_FIXTURE_PEERS 128

WeftPeerId      *ring_fixture_peer_id (guint       number);
/* @data: the WeftPeerId that signs. */
GBytes          *ring_fixture_sign    (GBytes     *text,
                                       gpointer    data);
gboolean         ring_fixture_verify  (WeftPeerId *peer_id,
                                       GBytes     *text,
                                       GBytes     *signature,
                                       gpointer    data);
/* With the address /ip4/127.0.0.1/tcp/NUMBER+1. */
WeftRingContact *ring_fixture_contact (guint       number,
                                       guint64     incarnation);

G_END_DECLS
