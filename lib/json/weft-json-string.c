/* weft-json-string.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings between quotation marks. Most bytes of most documents are in them and need nothing
 * done, so both directions pass over eight of those at a time, or sixteen.
 */

#include "config.h"

#include "weft-json-string-private.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "weft-text-private.h"

/* The control characters that have a short escape. */
static const char short_escapes[32] = {
  ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
};

#define EACH_BYTE(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))

/* Sets the high bit of the first byte in `word` that is a control character, a quotation mark, a
 * backslash or not ASCII; what it says of later bytes may be wrong. */
static inline guint64
special_bytes (guint64 word)
{
  guint64 quote = word ^ EACH_BYTE (0x22);
  guint64 backslash = word ^ EACH_BYTE (0x5c);
  guint64 found = ((word - EACH_BYTE (0x20)) & ~word) | ((quote - EACH_BYTE (1)) & ~quote)
                  | ((backslash - EACH_BYTE (1)) & ~backslash) | word;

  return found & EACH_BYTE (0x80);
}

static inline guint64
load_word (const char *at)
{
  guint64 word;

  memcpy (&word, at, sizeof word);
  return GUINT64_FROM_LE (word);
}

static inline gboolean
is_plain (guchar byte)
{
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* The first special byte at or behind `at`; the padding behind the text is special. */
static inline char *
skip_plain_padded (char *at)
{
#ifdef __SSE2__
  /* Less than a space is, with a sign, also what is not ASCII. */
  for (;; at += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) at);
      __m128i special = _mm_or_si128 (_mm_cmplt_epi8 (bytes, _mm_set1_epi8 (' ')),
                                      _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('"')),
                                                    _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\\'))));
      int bits = _mm_movemask_epi8 (special);

      if (bits != 0)
        return at + __builtin_ctz ((guint) bits);
    }
#else
  for (;; at += 8)
    {
      guint64 special = special_bytes (load_word (at));

      if (special != 0)
        return at + __builtin_ctzll (special) / 8;
    }
#endif
}

static inline const char *
skip_plain (const char *at,
            const char *end)
{
  for (; end - at >= 8; at += 8)
    {
      guint64 special = special_bytes (load_word (at));

      if (special != 0)
        return at + __builtin_ctzll (special) / 8;
    }
  while (at < end && is_plain (*at))
    at++;
  return at;
}

static inline gboolean
is_continuation (guchar byte)
{
  return (byte & 0xc0) == 0x80;
}

/* The length of the UTF-8 sequence at `text`, which is not ASCII; 0 when it is not valid. Each
 * byte is looked at only when the one before it is right, so a NUL is a sufficient end. */
static inline guint
sequence_length (const char *text)
{
  const guchar *at = (const guchar *) text;

  if (at[0] < 0xc2 || at[0] > 0xf4 || !is_continuation (at[1]))
    return 0;
  if (at[0] < 0xe0)
    return 2;
  if (!is_continuation (at[2]))
    return 0;
  if (at[0] < 0xf0)
    {
      /* Overlong forms, and surrogates, which are no characters. */
      gboolean refused = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f);

      return refused ? 0 : 3;
    }
  if (!is_continuation (at[3]))
    return 0;
  /* Overlong forms, and what lies beyond U+10FFFF. */
  return (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f) ? 0 : 4;
}

/* The four hexadecimal digits at `at`, or -1. */
static gint
read_hex (const char *at)
{
  gint unit = 0;

  for (guint i = 0; i < 4; i++)
    {
      gint digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return -1;
      unit = unit << 4 | digit;
    }
  return unit;
}

/* Only control characters are written so, and only those without a short escape. */
static gboolean
is_canonical_unit (gint        unit,
                   const char *digits)
{
  return unit < 0x20 && short_escapes[unit] == 0 && !g_ascii_isupper (digits[3]);
}

