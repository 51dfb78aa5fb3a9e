/* weft-json-number.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers from text to double, rounded once, to the nearest, as a strtod() should. Those of up to
 * 19 digits with a small exponent, which is nearly all of them, do without one.
 */

#include "config.h"

#include "weft-json-number-private.h"

#include <math.h>
#include <string.h>

#include "weft-json-private.h"
#include "weft-limits.h"

/* Up to these, digits and powers of ten are exact as doubles, or as 64-bit integers. */
#define DOUBLE_DIGITS_MAX 15
#define INTEGER_DIGITS_MAX 19
/* Far beyond what a double can hold, and far from the end of a gint. */
#define EXPONENT_MAX 100000

static const double double_powers[] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

guint64
weft_json_power_of_ten (guint exponent)
{
  static const guint64 powers[] = {
    1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull,
    1000000000ull, 10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull,
    100000000000000ull, 1000000000000000ull, 10000000000000000ull, 100000000000000000ull,
    1000000000000000000ull, 10000000000000000000ull,
  };

  g_assert (exponent < G_N_ELEMENTS (powers));

  return powers[exponent];
}

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
  gboolean has_exponent;
  guint64 digits;    /* without the point */
  guint n_digits;    /* significant ones; more than INTEGER_DIGITS_MAX do not fit */
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

#ifdef __SIZEOF_INT128__
static guint
count_bits (guint64 value)
{
  return 64 - (guint) __builtin_clzll (value);
}

/* digits / power, or digits * power, with 63 bits or more of the result and a last bit that
 * stands for all that was cut off: converting it to double is the only rounding. */
static double
scale (guint64 digits,
       gint    exponent)
{
  guint64 power = weft_json_power_of_ten (ABS (exponent));
  unsigned __int128 wide;
  gint shift;

  if (digits == 0)
    return 0;
  if (exponent < 0)
    {
      shift = 63 + (gint) count_bits (power) - (gint) count_bits (digits);
      wide = (unsigned __int128) digits << shift;
      return ldexp ((double) ((guint64) (wide / power) | (wide % power != 0)), -shift);
    }

  wide = (unsigned __int128) digits * power;
  shift = (guint64) (wide >> 64) != 0 ? (gint) count_bits ((guint64) (wide >> 64)) : 0;
  return ldexp ((double) ((guint64) (wide >> shift) | (wide << (127 - shift) << 1 != 0)), shift);
}
#endif

static double
to_double (const Spelling *spelling)
{
  guint size = ABS (spelling->exponent);
  double value = spelling->digits;

  if (spelling->n_digits <= DOUBLE_DIGITS_MAX && size < G_N_ELEMENTS (double_powers))
    {
      /* One operation on two exact operands is rounded once. */
      if (spelling->exponent < 0)
        value /= double_powers[size];
      else
        value *= double_powers[size];
    }
#ifdef __SIZEOF_INT128__
  else if (spelling->n_digits <= INTEGER_DIGITS_MAX && size <= WEFT_JSON_POWER_OF_TEN_MAX)
    value = scale (spelling->digits, spelling->exponent);
#endif
  else
    return g_ascii_strtod (spelling->start, NULL);

  return spelling->negative ? -value : value;
}

/* Whether a number with a fraction or an exponent, up to `end`, is spelled as it is written. */
static gboolean
is_canonical (const Spelling *spelling,
              const char     *end,
              double          value)
{
  char text[WEFT_JSON_NUMBER_CHARS_MAX];
  gsize length;

  /* No two spellings of so few digits are the same double, so there is no shorter one. */
  if (!spelling->has_exponent && spelling->n_digits <= DOUBLE_DIGITS_MAX)
    return end[-1] != '0' && fabs (value) >= 1e-6;

  length = weft_json_format_double (value, text);
  return length == (gsize) (end - spelling->start) && memcmp (text, spelling->start, length) == 0;
}

static const char *
convert (const Spelling *spelling,
         const char     *end,
         WeftJsonNumber *number)
{
  double value;

  if (spelling->is_plain)
    {
      gboolean fits = spelling->n_digits <= INTEGER_DIGITS_MAX
                      && spelling->digits <= (guint64) WEFT_LIMIT_INTEGER_MAX;

      if (!fits)
        return "an integer from -(2^53-1) to 2^53-1";
      number->is_integer = TRUE;
      number->is_canonical = !spelling->negative || spelling->digits != 0;
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
  number->is_canonical = is_canonical (spelling, end, value);
  number->real = value;
  return NULL;
}

static const char *
refuse (const char **cursor,
        const char  *at,
        const char  *expected)
{
  *cursor = at;
  return expected;
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
    return refuse (cursor, at, "a digit");

  /* No zero leads: after one, the integer is over. */
  at = *at == '0' ? at + 1 : take_digits (at, &spelling);
  if (g_ascii_isdigit (*at))
    return refuse (cursor, at, "no digit after a leading zero");

  if (*at == '.')
    {
      const char *fraction = at + 1;

      at = take_digits (fraction, &spelling);
      if (at == fraction)
        return refuse (cursor, at, "a digit after the point");
      spelling.exponent = -(gint) MIN (at - fraction, EXPONENT_MAX);
      spelling.is_plain = FALSE;
    }

  if (*at == 'e' || *at == 'E')
    {
      at = take_exponent (at + 1, &spelling);
      if (!g_ascii_isdigit (at[-1]))
        return refuse (cursor, at, "a digit in the exponent");
      spelling.has_exponent = TRUE;
      spelling.is_plain = FALSE;
    }

  expected = convert (&spelling, at, number);
  return refuse (cursor, expected != NULL ? spelling.start : at, expected);
}
