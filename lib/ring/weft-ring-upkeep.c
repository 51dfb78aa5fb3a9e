/* weft-ring-upkeep.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* While something is going on. */
#define TICK_USEC (250 * G_TIME_SPAN_MILLISECOND)
#define REPAIR_USEC (300 * G_TIME_SPAN_MILLISECOND)
#define HOT_USEC (1500 * G_TIME_SPAN_MILLISECOND)
/* A node fills its table faster than it may go on: the first peers of it, which find the ways, at
 * once. */
#define BEGIN_PEERS 128
#define BEGIN_USEC (20 * G_TIME_SPAN_SECOND)
#define BEGIN_TRIES 4
#define FILL_TRIES 1
#define BEGIN_SAMPLES 4
#define FRUITLESS_MAX 4
/* In periods of probes, of 1 s by default. */
#define FAR_PERIODS 3
#define REFILL_PERIODS 30
#define SIZE_USEC (2 * G_TIME_SPAN_SECOND)
#define LOST_PERIODS 2
#define SELF_LOOKUP_PERIODS 15
#define SELF_LOOKUP_MAX_USEC (30 * G_TIME_SPAN_SECOND)
#define BOOT_USEC (1 * G_TIME_SPAN_SECOND)
#define LATE_USEC (400 * G_TIME_SPAN_MILLISECOND)
#define HEALTH_MAX 7
/* So many of the far peers are looked at for the one that was not heard from for the longest. */
#define FAR_SAMPLE 8
/* Who is next to us is probed so many times as often as the other neighbours. */
#define NEXT_WEIGHT 4

void
weft_ring_heat (WeftRingMachine *self)
{
  if (self->is_leaving || !self->is_started)
    return;
  self->hot_usec = self->now_usec + HOT_USEC;
  self->tick_usec = MIN (self->tick_usec,
                         self->now_usec + weft_ring_draw_jitter (self, TICK_USEC / 2));
}

void
weft_ring_report (WeftRingMachine       *self,
                  WeftRingContact       *contact,
                  const WeftRingMeasure *measure)
{
  WeftRingReport report = { .heard_usec = self->now_usec, .measure = *measure };

  report.prefix = weft_ring_contact_get_point (contact)->words[0];
  for (guint i = 0; i < self->reports->len; i++)
    if (g_array_index (self->reports, WeftRingReport, i).prefix == report.prefix)
      {
        g_array_index (self->reports, WeftRingReport, i) = report;
        return;
      }
  /* The neighbours see what we see. */
  if (weft_ring_is_near (self, weft_ring_contact_get_point (contact)))
    return;
  if (self->reports->len < RING_REPORTS_MAX)
    g_array_append_val (self->reports, report);
  else
    g_array_index (self->reports, WeftRingReport, self->next_report++ % RING_REPORTS_MAX) = report;
}

/* How urgent a probe is. The two that are next to us are ours to watch: would each of our
 * neighbours only wait for its turn with all of us, then it would be chance how long nobody asks
 * it. */
static gint64
get_urgency (WeftRingMachine     *self,
             const WeftRingEntry *entry,
             gboolean             is_next)
{
  gint64 age = self->now_usec - entry->heard_usec;

  return (is_next ? NEXT_WEIGHT * age : age) +
         (gint64) (weft_ring_draw_fraction (self) * (double) self->period_usec);
}

/* The neighbour that was not heard from for the longest: whoever probed us needs no probe. But not
 * strictly: what many hear at once, they would not probe for a long time. */
static void
probe_oldest (WeftRingMachine *self)
{
  WeftRingEntry *entries[2 * RING_SIDE_MAX];
  WeftRingEntry *oldest = NULL;
  gint64 highest = -1;
  guint n_after = weft_ring_table_get_successors (self->table, entries, self->n_side);
  guint n = n_after + weft_ring_table_get_predecessors (self->table, entries + n_after,
                                                        self->n_side);

  for (guint i = 0; i < n; i++)
    {
      gint64 urgency = get_urgency (self, entries[i], i == 0 || i == n_after);

      if (urgency <= highest ||
          (self->cases->len > 0 && weft_ring_find_case (self, entries[i]->contact) != NULL))
        continue;
      oldest = entries[i];
      highest = urgency;
    }
  if (oldest != NULL)
    weft_ring_probe (self, oldest->contact, FALSE);
}

