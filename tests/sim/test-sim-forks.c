/* test-sim-forks.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft-sim.h>

#include "weft-sim-forks-private.h"

static void
test_forks (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
  g_autoptr(WeftSimForks) forks = weft_sim_forks_new (world);

  g_test_summary ("A revision of a block is one action, whoever has it, and however often it is "
                  "told; the first that differs is told in words.");

  weft_sim_forks_see (forks, "node-0", "b", 1, "x");
  weft_sim_forks_see (forks, "node-1", "b", 1, "x");
  weft_sim_forks_see (forks, "node-0", "b", 1, "x");
  weft_sim_forks_see (forks, "node-0", "b", 2, "y");
  weft_sim_forks_see (forks, "node-1", "c", 1, "y");
  g_assert_null (weft_sim_forks_get_words (forks));

  weft_sim_world_run_for (world, G_TIME_SPAN_SECOND);
  weft_sim_forks_see (forks, "node-2", "b", 2, "z");
  weft_sim_forks_see (forks, "node-3", "c", 1, "z");
  g_assert_cmpstr (weft_sim_forks_get_words (forks), ==,
                   "at 1.000000 s node-2 has action z as revision 2 of block “b”, and node-0 had "
                   "y");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/forks", test_forks);

  return g_test_run ();
}
