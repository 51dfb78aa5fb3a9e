/* bench-ring.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdlib.h>

#include "ring-rows.h"

/* Networks of ring machines, and what they reach beside what they have to: a row for each bar of
 * the page on the overlay. */

#define LARGE 5000
#define TABLE_MIN 64

static int n_nodes = 1000;
static gint64 seed = 1;
static int table_capacity;
static int minutes;
static char *rows;
static gboolean print_json;
static gboolean is_quick;
static gboolean is_verbose;

static const GOptionEntry entries[] = {
  { "nodes", 0, 0, G_OPTION_ARG_INT, &n_nodes, "How large the network is", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Where chance begins", "S" },
  { "table", 0, 0, G_OPTION_ARG_INT, &table_capacity, "Other tables than those of 2048", "N" },
  { "minutes", 0, 0, G_OPTION_ARG_INT, &minutes, "How long each of them is looked at", "M" },
  { "rows", 0, 0, G_OPTION_ARG_STRING, &rows, "Only these, as in calm,cut", "LIST" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &print_json, "Print JSON", NULL },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &is_quick, "Look at each for a moment only", NULL },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "Tell what the machines counted", NULL },
  { NULL },
};

static char *
describe_rows (void)
{
  GString *text = g_string_new ("Rows:\n");

  for (guint i = 0; i < ring_n_rows; i++)
    g_string_append_printf (text, "  %-9s %s\n", ring_rows[i].name, ring_rows[i].summary);

  return g_string_free (text, FALSE);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *description = describe_rows ();
  g_auto (GStrv) names = NULL;
  RingFigures figures;
  RingEffort effort = {
    .warm_usec = RING_SECONDS (60), .span_usec = RING_SECONDS (120), .n_lookups = 24000,
    .n_crashes = 400, .n_forgeries = 1000,
  };

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, description);
  if (!g_option_context_parse (context, &argc, &argv, &error) || n_nodes < 2
      || (table_capacity != 0 && table_capacity < TABLE_MIN))
    {
      g_printerr ("%s\n", error != NULL ? error->message
                                        : "expected 2 nodes and tables of 64 or more");
      return 2;
    }
  /* Ten thousand see as much in a shorter time. */
  if (n_nodes >= LARGE)
    effort = (RingEffort) {
      .warm_usec = RING_SECONDS (20), .span_usec = RING_SECONDS (40), .n_lookups = 12000,
      .n_crashes = 400, .n_forgeries = 1000,
    };
  if (is_quick)
    effort = (RingEffort) {
      .warm_usec = RING_SECONDS (20), .span_usec = RING_SECONDS (20), .n_lookups = 1000,
      .n_crashes = 5, .n_forgeries = 20,
    };
  if (minutes > 0)
    effort.span_usec = RING_SECONDS (60) * minutes;
  effort.is_verbose = is_verbose;
  effort.table_capacity = table_capacity;

  ring_figures_init (&figures, n_nodes, seed);
  names = rows != NULL ? g_strsplit (rows, ",", -1) : NULL;
  for (guint i = 0; i < ring_n_rows; i++)
    if (names == NULL || g_strv_contains ((const char *const *) names, ring_rows[i].name))
      ring_rows[i].run (&figures, &effort);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (ring_rows_find (names[i]) == NULL)
      {
        g_printerr ("expected a name of rows, got %s\n%s", names[i], description);
        return 2;
      }

  if (print_json)
    ring_figures_print_json (&figures);
  else
    ring_figures_print (&figures);

  return 0;
}
