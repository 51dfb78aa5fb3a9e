/* test-json-number.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-error.h"
#include "weft-json-number-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"

static double
from_bits (guint64 bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static void
test_number_rfc8785 (void)
{
  static const struct
  {
    guint64 bits;
    const char *text;
  } cases[] = {
    { 0x0000000000000000, "0" },
    { 0x8000000000000000, "0" },
    { 0x0000000000000001, "5e-324" },
    { 0x8000000000000001, "-5e-324" },
    { 0x7fefffffffffffff, "1.7976931348623157e+308" },
    { 0xffefffffffffffff, "-1.7976931348623157e+308" },
    { 0x4340000000000000, "9007199254740992" },
    { 0xc340000000000000, "-9007199254740992" },
    { 0x4430000000000000, "295147905179352830000" },
    { 0x44b52d02c7e14af5, "9.999999999999997e+22" },
    { 0x44b52d02c7e14af6, "1e+23" },
    { 0x44b52d02c7e14af7, "1.0000000000000001e+23" },
    { 0x444b1ae4d6e2ef4e, "999999999999999700000" },
    { 0x444b1ae4d6e2ef4f, "999999999999999900000" },
    { 0x444b1ae4d6e2ef50, "1e+21" },
    { 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
    { 0x3eb0c6f7a0b5ed8d, "0.000001" },
    { 0x41b3de4355555553, "333333333.3333332" },
    { 0x41b3de4355555554, "333333333.33333325" },
    { 0x41b3de4355555555, "333333333.3333333" },
    { 0x41b3de4355555556, "333333333.3333334" },
    { 0x41b3de4355555557, "333333333.33333343" },
    { 0xbecbf647612f3696, "-0.0000033333333333333333" },
    { 0x43143ff3c1cb0959, "1424953923781206.2" },
  };

  g_test_summary ("The numbers of RFC 8785, appendix B, print as in its table.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char text[WEFT_JSON_NUMBER_CHARS_MAX];
      gsize length = weft_json_format_double (from_bits (cases[i].bits), text);

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpuint (length, ==, strlen (cases[i].text));
    }
}

/* Fewer digits than printed must not do, and the printed ones must. */
static void
check_shortest (double value)
{
  char text[WEFT_JSON_NUMBER_CHARS_MAX];
  char shorter[64];
  guint n_read = 0;
  guint n_digits = 0;

  weft_json_format_double (value, text);
  g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, value);

  /* Zeros in front and behind only say where the point is. */
  for (const char *at = text + strspn (text, "-0."); *at != '\0' && *at != 'e'; at++)
    {
      n_read += *at != '.';
      if (*at != '0' && *at != '.')
        n_digits = n_read;
    }
  if (n_digits < 2 || n_digits > 17)
    return;
  g_snprintf (shorter, sizeof shorter, "%.*e", (int) n_digits - 2, value);
  g_assert_cmpfloat (g_ascii_strtod (shorter, NULL), !=, value);
}

static void
test_number_powers_of_two (void)
{
  g_test_summary ("Powers of two and their neighbours, where doubles change density, round trip.");

  for (int exponent = -1074; exponent <= 1023; exponent++)
    {
      double value = ldexp (1, exponent);

      check_shortest (nextafter (value, 0) > 0 ? nextafter (value, 0) : value);
      check_shortest (nextafter (value, INFINITY));
      check_shortest (value);
    }
}

static void
test_number_boundary (void)
{
  char text[WEFT_JSON_NUMBER_CHARS_MAX];

  g_test_summary ("Just below a power of two the nearest short decimal may be out of reach.");

  /* The nearest decimals of 16 digits do not read back, those one above them do. */
  weft_json_format_double (ldexp (1, -44), text);
  g_assert_cmpstr (text, ==, "5.684341886080802e-14");
  weft_json_format_double (ldexp (1, -1022), text);
  g_assert_cmpstr (text, ==, "2.2250738585072014e-308");
  weft_json_format_double (9007199254740990.0, text);
  g_assert_cmpstr (text, ==, "9007199254740990");
}

static void
test_number_reads_as_strtod (void)
{
  guint64 state = 88172645463325252;

  g_test_summary ("Decimals with 1 to 20 digits and small exponents read as strtod() reads them.");

  for (guint i = 0; i < 200000; i++)
    {
      char text[64];
      const char *at = text;
      WeftJsonNumber number;
      guint64 digits;

      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      digits = state >> (i % 60);
      g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT ".%ue%d", digits, (guint) (state % 1000),
                  (int) (state / 1000 % 45) - 25);
      if (weft_json_read_number (&at, &number) == NULL)
        {
          g_assert_cmpfloat (number.real, ==, g_ascii_strtod (text, NULL));
          g_assert_cmpint (*at, ==, '\0');
        }
      else
        g_assert_false (weft_json_is_writable (g_ascii_strtod (text, NULL)));
    }
}

static void
test_number_kinds (void)
{
  static const char *const integers[] = { "100", "100.0", "1e2", "1.0E+2", "1000e-1" };

  g_test_summary ("A number is an integer by its value, not by its spelling.");

  for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
    {
      g_autoptr (JsonNode) node = weft_json_parse (integers[i], -1, NULL);

      g_assert_cmpint (json_node_get_value_type (node), ==, G_TYPE_INT64);
      g_assert_cmpint (json_node_get_int (node), ==, 100);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/number/rfc8785", test_number_rfc8785);
  g_test_add_func ("/json/number/powers-of-two", test_number_powers_of_two);
  g_test_add_func ("/json/number/boundary", test_number_boundary);
  g_test_add_func ("/json/number/reads-as-strtod", test_number_reads_as_strtod);
  g_test_add_func ("/json/number/kinds", test_number_kinds);

  return g_test_run ();
}
