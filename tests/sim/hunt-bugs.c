/* hunt-bugs.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Runs scenarios with one bug at a time in the library, and tells after how many seeds and seconds
 * a checker noticed, and what it said. Without a bug the same runs have to pass. */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <weft-sim.h>

#include "weft-bug-private.h"

/* What a bug is to be seen by: bits of violations, and of what is not one. */
#define BIT(violation) (1u << WEFT_SIM_VIOLATION_##violation)
#define UNDECIDED (1u << 31)

typedef struct
{
  WeftBug bug;
  const char *scenario;
  guint seeds_max; /* it has to be found within so many */
  guint verdicts;  /* and by one of these */
} Hunt;

static const Hunt hunts[] = {
  { WEFT_BUG_COMMIT_NOT_DURABLE, "crash-before-sync", 5, BIT (REGRESS) | BIT (LOST) },
  { WEFT_BUG_READ_NOT_DURABLE, "crash-before-sync", 20,
    BIT (REGRESS) | BIT (LOST) | BIT (TORN) | BIT (FAILED_SEEN) },
  { WEFT_BUG_OLDEST_BATCH_AWAITED, "crash-before-sync", 60,
    BIT (REGRESS) | BIT (LOST) | BIT (TORN) },
  { WEFT_BUG_FAILED_BATCH_ACKNOWLEDGED, "failing-disk", 5,
    BIT (REGRESS) | BIT (LOST) | BIT (LOST_UPDATE) },
  { WEFT_BUG_FAILED_BATCH_READ, "failing-disk", 20,
    BIT (REGRESS) | BIT (TORN) | BIT (FAILED_SEEN) },
  { WEFT_BUG_FAILED_PEND_ACKNOWLEDGED, "failing-disk", 5, BIT (FORGOTTEN) },
  { WEFT_BUG_LATEST_IGNORED, "lossy-link", 5, BIT (CONTENT) | BIT (LOST_UPDATE) },
  { WEFT_BUG_BASE_IGNORED, "lossy-link", 5, BIT (LOST_UPDATE) },
  { WEFT_BUG_OTHER_BASES_IGNORED, "lossy-link", 5,
    BIT (LOST_UPDATE) | BIT (CONTENT) | BIT (NOT_ABOVE) },
  { WEFT_BUG_OTHER_BLOCKS_DROPPED, "lossy-link", 5, BIT (REGRESS) | BIT (TORN) },
  { WEFT_BUG_COMMIT_IN_PARTS, "several-stores", 60,
    BIT (TORN) | BIT (FAILED_SEEN) | BIT (CONTENT) },
  { WEFT_BUG_RETRY_NOT_RECOGNISED, "duplicate-commit", 5, BIT (FAILED_SEEN) },
  { WEFT_BUG_DELETE_DROPPED, "lossy-link", 5, BIT (CONTENT) },
  { WEFT_BUG_CACHE_NOT_RENEWED, "lossy-link", 5, BIT (CONTENT) },
  { WEFT_BUG_LABEL_AHEAD, "lossy-link", 5, BIT (CONTENT) },
  { WEFT_BUG_PAST_LABELLED_LATEST, "lossy-link", 5, BIT (CONTENT) },
  { WEFT_BUG_CHAIN_WITH_HOLE, "restart-loop", 10, BIT (CONTENT) },
  { WEFT_BUG_ARCHIVE_WITH_HOLE, "lossy-link", 5, BIT (LOST) | BIT (TORN) | BIT (CONTENT) },
  { WEFT_BUG_RESTART_FORGETS, "crash-before-sync", 5, BIT (FORGOTTEN) },
  { WEFT_BUG_EXPIRY_EARLY, "far-away", 20, BIT (FORGOTTEN) },
  { WEFT_BUG_CANCEL_DROPS_OTHERS, "far-away", 20, BIT (FORGOTTEN) },
  { WEFT_BUG_CANCEL_CLEARS_BLOCK, "far-away", 5, BIT (REGRESS) | BIT (LOST) },
  { WEFT_BUG_GET_NOT_ANSWERED, "lossy-link", 5, UNDECIDED },
  { WEFT_BUG_LINK_END_IS_FAILURE, "reset-flood", 5, BIT (FAILED_SEEN) },
  { WEFT_BUG_TIMEOUT_IS_FAILURE, "late-answer", 5, BIT (FAILED_SEEN) },
  { WEFT_BUG_UNKNOWN_IS_SUCCESS, "reset-flood", 5, BIT (REGRESS) | BIT (CONTENT) | BIT (LOST) },
  { WEFT_BUG_BASES_FORGOTTEN, "far-away", 5, BIT (LOST_UPDATE) },
  { WEFT_BUG_SILENCE_BELIEVED, "half-open", 5, UNDECIDED },
  { WEFT_BUG_CREDIT_KEPT, "heavy-blocks", 3, UNDECIDED },
};

