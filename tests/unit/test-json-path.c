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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/path/names-place", test_path_names_place);

  return g_test_run ();
}
