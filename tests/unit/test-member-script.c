/* test-member-script.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-script.h"

#define N_RUNS 120
#define N_BYTES 600

static void
test_random (void)
{
  g_test_summary ("Any order of events, lies and faults: no promise is broken, nothing is owed.");

  for (guint run = 0; run < N_RUNS; run++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (run);
      guint8 data[N_BYTES];

      g_test_message ("seed %u", run);
      for (guint i = 0; i < N_BYTES; i++)
        data[i] = g_rand_int (rand) >> 24;
      member_script_run (data, N_BYTES);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/script/random", test_random);

  return g_test_run ();
}
