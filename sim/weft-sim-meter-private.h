/* weft-sim-meter-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-scenario-private.h"

G_BEGIN_DECLS

/* What became of the operations of one kind. */
typedef struct
{
  guint64 n_succeeded;
  guint64 n_stale;    /* somebody else was first: the block was there */
  guint64 n_refused;  /* all others that did not do what they should */
  GTree *reasons;     /* (element-type utf8 guint64): of both */
  GArray *latencies;  /* (element-type gint64): of those that succeeded */
} WeftSimMeterKind;

/* Of one block, and reading or writing it: a time in which it could not be done begins when the
 * first try begins that is refused, and is over when the next one succeeds. */
typedef struct
{
  gint64 since_usec; /* -1 while it can be done */
  gint64 total_usec;
  gint64 longest_usec;
} WeftSimOutage;

/* What clients got, and how long they waited for it. */
typedef struct
{
  guint n_keys;
  WeftSimMeterKind kinds[WEFT_SIM_N_WORKS];
  WeftSimOutage *reading; /* one for each key */
  WeftSimOutage *writing;
  gint64 begun_usec;
  gint64 ended_usec;
  gboolean is_over; /* operations still end, and no more outages begin */
} WeftSimMeter;

WeftSimMeter *weft_sim_meter_new    (guint          n_keys,
                                     gint64         now_usec) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_meter_free   (WeftSimMeter  *self);
void          weft_sim_meter_add    (WeftSimMeter  *self,
                                     WeftSimWork    work,
                                     guint          key,
                                     gint64         begun_usec,
                                     gint64         ended_usec,
                                     const GError  *error);
/* What cannot be done now counts until now. */
void          weft_sim_meter_end    (WeftSimMeter  *self,
                                     gint64         now_usec);
/* What came instead of success, without what differs each time. */
char         *weft_sim_meter_reason (const GError  *error) G_GNUC_WARN_UNUSED_RESULT;
/* A value of an object, in weft-sim-meter-report. */
void          weft_sim_meter_report (WeftSimMeter  *self,
                                     JsonBuilder   *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimMeter, weft_sim_meter_free)

G_END_DECLS
