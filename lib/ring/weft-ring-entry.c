/* weft-ring-entry.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-table-private.h"

#define TIMEOUT_MIN_USEC (200 * G_TIME_SPAN_MILLISECOND)
#define TIMEOUT_UNKNOWN_USEC G_TIME_SPAN_SECOND

/* The weights of a new round trip that TCP has settled on. */
#define MEAN_SHARE 8
#define DEVIATION_SHARE 4

static void
make_room (WeftRingEntry *self)
{
  if (self->successes < G_MAXUINT16 && self->failures < G_MAXUINT16)
    return;
  self->successes /= 2;
  self->failures /= 2;
}

void
weft_ring_entry_note_reply (WeftRingEntry *self,
                            gint64         rtt_usec,
                            gint64         now_usec)
{
  make_room (self);
  self->successes++;
  self->failures_in_row = 0;
  self->liveness = WEFT_RING_ALIVE;
  self->heard_usec = now_usec;

  if (rtt_usec < 0)
    return;
  if (self->rtt_mean <= 0)
    {
      self->rtt_mean = MAX (rtt_usec, 1);
      self->rtt_deviation = self->rtt_mean / 2;
    }
  else
    {
      float error = (float) rtt_usec - self->rtt_mean;

      self->rtt_mean += error / MEAN_SHARE;
      self->rtt_deviation += (fabsf (error) - self->rtt_deviation) / DEVIATION_SHARE;
    }
}

void
weft_ring_entry_note_failure (WeftRingEntry *self)
{
  make_room (self);
  self->failures++;
  if (self->failures_in_row < G_MAXUINT8)
    self->failures_in_row++;
}

gint64
weft_ring_entry_get_timeout_usec (WeftRingEntry *self)
{
  if (self->rtt_mean <= 0)
    return TIMEOUT_UNKNOWN_USEC;

  return MAX ((gint64) (self->rtt_mean + 4 * self->rtt_deviation), TIMEOUT_MIN_USEC);
}
