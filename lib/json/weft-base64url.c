/* weft-base64url.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-base64url-private.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static gsize
count_chars (gsize n_bytes)
{
  return (n_bytes * 4 + 2) / 3;
}

gsize
weft_base64url_write (const guint8 *data,
                      gsize         length,
                      char         *text)
{
  char *at = text;

  for (; length >= 3; length -= 3, data += 3)
    {
      guint32 bits = (guint32) data[0] << 16 | (guint32) data[1] << 8 | data[2];

      *at++ = digits[bits >> 18];
      *at++ = digits[bits >> 12 & 63];
      *at++ = digits[bits >> 6 & 63];
      *at++ = digits[bits & 63];
    }
  if (length > 0)
    {
      guint32 bits = (guint32) data[0] << 16 | (length == 2 ? (guint32) data[1] << 8 : 0);

      *at++ = digits[bits >> 18];
      *at++ = digits[bits >> 12 & 63];
      if (length == 2)
        *at++ = digits[bits >> 6 & 63];
    }
  *at = '\0';

  return (gsize) (at - text);
}

char *
weft_base64url_encode_data (const guint8 *data,
                            gsize         length)
{
  char *text = g_malloc (count_chars (length) + 1);

  weft_base64url_write (data, length, text);

  return text;
}

char *
weft_base64url_encode (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return weft_base64url_encode_data (data, size);
}

/* The value of a digit, plus one; zero for another character. */
static const guint8 values[256] = {
  ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
  ['N'] = 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
  ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
  ['n'] = 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
  ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
  ['-'] = 63, ['_'] = 64,
};

gboolean
weft_base64url_read (const char *text,
                     guint8     *data,
                     gsize       length)
{
  gsize n_chars = count_chars (length);
  guint8 *at = data;
  guint32 bits = 0;
  guint n_bits = 0;

  g_assert (text != NULL);

  if (strnlen (text, n_chars + 1) != n_chars)
    return FALSE;

  for (gsize i = 0; i < n_chars; i++)
    {
      guint8 value = values[(guchar) text[i]];

      if (value == 0)
        return FALSE;
      bits = bits << 6 | (guint32) (value - 1);
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          *at++ = (guint8) (bits >> n_bits);
        }
    }
  g_assert ((gsize) (at - data) == length);

  /* The spare bits of the last character could be anything, and are to be nothing. */
  return (bits & ((1u << n_bits) - 1)) == 0;
}

GBytes *
weft_base64url_decode (const char *text,
                       gsize       length)
{
  g_autofree guint8 *data = NULL;

  g_assert (text != NULL);

  if (strnlen (text, count_chars (length) + 1) != count_chars (length))
    return NULL;

  data = g_malloc (length);
  if (!weft_base64url_read (text, data, length))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), length);
}