typedef struct
{
  guint n_seeds;
  double seconds; /* of the processor, whatever else the machine does */
  guint verdict;   /* a bit; 0 when nothing was found */
  gboolean is_passed;
  char *words;
} Catch;

static char *bug_option;
static char *scenario_option;
static int seeds_option;
static gboolean survey_option;
static gboolean tap_option;

static const GOptionEntry entries[] = {
  { "bug", 0, 0, G_OPTION_ARG_STRING, &bug_option, "Hunt only this one", "NAME" },
  { "scenario", 0, 0, G_OPTION_ARG_STRING, &scenario_option, "In this scenario", "NAME" },
  { "seeds", 0, 0, G_OPTION_ARG_INT, &seeds_option, "With so many seeds at most", "N" },
  { "survey", 0, 0, G_OPTION_ARG_NONE, &survey_option, "In every scenario", NULL },
  { "tap", 0, 0, G_OPTION_ARG_NONE, &tap_option, "Tell it as a test does", NULL },
  G_OPTION_ENTRY_NULL
};

static const char *
get_directory (void)
{
  const char *directory = g_getenv ("WEFT_SCENARIOS");

  return directory != NULL ? directory : SCENARIO_DIR;
}

static WeftSimScenario *
load (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_build_filename (get_directory (), file, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  WeftSimScenario *scenario = NULL;

  if (g_file_get_contents (path, &text, NULL, &error))
    scenario = weft_sim_scenario_new_from_text (text, -1, &error);
  if (scenario == NULL)
    {
      g_printerr ("hunt-bugs: %s: %s\n", path, error->message);
      exit (2);
    }

  return scenario;
}

static void
catch_clear (Catch *self)
{
  g_clear_pointer (&self->words, g_free);
}

static void
hunt (WeftBug          bug,
      WeftSimScenario *scenario,
      guint            seeds_max,
      Catch           *result)
{
  clock_t began = clock ();

  *result = (Catch) { 0 };
  weft_bug_turn_on (bug);
  while (result->verdict == 0 && result->n_seeds < seeds_max)
    {
      g_autoptr(WeftSimRun) run = weft_sim_run_new (scenario, ++result->n_seeds);

      switch (weft_sim_run_perform (run))
        {
        case WEFT_SIM_VERDICT_PASS:
          break;

        case WEFT_SIM_VERDICT_VIOLATION:
          result->verdict = 1u << weft_sim_history_get_violation (weft_sim_run_get_history (run));
          break;

        case WEFT_SIM_VERDICT_UNDECIDED:
          result->verdict = UNDECIDED;
          break;
        }
      if (result->verdict != 0)
        result->words = g_strdup (weft_sim_run_get_reason (run));
    }
  result->is_passed = bug == WEFT_N_BUGS || weft_bug_get_n () > 0;
  weft_bug_turn_on (WEFT_N_BUGS);
  result->seconds = (double) (clock () - began) / CLOCKS_PER_SEC;
}

static char *
name_verdicts (guint verdicts)
{
  g_autoptr(GEnumClass) klass = g_type_class_ref (WEFT_TYPE_SIM_VIOLATION);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < klass->n_values; i++)
    {
      const GEnumValue *value = &klass->values[i];

      if ((verdicts & (1u << value->value)) != 0)
        g_string_append_printf (names, "%s%s", names->len > 0 ? " or " : "", value->value_nick);
    }
  if ((verdicts & UNDECIDED) != 0)
    g_string_append_printf (names, "%sundecided", names->len > 0 ? " or " : "");
  if (verdicts == 0)
    g_string_append (names, "nothing");

  return g_string_free (names, FALSE);
}

