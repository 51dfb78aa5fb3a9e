/* weft-sim-report.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-tool.h"

G_BEGIN_DECLS

/* A run that was not as expected. */
typedef struct
{
  char *scenario;
  guint64 seed;
  char *verdict;
  char *reason;
  char *signatures; /* that were asked for, or NULL */
  char *reproduce;
} WeftSimFailure;

/* What many runs come to. */
typedef struct
{
  guint64 n_runs;
  guint64 n_passed;
  guint64 n_violations; /* that were not expected, or expected and missing */
  guint64 n_undecided;
  guint64 n_differing;
  guint64 simulated_usec;
  guint64 n_events;
  guint64 n_operations;
  GTree *faults;       /* (element-type utf8 guint64), how often each kind happened */
  GTree *scenarios;    /* (element-type utf8 guint64), how many runs of each */
  const char *signatures; /* that are asked for in all runs, or NULL */
  GPtrArray *failures; /* (element-type WeftSimFailure) */
} WeftSimReport;

WeftSimReport *weft_sim_report_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void           weft_sim_report_free      (WeftSimReport  *self);
/* Adds what `weft_sim_run_to_report()` said; `scenario` is how the user named it. Returns the
 * failure if it was one. */
const WeftSimFailure *
               weft_sim_report_add_run   (WeftSimReport  *self,
                                          const char     *scenario,
                                          JsonNode       *run);
const WeftSimFailure *
               weft_sim_report_add_failure (WeftSimReport *self,
                                          const char     *scenario,
                                          guint64         seed,
                                          const char     *verdict,
                                          const char     *reason);
/* The line that does a run again. */
char          *weft_sim_report_reproduce (const char     *scenario,
                                          guint64         seed,
                                          const char     *verdict,
                                          const char     *signatures)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean       weft_sim_report_merge     (WeftSimReport  *self,
                                          JsonNode       *other,
                                          GError        **error);
JsonNode      *weft_sim_report_to_json   (WeftSimReport  *self) G_GNUC_WARN_UNUSED_RESULT;
/* For people; `seconds` is the time it took, or 0 when that is not known. */
void           weft_sim_report_print     (WeftSimReport  *self,
                                          double          seconds);
WeftSimExit    weft_sim_report_get_exit  (WeftSimReport  *self);
void           weft_sim_failure_print    (const WeftSimFailure *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimReport, weft_sim_report_free)

G_END_DECLS
