/* weft-sim-passage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-passage-private.h"

#include "weft-sim-network-private.h"

/* As TCP does it: the first pause before something is sent again, and how often it is tried. */
#define RETRY_USEC_FIRST (200 * G_TIME_SPAN_MILLISECOND)
#define TRIES_MAX 8

/* Whether there is room when some time has passed. A message that never fits is let through when
 * nothing else waits: it is many packets. */
static gboolean
has_room (const WeftSimLink *link,
          guint64            backlog_bytes,
          gsize              n_bytes,
          gint64             waited_usec)
{
  guint64 left = (guint64) ((double) waited_usec / G_USEC_PER_SEC *
                            (double) link->bytes_per_second);

  if (link->queue_bytes == 0 || link->bytes_per_second == 0 || left >= backlog_bytes)
    return TRUE;

  return backlog_bytes - left + n_bytes <= link->queue_bytes;
}

/* Losses and full queues: it is sent again after pauses that double. */
static void
draw_losses (WeftSimPassage    *self,
             WeftSimNetwork    *network,
             const WeftSimLink *link,
             guint64            backlog_bytes,
             gsize              n_bytes)
{
  gint64 pause_usec = RETRY_USEC_FIRST;
  gint64 waited_usec = 0;

  network->n_losses = 0;
  for (guint n_tries = 1; !self->is_breaking; n_tries++)
    {
      gboolean is_overflow = !has_room (link, backlog_bytes, n_bytes, waited_usec);

      if (!is_overflow && !weft_sim_prng_chance (network->prng, link->loss))
        break;
      network->n_losses++;
      weft_sim_world_count (network->world, is_overflow ? "network-overflows" : "network-losses",
                            1);
      self->is_breaking = n_tries == TRIES_MAX;
      waited_usec += pause_usec;
      pause_usec *= 2;
    }
  self->transit_usec += waited_usec;
}

WeftSimPassage
weft_sim_passage_draw (WeftSimNetwork    *network,
                       const WeftSimLink *link,
                       guint64            backlog_bytes,
                       gsize              n_bytes)
{
  WeftSimPrng *prng = network->prng;
  WeftSimPassage self = { .transit_usec = weft_sim_delay_draw (&link->delay, prng) };

  draw_losses (&self, network, link, backlog_bytes, n_bytes);
  if (weft_sim_prng_chance (prng, link->hold))
    {
      weft_sim_world_count (network->world, "network-holds", 1);
      self.transit_usec += link->hold_usec;
    }
  self.is_breaking = self.is_breaking || weft_sim_prng_chance (prng, link->reset);
  self.is_swallowed = !self.is_breaking && weft_sim_prng_chance (prng, link->drop);
  if (self.is_breaking || self.is_swallowed)
    return self;
  self.is_corrupted = weft_sim_prng_chance (prng, link->corruption);
  self.breaks_late = weft_sim_prng_chance (prng, link->late_reset);

  return self;
}

gint64
weft_sim_passage_draw_transit (WeftSimNetwork *network,
                               guint           from,
                               guint           to)
{
  const WeftSimLink *link = weft_sim_network_peek_link (network, from, to);
  WeftSimPassage self = { .transit_usec = weft_sim_delay_draw (&link->delay, network->prng) };

  draw_losses (&self, network, link, 0, 0);

  return self.is_breaking ? 0 : self.transit_usec;
}
