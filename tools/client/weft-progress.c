/* weft-progress.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-progress.h"

#include <unistd.h>

/* Often enough to look alive, seldom enough to cost nothing. */
#define SHOW_EVERY_USEC (G_TIME_SPAN_SECOND / 5)

void
weft_progress_begin (WeftProgress *self,
                     WeftClock    *clock,
                     const char   *noun,
                     gboolean      quiet)
{
  *self = (WeftProgress) {
    .clock = clock,
    .noun = noun,
    .is_shown = !quiet && isatty (STDERR_FILENO),
    .start_usec = weft_clock_get_monotonic (clock),
  };
}

double
weft_progress_seconds (WeftProgress *self)
{
  gint64 elapsed_usec = weft_clock_get_monotonic (self->clock) - self->start_usec;

  return (double) MAX (elapsed_usec, 1) / G_TIME_SPAN_SECOND;
}

/* The fraction is of the work as a whole, from 0 to 1. */
void
weft_progress_update (WeftProgress *self,
                      guint64       n_done,
                      double        fraction)
{
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  double seconds = weft_progress_seconds (self);

  if (!self->is_shown || now_usec - self->shown_usec < SHOW_EVERY_USEC)
    return;

  self->shown_usec = now_usec;
  fraction = CLAMP (fraction, 0, 1);
  g_printerr ("\r%" G_GUINT64_FORMAT " %s (%.0f %%), %.0f/s", n_done, self->noun, fraction * 100,
              (double) n_done / seconds);
  if (fraction > 0.01)
    g_printerr (", %.0f s left", seconds * (1 - fraction) / fraction);
  g_printerr ("\033[K");
}

void
weft_progress_clear (WeftProgress *self)
{
  if (self->is_shown)
    g_printerr ("\r\033[K");
}

void
weft_progress_end (WeftProgress *self)
{
  weft_progress_clear (self);
  self->is_shown = FALSE;
}
