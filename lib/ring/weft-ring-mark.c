/* weft-ring-mark.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-mark-private.h"

/* An estimate is off by a tenth, and so is the mark: a half is not taken for two thirds, and the
 * whole is hardly taken for this. */
#define MOST_SHARE (2 / 3.0)
#define SMALL_SHARE 0.6
/* An estimate counts that was not lower for so long: the peaks of its noise do not. */
#define WINDOW_USEC (2 * G_TIME_SPAN_MINUTE)
/* Those who went in a cut, and were the others once, have been looked for by then. */
#define FALL_USEC (7 * G_TIME_SPAN_DAY)

void
weft_ring_mark_init (WeftRingMark *self,
                     double        size)
{
  *self = (WeftRingMark) { .size = MAX (size, 1), .window_usec = -1, .most_usec = -1 };
}

gboolean
weft_ring_mark_is_most (double   size_before,
                        double   size,
                        gboolean is_exact)
{
  return is_exact ? 2 * size > size_before : size >= MOST_SHARE * size_before;
}

gboolean
weft_ring_mark_is_small (const WeftRingMark *self,
                         double              size,
                         gboolean            is_exact)
{
  return is_exact ? 2 * size <= self->size : size < SMALL_SHARE * self->size;
}

static void
rise (WeftRingMark *self,
      double        size,
      gboolean      is_exact,
      gint64        now_usec)
{
  if (is_exact)
    {
      self->size = MAX (self->size, size);
      self->window_usec = -1;
      return;
    }
  if (self->window_usec < 0)
    {
      self->window_usec = now_usec;
      self->lowest = size;
    }
  self->lowest = MIN (self->lowest, size);
  if (now_usec - self->window_usec < WINDOW_USEC)
    return;
  self->size = MAX (self->size, self->lowest);
  self->window_usec = -1;
}

static void
fall (WeftRingMark *self,
      double        size,
      gint64        now_usec)
{
  if (self->most_usec < 0)
    {
      self->most_usec = now_usec;
      self->highest = size;
    }
  self->highest = MAX (self->highest, size);
  if (now_usec - self->most_usec < FALL_USEC)
    return;
  self->size = MIN (self->size, self->highest);
  self->most_usec = -1;
}

void
weft_ring_mark_note (WeftRingMark *self,
                     double        size,
                     gboolean      is_exact,
                     gboolean      is_suspected,
                     gint64        now_usec)
{
  g_assert (size >= 1);

  rise (self, size, is_exact, now_usec);
  if (is_suspected || !weft_ring_mark_is_most (self->size, size, is_exact))
    self->most_usec = -1;
  else
    fall (self, size, now_usec);
}