/* Asks for what we lack: the farthest of the shorter side, or anybody near. */
static void
repair (WeftRingMachine *self)
{
  WeftRingEntry *entries[2 * RING_SIDE_MAX];
  guint n_after = weft_ring_table_get_successors (self->table, entries, self->n_side);
  guint n_before = weft_ring_table_get_predecessors (self->table, entries + n_after, self->n_side);
  guint n = n_after + n_before;
  guint chosen;

  if (n == 0)
    return;
  chosen = weft_ring_draw (self) % n;
  if (n_after < self->n_side && n_after > 0 && (weft_ring_draw (self) & 1))
    chosen = n_after - 1;
  else if (n_before < self->n_side && n_before > 0 && (weft_ring_draw (self) & 1))
    chosen = n - 1;
  weft_ring_send (self, RING_OP_PULL, 0, entries[chosen]->contact, NULL,
                  weft_ring_make_ping (self, 0),
                  weft_ring_get_timeout (self, entries[chosen]->contact));
}

static WeftRingEntry *
draw_entry (WeftRingMachine *self)
{
  guint n = weft_ring_table_get_size (self->table);

  return n > 0 ? weft_ring_table_get (self->table, weft_ring_draw (self) % n) : NULL;
}

/* Far peers are asked now and then whether they live, and for others of their kind. */
static void
check_far (WeftRingMachine *self)
{
  WeftRingEntry *oldest = NULL;

  for (guint i = 0; i < FAR_SAMPLE; i++)
    {
      WeftRingEntry *entry = draw_entry (self);

      if (entry != NULL && (oldest == NULL || entry->heard_usec < oldest->heard_usec))
        oldest = entry;
    }
  if (oldest == NULL || weft_ring_find_case (self, oldest->contact) != NULL)
    return;
  weft_ring_send (self, RING_OP_PULL, 0, oldest->contact, NULL,
                  weft_ring_make_ping (self, weft_ring_draw (self) & 1),
                  weft_ring_get_timeout (self, oldest->contact));
}

/* Asks somebody, by chance, for who is around a place by chance. */
static void
refill (WeftRingMachine *self)
{
  WeftRingEntry *entry = draw_entry (self);
  WeftRingMessage *message;

  if (entry == NULL)
    return;
  message = weft_ring_message_new (WEFT_RING_NEIGHBOURS);
  message->key.words[0] = weft_ring_draw (self);
  message->has_key = TRUE;
  message->count = 16;
  weft_ring_send (self, RING_OP_PULL, 0, entry->contact, NULL, message,
                  weft_ring_get_timeout (self, entry->contact));
}

static void
look_for_self (WeftRingMachine *self)
{
  WeftRingEntry *entry = NULL;

  for (guint i = 0; i < 4; i++)
    {
      entry = draw_entry (self);
      if (entry != NULL &&
          !weft_ring_is_near (self, weft_ring_contact_get_point (entry->contact)))
        break;
    }
  if (entry != NULL)
    weft_ring_self_lookup (self, self->is_joined ? entry->contact : NULL);
}

/* Whether the table is still to be filled. Where peers come and go faster than they are asked, more
 * of them would be no help: most of them would be gone when they are needed. How fast that is, a
 * node knows from its neighbours after a while. */
static gboolean
is_beginning (WeftRingMachine *self)
{
  double worth = BEGIN_PEERS;

  if (self->now_usec - self->started_usec >= BEGIN_USEC)
    worth = MAX (worth, weft_ring_turnover_get_worth (&self->turnover));

  return self->n_fruitless < FRUITLESS_MAX &&
         weft_ring_table_get_size (self->table) < MIN (self->capacity, worth);
}

