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

char *
weft_base64url_encode_data (const guint8 *data,
                            gsize         length)
{
  char *text = g_malloc (count_chars (length) + 1);
  char *at = text;
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < length; i++)
    {
      bits = bits << 8 | data[i];
      for (n_bits += 8; n_bits >= 6; n_bits -= 6)
        *at++ = digits[bits >> (n_bits - 6) & 63];
    }
  if (n_bits > 0)
    *at++ = digits[bits << (6 - n_bits) & 63];
  *at = '\0';
  g_assert ((gsize) (at - text) == count_chars (length));

  return text;
}

char *
weft_base64url_encode (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return weft_base64url_encode_data (data, size);
}

/* The value of a digit, or -1. */
static int
get_value (char digit)
{
  if (digit >= 'A' && digit <= 'Z')
    return digit - 'A';
  if (digit >= 'a' && digit <= 'z')
    return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9')
    return digit - '0' + 52;

  return digit == '-' ? 62 : digit == '_' ? 63 : -1;
}

GBytes *
weft_base64url_decode (const char *text,
                       gsize       length)
{
  gsize n_chars = count_chars (length);
  g_autofree guint8 *data = NULL;
  guint8 *at;
  guint32 bits = 0;
  guint n_bits = 0;

  g_assert (text != NULL);

  if (strnlen (text, n_chars + 1) != n_chars)
    return NULL;

  at = data = g_malloc (length);
  for (gsize i = 0; i < n_chars; i++)
    {
      int value = get_value (text[i]);

      if (value < 0)
        return NULL;
      bits = bits << 6 | (guint32) value;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          *at++ = (guint8) (bits >> n_bits);
        }
    }
  g_assert ((gsize) (at - data) == length);
  /* The spare bits of the last character could be anything, and are to be nothing. */
  if ((bits & ((1u << n_bits) - 1)) != 0)
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), length);
}
