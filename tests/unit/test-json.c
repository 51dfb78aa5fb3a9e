/* test-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"

static char *
rewrite (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_true (json_node_is_immutable (node));
  return weft_json_to_string (node);
}

static void
test_json_structure (void)
{
  g_autofree char *text = NULL;

  g_test_summary ("The example of RFC 8785, section 3.2.3, comes out as printed there.");

  text = rewrite ("{\n"
                  "  \"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, "
                  "0.000000000000000000000000001],\n"
                  "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
                  "  \"literals\": [null, true, false]\n"
                  "}");
  g_assert_cmpstr (text, ==,
                   "{\"literals\":[null,true,false],"
                   "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                   "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

static void
test_json_sorting (void)
{
  g_autofree char *text = NULL;

  g_test_summary ("Members are sorted by UTF-16 code units, as in RFC 8785, section 3.2.3.");

  text = rewrite ("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
                  "\"\\u0080\":6,\"\\u00f6\":7}");
  g_assert_cmpstr (text, ==,
                   "{\"\\r\":2,\"1\":4,\"\302\200\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\357\254\263\":3}");
}

static void
test_json_digest (void)
{
  g_autoptr (JsonNode) a = weft_json_parse ("{\"b\":1.0,\"a\":[]}", -1, NULL);
  g_autoptr (JsonNode) b = weft_json_parse (" { \"a\" : [ ] , \"b\" : 1 } ", -1, NULL);
  g_autofree char *digest = weft_json_digest (a);
  g_autofree char *other = weft_json_digest (b);
  g_autofree char *empty = weft_sha256_base64url ("", 0);

  g_test_summary ("Equal values have equal digests, however they were spelled.");

  g_assert_true (weft_json_equal (a, b));
  g_assert_cmpstr (digest, ==, other);
  g_assert_cmpstr (empty, ==, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/structure", test_json_structure);
  g_test_add_func ("/json/sorting", test_json_sorting);
  g_test_add_func ("/json/digest", test_json_digest);

  return g_test_run ();
}
