/* test-error.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"

static void
test_error_names (void)
{
  g_test_summary ("Every code has a name of its own that leads back to it.");

  for (guint code = WEFT_ERROR_FAILED; code <= WEFT_ERROR_MISSING_BASE; code++)
    g_assert_cmpint (weft_error_from_name (weft_error_to_name (code)), ==, code);
  g_assert_cmpstr (weft_error_to_name (WEFT_ERROR_TOO_LARGE), ==, "too-large");
  g_assert_cmpint (weft_error_from_name ("from-the-future"), ==, WEFT_ERROR_FAILED);
}

static void
test_error_retryable (void)
{
  g_test_summary ("A retry can help where the world may change, not where the input is wrong.");

  g_assert_true (weft_error_is_retryable (WEFT_ERROR_UNAVAILABLE));
  g_assert_false (weft_error_is_retryable (WEFT_ERROR_INVALID));
  g_assert_false (weft_error_is_retryable (WEFT_ERROR_INDETERMINATE));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error/names", test_error_names);
  g_test_add_func ("/error/retryable", test_error_retryable);

  return g_test_run ();
}
