/* weft-ring-point.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-ring-point-private.h"

#define N_WORDS G_N_ELEMENTS (((WeftRingPoint *) NULL)->words)
/* A whole turn, counted in first words. */
#define TURN 18446744073709551616.0

void
weft_ring_point_from_key (WeftRingPoint *self,
                          const guint8   key[WEFT_RING_KEY_LENGTH])
{
  for (guint i = 0; i < N_WORDS; i++)
    {
      guint64 word;

      memcpy (&word, key + i * sizeof word, sizeof word);
      self->words[i] = GUINT64_FROM_BE (word);
    }
}

void
weft_ring_point_to_key (const WeftRingPoint *self,
                        guint8               key[WEFT_RING_KEY_LENGTH])
{
  for (guint i = 0; i < N_WORDS; i++)
    {
      guint64 word = GUINT64_TO_BE (self->words[i]);

      memcpy (key + i * sizeof word, &word, sizeof word);
    }
}

int
weft_ring_point_compare (const WeftRingPoint *a,
                         const WeftRingPoint *b)
{
  for (guint i = 0; i < N_WORDS; i++)
    if (a->words[i] != b->words[i])
      return a->words[i] < b->words[i] ? -1 : 1;

  return 0;
}

WeftRingPoint
weft_ring_point_add (const WeftRingPoint *a,
                     const WeftRingPoint *b)
{
  WeftRingPoint sum;
  guint64 carry = 0;

  for (guint i = N_WORDS; i-- > 0;)
    {
      guint64 word = a->words[i] + carry;
      guint64 overflow = word < carry;

      sum.words[i] = word + b->words[i];
      carry = overflow | (sum.words[i] < word);
    }

  return sum;
}

WeftRingPoint
weft_ring_point_clockwise (const WeftRingPoint *from,
                           const WeftRingPoint *to)
{
  WeftRingPoint way;
  guint64 borrow = 0;

  for (guint i = N_WORDS; i-- > 0;)
    {
      guint64 word = to->words[i] - borrow;
      guint64 underflow = word > to->words[i];

      way.words[i] = word - from->words[i];
      borrow = underflow | (word < from->words[i]);
    }

  return way;
}

WeftRingPoint
weft_ring_point_distance (const WeftRingPoint *a,
                          const WeftRingPoint *b)
{
  WeftRingPoint there = weft_ring_point_clockwise (a, b);

  /* Up to half a turn it is the shorter way; at exactly half a turn both are the same. */
  return there.words[0] >> 63 ? weft_ring_point_clockwise (b, a) : there;
}

gboolean
weft_ring_point_is_between (const WeftRingPoint *point,
                            const WeftRingPoint *from,
                            const WeftRingPoint *to)
{
  WeftRingPoint to_point;
  WeftRingPoint whole;

  if (weft_ring_point_compare (from, to) == 0)
    return TRUE;
  if (weft_ring_point_compare (from, point) == 0)
    return FALSE;

  to_point = weft_ring_point_clockwise (from, point);
  whole = weft_ring_point_clockwise (from, to);

  return weft_ring_point_compare (&to_point, &whole) <= 0;
}

double
weft_ring_point_to_fraction (const WeftRingPoint *self)
{
  double fraction = (double) self->words[0] / TURN + (double) self->words[1] / TURN / TURN;

  /* The last few distances before a whole turn round up to it. */
  return MIN (fraction, 1 - 0x1p-53);
}

void
weft_ring_point_from_fraction (WeftRingPoint *self,
                               double         fraction)
{
  double words;

  g_assert (fraction >= 0);
  g_assert (fraction < 1);

  words = fraction * TURN;
  memset (self, 0, sizeof *self);
  self->words[0] = (guint64) words;
  self->words[1] = (guint64) ((words - floor (words)) * TURN);
}

int
weft_ring_point_get_octave (const WeftRingPoint *self)
{
  for (guint i = 0; i < N_WORDS; i++)
    if (self->words[i] != 0)
      return 64 * (int) (N_WORDS - 1 - i) + 63 - __builtin_clzll (self->words[i]);

  return -1;
}
