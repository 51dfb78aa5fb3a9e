/* test-member-script.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-script.h"

#define N_RUNS 120
#define N_BYTES 600

static void
run (guint seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 data[N_BYTES];

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < N_BYTES; i++)
    data[i] = g_rand_int (rand) >> 24;
  member_script_run (data, N_BYTES);
}

static void
test_random (void)
{
  g_test_summary ("Any order of events, lies and faults: no promise is broken, nothing is owed.");

  for (guint seed = 0; seed < N_RUNS; seed++)
    run (seed);
}

static void
test_found (void)
{
  static const guint seeds[] = { 392, 749, 1102 };

  g_test_summary ("Seeds that once found something.");

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    run (seeds[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/script/random", test_random);
  g_test_add_func ("/member/script/found", test_found);

  return g_test_run ();
}