static void
fill_table (WeftRingMachine *self)
{
  gboolean is_first = weft_ring_table_get_size (self->table) < BEGIN_PEERS;
  guint n_tried = weft_ring_try_some (self, is_first ? BEGIN_TRIES : FILL_TRIES);

  if (n_tried > 0)
    {
      self->n_fruitless = 0;
      return;
    }
  if (self->now_usec < self->refill_usec || weft_ring_table_get_size (self->table) == 0)
    return;
  self->n_fruitless++;
  self->refill_usec = self->now_usec + weft_ring_draw_jitter (self, 2 * TICK_USEC);
  refill (self);
}

/* What goes on for ever, as slowly as is good enough. */
static void
keep_table (WeftRingMachine *self)
{
  if (self->now_usec < self->far_usec)
    return;
  self->far_usec = self->now_usec + weft_ring_draw_jitter (self, FAR_PERIODS * self->period_usec);
  if (weft_ring_try_some (self, (guint) (weft_ring_draw (self) & 1)) == 0)
    check_far (self);
  /* All were found that there seemed to be; there may be others by now. */
  if (self->n_fruitless >= FRUITLESS_MAX && self->candidates->len == 0 &&
      self->now_usec >= self->refill_usec)
    {
      self->refill_usec = self->now_usec +
                          weft_ring_draw_jitter (self, REFILL_PERIODS * self->period_usec);
      refill (self);
    }
}

static void
note_size (WeftRingMachine *self)
{
  WeftRingEstimate estimate;

  if (self->now_usec < self->size_usec || !self->is_joined)
    return;
  self->size_usec = self->now_usec + weft_ring_draw_jitter (self, SIZE_USEC);
  estimate = weft_ring_machine_get_estimate (self, self->now_usec);
  self->size = estimate.size;
  weft_ring_partition_note_size (self->partition, estimate.size, estimate.confidence,
                                 self->now_usec);
}

static void
note_lateness (WeftRingMachine *self)
{
  gint64 late = self->now_usec - self->tick_usec;

  if (late > LATE_USEC)
    {
      guint steps = MIN (late / LATE_USEC, HEALTH_MAX);

      self->health = MIN (self->health + steps, HEALTH_MAX);
      weft_ring_count (self, "ring-late");
    }
}

void
weft_ring_upkeep (WeftRingMachine *self)
{
  gboolean is_hot;

  if (self->now_usec < self->tick_usec)
    return;
  note_lateness (self);
  weft_ring_join_step (self);
  weft_ring_try_near (self);
  if (self->now_usec >= self->probe_usec)
    {
      self->probe_usec = self->now_usec + weft_ring_draw_jitter (self, self->period_usec);
      probe_oldest (self);
    }
  is_hot = self->now_usec < self->hot_usec;
  if (is_hot && self->now_usec >= self->repair_usec)
    {
      self->repair_usec = self->now_usec + REPAIR_USEC;
      repair (self);
    }
  if (self->now_usec >= self->lost_usec && self->lost->len > 0)
    {
      self->lost_usec = self->now_usec +
                        weft_ring_draw_jitter (self, LOST_PERIODS * self->period_usec);
      weft_ring_try_lost (self);
    }
  if (self->now_usec >= self->self_lookup_usec)
    {
      gint64 usec = MIN (SELF_LOOKUP_PERIODS * self->period_usec, SELF_LOOKUP_MAX_USEC);

      self->self_lookup_usec = self->now_usec +
                               weft_ring_draw_jitter (self, self->is_joined ? usec : BOOT_USEC);
      look_for_self (self);
    }
  note_size (self);
  self->n_samples = 0;
  if (is_beginning (self))
    {
      self->n_samples = BEGIN_SAMPLES;
      fill_table (self);
    }
  else
    keep_table (self);

  if (is_hot || is_beginning (self) || !self->is_joined)
    self->tick_usec = self->now_usec + weft_ring_draw_jitter (self, TICK_USEC);
  else
    self->tick_usec = self->probe_usec;
}
