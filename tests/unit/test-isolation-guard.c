/* test-isolation-guard.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-isolation-guard-private.h"

#define SECOND G_USEC_PER_SEC

static void
test_table (void)
{
  /* Each row differs from the one below in one fact: whoever stands higher goes first. */
  static const struct
  {
    WeftIsolationFacts facts;
    WeftIsolation expected;
    gboolean is_allowed;
    const char *name;
  } table[] = {
    { { FALSE, TRUE, TRUE, TRUE, 1, 99 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_NOT_ALONE, TRUE, "connected" },
    { { FALSE, FALSE, TRUE, TRUE, 0, 99 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_OFF, FALSE, "off" },
    { { TRUE, FALSE, TRUE, TRUE, 0, 99 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_NEW, TRUE, "new" },
    { { TRUE, TRUE, TRUE, TRUE, 0, 99 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_PARTITION, FALSE, "partition" },
    { { TRUE, TRUE, FALSE, TRUE, 0, 99 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_SHRUNK, FALSE, "shrunk" },
    { { TRUE, TRUE, FALSE, FALSE, 0, 99 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_GRACE, FALSE, "grace" },
    { { TRUE, TRUE, FALSE, FALSE, 0, 70 * SECOND + 1, 100 * SECOND },
      WEFT_ISOLATION_GRACE, FALSE, "grace" },
    { { TRUE, TRUE, FALSE, FALSE, 0, 70 * SECOND, 100 * SECOND },
      WEFT_ISOLATION_EXTENDED, TRUE, "extended" },
    { { TRUE, TRUE, FALSE, FALSE, 0, -1, 100 * SECOND },
      WEFT_ISOLATION_EXTENDED, TRUE, "extended" },
  };

  g_test_summary ("What is asked first decides, and each border is where the page says.");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      WeftIsolation state = weft_isolation_judge (&table[i].facts);

      g_assert_cmpint (state, ==, table[i].expected);
      g_assert_true (weft_isolation_allows (state) == table[i].is_allowed);
      g_assert_cmpstr (weft_isolation_to_name (state), ==, table[i].name);
      g_assert_true (g_str_has_suffix (weft_isolation_explain (state), "."));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/isolation-guard/table", test_table);

  return g_test_run ();
}
