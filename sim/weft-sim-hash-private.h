/* weft-sim-hash-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Mixes two numbers into one: both halves of their product. Fast, and the same everywhere; it
 * tells runs apart and protects nothing. */
static inline guint64
weft_sim_hash_mix (guint64 a,
                   guint64 b)
{
  unsigned __int128 product = (unsigned __int128) (a ^ G_GUINT64_CONSTANT (0xa0761d6478bd642f)) *
                              (b ^ G_GUINT64_CONSTANT (0xe7037ed1a0b428db));

  return (guint64) product ^ (guint64) (product >> 64);
}

guint64 weft_sim_hash_bytes (guint64       seed,
                             gconstpointer data,
                             gsize         length);

G_END_DECLS
