/* weft-sim-siphash.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-siphash-private.h"

#include <string.h>

typedef struct
{
  guint64 v0;
  guint64 v1;
  guint64 v2;
  guint64 v3;
} State;

static inline guint64
rotate (guint64 number,
        guint   bits)
{
  return number << bits | number >> (64 - bits);
}

static inline void
mix (State *state,
     guint  n_rounds)
{
  for (guint i = 0; i < n_rounds; i++)
    {
      state->v0 += state->v1;
      state->v2 += state->v3;
      state->v1 = rotate (state->v1, 13) ^ state->v0;
      state->v3 = rotate (state->v3, 16) ^ state->v2;
      state->v0 = rotate (state->v0, 32);
      state->v2 += state->v1;
      state->v0 += state->v3;
      state->v1 = rotate (state->v1, 17) ^ state->v2;
      state->v3 = rotate (state->v3, 21) ^ state->v0;
      state->v2 = rotate (state->v2, 32);
    }
}

static inline void
take (State  *state,
      guint64 word)
{
  state->v3 ^= word;
  mix (state, 2);
  state->v0 ^= word;
}

static inline guint64
finish (State  *state)
{
  mix (state, 4);

  return state->v0 ^ state->v1 ^ state->v2 ^ state->v3;
}

/* What is left after whole words, and the length in the last byte, so that no text is the
 * beginning of another. */
static guint64
read_end (const guint8 *data,
          gsize         length,
          gsize         total)
{
  guint64 word = 0;

  if (length > 0)
    memcpy (&word, data, length);

  return GUINT64_FROM_LE (word) | (guint64) total << 56;
}

WeftSimSiphash
weft_sim_siphash (WeftSimSiphash key,
                  gconstpointer  data,
                  gsize          length)
{
  /* "somepseudorandomlygeneratedbytes", and the mark of the form with 128 bits. */
  State state = {
    .v0 = key.low ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
    .v1 = key.high ^ G_GUINT64_CONSTANT (0x646f72616e646f6d) ^ 0xee,
    .v2 = key.low ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
    .v3 = key.high ^ G_GUINT64_CONSTANT (0x7465646279746573),
  };
  WeftSimSiphash hash;
  const guint8 *bytes = data;
  gsize left = length;

  for (; left >= 8; left -= 8, bytes += 8)
    {
      guint64 word;

      memcpy (&word, bytes, sizeof word);
      take (&state, GUINT64_FROM_LE (word));
    }
  take (&state, read_end (bytes, left, length));

  state.v2 ^= 0xee;
  hash.low = finish (&state);
  state.v1 ^= 0xdd;
  hash.high = finish (&state);

  return hash;
}
