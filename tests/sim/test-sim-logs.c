/* test-sim-logs.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-logs-private.h"

/* Puts the first revisions of a block into the log of a node, of which `other` is of another
 * action when it is not 0. */
static void
fill (WeftSimLogs *logs,
      guint        node,
      guint        key,
      gint64       n_revisions,
      gint64       other)
{
  for (gint64 rev = 1; rev <= n_revisions; rev++)
    {
      WeftSimSighting sighting = { .block = key, .rev = rev, .action = rev, .value = 10 * rev };

      if (rev == other)
        sighting.action = 99;
      weft_sim_logs_add (logs, node, key, &sighting);
    }
}

static void
test_collect (void)
{
  g_autoptr(WeftSimLogs) logs = weft_sim_logs_new (3, 2);
  const struct
  {
    guint n_least;
    guint n_kept;
  } cases[] = { { 1, 6 }, { 2, 5 }, { 3, 1 }, { 4, 0 } };

  g_test_summary ("What counts is what enough nodes have, each revision once");

  fill (logs, 0, 0, 1, 0);
  fill (logs, 1, 0, 3, 0);
  fill (logs, 2, 0, 2, 0);
  fill (logs, 0, 1, 3, 0);
  fill (logs, 2, 1, 3, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) kept = weft_sim_logs_collect (logs, cases[i].n_least);

      g_assert_cmpuint (kept->len, ==, cases[i].n_kept);
    }
  g_assert_null (weft_sim_logs_find_fork (logs));
}

static void
test_fork (void)
{
  g_autoptr(WeftSimLogs) logs = weft_sim_logs_new (3, 1);
  g_autoptr(GArray) kept = NULL;
  g_autofree char *words = NULL;

  g_test_summary ("Two nodes that differ in a revision are a fork, and neither has enough with it");

  fill (logs, 0, 0, 3, 0);
  fill (logs, 2, 0, 3, 2);
  words = weft_sim_logs_find_fork (logs);
  g_assert_cmpstr (words, ==, "nodes 0 and 2 have different revisions 2 of block 0");
  kept = weft_sim_logs_collect (logs, 2);
  g_assert_cmpuint (kept->len, ==, 2);
}

static void
test_difference (void)
{
  g_autoptr(WeftSimLogs) logs = weft_sim_logs_new (3, 2);
  static const gboolean first_two[] = { TRUE, TRUE, FALSE };
  static const gboolean last[] = { FALSE, FALSE, TRUE };
  static const gboolean last_two[] = { FALSE, TRUE, TRUE };
  g_autofree char *words = NULL;

  g_test_summary ("Nodes that should have come to the same end are compared, and no others");

  fill (logs, 0, 0, 1, 0);
  fill (logs, 1, 0, 1, 0);
  fill (logs, 0, 1, 4, 0);
  fill (logs, 1, 1, 4, 0);
  fill (logs, 2, 1, 3, 0);
  g_assert_null (weft_sim_logs_find_difference (logs, first_two));
  g_assert_null (weft_sim_logs_find_difference (logs, last));
  words = weft_sim_logs_find_difference (logs, last_two);
  g_assert_cmpstr (words, ==,
                   "of block number 0 node 1 has all up to revision 1 and node 2 up to 0");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/logs/enough-nodes-have-it", test_collect);
  g_test_add_func ("/logs/forks-are-found", test_fork);
  g_test_add_func ("/logs/differences-are-found", test_difference);

  return g_test_run ();
}
