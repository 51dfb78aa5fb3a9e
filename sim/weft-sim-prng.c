/* weft-sim-prng.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-prng-private.h"

#include <string.h>

#include "weft-sim-hash-private.h"

/**
 * WeftSimPrng:
 *
 * A stream of chance that a seed and a name give, the same on every machine.
 *
 * Each part of a simulation draws from a stream of its own. That is why a draw that is added in
 * one part does not change what another part draws, and why a run stays alike when one of its
 * parts is changed.
 *
 * The generator is xoshiro256**, whose state is made of the seed and the name by SplitMix64. It is
 * not fit for keys that protect anything.
 *
 * Since: 0.1
 */
struct _WeftSimPrng
{
  guint64 state[4];
};

G_DEFINE_BOXED_TYPE (WeftSimPrng, weft_sim_prng, weft_sim_prng_copy, weft_sim_prng_free)

static guint64
rotate_left (guint64 value,
             guint   n_bits)
{
  return value << n_bits | value >> (64 - n_bits);
}

static guint64
split_mix (guint64 *state)
{
  guint64 value = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return value ^ value >> 31;
}

/**
 * weft_sim_prng_new:
 * @seed: the seed of the run
 * @name: the name of the stream
 *
 * Makes the stream of a name.
 *
 * Returns: (transfer full): a stream at its beginning
 *
 * Since: 0.1
 */
WeftSimPrng *
weft_sim_prng_new (guint64     seed,
                   const char *name)
{
  WeftSimPrng *self;
  guint64 state;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_new (WeftSimPrng, 1);
  state = weft_sim_hash_bytes (seed, name, strlen (name));
  for (guint i = 0; i < G_N_ELEMENTS (self->state); i++)
    self->state[i] = split_mix (&state);

  return self;
}

/**
 * weft_sim_prng_copy:
 * @self: a stream
 *
 * Copies a stream where it stands: both give the same from here on.
 *
 * Returns: (transfer full): another stream
 *
 * Since: 0.1
 */
WeftSimPrng *
weft_sim_prng_copy (WeftSimPrng *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * weft_sim_prng_free:
 * @self: a stream
 *
 * Frees a stream.
 *
 * Since: 0.1
 */
void
weft_sim_prng_free (WeftSimPrng *self)
{
  g_free (self);
}

/**
 * weft_sim_prng_next:
 * @self: a stream
 *
 * Draws a number, each of the 2^64 as likely as any other.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint64
weft_sim_prng_next (WeftSimPrng *self)
{
  guint64 *s = self->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 mixed = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= mixed;
  s[3] = rotate_left (s[3], 45);

  return result;
}

/**
 * weft_sim_prng_below:
 * @self: a stream
 * @bound: one more than the largest number, at least 1
 *
 * Draws a number below a bound, all equally likely. It uses one draw nearly always.
 *
 * Returns: a number from 0 to @bound - 1
 *
 * Since: 0.1
 */
guint64
weft_sim_prng_below (WeftSimPrng *self,
                     guint64      bound)
{
  unsigned __int128 product;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (bound > 0, 0);

  /* The upper half of the product is the number; the few products whose lower half would make
   * some numbers more likely than others are drawn again. */
  do
    product = (unsigned __int128) weft_sim_prng_next (self) * bound;
  while ((guint64) product < bound && (guint64) product < -bound % bound);

  return product >> 64;
}

/**
 * weft_sim_prng_range:
 * @self: a stream
 * @low: the smallest number
 * @high: the largest number, not below @low
 *
 * Draws a number from a range, all equally likely.
 *
 * Returns: a number from @low to @high
 *
 * Since: 0.1
 */
gint64
weft_sim_prng_range (WeftSimPrng *self,
                     gint64       low,
                     gint64       high)
{
  guint64 span;

  g_return_val_if_fail (self != NULL, low);
  g_return_val_if_fail (low <= high, low);

  span = (guint64) high - (guint64) low;
  if (span == G_MAXUINT64)
    return (gint64) weft_sim_prng_next (self);

  return (gint64) ((guint64) low + weft_sim_prng_below (self, span + 1));
}

/**
 * weft_sim_prng_unit:
 * @self: a stream
 *
 * Draws a number between zero and one.
 *
 * Returns: a multiple of 2^-53 from 0, below 1
 *
 * Since: 0.1
 */
double
weft_sim_prng_unit (WeftSimPrng *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (weft_sim_prng_next (self) >> 11) * 0x1p-53;
}

/**
 * weft_sim_prng_chance:
 * @self: a stream
 * @probability: how likely it is, from 0 to 1
 *
 * Tosses a coin. A probability of zero draws nothing, so that a fault that is off costs nothing.
 *
 * Returns: %TRUE with the given probability
 *
 * Since: 0.1
 */
gboolean
weft_sim_prng_chance (WeftSimPrng *self,
                      double       probability)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return probability > 0 && weft_sim_prng_unit (self) < probability;
}

/**
 * weft_sim_prng_fill:
 * @self: a stream
 * @data: (out caller-allocates) (array length=length) (element-type guint8): what to fill
 * @length: how many bytes to fill
 *
 * Fills @data with chance. Each call starts at a new draw.
 *
 * Since: 0.1
 */
void
weft_sim_prng_fill (WeftSimPrng *self,
                    guint8      *data,
                    gsize        length)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || length == 0);

  while (length > 0)
    {
      guint64 number = GUINT64_TO_LE (weft_sim_prng_next (self));
      gsize n_bytes = MIN (length, sizeof number);

      memcpy (data, &number, n_bytes);
      data += n_bytes;
      length -= n_bytes;
    }
}

/* Each is what weft_sim_prng_below() would draw. */
void
weft_sim_prng_spell (WeftSimPrng *self,
                     char        *letters,
                     gsize        n_letters)
{
  for (gsize i = 0; i < n_letters; i++)
    letters[i] = (char) ('a' + weft_sim_prng_below (self, 26));
}
