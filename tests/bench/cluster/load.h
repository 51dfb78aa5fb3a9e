/* load.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Load Load;

/* Begins the next operation of one caller; load_done() must be told of its end. */
typedef void (*LoadFunc) (Load    *load,
                          guint    caller,
                          gpointer data);

typedef struct
{
  guint64 n_done;
  guint64 n_failed;
  double seconds;
  double p50_msec;
  double p99_msec;
  char *failure; /* (nullable): the first one */
} LoadResult;

/* So many callers, each of which begins an operation when its last one has ended. */
LoadResult load_run          (guint         n_callers,
                              double        seconds,
                              LoadFunc      func,
                              gpointer      data);
/* So many operations, however long they take. */
LoadResult load_run_counted  (guint         n_callers,
                              guint64       n_operations,
                              LoadFunc      func,
                              gpointer      data);
void       load_done         (Load         *load,
                              guint         caller,
                              const GError *error);
void       load_result_clear (LoadResult   *result);

G_END_DECLS
