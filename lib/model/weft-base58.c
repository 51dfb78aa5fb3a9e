/* weft-base58.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-base58-private.h"
#include "weft-error.h"

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Turns digits of one base, most significant first, into those of another, least significant
 * first, without leading zeros; returns how many there are, or SIZE_MAX when they do not fit. */
static gsize
convert (const guint8 *from,
         gsize         from_length,
         guint         from_base,
         guint8       *to,
         gsize         to_size,
         guint         to_base)
{
  gsize length = 0;

  for (gsize i = 0; i < from_length; i++)
    {
      guint carry = from[i];

      for (gsize j = 0; j < length; j++)
        {
          carry += to[j] * from_base;
          to[j] = carry % to_base;
          carry /= to_base;
        }
      for (; carry > 0; carry /= to_base)
        {
          if (length == to_size)
            return G_MAXSIZE;
          to[length++] = carry % to_base;
        }
    }

  return length;
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
  guint8 digits[WEFT_BASE58_CHARS_MAX];
  gsize n_zeros = count_leading_zeros (data, length);
  gsize n_digits;
  char *text;

  g_assert (length <= WEFT_BASE58_BYTES_MAX);

  n_digits = convert (data, length, 256, digits, sizeof digits, 58);
  g_assert (n_zeros + n_digits <= WEFT_BASE58_CHARS_MAX);

  text = g_malloc (n_zeros + n_digits + 1);
  memset (text, alphabet[0], n_zeros);
  for (gsize i = 0; i < n_digits; i++)
    text[n_zeros + i] = alphabet[digits[n_digits - 1 - i]];
  text[n_zeros + n_digits] = '\0';

  return text;
}

gboolean
weft_base58_decode (const char *text,
                    guint8      data[WEFT_BASE58_BYTES_MAX],
                    gsize      *length,
                    GError    **error)
{
  guint8 digits[WEFT_BASE58_CHARS_MAX];
  guint8 reversed[WEFT_BASE58_BYTES_MAX];
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
      const char *found = strchr (alphabet, text[i]);

      if (found == NULL)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                       "expected base58 text, got the byte 0x%02x at offset %" G_GSIZE_FORMAT,
                       (guint8) text[i], i);
          return FALSE;
        }
      digits[i] = found - alphabet;
    }

  n_zeros = count_leading_zeros (digits, n_digits);
  n_bytes = convert (digits, n_digits, 58, reversed, sizeof reversed, 256);
  if (n_bytes == G_MAXSIZE || n_zeros + n_bytes > WEFT_BASE58_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected base58 text of at most %d bytes, got more", WEFT_BASE58_BYTES_MAX);
      return FALSE;
    }

  memset (data, 0, n_zeros);
  for (gsize i = 0; i < n_bytes; i++)
    data[n_zeros + i] = reversed[n_bytes - 1 - i];
  *length = n_zeros + n_bytes;

  return TRUE;
}
