/* load.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "load.h"

#include "weft-bench.h"

struct _Load
{
  LoadFunc func;
  gpointer data;
  double *started;   /* by caller */
  GArray *latencies; /* (element-type double), in seconds */
  double end_seconds;
  guint64 n_left; /* that may be begun */
  guint n_busy;
  guint64 n_failed;
  char *failure;
};

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

static double
percentile (GArray *sorted,
            double  part)
{
  if (sorted->len == 0)
    return 0;

  return g_array_index (sorted, double, (guint) (part * (sorted->len - 1)));
}

static void
begin (Load  *load,
       guint  caller)
{
  load->n_busy++;
  load->n_left--;
  load->started[caller] = weft_bench_now_seconds ();
  load->func (load, caller, load->data);
}

void
load_done (Load         *load,
           guint         caller,
           const GError *error)
{
  double now = weft_bench_now_seconds ();

  load->n_busy--;
  if (error == NULL)
    {
      double taken = now - load->started[caller];

      g_array_append_val (load->latencies, taken);
    }
  else
    {
      load->n_failed++;
      if (load->failure == NULL)
        load->failure = g_strdup (error->message);
    }
  if (now < load->end_seconds && load->n_left > 0)
    begin (load, caller);
}

static LoadResult
run (guint    n_callers,
     double   seconds,
     guint64  n_operations,
     LoadFunc func,
     gpointer data)
{
  double start = weft_bench_now_seconds ();
  Load load = {
    .func = func,
    .data = data,
    .started = g_new0 (double, n_callers),
    .latencies = g_array_new (FALSE, FALSE, sizeof (double)),
    .end_seconds = start + seconds,
    .n_left = n_operations,
  };
  LoadResult result = { 0 };

  for (guint i = 0; i < n_callers && load.n_left > 0; i++)
    begin (&load, i);
  while (load.n_busy > 0)
    g_main_context_iteration (NULL, TRUE);

  g_array_sort (load.latencies, compare_doubles);
  result.n_done = load.latencies->len;
  result.n_failed = load.n_failed;
  result.seconds = weft_bench_now_seconds () - start;
  result.p50_msec = percentile (load.latencies, 0.5) * 1000;
  result.p99_msec = percentile (load.latencies, 0.99) * 1000;
  result.failure = g_steal_pointer (&load.failure);
  g_array_unref (load.latencies);
  g_free (load.started);

  return result;
}

LoadResult
load_run (guint    n_callers,
          double   seconds,
          LoadFunc func,
          gpointer data)
{
  return run (n_callers, seconds, G_MAXUINT64, func, data);
}

LoadResult
load_run_counted (guint    n_callers,
                  guint64  n_operations,
                  LoadFunc func,
                  gpointer data)
{
  return run (n_callers, G_MAXDOUBLE, n_operations, func, data);
}

void
load_result_clear (LoadResult *result)
{
  g_clear_pointer (&result->failure, g_free);
}
