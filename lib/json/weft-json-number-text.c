/* weft-json-number-text.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers from double to text: the shortest digits that read back as the same double, and the
 * nearest of those, placed as ECMAScript's Number::toString places them.
 */

#include "config.h"

#include "weft-json-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weft-json-number-private.h"
#include "weft-limits.h"

/* As many digits as any double needs. */
#define DIGITS_MAX 17
#define MANTISSA_BITS 53

/* value = 0.DIGITS * 10^point */
typedef struct
{
  char digits[24];
  guint n_digits;
  int point;
} Decimal;

static void
set_integer (Decimal *self,
             guint64  value,
             int      exponent)
{
  char *end = self->digits + sizeof self->digits;
  char *at = end;

  for (; value > 0; value /= 10)
    *--at = '0' + value % 10;
  self->n_digits = end - at;
  self->point = (int) self->n_digits + exponent;
  memmove (self->digits, at, self->n_digits);
  while (self->n_digits > 1 && self->digits[self->n_digits - 1] == '0')
    self->n_digits--;
}

#ifdef __SIZEOF_INT128__
typedef unsigned __int128 Wide;

/* A double and the ends of the interval of what reads as it, in units of 2^-shift. */
typedef struct
{
  Wide value;
  Wide low;
  Wide high;
  guint shift;
  gboolean closed; /* halfway cases round to even, so they belong to even mantissas */
} Interval;

/* Multiplies `value` by 10^power, keeping it exact. */
static void
interval_init (Interval *self,
               guint64   mantissa,
               int       exponent,
               guint     power)
{
  Wide factor = weft_json_power_of_ten (power);
  /* Below a power of two the doubles are twice as dense. */
  guint below = mantissa == G_GUINT64_CONSTANT (1) << (MANTISSA_BITS - 1) ? 1 : 2;

  self->value = 4 * mantissa * factor;
  self->low = (4 * mantissa - below) * factor;
  self->high = (4 * mantissa + 2) * factor;
  self->shift = (guint) (2 - exponent);
  self->closed = mantissa % 2 == 0;
}

static guint64
cut_off (const Interval *self,
         Wide            value)
{
  return (guint64) (value >> self->shift);
}

static gboolean
is_whole (const Interval *self,
          Wide            value)
{
  return (value & (((Wide) 1 << self->shift) - 1)) == 0;
}

/* The multiple of `unit` nearest to the value, in units. */
static guint64
nearest_multiple (const Interval *self,
                  guint64         unit)
{
  guint64 multiple = cut_off (self, self->value) / unit;
  Wide rest = self->value - (((Wide) multiple * unit) << self->shift);
  Wide half = ((Wide) unit << self->shift) / 2;

  return multiple + (rest > half || (rest == half && multiple % 2 == 1));
}

/* Finds the largest power of ten with a multiple in the interval. */
static void
find_shortest (const Interval *self,
               Decimal        *decimal,
               guint           power)
{
  guint64 low = cut_off (self, self->low) + !(is_whole (self, self->low) && self->closed);
  guint64 high = cut_off (self, self->high) - (is_whole (self, self->high) && !self->closed);
  guint n_dropped = 0;
  guint64 unit = 1;
  guint64 multiple;

  g_assert (low <= high);

  while (n_dropped < DIGITS_MAX)
    {
      guint64 next = weft_json_power_of_ten (n_dropped + 1);

      if (high / next * next < low)
        break;
      unit = next;
      n_dropped++;
    }
  multiple = nearest_multiple (self, unit);
  multiple = CLAMP (multiple, (low + unit - 1) / unit, high / unit);
  set_integer (decimal, multiple, (int) n_dropped - (int) power);
}

/* Numbers of everyday size: scaled by a power of ten until 17 digits stand before the point,
 * they and their neighbours fit 128 bits exactly. */
static gboolean
format_exactly (double   value,
                Decimal *decimal)
{
  Interval interval;
  int exponent;
  guint64 mantissa = (guint64) ldexp (frexp (value, &exponent), MANTISSA_BITS);
  /* log10 (2) is about 1233 / 4096; at most one digit too many comes of rounding down. */
  int power = DIGITS_MAX - 1 - (((exponent - 1) * 1233) >> 12);

  if (power < 0 || power > WEFT_JSON_POWER_OF_TEN_MAX || exponent > MANTISSA_BITS)
    return FALSE;
  interval_init (&interval, mantissa, exponent - MANTISSA_BITS, (guint) power);
  g_assert (cut_off (&interval, interval.value) >= weft_json_power_of_ten (DIGITS_MAX - 1));

  find_shortest (&interval, decimal, (guint) power);
  return TRUE;
}
#else
static gboolean
format_exactly (double   value,
                Decimal *decimal)
{
  return FALSE;
}
#endif

/* Whether the value with `precision` digits behind the first, plus `above` in the last of them,
 * reads back as the value. */
static gboolean
try_precision (double   value,
               int      precision,
               guint    above,
               Decimal *decimal)
{
  char text[WEFT_JSON_NUMBER_CHARS_MAX];
  char *exponent;
  guint64 digits = 0;

  g_ascii_formatd (text, sizeof text, (char[]) { '%', '.', '0' + precision / 10,
                   '0' + precision % 10, 'e', '\0' }, value);
  for (exponent = text; *exponent != 'e'; exponent++)
    if (*exponent != '.')
      digits = digits * 10 + (guint) (*exponent - '0');
  set_integer (decimal, digits + above, atoi (exponent + 1) - precision);

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT "e%d", digits + above,
              atoi (exponent + 1) - precision);
  return g_ascii_strtod (text, NULL) == value;
}

static void
format_by_trial (double   value,
                 Decimal *decimal)
{
  int exponent;
  gboolean is_power_of_two = frexp (value, &exponent) == 0.5;
  gboolean is_normal = isnormal (value);

  /* Every decimal of 15 digits survives a normal double, so fewer need not be tried. */
  for (int precision = is_normal ? 14 : 0; precision < DIGITS_MAX - 1; precision++)
    {
      if (try_precision (value, precision, 0, decimal))
        return;
      /* The nearest one is just too far below, where doubles are denser; one above may be near. */
      if (is_power_of_two && is_normal && try_precision (value, precision, 1, decimal))
        return;
    }
  try_precision (value, DIGITS_MAX - 1, 0, decimal);
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

static char *
put_decimal (char          *at,
             const Decimal *decimal)
{
  const char *digits = decimal->digits;
  int n_digits = (int) decimal->n_digits;
  int point = decimal->point;

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
  char *at = text;
  Decimal decimal;
  double size = fabs (value);

  g_assert (isfinite (value));

  if (value < 0)
    *at++ = '-';
  if (size == 0)
    *at++ = '0';
  else
    {
      if (size <= WEFT_LIMIT_INTEGER_MAX && size == trunc (size))
        set_integer (&decimal, (guint64) size, 0);
      else if (!format_exactly (size, &decimal))
        format_by_trial (size, &decimal);
      at = put_decimal (at, &decimal);
    }
  *at = '\0';
  return at - text;
}
