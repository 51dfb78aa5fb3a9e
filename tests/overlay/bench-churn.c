/* bench-churn.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "churn-table.h"

/* Unchanged nodes on a ring that come and go while clients read and write: how much of it is done,
 * how much is refused and why, and whether all that was told is true. A row for each network. */

/* They know enough of each other after a while that takes less work. */
#define SIZE_LARGE 100

static int n_nodes;
static int cluster;
static int minutes = 10;
static gint64 seed = 1;
static char *kinds;
static gboolean print_json;
static gboolean print_scenario;
static gboolean is_quick;
static int n_jobs = 1;

static const GOptionEntry entries[] = {
  { "nodes", 0, 0, G_OPTION_ARG_INT, &n_nodes, "Only networks of this size (default: 50, 500)",
    "N" },
  { "cluster", 0, 0, G_OPTION_ARG_INT, &cluster, "Only clusters of so many (default: 4, 7, 10)",
    "K" },
  { "churn", 0, 0, G_OPTION_ARG_STRING, &kinds, "Only these ways to come and go, as in 10,split",
    "LIST" },
  { "minutes", 0, 0, G_OPTION_ARG_INT, &minutes, "How long clients work (default: 10)", "M" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Where chance begins", "S" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &print_json, "Print the reports of all runs as JSON", NULL },
  { "scenario", 0, 0, G_OPTION_ARG_NONE, &print_scenario,
    "Print the scenarios instead of running them", NULL },
  { "jobs", 0, 0, G_OPTION_ARG_INT, &n_jobs, "So many rows of a size at a time (default: 1)", "N" },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &is_quick, "Small networks for a minute", NULL },
  G_OPTION_ENTRY_NULL
};

static char *
describe_kinds (void)
{
  GString *text = g_string_new ("Ways to come and go:\n");

  for (guint i = 0; i < churn_n_kinds; i++)
    g_string_append_printf (text, "  %-9s %s\n", churn_kinds[i].name, churn_kinds[i].summary);

  return g_string_free (text, FALSE);
}

static void
print (const ChurnCell *cell,
       JsonNode        *report)
{
  g_autofree char *text = NULL;

  if (print_json)
    {
      text = json_to_string (report, FALSE);
      g_print ("%s\n", text);
    }
  else
    churn_table_print_row (cell, report);
}

static void
wait_for_one (void)
{
  int status = 0;

  if (wait (&status) < 0 || status != 0)
    g_error ("a network was not run to its end");
}

/* In a process of its own, which begins with nodes that have settled, and whose end frees what they
 * were made of in no time. */
static void
perform (const ChurnCell *cell,
         WeftSimRun      *settled)
{
  pid_t pid;

  fflush (stdout);
  pid = fork ();
  g_assert (pid >= 0);
  if (pid == 0)
    {
      g_autoptr(JsonNode) report = churn_cell_go_on (cell, settled);

      print (cell, report);
      fflush (stdout);
      _exit (0);
    }
}

static ChurnCell
make_cell (const ChurnKind *kind,
           guint            size,
           guint            members)
{
  return (ChurnCell) {
    .kind = kind,
    .n_nodes = size,
    .cluster = members,
    .n_blocks = is_quick ? 8 : 24,
    .n_clients = 8,
    .rate = 1,
    .settle_seconds = is_quick ? 30 : size > SIZE_LARGE ? 30 : 90,
    .seconds = is_quick ? 60 : 60 * (gint64) minutes,
    .heal_seconds = 120,
    .seed = (guint64) seed,
  };
}

/* The rows of one size. */
static void
perform_kinds (guint       size,
               guint       members,
               char      **names)
{
  /* Never freed, see above. */
  WeftSimRun *settled = NULL;
  int n_running = 0;

  for (guint i = 0; i < churn_n_kinds; i++)
    {
      ChurnCell cell = make_cell (&churn_kinds[i], size, members);
      g_autofree char *scenario = NULL;

      if (names != NULL && !g_strv_contains ((const char *const *) names, churn_kinds[i].name))
        continue;
      if (print_scenario)
        {
          scenario = churn_cell_make_scenario (&cell);
          g_print ("%s\n", scenario);
          continue;
        }
      if (settled == NULL)
        settled = churn_cell_set_up (&cell);
      if (n_running == n_jobs)
        wait_for_one ();
      else
        n_running++;
      perform (&cell, settled);
    }
  for (; n_running > 0; n_running--)
    wait_for_one ();
}

/* Each in a process of its own, too, as what a network takes is not given back before. */
static void
perform_size (guint       size,
              guint       members,
              char      **names)
{
  pid_t pid;

  fflush (stdout);
  pid = fork ();
  g_assert (pid >= 0);
  if (pid == 0)
    {
      perform_kinds (size, members, names);
      fflush (stdout);
      _exit (0);
    }
  wait_for_one ();
}

static gboolean
check_names (char **names)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      gboolean is_known = FALSE;

      for (guint kind = 0; kind < churn_n_kinds; kind++)
        is_known = is_known || g_str_equal (names[i], churn_kinds[kind].name);
      if (!is_known)
        {
          g_printerr ("expected a way to come and go, got %s\n", names[i]);
          return FALSE;
        }
    }

  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  static const guint sizes[] = { 50, 500 };
  static const guint clusters[] = { 4, 7, 10 };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *description = describe_kinds ();
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) names = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, description);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (n_nodes < 0 || n_nodes > 512 || cluster < 0 || cluster > 64 || minutes < 1 || n_jobs < 1)
    {
      g_printerr ("expected at most 512 nodes, clusters of at most 64, a minute or more, and a job "
                  "or more\n");
      return 2;
    }
  names = kinds != NULL ? g_strsplit (kinds, ",", -1) : NULL;
  if (!check_names (names))
    return 2;
  if (is_quick && n_nodes == 0)
    n_nodes = 16;

  if (!print_json && !print_scenario)
    churn_table_print_head ();
  for (guint i = 0; i < (n_nodes > 0 ? 1 : G_N_ELEMENTS (sizes)); i++)
    for (guint j = 0; j < (cluster > 0 ? 1 : G_N_ELEMENTS (clusters)); j++)
      perform_size (n_nodes > 0 ? (guint) n_nodes : sizes[i],
                    cluster > 0 ? (guint) cluster : clusters[j], names);

  return 0;
}
