/* test-explorer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include <stdlib.h>

/* In every check; with -m slow the second numbers. */
#define CALM_SEEDS (g_test_slow () ? 2000 : 100)
#define STORMY_SEEDS (g_test_slow () ? 20000 : 300)
#define SAME_SEEDS (g_test_slow () ? 2000 : 40)

static const ExplorerSetting stormy = { .loss = 150, .duplicate = 100, .crash = 200,
                                        .store_failure = 5 };
static const ExplorerSetting calm = { .is_calm = TRUE };

static guint64
run (guint64                seed,
     const ExplorerSetting *setting,
     guint64               *n_steps,
     guint64               *n_decided)
{
  Explorer world;
  guint64 hash;

  explorer_run (&world, seed, setting);
  if (world.violation != NULL)
    g_error ("seed %" G_GUINT64_FORMAT " at %.3f s with %u members: %s: %s", seed,
             world.now_usec / 1e6, world.n_nodes, world.violation, world.story);
  hash = world.hash;
  *n_steps += world.n_steps;
  *n_decided += world.n_decided;
  explorer_clear (&world);

  return hash;
}

static void
explore (const ExplorerSetting *setting,
         guint64                from,
         guint64                n_seeds)
{
  guint64 n_steps = 0;
  guint64 n_decided = 0;
  gint64 begin = g_get_monotonic_time ();

  for (guint64 seed = from; seed < from + n_seeds; seed++)
    run (seed, setting, &n_steps, &n_decided);
  g_test_message ("%" G_GUINT64_FORMAT " seeds, %" G_GUINT64_FORMAT " steps, %" G_GUINT64_FORMAT
                  " decisions told, %.1f s", n_seeds, n_steps, n_decided,
                  (g_get_monotonic_time () - begin) / 1e6);
  g_assert_cmpuint (n_decided, >, n_seeds / 2);
}

static void
test_calm (void)
{
  g_test_summary ("Without faults, rivals of all kinds are settled.");

  explore (&calm, 1, CALM_SEEDS);
}

static void
test_stormy (void)
{
  g_test_summary ("Losses, repetitions, partitions, crashes, failing disks and lying members: "
                  "never two decisions, nothing forgotten, and all is resolved in the end.");

  explore (&stormy, 1, STORMY_SEEDS);
}

static void
test_deaths (void)
{
  guint64 n_steps = 0;
  guint64 n_decided = 0;
  guint n_runs = 0;

  g_test_summary ("One to three rivals; the first coordinator dies after each of its messages, or "
                  "a member after each of its writes.");

  for (guint n_nodes = 1; n_nodes <= 5; n_nodes++)
    for (guint n_rivals = 1; n_rivals <= 3; n_rivals++)
      for (guint when = 1; when <= 4 * n_nodes; when++)
        for (guint seed = 1; seed <= (g_test_slow () ? 20 : 1); seed++)
          {
            ExplorerSetting coordinator = { .is_calm = TRUE, .n_nodes = n_nodes,
                                            .n_rivals = n_rivals, .die_after_sends = when };
            ExplorerSetting member = { .is_calm = TRUE, .n_nodes = n_nodes, .n_rivals = n_rivals,
                                       .die_after_writes = when / n_nodes + 1,
                                       .dying_node = when % n_nodes };

            run (seed, &coordinator, &n_steps, &n_decided);
            run (seed, &member, &n_steps, &n_decided);
            n_runs += 2;
          }
  g_test_message ("%u runs, %" G_GUINT64_FORMAT " steps", n_runs, n_steps);
}

static void
test_same (void)
{
  g_test_summary ("The same seed is the same run.");

  for (guint64 seed = 1; seed <= (guint64) SAME_SEEDS; seed++)
    {
      guint64 ignored = 0;

      g_assert_cmpuint (run (seed, &stormy, &ignored, &ignored), ==,
                        run (seed, &stormy, &ignored, &ignored));
    }
}

/* --seeds FROM COUNT, --trace SEED: for hunting. */
static int
hunt (char **argv)
{
  ExplorerSetting setting = stormy;
  guint64 n_steps = 0;
  guint64 n_decided = 0;

  if (g_str_equal (argv[1], "--trace"))
    {
      setting.trace = 1;
      run (g_ascii_strtoull (argv[2], NULL, 10), &setting, &n_steps, &n_decided);
      return 0;
    }
  explore (&setting, g_ascii_strtoull (argv[2], NULL, 10), g_ascii_strtoull (argv[3], NULL, 10));

  return 0;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  if (argc >= 3 && (g_str_equal (argv[1], "--seeds") || g_str_equal (argv[1], "--trace")))
    return hunt (argv);
  g_test_add_func ("/explorer/calm", test_calm);
  g_test_add_func ("/explorer/stormy", test_stormy);
  g_test_add_func ("/explorer/deaths", test_deaths);
  g_test_add_func ("/explorer/same", test_same);

  return g_test_run ();
}
