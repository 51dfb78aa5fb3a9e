/* test-sim-buggify.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-buggify-private.h"

#include <weft-sim.h>

static WeftSimRun *
perform (const char *buggify,
         guint64     seed)
{
  g_autofree char *text = g_strdup_printf (
    "{\"name\":\"s\",\"summary\":\"A story.\",\"duration\":\"5 s\",\"buggify\":%s,"
    "\"workload\":{\"rate\":20,\"blocks\":3},\"timeline\":[{\"fault\":\"kill\",\"at\":\"1 s\"}]}",
    buggify);
  g_autoptr(WeftSimScenario) scenario = weft_sim_scenario_new_from_text (text, -1, NULL);
  WeftSimRun *run = weft_sim_run_new (scenario, seed);

  g_assert_cmpint (weft_sim_run_perform (run), ==, WEFT_SIM_VERDICT_PASS);

  return run;
}

/* The counters that begin with `buggify-`: how many there are, and their sum. */
static guint64
count (WeftSimRun *run,
       guint      *n_points)
{
  g_autoptr(GVariant) counters = weft_sim_world_get_counters (weft_sim_run_get_world (run));
  GVariantIter iter;
  const char *name;
  guint64 number;
  guint64 sum = 0;

  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_loop (&iter, "{&st}", &name, &number))
    if (g_str_has_prefix (name, "buggify-"))
      {
        sum += number;
        (*n_points)++;
      }

  return sum;
}

static void
test_rare_paths (void)
{
  guint n_points = 0;

  g_test_summary ("Rare things become common, and a seed is a run for all that");

  if (!weft_buggify_is_built ())
    {
      g_test_skip ("the library is built without such points");
      return;
    }
  for (guint64 seed = 1; seed <= 8; seed++)
    {
      g_autoptr(WeftSimRun) run = perform ("0.2", seed);
      g_autoptr(WeftSimRun) same = perform ("0.2", seed);

      count (run, &n_points);
      g_assert_cmpuint (weft_sim_world_get_hash (weft_sim_run_get_world (run)), ==,
                        weft_sim_world_get_hash (weft_sim_run_get_world (same)));
    }
  g_assert_cmpuint (n_points, >, 8);
}

static void
test_off (void)
{
  g_autoptr(WeftSimRun) run = NULL;
  guint n_points = 0;

  g_test_summary ("Nothing rare happens in a world that does not want it, nor outside of any");

  run = perform ("0", 1);
  g_assert_cmpuint (count (run, &n_points), ==, 0);
  g_assert_cmpuint (n_points, ==, 0);
  g_assert_false (weft_sim_buggify ("block-cache-misses"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buggify/rare-paths", test_rare_paths);
  g_test_add_func ("/buggify/off", test_off);

  return g_test_run ();
}
