/* test-sim-history-bugs.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "buggy-clients.h"

/* How soon the checker of histories finds each of a number of bugs. */

/* Each bug must show within so many histories of about a hundred operations. */
#define HISTORIES_MAX 25

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_RIGHT 100
#else
#define N_RIGHT 1000
#endif

static void
test_nothing (void)
{
  guint64 n_operations = 0;

  g_test_summary ("Without a bug there is never a violation.");

  for (guint seed = 1; seed <= N_RIGHT; seed++)
    {
      g_autoptr (WeftSimHistory) history = buggy_clients_run (seed, BUGGY_NOTHING);

      g_assert_cmpstr (weft_sim_history_get_words (history), ==, NULL);
      n_operations += weft_sim_history_get_n_operations (history);
    }
  g_assert_cmpuint (n_operations, >, 60 * N_RIGHT);
}

static void
test_bug (gconstpointer user_data)
{
  BuggyBug bug = GPOINTER_TO_UINT (user_data);
  guint64 n_operations = 0;

  g_test_summary (buggy_bug_get_name (bug));

  for (guint seed = 1; seed <= HISTORIES_MAX; seed++)
    {
      g_autoptr (WeftSimHistory) history = buggy_clients_run (seed, bug);
      const char *words = weft_sim_history_get_words (history);

      n_operations += weft_sim_history_get_n_operations (history);
      if (words == NULL)
        continue;
      g_test_message ("%-52s found after %2u histories, %5" G_GUINT64_FORMAT " operations: %s",
                      buggy_bug_get_name (bug), seed, n_operations, words);
      return;
    }
  g_test_fail_printf ("not found within %d histories", HISTORIES_MAX);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim-history-bugs/nothing", test_nothing);
  for (guint bug = BUGGY_NOTHING + 1; bug < BUGGY_N; bug++)
    {
      g_autofree char *path = g_strdup_printf ("/sim-history-bugs/%02u", bug);

      g_test_add_data_func (path, GUINT_TO_POINTER (bug), test_bug);
    }

  return g_test_run ();
}