/* One row of the table, or one point of a test. */
static void
tell (guint       number,
      gboolean    is_good,
      const char *bug,
      const char *scenario,
      const Catch *result)
{
  g_autofree char *verdict = name_verdicts (result->verdict);

  if (tap_option)
    g_print ("%s %u %s\n# ", is_good ? "ok" : "not ok", number, bug);
  g_print ("| %-26s | %-18s | %5u | %7.2f | %-14s |%s %s\n", bug, scenario, result->n_seeds,
           result->seconds, verdict, is_good || tap_option ? "" : " NO:",
           result->words != NULL ? result->words : result->is_passed ? "" : "never passed");
  fflush (stdout);
}

static gboolean
is_wanted (WeftBug bug)
{
  return bug_option == NULL || g_ascii_strcasecmp (bug_option, weft_bug_get_name (bug)) == 0;
}

/* Each bug in each scenario, to choose from. */
static void
survey (void)
{
  g_autoptr(GDir) dir = g_dir_open (get_directory (), 0, NULL);
  guint seeds_max = seeds_option > 0 ? (guint) seeds_option : 5;
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *name = g_strndup (file, strcspn (file, "."));
      g_autoptr(WeftSimScenario) scenario = NULL;

      if (!g_str_has_suffix (file, ".json") || g_str_equal (name, "schema")
          || (scenario_option != NULL && !g_str_equal (name, scenario_option)))
        continue;
      scenario = load (name);
      for (WeftBug bug = 0; bug < WEFT_N_BUGS; bug++)
        {
          Catch result;

          if (!is_wanted (bug) || weft_sim_scenario_expects_violation (scenario))
            continue;
          hunt (bug, scenario, seeds_max, &result);
          if (result.verdict != 0 || bug_option != NULL)
            tell (0, TRUE, weft_bug_get_name (bug), name, &result);
          catch_clear (&result);
        }
    }
}

/* The scenarios of all bugs that were found, with as many seeds. */
static guint
check_right (const guint *n_seeds,
             guint       *number)
{
  guint n_failed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (hunts); i++)
    {
      g_autoptr(WeftSimScenario) scenario = load (hunts[i].scenario);
      gboolean is_first = TRUE;
      guint n_most = 0;
      Catch result;

      for (guint j = 0; j < G_N_ELEMENTS (hunts); j++)
        {
          if (!g_str_equal (hunts[j].scenario, hunts[i].scenario))
            continue;
          is_first &= j >= i;
          n_most = MAX (n_most, n_seeds[j]);
        }
      if (!is_first || n_most == 0)
        continue;
      hunt (WEFT_N_BUGS, scenario, n_most, &result);
      tell (++*number, result.verdict == 0, "none", hunts[i].scenario, &result);
      n_failed += result.verdict != 0;
      catch_clear (&result);
    }

  return n_failed;
}

static guint
hunt_all (void)
{
  guint n_seeds[G_N_ELEMENTS (hunts)] = { 0 };
  guint n_failed = 0;
  guint number = 0;

  for (guint i = 0; i < G_N_ELEMENTS (hunts); i++)
    {
      const char *name = scenario_option != NULL ? scenario_option : hunts[i].scenario;
      g_autoptr(WeftSimScenario) scenario = load (name);
      guint seeds_max = seeds_option > 0 ? (guint) seeds_option : hunts[i].seeds_max;
      gboolean is_good;
      Catch result;

      if (!is_wanted (hunts[i].bug))
        continue;
      hunt (hunts[i].bug, scenario, seeds_max, &result);
      is_good = (result.verdict & hunts[i].verdicts) != 0;
      tell (++number, is_good, weft_bug_get_name (hunts[i].bug), name, &result);
      n_seeds[i] = result.n_seeds;
      n_failed += !is_good;
      catch_clear (&result);
    }
  if (bug_option == NULL && scenario_option == NULL)
    n_failed += check_right (n_seeds, &number);
  if (tap_option)
    g_print ("1..%u\n", number);

  return n_failed;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GOptionContext) context
    = g_option_context_new ("- how soon each bug of the library is found");
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("hunt-bugs: %s\n", error->message);
      return 2;
    }

  if (survey_option)
    {
      survey ();
      return 0;
    }

  return hunt_all () > 0 ? 1 : 0;
}