/* Reads the escape behind `\u`, two of them when they are a pair; writes the character. */
static const char *
read_unicode_escape (char     **read,
                     char     **write,
                     gboolean  *is_canonical)
{
  gint unit = read_hex (*read);
  gunichar character = (gunichar) unit;

  if (unit < 0)
    return "four hexadecimal digits";
  if (unit == 0)
    return "any character but NUL";
  if (unit >= 0xdc00 && unit <= 0xdfff)
    return "a high surrogate before a low one";
  *is_canonical = *is_canonical && is_canonical_unit (unit, *read);
  *read += 4;
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      gint low = (*read)[0] == '\\' && (*read)[1] == 'u' ? read_hex (*read + 2) : -1;

      if (low < 0xdc00 || low > 0xdfff)
        return "a low surrogate after a high one";
      character = 0x10000 + ((gunichar) (unit - 0xd800) << 10) + (gunichar) (low - 0xdc00);
      *read += 6;
    }
  *write += g_unichar_to_utf8 (character, *write);
  return NULL;
}

static const char *
read_escape (char     **read,
             char     **write,
             gboolean  *is_canonical)
{
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  char name = (*read)[1];
  const char *found = name != '\0' ? strchr (names, name) : NULL;

  if (found != NULL)
    {
      *is_canonical = *is_canonical && name != '/';
      *(*write)++ = meanings[found - names];
      *read += 2;
      return NULL;
    }
  if (name != 'u')
    return *read += 1, "one of \"\\/bfnrtu after a backslash";
  *read += 2;
  return read_unicode_escape (read, write, is_canonical);
}

gboolean
weft_json_read_string (char           **at,
                       WeftJsonString  *string,
                       const char     **expected)
{
  char *start = *at + 1;
  char *read = start;
  char *write = start;
  const char *problem = NULL;

  g_assert (**at == '"');

  string->is_canonical = TRUE;
  while (problem == NULL)
    {
      char *plain = read;
      guint length;

      read = skip_plain_padded (read);
      if (write != plain)
        memmove (write, plain, read - plain);
      write += read - plain;

      if (*read == '"')
        {
          *write = '\0';
          string->text = start;
          string->length = write - start;
          *at = read + 1;
          return TRUE;
        }
      if (*read == '\\')
        {
          problem = read_escape (&read, &write, &string->is_canonical);
          continue;
        }
      length = (guchar) *read >= 0x80 ? sequence_length (read) : 0;
      if (length == 0)
        {
          problem = (guchar) *read >= 0x80 ? "valid UTF-8" : "a closing quotation mark";
          break;
        }
      memmove (write, read, length);
      read += length;
      write += length;
    }

  *at = read;
  *expected = problem;
  return FALSE;
}

static void
append_escape (GString *text,
               guchar   byte)
{
  static const char hex[] = "0123456789abcdef";
  char escape[6] = { '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] };

  if (byte >= 0x20)
    escape[1] = (char) byte;
  else if (short_escapes[byte] != 0)
    escape[1] = short_escapes[byte];
  g_string_append_len (text, escape, escape[1] == 'u' ? 6 : 2);
}

gboolean
weft_json_append_string (GString    *text,
                         const char *string)
{
  gsize all = strlen (string);
  const char *end = string + all;

  /* Nearly all are written as they are. */
  if (skip_plain (string, end) == end)
    {
      char *at = weft_text_extend (text, all + 2);

      at[0] = '"';
      memcpy (at + 1, string, all);
      at[all + 1] = '"';
      return TRUE;
    }

  g_string_append_c (text, '"');
  while (string < end)
    {
      const char *plain = string;
      guint length = 1;

      string = skip_plain (string, end);
      while (string < end && (guchar) *string >= 0x80)
        {
          length = sequence_length (string);
          if (length == 0)
            return FALSE;
          string += length;
        }
      weft_text_append_len (text, plain, (gsize) (string - plain));
      if (string < end && !is_plain (*string))
        append_escape (text, *string++);
    }
  g_string_append_c (text, '"');
  return TRUE;
}
