/* test-json-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"

static void
test_path_names_place (void)
{
  const WeftJsonPath operations = { NULL, "operations", 0 };
  const WeftJsonPath first = { &operations, NULL, 0 };
  const WeftJsonPath pend = { &first, "pend", 0 };
  g_autoptr (JsonNode) node = weft_json_parse ("{\"rev\":\"7\"}", -1, NULL);
  g_autoptr (GError) error = NULL;
  gint64 rev;

  g_test_summary ("An error names the member by its path, what was expected and what came.");

  g_assert_false (weft_json_require_integer (json_node_get_object (node), "rev", &pend, 1,
                                             WEFT_LIMIT_INTEGER_MAX, &rev, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "operations[0].pend.rev: expected a positive integer, got a string");
}

static void
test_path_names (void)
{
  static const struct
  {
    const char *name;
    const char *text;
  } cases[] = {
    { "rev", "rev" },
    { "a-b_C9", "a-b_C9" },
    { "", "[\"\"]" },
    { "addresses/ann", "[\"addresses/ann\"]" },
    { "\033[2J\n\"", "[\"\357\277\275[2J\357\277\275\357\277\275\"]" },
    { "\377", "[\"\357\277\275\"]" },
    { "1234567890123456789012345678901234567890123456789012345678901234567890",
      "[\"1234567890123456789012345678901234567890123456789012345678901234…\"]" },
  };

  g_test_summary ("A name that a peer chose cannot disturb a terminal or fill a log.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WeftJsonPath path = { NULL, cases[i].name, 0 };
      g_autofree char *text = weft_json_path_to_string (&path);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
check_integer (const char *text,
               gint64      min,
               gint64      max,
               const char *message)
{
  g_autoptr (JsonNode) node = weft_json_parse (text, -1, NULL);
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_false (weft_json_get_integer (node, NULL, min, max, &value, &error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_path_integers (void)
{
  g_autoptr (JsonNode) real = json_node_init_double (json_node_alloc (), 7.0);
  gint64 value = 0;

  g_test_summary ("A range is said in words where there are some, and both ends are in it.");

  check_integer ("0", 1, WEFT_LIMIT_INTEGER_MAX, "expected a positive integer, got 0");
  check_integer ("-1", 0, WEFT_LIMIT_INTEGER_MAX, "expected a non-negative integer, got -1");
  check_integer ("1.5", -WEFT_LIMIT_INTEGER_MAX, WEFT_LIMIT_INTEGER_MAX,
                 "expected an integer, got a number");
  check_integer ("101", 1, 100, "expected an integer from 1 to 100, got 101");
  check_integer ("4", 5, WEFT_LIMIT_INTEGER_MAX, "expected an integer of at least 5, got 4");
  check_integer ("null", 1, WEFT_LIMIT_INTEGER_MAX, "expected a positive integer, got null");
  check_integer ("true", 1, WEFT_LIMIT_INTEGER_MAX, "expected a positive integer, got a boolean");

  g_assert_true (weft_json_get_integer (real, NULL, 7, 7, &value, NULL));
  g_assert_cmpint (value, ==, 7);
}

static void
test_path_members (void)
{
  g_autoptr (JsonNode) node =
    weft_json_parse ("{\"s\":\"x\",\"n\":1,\"o\":{},\"a\":[],\"z\":null,\"t\":true}", -1, NULL);
  JsonObject *object = json_node_get_object (node);
  const WeftJsonPath at = { NULL, "at", 0 };
  g_autoptr (GError) error = NULL;
  const char *string = "";
  gboolean boolean = FALSE;
  gint64 integer = 0;

  g_test_summary ("Required members must be there, optional ones may be absent but not wrong.");

  g_assert_cmpstr (weft_json_require_string (object, "s", &at, NULL), ==, "x");
  g_assert_null (weft_json_require_string (object, "none", &at, &error));
  g_assert_cmpstr (error->message, ==, "at.none: expected a string, got nothing");
  g_clear_error (&error);
  g_assert_null (weft_json_require_member (object, "none", NULL, &error));
  g_assert_cmpstr (error->message, ==, "none: expected a value, got nothing");
  g_clear_error (&error);
  g_assert_true (weft_json_optional_string (object, "none", &at, &string, NULL));
  g_assert_null (string);
  g_assert_false (weft_json_optional_string (object, "z", &at, &string, &error));
  g_assert_cmpstr (error->message, ==, "at.z: expected a string, got null");
  g_clear_error (&error);
  g_assert_true (weft_json_optional_integer (object, "none", &at, 0, 9, 5, &integer, NULL));
  g_assert_cmpint (integer, ==, 5);
  g_assert_false (weft_json_optional_integer (object, "o", &at, 0, 9, 5, &integer, &error));
  g_assert_cmpstr (error->message, ==, "at.o: expected an integer from 0 to 9, got an object");
  g_clear_error (&error);
  g_assert_false (weft_json_require_integer (object, "none", &at, 0, 9, &integer, &error));
  g_assert_cmpstr (error->message, ==, "at.none: expected an integer from 0 to 9, got nothing");
  g_clear_error (&error);
  g_assert_true (weft_json_optional_boolean (object, "t", &at, FALSE, &boolean, NULL));
  g_assert_true (boolean);
  g_assert_false (weft_json_optional_boolean (object, "n", &at, FALSE, &boolean, &error));
  g_assert_cmpstr (error->message, ==, "at.n: expected a boolean, got a number");
  g_clear_error (&error);
  g_assert_null (weft_json_get_object (json_object_get_member (object, "a"), &at, &error));
  g_assert_cmpstr (error->message, ==, "at: expected an object, got an array");
  g_clear_error (&error);
  g_assert_null (weft_json_get_array (json_object_get_member (object, "s"), &at, &error));
  g_assert_cmpstr (error->message, ==, "at: expected an array, got a string");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/path/names-place", test_path_names_place);
  g_test_add_func ("/json/path/names", test_path_names);
  g_test_add_func ("/json/path/integers", test_path_integers);
  g_test_add_func ("/json/path/members", test_path_members);

  return g_test_run ();
}
