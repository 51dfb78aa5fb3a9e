/* test-explorer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include <signal.h>
#include <stdlib.h>

/* In every check; with -m slow the second numbers. */
#define CALM_SEEDS (g_test_slow () ? 2000 : 100)
#define STORMY_SEEDS (g_test_slow () ? 20000 : 300)
#define SAME_SEEDS (g_test_slow () ? 2000 : 40)

static const ExplorerSetting stormy = { .loss = 150, .duplicate = 100, .crash = 200,
                                        .store_failure = 5 };
static const ExplorerSetting calm = { .is_calm = TRUE };

/* Of many seeds. */
typedef struct
{
  guint64 n_steps;
  guint64 n_decided;
  guint64 n_reads;
  guint64 n_attacks;
  guint64 n_foreign;
  guint64 n_not_admitted;
  guint64 n_moves;
  guint64 n_moved;
  guint64 n_changes;
  guint64 n_joined;
  guint64 n_parted;
  guint64 n_carried;
  guint64 n_again;
  guint64 n_chains;
  guint64 n_chained;
} Sums;

/* For the seed at which an assertion of the library fails. */
static guint64 seed_now;

static guint64
run (guint64                seed,
     const ExplorerSetting *setting,
     Sums                  *sums)
{
  Explorer world;
  guint64 hash;

  seed_now = seed;
  explorer_run (&world, seed, setting);
  if (world.violation != NULL)
    g_error ("seed %" G_GUINT64_FORMAT " at %.3f s with %u members: %s: %s", seed,
             world.now_usec / 1e6, world.n_nodes, world.violation, world.story);
  hash = world.hash;
  sums->n_steps += world.n_steps;
  sums->n_decided += world.n_decided;
  sums->n_reads += world.n_reads;
  sums->n_attacks += world.n_attacks;
  sums->n_foreign += world.n_foreign;
  sums->n_not_admitted += world.n_not_admitted;
  sums->n_moves += world.n_moves;
  sums->n_moved += world.n_moved;
  sums->n_changes += world.n_changes;
  sums->n_joined += world.n_joined;
  sums->n_parted += world.n_parted;
  sums->n_carried += world.n_carried;
  sums->n_again += world.n_again;
  sums->n_chains += world.n_chains;
  sums->n_chained += world.n_chained;
  explorer_clear (&world);

  return hash;
}

static void
tell (const Sums *sums,
      guint64     from,
      guint64     n_seeds,
      gint64      begin_usec)
{
  const struct
  {
    guint64 n;
    const char *words;
  } told[] = {
    { sums->n_steps, "steps" },
    { sums->n_decided, "decisions told" },
    { sums->n_reads, "blocks read" },
    { sums->n_attacks, "attacks" },
    { sums->n_foreign, "records of other peers" },
    { sums->n_not_admitted, "not admitted" },
    { sums->n_changes, "changes of clusters" },
    { sums->n_moves, "moves" },
    { sums->n_moved, "of them done" },
    { sums->n_joined, "groups decided" },
    { sums->n_parted, "given up" },
    { sums->n_carried, "contents taken from requests" },
    { sums->n_again, "put again" },
    { sums->n_chains, "chains decided" },
    { sums->n_chained, "commits behind their heads" },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " %s, ", told[i].n, told[i].words);
  g_test_message ("seeds %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ": %s%.1f s", from,
                  from + n_seeds - 1, text->str, (g_get_monotonic_time () - begin_usec) / 1e6);
}

static void
explore (const ExplorerSetting *setting,
         guint64                from,
         guint64                n_seeds)
{
  Sums sums = { 0 };
  gint64 begin = g_get_monotonic_time ();

  for (guint64 seed = from; seed < from + n_seeds; seed++)
    run (seed, setting, &sums);
  tell (&sums, from, n_seeds, begin);
  g_assert_cmpuint (sums.n_decided, >, n_seeds / 2);
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
test_found_again (void)
{
  static const guint64 seeds[] = { 51022941, 51028430, 51061051, 53081072,
                                   514008145 };
  ExplorerSetting setting = stormy;
  Sums sums = { 0 };

  g_test_summary ("Seeds that found something since actions are put again.");
  setting.is_unchained = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    run (seeds[i], &setting, &sums);
}

static void
test_found (void)
{
  static const guint64 seeds[] = { 1004900, 1068108, 100208, 101154, 2459, 103949, 214064,
                                   305808, 623277 };
  ExplorerSetting setting = stormy;
  Sums sums = { 0 };

  g_test_summary ("Seeds that once found something, when no action was put again yet.");
  setting.is_once = setting.is_unchained = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    run (seeds[i], &setting, &sums);
}

static void
test_found_chains (void)
{
  static const guint64 seeds[] = { 38, 514, 1963, 610012707, 700005713, 710004730,
                                   720002208, 740013335 };
  Sums sums = { 0 };

  g_test_summary ("Seeds that found something since there are chains.");

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    run (seeds[i], &stormy, &sums);
}

static void
test_same (void)
{
  g_test_summary ("The same seed is the same run.");

  for (guint64 seed = 1; seed <= (guint64) SAME_SEEDS; seed++)
    {
      Sums sums = { 0 };

      g_assert_cmpuint (run (seed, &stormy, &sums), ==, run (seed, &stormy, &sums));
    }
}

static void
tell_seed (int number)
{
  g_printerr ("seed %" G_GUINT64_FORMAT "\n", seed_now);
}

/* --seeds FROM COUNT, --trace SEED, --unchained FROM COUNT: for hunting. */
static int
hunt (char **argv)
{
  ExplorerSetting setting = stormy;
  Sums sums = { 0 };

  signal (SIGABRT, tell_seed);
  if (g_str_equal (argv[1], "--trace"))
    {
      setting.trace = 1;
      run (g_ascii_strtoull (argv[2], NULL, 10), &setting, &sums);
      return 0;
    }
  setting.is_unchained = g_str_equal (argv[1], "--unchained");
  explore (&setting, g_ascii_strtoull (argv[2], NULL, 10), g_ascii_strtoull (argv[3], NULL, 10));

  return 0;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  if (argc >= 3 && (g_str_equal (argv[1], "--seeds") || g_str_equal (argv[1], "--trace") ||
                    g_str_equal (argv[1], "--unchained")))
    return hunt (argv);
  g_test_add_func ("/explorer/calm", test_calm);
  g_test_add_func ("/explorer/stormy", test_stormy);
  g_test_add_func ("/explorer/found", test_found);
  g_test_add_func ("/explorer/found-again", test_found_again);
  g_test_add_func ("/explorer/found-chains", test_found_chains);
  g_test_add_func ("/explorer/same", test_same);

  return g_test_run ();
}
