/* weft-bench.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*WeftBenchFunc) (gpointer data);

/* One thing to measure beside others of the same kind. */
typedef struct
{
  const char *name;
  WeftBenchFunc func;
  gpointer data;
  double calls_per_second; /* the result: the median over the rounds */
} WeftBenchCase;

/* Figures in rows and columns, printed for people or, after --json, for programs:
 * {"name":…,"rows":[{"name":…,COLUMN:FIGURE,…},…]}. */
typedef struct _WeftBenchTable WeftBenchTable;

/* Every bench takes --json and --quick, a run of a second that shows that the bench works. */
void            weft_bench_init           (int             *argc,
                                           char          ***argv);
gboolean        weft_bench_is_quick       (void);
double          weft_bench_now_seconds    (void);
double          weft_bench_median         (const double    *values,
                                           guint            n_values);
/* Sets the results of all cases. Each round runs each case for a while, so that a machine that
 * is slow for a moment is slow for all of them. */
void            weft_bench_measure        (WeftBenchCase   *cases,
                                           guint            n_cases);

/* `columns` ends with NULL; the names carry the unit, as in "MB/s". */
WeftBenchTable *weft_bench_table_new      (const char      *name,
                                           const char *const *columns) G_GNUC_WARN_UNUSED_RESULT;
/* One figure for each column; NAN is an empty field. */
void            weft_bench_table_add      (WeftBenchTable  *self,
                                           const char      *row,
                                           ...);
/* Prints the table and frees it. */
void            weft_bench_table_print    (WeftBenchTable  *self);

G_END_DECLS
