/* weft-base58.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-base58-private.h"
#include "weft-error.h"

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* One more than the value of each digit; 0 for what is none. */
static const guint8 places[256] = {
  ['1'] = 1, ['2'] = 2, ['3'] = 3, ['4'] = 4, ['5'] = 5, ['6'] = 6, ['7'] = 7, ['8'] = 8,
  ['9'] = 9, ['A'] = 10, ['B'] = 11, ['C'] = 12, ['D'] = 13, ['E'] = 14, ['F'] = 15, ['G'] = 16,
  ['H'] = 17, ['J'] = 18, ['K'] = 19, ['L'] = 20, ['M'] = 21, ['N'] = 22, ['P'] = 23, ['Q'] = 24,
  ['R'] = 25, ['S'] = 26, ['T'] = 27, ['U'] = 28, ['V'] = 29, ['W'] = 30, ['X'] = 31, ['Y'] = 32,
  ['Z'] = 33, ['a'] = 34, ['b'] = 35, ['c'] = 36, ['d'] = 37, ['e'] = 38, ['f'] = 39, ['g'] = 40,
  ['h'] = 41, ['i'] = 42, ['j'] = 43, ['k'] = 44, ['m'] = 45, ['n'] = 46, ['o'] = 47, ['p'] = 48,
  ['q'] = 49, ['r'] = 50, ['s'] = 51, ['t'] = 52, ['u'] = 53, ['v'] = 54, ['w'] = 55, ['x'] = 56,
  ['y'] = 57, ['z'] = 58,
};

/* Both ways go through the number in limbs of 32 bits, least significant first, and take five
 * digits at a time: 58^5 is the largest power that fits into a limb. */
#define LIMB_DIGITS 5
#define LIMB_BASE 656356768
#define LIMBS_MAX (WEFT_BASE58_BYTES_MAX / 4)

static const guint32 powers[LIMB_DIGITS + 1] = { 1, 58, 3364, 195112, 11316496, LIMB_BASE };

static gsize
load_limbs (const guint8 *data,
            gsize         length,
            guint32      *limbs)
{
  gsize n_limbs = (length + 3) / 4;

  memset (limbs, 0, n_limbs * sizeof *limbs);
  for (gsize i = 0; i < length; i++)
    limbs[i / 4] |= (guint32) data[length - 1 - i] << 8 * (i % 4);

  return n_limbs;
}

/* Divides the number by 58^5 and returns what is left over. */
static guint32
divide_limbs (guint32 *limbs,
              gsize   *n_limbs)
{
  guint64 rest = 0;

  for (gsize i = *n_limbs; i > 0; i--)
    {
      rest = rest << 32 | limbs[i - 1];
      limbs[i - 1] = rest / LIMB_BASE;
      rest %= LIMB_BASE;
    }
  while (*n_limbs > 0 && limbs[*n_limbs - 1] == 0)
    --*n_limbs;

  return rest;
}

/* The digits of bytes without leading zeros, least significant first and without zeros at the
 * end. */
static gsize
make_digits (const guint8 *data,
             gsize         length,
             guint8        digits[WEFT_BASE58_CHARS_MAX + LIMB_DIGITS])
{
  guint32 limbs[LIMBS_MAX];
  gsize n_limbs = load_limbs (data, length, limbs);
  gsize n_digits = 0;

  while (n_limbs > 0)
    {
      guint32 rest = divide_limbs (limbs, &n_limbs);

      for (guint i = 0; i < LIMB_DIGITS; i++, rest /= 58)
        digits[n_digits++] = rest % 58;
    }
  while (n_digits > 0 && digits[n_digits - 1] == 0)
    n_digits--;

  return n_digits;
}

/* The bytes of digits, most significant first, without leading zeros; G_MAXSIZE when there are too
 * many. */
