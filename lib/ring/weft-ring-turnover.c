/* weft-ring-turnover.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-turnover-private.h"

/* Before anybody went: lives of half an hour, but so little watched that what the neighbours do in
 * the first seconds says more. */
#define FIRST_GONE 0.25
#define FIRST_SECONDS 512.0
/* What is older than this is worth half. */
#define MEMORY_SECONDS 16384.0

void
weft_ring_turnover_init (WeftRingTurnover *self)
{
  *self = (WeftRingTurnover) { .n_gone = FIRST_GONE, .seconds = FIRST_SECONDS };
}

void
weft_ring_turnover_note (WeftRingTurnover *self,
                         gint64            age_usec,
                         gboolean          is_gone)
{
  g_assert (age_usec >= 0);

  self->seconds += (double) age_usec / G_USEC_PER_SEC;
  self->n_gone += is_gone ? 1 : 0;
  if (self->seconds <= MEMORY_SECONDS)
    return;
  self->seconds /= 2;
  self->n_gone /= 2;
}

double
weft_ring_turnover_get_worth (const WeftRingTurnover *self)
{
  return self->seconds / self->n_gone;
}
