/* ring-keys.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-heap.h"

G_BEGIN_DECLS

/* The keys of a simulated network: a signature is a keyed hash of the signer and the text, made by
 * who has the identity, told from others by who has the secret. What was altered, or is another's,
 * is refused, as with real keys. */
typedef struct
{
  guint64 secret;
  guint64 n_verified;
} RingKeys;

typedef struct
{
  RingKeys *keys;
  WeftPeerId *peer_id;
} RingIdentity;

void          ring_identity_init      (RingIdentity        *self,
                                       RingKeys            *keys,
                                       RingChance          *chance);
/* One with a place at most @share of the ring from @point: what a sybil looks for. */
void          ring_identity_init_near (RingIdentity        *self,
                                       RingKeys            *keys,
                                       RingChance          *chance,
                                       const WeftRingPoint *point,
                                       double               share);
void          ring_identity_clear     (RingIdentity        *self);
/* A WeftRingSign with an identity as data. */
GBytes       *ring_identity_sign      (GBytes              *text,
                                       gpointer             identity);
/* A WeftRingVerify with keys as data. */
gboolean      ring_keys_verify        (WeftPeerId          *peer_id,
                                       GBytes              *text,
                                       GBytes              *signature,
                                       gpointer             keys);

G_END_DECLS
