/* manual-clock.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define MANUAL_TYPE_CLOCK (manual_clock_get_type ())

/* A clock that stands still until a test moves it on. */
G_DECLARE_FINAL_TYPE (ManualClock, manual_clock, MANUAL, CLOCK, GObject)

ManualClock *manual_clock_new      (void) G_GNUC_WARN_UNUSED_RESULT;
/* Goes to the next alarm and calls it; FALSE when there is none. */
gboolean     manual_clock_run_next (ManualClock *self);
/* Calls every alarm whose time has come. */
void         manual_clock_run_due  (ManualClock *self);
void         manual_clock_advance  (ManualClock *self,
                                    gint64       usec);

G_END_DECLS
