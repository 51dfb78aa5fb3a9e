/* test-tape-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-limits.h"
#include "weft-tape-private.h"

static void
check_integer (const char *text,
               gint64      min,
               gint64      max,
               const char *message)
{
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, strlen (text), NULL, NULL);
  const WeftItem *root = weft_tape_get_root (tape);
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_false (weft_item_get_integer (root, NULL, min, max, &value, &error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_tape_path_integers (void)
{
  g_autoptr (WeftTape) seven = weft_tape_read_text ("7.0", 3, NULL, NULL);
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

  g_assert_true (weft_item_get_integer (weft_tape_get_root (seven), NULL, 7, 7, &value, NULL));
  g_assert_cmpint (value, ==, 7);
}

static void
test_tape_path_members (void)
{
  static const char text[] = "{\"s\":\"x\",\"n\":1,\"o\":{},\"a\":[],\"z\":null,\"t\":true}";
  static const char *const known[] = { "s", "n", "o", "a", "z", "t", "more", NULL };
  static const char *const some[] = { "s", "n", "o", "z", NULL };
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, strlen (text), NULL, NULL);
  const WeftItem *object = weft_tape_get_root (tape);
  const WeftJsonPath at = { NULL, "at", 0 };
  g_autoptr (GError) error = NULL;
  const char *string = "";
  gboolean boolean = FALSE;
  gint64 integer = 0;

  g_test_summary ("Required members must be there, optional ones may be absent but not wrong.");

  g_assert_cmpstr (weft_item_require_string (object, "s", &at, NULL), ==, "x");
  g_assert_null (weft_item_require_string (object, "none", &at, &error));
  g_assert_cmpstr (error->message, ==, "at.none: expected a string, got nothing");
  g_clear_error (&error);
  g_assert_null (weft_item_require_member (object, "none", NULL, &error));
  g_assert_cmpstr (error->message, ==, "none: expected a value, got nothing");
  g_clear_error (&error);
  g_assert_true (weft_item_optional_string (object, "none", &at, &string, NULL));
  g_assert_null (string);
  g_assert_false (weft_item_optional_string (object, "z", &at, &string, &error));
  g_assert_cmpstr (error->message, ==, "at.z: expected a string, got null");
  g_clear_error (&error);
  g_assert_true (weft_item_optional_integer (object, "none", &at, 0, 9, 5, &integer, NULL));
  g_assert_cmpint (integer, ==, 5);
  g_assert_false (weft_item_optional_integer (object, "o", &at, 0, 9, 5, &integer, &error));
  g_assert_cmpstr (error->message, ==, "at.o: expected an integer from 0 to 9, got an object");
  g_clear_error (&error);
  g_assert_false (weft_item_require_integer (object, "none", &at, 0, 9, &integer, &error));
  g_assert_cmpstr (error->message, ==, "at.none: expected an integer from 0 to 9, got nothing");
  g_clear_error (&error);
  g_assert_true (weft_item_optional_boolean (object, "t", &at, FALSE, &boolean, NULL));
  g_assert_true (boolean);
  g_assert_false (weft_item_optional_boolean (object, "n", &at, FALSE, &boolean, &error));
  g_assert_cmpstr (error->message, ==, "at.n: expected a boolean, got a number");
  g_clear_error (&error);
  g_assert_null (weft_item_get_object (weft_item_find (object, "a"), &at, &error));
  g_assert_cmpstr (error->message, ==, "at: expected an object, got an array");
  g_clear_error (&error);
  g_assert_null (weft_item_get_array (weft_item_find (object, "s"), &at, &error));
  g_assert_cmpstr (error->message, ==, "at: expected an array, got a string");
  g_clear_error (&error);
  g_assert_true (weft_item_check_members (object, known, &at, NULL));
  g_assert_false (weft_item_check_members (object, some, &at, &error));
  g_assert_cmpstr (error->message, ==, "at.a: expected no such member");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tape/path/integers", test_tape_path_integers);
  g_test_add_func ("/tape/path/members", test_tape_path_members);

  return g_test_run ();
}
