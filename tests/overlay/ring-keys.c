/* ring-keys.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-keys.h"

#include <string.h>

#define SIGNATURE_WORDS 8

static guint64
hash (guint64       state,
      const guint8 *data,
      gsize         length)
{
  while (length > 0)
    {
      gsize part = MIN (length, sizeof (guint64));
      guint64 word = 0;

      memcpy (&word, data, part);
      state = ring_chance_mix (state ^ word) + 0x9e3779b97f4a7c15;
      data += part;
      length -= part;
    }

  return state;
}

static void
compute (RingKeys   *self,
         WeftPeerId *peer_id,
         GBytes     *text,
         guint64     signature[SIGNATURE_WORDS])
{
  const guint8 *data;
  gsize length;
  guint64 state;

  data = weft_peer_id_get_public_key (peer_id, &length);
  state = hash (self->secret, data, length);
  data = g_bytes_get_data (text, &length);
  state = hash (state ^ length, data, length);
  for (guint i = 0; i < SIGNATURE_WORDS; i++)
    signature[i] = ring_chance_mix (state + i * self->secret);
}

void
ring_identity_init (RingIdentity *self,
                    RingKeys     *keys,
                    RingChance   *chance)
{
  self->keys = keys;
  self->peer_id = NULL;
  while (self->peer_id == NULL)
    {
      guint64 key[4];

      for (guint i = 0; i < G_N_ELEMENTS (key); i++)
        key[i] = ring_chance_next (chance);
      self->peer_id = weft_peer_id_new_from_public_key ((guint8 *) key, sizeof key, NULL);
    }
}

void
ring_identity_init_near (RingIdentity        *self,
                         RingKeys            *keys,
                         RingChance          *chance,
                         const WeftRingPoint *point,
                         double               share)
{
  while (TRUE)
    {
      guint8 key[WEFT_RING_KEY_LENGTH];
      WeftRingPoint place;
      WeftRingPoint distance;

      ring_identity_init (self, keys, chance);
      weft_ring_key_for_peer (self->peer_id, key);
      weft_ring_point_from_key (&place, key);
      distance = weft_ring_point_distance (&place, point);
      if (weft_ring_point_to_fraction (&distance) <= share)
        return;
      ring_identity_clear (self);
    }
}

void
ring_identity_clear (RingIdentity *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
}

GBytes *
ring_identity_sign (GBytes   *text,
                    gpointer  identity)
{
  RingIdentity *self = identity;
  guint64 signature[SIGNATURE_WORDS];

  compute (self->keys, self->peer_id, text, signature);

  return g_bytes_new (signature, sizeof signature);
}

gboolean
ring_keys_verify (WeftPeerId *peer_id,
                  GBytes     *text,
                  GBytes     *signature,
                  gpointer    keys)
{
  RingKeys *self = keys;
  guint64 expected[SIGNATURE_WORDS];
  gconstpointer data;
  gsize length;

  self->n_verified++;
  data = g_bytes_get_data (signature, &length);
  if (length != sizeof expected)
    return FALSE;
  compute (self, peer_id, text, expected);

  return memcmp (expected, data, length) == 0;
}
