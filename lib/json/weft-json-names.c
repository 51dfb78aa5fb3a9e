/* weft-json-names.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-json-names-private.h"

/* Names nobody chose for this need about three probes each in a table that is nearly full. */
#define PROBES_PER_NAME_MAX 32
#define SHIFT_MIN 6

/* The largest prime below each power of two, which GHashTable takes the first place modulo. */
static const guint32 primes[] = {
  61,      127,     251,      509,      1021,     2039,      4093,      8191,   16381,
  32749,   65521,   131071,   262139,   524287,   1048573,   2097143,
};

/* Goes through the motions of filling a table of 2^shift places, as GHashTable would. */
static gboolean
fill_table (const guint32 *hashes,
            guint          n_hashes,
            guint          shift)
{
  g_autofree guint8 *taken = g_malloc0 ((gsize) 1 << shift);
  guint32 mask = ((guint32) 1 << shift) - 1;
  guint64 probes_left = (guint64) n_hashes * PROBES_PER_NAME_MAX;

  for (guint i = 0; i < n_hashes; i++)
    {
      guint32 place = hashes[i] * 11 % primes[shift - SHIFT_MIN];

      for (guint step = 1; taken[place]; step++)
        {
          if (probes_left-- == 0)
            return FALSE;
          place = (place + step) & mask;
        }
      taken[place] = TRUE;
    }
  return TRUE;
}

gboolean
weft_json_names_are_spread (const guint32 *hashes,
                            guint          n_hashes)
{
  g_assert (n_hashes < (guint) 1 << (SHIFT_MIN + G_N_ELEMENTS (primes) - 1));

  /* The table grows when it is 15/16 full; each of its sizes has its own collisions. */
  for (guint shift = SHIFT_MIN;; shift++)
    {
      guint capacity = ((guint) 15 << shift) / 16;

      if (!fill_table (hashes, MIN (n_hashes, capacity), shift))
        return FALSE;
      if (n_hashes <= capacity)
        return TRUE;
    }
}

/* For UTF-8 this is the order of the bytes, except that characters beyond U+FFFF, which begin with
 * 0xf0 or more, are surrogates in UTF-16 and so come before U+E000 to U+FFFF, which begin with 0xee
 * and 0xef. */
int
weft_json_names_compare (const char *a,
                         const char *b)
{
  const guchar *left = (const guchar *) a;
  const guchar *right = (const guchar *) b;

  while (*left != '\0' && *left == *right)
    {
      left++;
      right++;
    }
  if (*left >= 0xee && *right >= 0xee && (*left >= 0xf0) != (*right >= 0xf0))
    return *left >= 0xf0 ? -1 : 1;
  return (int) *left - (int) *right;
}
