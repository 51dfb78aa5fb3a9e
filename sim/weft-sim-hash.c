/* weft-sim-hash.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-hash-private.h"

#include <string.h>

/* Up to eight bytes as a number, the first the least significant. */
static guint64
read_number (const guint8 *data,
             gsize         length)
{
  guint64 number = 0;

  memcpy (&number, data, MIN (length, sizeof number));

  return GUINT64_FROM_LE (number);
}

guint64
weft_sim_hash_bytes (guint64       seed,
                     gconstpointer data,
                     gsize         length)
{
  const guint8 *bytes = data;
  guint64 hash = weft_sim_hash_mix (seed, length);

  while (length >= 16)
    {
      hash = weft_sim_hash_mix (hash ^ read_number (bytes, 8), read_number (bytes + 8, 8));
      bytes += 16;
      length -= 16;
    }
  if (length > 8)
    hash = weft_sim_hash_mix (hash ^ read_number (bytes, 8), read_number (bytes + 8, length - 8));
  else if (length > 0)
    hash = weft_sim_hash_mix (hash ^ read_number (bytes, length), length);

  return weft_sim_hash_mix (hash, G_GUINT64_CONSTANT (0x8ebc6af09c88c6e3));
}
