/* weft-bench-sample.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In whose service time is spent: that of the innermost of our functions on the stack. */
typedef enum
{
  WEFT_BENCH_OWNER_LIBRARY,
  WEFT_BENCH_OWNER_SIMULATOR,
  WEFT_BENCH_OWNER_OTHER,
  WEFT_BENCH_N_OWNERS,
} WeftBenchOwner;

/* On what: its own code, or what it called. */
typedef enum
{
  WEFT_BENCH_WORK_OWN,
  WEFT_BENCH_WORK_JSON,
  WEFT_BENCH_WORK_GLIB,
  WEFT_BENCH_N_WORKS,
} WeftBenchWork;

typedef struct
{
  guint64 n[WEFT_BENCH_N_OWNERS][WEFT_BENCH_N_WORKS];
  guint64 n_total;
} WeftBenchSamples;

/* Looks now and then at what this process is doing, by a timer of processor time. */
void weft_bench_sample_start (void);
void weft_bench_sample_stop  (WeftBenchSamples *samples);

G_END_DECLS
