/* weft-progress.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* A line on a terminal that tells how far a long run is, how fast, and how long it will take. */
typedef struct
{
  WeftClock *clock; /* unowned */
  const char *noun;
  gboolean is_shown;
  gint64 start_usec;
  gint64 shown_usec;
} WeftProgress;

void   weft_progress_begin   (WeftProgress *self,
                              WeftClock    *clock,
                              const char   *noun,
                              gboolean      quiet);
void   weft_progress_update  (WeftProgress *self,
                              guint64       n_done,
                              double        fraction);
/* Makes room for another line. */
void   weft_progress_clear   (WeftProgress *self);
void   weft_progress_end     (WeftProgress *self);
double weft_progress_seconds (WeftProgress *self);

G_END_DECLS
