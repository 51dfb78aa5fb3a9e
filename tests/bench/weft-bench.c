/* weft-bench.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "weft.h"

#define ROUNDS 7
#define ROUND_SECONDS 0.15
#define QUICK_ROUNDS 3
#define QUICK_ROUND_SECONDS 0.01
#define NAME_WIDTH 42
#define FIGURE_WIDTH 14

struct _WeftBenchTable
{
  char *name;
  char **columns;
  GPtrArray *names;  /* (element-type utf8) */
  GArray *figures;   /* (element-type double), row after row */
};

static gboolean print_json;
static gboolean quick;

void
weft_bench_init (int    *argc,
                 char ***argv)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &print_json, "Print JSON, a line for each table", NULL },
    { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "Only show that everything runs", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (2);
    }
}

gboolean
weft_bench_is_quick (void)
{
  return quick;
}

double
weft_bench_now_seconds (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

double
weft_bench_median (const double *values,
                   guint         n_values)
{
  g_autofree double *sorted = g_memdup2 (values, n_values * sizeof *values);

  g_assert (n_values > 0);

  qsort (sorted, n_values, sizeof *sorted, compare_doubles);
  return (sorted[n_values / 2] + sorted[(n_values - 1) / 2]) / 2;
}

/* Calls per second of one round. The clock is read after 1, 2, 4 … calls, so that reading it
 * costs nothing even when a call takes nanoseconds. */
static double
run_round (const WeftBenchCase *bench,
           double               seconds)
{
  double start = weft_bench_now_seconds ();
  double passed = 0;
  guint64 n_calls = 0;
  guint64 batch = 1;

  while (passed < seconds)
    {
      for (guint64 i = 0; i < batch; i++)
        bench->func (bench->data);
      n_calls += batch;
      passed = weft_bench_now_seconds () - start;
      if (passed < seconds / 4)
        batch *= 2;
    }
  return n_calls / passed;
}

void
weft_bench_measure (WeftBenchCase *cases,
                    guint          n_cases)
{
  guint n_rounds = quick ? QUICK_ROUNDS : ROUNDS;
  double seconds = quick ? QUICK_ROUND_SECONDS : ROUND_SECONDS;
  g_autofree double *rates = g_new (double, n_cases * n_rounds);

  for (guint round = 0; round < n_rounds; round++)
    for (guint i = 0; i < n_cases; i++)
      rates[i * n_rounds + round] = run_round (&cases[i], seconds);
  for (guint i = 0; i < n_cases; i++)
    cases[i].calls_per_second = weft_bench_median (&rates[i * n_rounds], n_rounds);
}

WeftBenchTable *
weft_bench_table_new (const char        *name,
                      const char *const *columns)
{
  WeftBenchTable *self = g_new0 (WeftBenchTable, 1);

  self->name = g_strdup (name);
  self->columns = g_strdupv ((char **) columns);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->figures = g_array_new (FALSE, FALSE, sizeof (double));
  return self;
}

void
weft_bench_table_add (WeftBenchTable *self,
                      const char     *row,
                      ...)
{
  va_list args;

  g_ptr_array_add (self->names, g_strdup (row));
  va_start (args, row);
  for (guint i = 0; self->columns[i] != NULL; i++)
    {
      double figure = va_arg (args, double);

      g_array_append_val (self->figures, figure);
    }
  va_end (args);
}

static void
print_text (const WeftBenchTable *self)
{
  const double *figure = (const double *) self->figures->data;

  g_print ("%-*s", NAME_WIDTH, self->name);
  for (guint column = 0; self->columns[column] != NULL; column++)
    g_print (" %*s", FIGURE_WIDTH, self->columns[column]);
  g_print ("\n");
  for (guint row = 0; row < self->names->len; row++)
    {
      g_print ("  %-*s", NAME_WIDTH - 2, (const char *) self->names->pdata[row]);
      for (guint column = 0; self->columns[column] != NULL; column++, figure++)
        {
          if (isnan (*figure))
            g_print (" %*s", FIGURE_WIDTH, "");
          else
            g_print (" %*.*f", FIGURE_WIDTH, fabs (*figure) < 100 ? 2 : 0, *figure);
        }
      g_print ("\n");
    }
  g_print ("\n");
}

static void
print_as_json (const WeftBenchTable *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  const double *figure = (const double *) self->figures->data;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, self->name);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint row = 0; row < self->names->len; row++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, self->names->pdata[row]);
      for (guint column = 0; self->columns[column] != NULL; column++, figure++)
        if (!isnan (*figure))
          {
            json_builder_set_member_name (builder, self->columns[column]);
            json_builder_add_double_value (builder, *figure);
          }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = weft_json_to_string (root);
  g_print ("%s\n", text);
}

void
weft_bench_table_print (WeftBenchTable *self)
{
  if (print_json)
    print_as_json (self);
  else
    print_text (self);

  g_free (self->name);
  g_strfreev (self->columns);
  g_ptr_array_unref (self->names);
  g_array_unref (self->figures);
  g_free (self);
}
