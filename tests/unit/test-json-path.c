/* test-json-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-tape-private.h"

static void
test_path_names_place (void)
{
  const WeftJsonPath operations = { NULL, "operations", 0 };
  const WeftJsonPath first = { &operations, NULL, 0 };
  const WeftJsonPath pend = { &first, "pend", 0 };
  g_autoptr (WeftTape) tape = weft_tape_read_text ("{\"rev\":\"7\"}", 11, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gint64 rev;

  g_test_summary ("An error names the member by its path, what was expected and what came.");

  g_assert_false (weft_item_require_integer (weft_tape_get_root (tape), "rev", &pend, 1,
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/path/names-place", test_path_names_place);
  g_test_add_func ("/json/path/names", test_path_names);

  return g_test_run ();
}
