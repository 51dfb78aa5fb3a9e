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

JsonObject *
weft_sim_passage_summarize (WeftSimFlow *flow,
                            GBytes      *message)
{
  WeftSimConnection *self = flow->connection;
  JsonObject *summary;

  if (!self->network->has_filters)
    return NULL;

  summary = json_object_new ();
  if (self->filtered == NULL)
    self->filtered = weft_sim_talk_new ();
  weft_sim_talk_summarize (self->filtered, flow == &self->flows[1], message, summary);

  return summary;
}

GBytes *
weft_sim_passage_meddle (WeftSimFlow *flow,
                         GBytes      *message,
                         JsonObject  *summary)
{
  WeftSimNetwork *network = flow->connection->network;

  if (network->meddler == NULL)
    return g_bytes_ref (message);

  return weft_sim_meddler_pass (network->meddler, flow->from, flow->to, message, summary);
}

/* What was sent and has not left yet, as the way is narrow. */
static guint64
get_backlog (WeftSimFlow       *flow,
             const WeftSimLink *link)
{
  gint64 left_usec = flow->free_usec - weft_sim_world_get_time (flow->connection->network->world);

  return left_usec > 0 ? (guint64) left_usec * link->bytes_per_second / G_USEC_PER_SEC : 0;
}

WeftSimPassage
weft_sim_passage_draw (WeftSimFlow       *flow,
                       const WeftSimLink *link,
                       gsize              n_bytes)
{
  WeftSimNetwork *network = flow->connection->network;
  WeftSimPrng *prng = network->prng;
  WeftSimPassage self = { .transit_usec = weft_sim_delay_draw (&link->delay, prng) };

  draw_losses (&self, network, link, get_backlog (flow, link), n_bytes);
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
