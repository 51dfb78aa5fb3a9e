/* weft-json-number.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers between text and double: exact in both directions, and as short as ECMAScript's.
 */

#include "config.h"

#include "weft-json-number-private.h"

#include <math.h>
#include <string.h>

#include "weft-json-private.h"
#include "weft-limits.h"

/* Below these, the digits fit a guint64 and the power of ten a double, both exactly. */
#define EXACT_DIGITS_MAX 19
#define EXACT_POWER_MAX 22
#define EXPONENT_MAX 100000

static const double powers_of_ten[] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

/* From here up to 1e21 canonical text is a row of digits that looks like an integer, but that a
 * reader with 64-bit integers or with doubles reads as something else. */
gboolean
weft_json_is_writable (double value)
{
  double size = fabs (value);

  return isfinite (value) && (size <= WEFT_LIMIT_INTEGER_MAX || size >= 1e21);
}

/* The spelling of a number, as the grammar sees it. */
typedef struct
{
  const char *start;
  gboolean negative;
  gboolean is_plain; /* neither fraction nor exponent */
  guint64 digits;    /* without the point */
  guint n_digits;    /* significant ones; more than EXACT_DIGITS_MAX do not fit */
  gint exponent;     /* value = digits * 10^exponent */
} Spelling;

static const char *
take_digits (const char *at,
             Spelling   *spelling)
{
  for (; g_ascii_isdigit (*at); at++)
    {
      spelling->digits = spelling->digits * 10 + (guint) (*at - '0');
      spelling->n_digits += spelling->n_digits > 0 || *at != '0';
    }
  return at;
}

static const char *
take_exponent (const char *at,
               Spelling   *spelling)
{
  gboolean negative = *at == '-';
  gint exponent = 0;

  if (*at == '-' || *at == '+')
    at++;
  if (!g_ascii_isdigit (*at))
    return at;
  for (; g_ascii_isdigit (*at); at++)
    exponent = MIN (exponent * 10 + (*at - '0'), EXPONENT_MAX);
  spelling->exponent += negative ? -exponent : exponent;
  return at;
}

static double
to_double (const Spelling *spelling)
{
  double value = spelling->digits;

  if (spelling->n_digits > 15 || ABS (spelling->exponent) > EXACT_POWER_MAX)
    return g_ascii_strtod (spelling->start, NULL);
  /* One operation on two exact operands is rounded once, as it should be. */
  if (spelling->exponent < 0)
    value /= powers_of_ten[-spelling->exponent];
  else
    value *= powers_of_ten[spelling->exponent];
  return spelling->negative ? -value : value;
}

static const char *
convert (const Spelling *spelling,
         WeftJsonNumber *number)
{
  double value;

  if (spelling->is_plain)
    {
      gboolean fits = spelling->n_digits <= EXACT_DIGITS_MAX
                      && spelling->digits <= (guint64) WEFT_LIMIT_INTEGER_MAX;

      if (!fits)
        return "an integer from -(2^53-1) to 2^53-1";
      number->is_integer = TRUE;
      number->integer = spelling->negative ? -(gint64) spelling->digits : (gint64) spelling->digits;
      number->real = number->integer;
      return NULL;
    }

  value = to_double (spelling);
  if (!isfinite (value))
    return "a number that a double can hold";
  if (!weft_json_is_writable (value))
    return "an integer from -(2^53-1) to 2^53-1";

  number->is_integer = fabs (value) <= WEFT_LIMIT_INTEGER_MAX && value == trunc (value);
  number->integer = number->is_integer ? (gint64) value : 0;
  number->real = value;
  return NULL;
}

const char *
weft_json_read_number (const char     **cursor,
                       WeftJsonNumber  *number)
{
  const char *at = *cursor;
  Spelling spelling = { .start = at, .is_plain = TRUE };
  const char *expected;

  spelling.negative = *at == '-';
  at += spelling.negative;
  if (!g_ascii_isdigit (*at))
    return *cursor = at, "a digit";

  /* No zero leads: after one, the integer is over. */
  at = *at == '0' ? at + 1 : take_digits (at, &spelling);
  if (g_ascii_isdigit (*at))
    return *cursor = at, "no digit after a leading zero";

  if (*at == '.')
    {
      const char *fraction = at + 1;

      at = take_digits (fraction, &spelling);
      if (at == fraction)
        return *cursor = at, "a digit after the point";
      spelling.exponent = -(gint) MIN (at - fraction, EXPONENT_MAX);
      spelling.is_plain = FALSE;
    }

  if (*at == 'e' || *at == 'E')
    {
      at = take_exponent (at + 1, &spelling);
      if (!g_ascii_isdigit (at[-1]))
        return *cursor = at, "a digit in the exponent";
      spelling.is_plain = FALSE;
    }

  expected = convert (&spelling, number);
  *cursor = expected != NULL ? spelling.start : at;
  return expected;
}

/* The shortest digits that read back as `value`, and the place of the point behind them:
 * value = 0.DIGITS * 10^point. */
static guint
shortest_digits (double  value,
                 char   *digits,
                 int    *point)
{
  char text[WEFT_JSON_NUMBER_CHARS_MAX];
  guint n_digits = 0;

  for (int precision = 0; precision <= 16; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", precision);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }

  for (const char *at = text; *at != 'e'; at++)
    if (*at != '.')
      digits[n_digits++] = *at;
  *point = (int) g_ascii_strtoll (strchr (text, 'e') + 1, NULL, 10) + 1;
  while (n_digits > 1 && digits[n_digits - 1] == '0')
    n_digits--;
  return n_digits;
}

static char *
put (char       *at,
     const char *text,
     gsize       length)
{
  memcpy (at, text, length);
  return at + length;
}

static char *
put_zeros (char *at,
           guint count)
{
  memset (at, '0', count);
  return at + count;
}

/* ECMAScript's Number::toString: where the point goes and when there is an exponent. */
static char *
put_decimal (char       *at,
             const char *digits,
             int         n_digits,
             int         point)
{
  if (n_digits <= point && point <= 21)
    {
      at = put (at, digits, n_digits);
      return put_zeros (at, point - n_digits);
    }
  if (0 < point && point <= 21)
    {
      at = put (at, digits, point);
      *at++ = '.';
      return put (at, digits + point, n_digits - point);
    }
  if (-6 < point && point <= 0)
    {
      at = put (at, "0.", 2);
      at = put_zeros (at, -point);
      return put (at, digits, n_digits);
    }

  *at++ = digits[0];
  if (n_digits > 1)
    {
      *at++ = '.';
      at = put (at, digits + 1, n_digits - 1);
    }
  return at + g_snprintf (at, 8, "e%+d", point - 1);
}

gsize
weft_json_format_double (double value,
                         char   text[WEFT_JSON_NUMBER_CHARS_MAX])
{
  char digits[WEFT_JSON_NUMBER_CHARS_MAX];
  char *at = text;
  guint n_digits;
  int point;

  g_assert (isfinite (value));

  if (value < 0)
    *at++ = '-';
  if (value == 0)
    *at++ = '0';
  else
    {
      n_digits = shortest_digits (fabs (value), digits, &point);
      at = put_decimal (at, digits, n_digits, point);
    }
  *at = '\0';
  return at - text;
}