static gsize
make_bytes (const guint8 *digits,
            gsize         n_digits,
            guint8        bytes[WEFT_BASE58_BYTES_MAX])
{
  guint32 limbs[LIMBS_MAX];
  gsize n_limbs = 0;
  gsize n_bytes;

  for (gsize at = 0; at < n_digits;)
    {
      gsize n = MIN (LIMB_DIGITS, n_digits - at);
      guint64 carry = 0;

      for (gsize i = 0; i < n; i++)
        carry = carry * 58 + digits[at + i];
      for (gsize i = 0; i < n_limbs; i++)
        {
          carry += (guint64) limbs[i] * powers[n];
          limbs[i] = (guint32) carry;
          carry >>= 32;
        }
      if (carry > 0 && n_limbs == LIMBS_MAX)
        return G_MAXSIZE;
      if (carry > 0)
        limbs[n_limbs++] = carry;
      at += n;
    }

  n_bytes = 4 * n_limbs;
  while (n_bytes > 0 && limbs[(n_bytes - 1) / 4] >> 8 * ((n_bytes - 1) % 4) == 0)
    n_bytes--;
  for (gsize i = 0; i < n_bytes; i++)
    bytes[n_bytes - 1 - i] = limbs[i / 4] >> 8 * (i % 4);

  return n_bytes;
}

static gsize
count_leading_zeros (const guint8 *digits,
                     gsize         length)
{
  gsize n = 0;

  while (n < length && digits[n] == 0)
    n++;

  return n;
}

char *
weft_base58_encode (const guint8 *data,
                    gsize         length)
{
  char text[WEFT_BASE58_CHARS_MAX + 1];
  gsize n_chars = weft_base58_write (data, length, text);

  return g_strndup (text, n_chars);
}

gsize
weft_base58_write (const guint8 *data,
                   gsize         length,
                   char          text[WEFT_BASE58_CHARS_MAX + 1])
{
  guint8 digits[WEFT_BASE58_CHARS_MAX + LIMB_DIGITS];
  gsize n_zeros = count_leading_zeros (data, length);
  gsize n_digits;

  g_assert (length <= WEFT_BASE58_BYTES_MAX);

  n_digits = make_digits (data + n_zeros, length - n_zeros, digits);
  g_assert (n_zeros + n_digits <= WEFT_BASE58_CHARS_MAX);

  memset (text, alphabet[0], n_zeros);
  for (gsize i = 0; i < n_digits; i++)
    text[n_zeros + i] = alphabet[digits[n_digits - 1 - i]];
  text[n_zeros + n_digits] = '\0';

  return n_zeros + n_digits;
}

gboolean
weft_base58_decode (const char *text,
                    guint8      data[WEFT_BASE58_BYTES_MAX],
                    gsize      *length,
                    GError    **error)
{
  guint8 digits[WEFT_BASE58_CHARS_MAX];
  guint8 bytes[WEFT_BASE58_BYTES_MAX];
  gsize n_digits = strnlen (text, WEFT_BASE58_CHARS_MAX + 1);
  gsize n_zeros;
  gsize n_bytes;

  if (n_digits > WEFT_BASE58_CHARS_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected base58 text of at most %d characters, got more",
                   WEFT_BASE58_CHARS_MAX);
      return FALSE;
    }
  for (gsize i = 0; i < n_digits; i++)
    {
      guint8 place = places[(guint8) text[i]];

      if (place == 0)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                       "expected base58 text, got the byte 0x%02x at offset %" G_GSIZE_FORMAT,
                       (guint8) text[i], i);
          return FALSE;
        }
      digits[i] = place - 1;
    }

  n_zeros = count_leading_zeros (digits, n_digits);
  n_bytes = make_bytes (digits + n_zeros, n_digits - n_zeros, bytes);
  if (n_bytes == G_MAXSIZE || n_zeros + n_bytes > WEFT_BASE58_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected base58 text of at most %d bytes, got more", WEFT_BASE58_BYTES_MAX);
      return FALSE;
    }

  memset (data, 0, n_zeros);
  memcpy (data + n_zeros, bytes, n_bytes);
  *length = n_zeros + n_bytes;

  return TRUE;
}
