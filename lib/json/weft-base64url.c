/* weft-base64url.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-base64url-private.h"

#include <string.h>

#define VALUE_MAX 63

#define ROW(first)                                                                      \
  first "A" first "B" first "C" first "D" first "E" first "F" first "G" first "H"       \
  first "I" first "J" first "K" first "L" first "M" first "N" first "O" first "P"       \
  first "Q" first "R" first "S" first "T" first "U" first "V" first "W" first "X"       \
  first "Y" first "Z" first "a" first "b" first "c" first "d" first "e" first "f"       \
  first "g" first "h" first "i" first "j" first "k" first "l" first "m" first "n"       \
  first "o" first "p" first "q" first "r" first "s" first "t" first "u" first "v"       \
  first "w" first "x" first "y" first "z" first "0" first "1" first "2" first "3"       \
  first "4" first "5" first "6" first "7" first "8" first "9" first "-" first "_"

/* All pairs of digits: two look-ups write three bytes. */
static const char pairs[]
    = ROW ("A") ROW ("B") ROW ("C") ROW ("D") ROW ("E") ROW ("F") ROW ("G") ROW ("H")
      ROW ("I") ROW ("J") ROW ("K") ROW ("L") ROW ("M") ROW ("N") ROW ("O") ROW ("P")
      ROW ("Q") ROW ("R") ROW ("S") ROW ("T") ROW ("U") ROW ("V") ROW ("W") ROW ("X")
      ROW ("Y") ROW ("Z") ROW ("a") ROW ("b") ROW ("c") ROW ("d") ROW ("e") ROW ("f")
      ROW ("g") ROW ("h") ROW ("i") ROW ("j") ROW ("k") ROW ("l") ROW ("m") ROW ("n")
      ROW ("o") ROW ("p") ROW ("q") ROW ("r") ROW ("s") ROW ("t") ROW ("u") ROW ("v")
      ROW ("w") ROW ("x") ROW ("y") ROW ("z") ROW ("0") ROW ("1") ROW ("2") ROW ("3")
      ROW ("4") ROW ("5") ROW ("6") ROW ("7") ROW ("8") ROW ("9") ROW ("-") ROW ("_");

static gsize
count_chars (gsize n_bytes)
{
  return (n_bytes * 4 + 2) / 3;
}

static inline void
write_three (const guint8 *data,
             char         *text)
{
  guint32 bits = (guint32) data[0] << 16 | (guint32) data[1] << 8 | data[2];

  memcpy (text, &pairs[2 * (bits >> 12)], 2);
  memcpy (text + 2, &pairs[2 * (bits & 0xfff)], 2);
}

gsize
weft_base64url_write (const guint8 *data,
                      gsize         length,
                      char         *text)
{
  char *at = text;

  for (; length >= 3; length -= 3, data += 3, at += 4)
    write_three (data, at);
  if (length > 0)
    {
      const guint8 last[3] = { data[0], length == 2 ? data[1] : 0, 0 };
      char four[4];

      write_three (last, four);
      memcpy (at, four, length + 1);
      at += length + 1;
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

/* So much larger than a value that it stays so beside others. */
static inline guint32
get_value (char digit)
{
  return (guint32) values[(guchar) digit] - 1;
}

/* The spare bits of the last digit could be anything, and are to be nothing. */
static gboolean
read_last (const char *text,
           guint8     *data,
           gsize       length)
{
  guint32 first = get_value (text[0]);
  guint32 second = get_value (text[1]);
  guint32 third = length == 2 ? get_value (text[2]) : 0;
  guint32 bits = first << 18 | second << 12 | third << 6;

  if ((first | second | third) > VALUE_MAX || (bits & (length == 2 ? 0xff : 0xffff)) != 0)
    return FALSE;
  data[0] = (guint8) (bits >> 16);
  if (length == 2)
    data[1] = (guint8) (bits >> 8);

  return TRUE;
}

gboolean
weft_base64url_read (const char *text,
                     guint8     *data,
                     gsize       length)
{
  gsize n_chars = count_chars (length);

  g_assert (text != NULL);

  if (strnlen (text, n_chars + 1) != n_chars)
    return FALSE;

  for (; length >= 3; length -= 3, data += 3, text += 4)
    {
      guint32 first = get_value (text[0]);
      guint32 second = get_value (text[1]);
      guint32 third = get_value (text[2]);
      guint32 fourth = get_value (text[3]);
      guint32 bits = first << 18 | second << 12 | third << 6 | fourth;

      if ((first | second | third | fourth) > VALUE_MAX)
        return FALSE;
      data[0] = (guint8) (bits >> 16);
      data[1] = (guint8) (bits >> 8);
      data[2] = (guint8) bits;
    }

  return length == 0 || read_last (text, data, length);
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
