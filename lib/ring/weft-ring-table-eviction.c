/* weft-ring-table-eviction.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-table-eviction-private.h"

/* Whoever was not heard of for so long is worth half. */
#define AGE_USEC (10 * G_TIME_SPAN_MINUTE)
#define SHIFT_MAX 31

/* Far peers of one octave of distance on one side: the steps clockwise from us between which they
 * are. A newcomer counts though it has no step. */
typedef struct
{
  guint from;
  guint to;
  guint n_peers;
  gboolean has_newcomer;
} Octave;

typedef struct
{
  guint n_after;  /* protected */
  guint n_before;
  int octave;     /* of the newcomer; -1 when it will be a neighbour */
  gboolean is_after;
} Newcomer;

/* Up to the last neighbour of a side: suspects between neighbours count with them. */
static guint
count_neighbours (WeftRingTable *self,
                  gboolean       is_after,
                  guint          n_max)
{
  guint n_alive = 0;
  guint n = 0;

  n_max = MIN (n_max, self->n_entries);
  while (n < n_max && n_alive < self->neighbours_per_side)
    {
      guint steps = is_after ? n : self->n_entries - 1 - n;

      if (self->entries[(self->home + steps) % self->n_entries].liveness == WEFT_RING_ALIVE)
        n_alive++;
      n++;
    }

  return n;
}

guint
weft_ring_table_count_after (WeftRingTable *self)
{
  return count_neighbours (self, TRUE, G_MAXUINT);
}

guint
weft_ring_table_count_before (WeftRingTable *self)
{
  return count_neighbours (self, FALSE, G_MAXUINT);
}

/* How many entries are met on the way clockwise from us to @point. */
static guint
count_steps (WeftRingTable       *self,
             const WeftRingPoint *point)
{
  guint index = weft_ring_table_search (self, point);

  if (weft_ring_point_compare (point, &self->self_point) >= 0)
    return index - self->home;

  return index + self->n_entries - self->home;
}

/* The place that is 2^octave away. */
static WeftRingPoint
get_border (WeftRingTable *self,
            int            octave,
            gboolean       is_after)
{
  WeftRingPoint way = { { 0 } };

  way.words[3 - octave / 64] = G_GUINT64_CONSTANT (1) << (octave % 64);

  return is_after ? weft_ring_point_add (&self->self_point, &way)
                  : weft_ring_point_clockwise (&way, &self->self_point);
}

/* Looks at the octaves of one side from far to near, until only neighbours are left. */
static void
find_fullest (WeftRingTable  *self,
              const Newcomer *newcomer,
              gboolean        is_after,
              Octave         *fullest)
{
  guint first = newcomer->n_after;
  guint last = self->n_entries - newcomer->n_before;
  WeftRingPoint border = get_border (self, 255, is_after);
  guint outer = CLAMP (count_steps (self, &border), first, last);

  for (int i = 254; i >= 0 && outer != (is_after ? first : last); i--)
    {
      Octave octave;
      guint inner;

      border = get_border (self, i, is_after);
      inner = CLAMP (count_steps (self, &border), first, last);
      octave.from = is_after ? inner : outer;
      octave.to = is_after ? outer : inner;
      octave.has_newcomer = newcomer->octave == i && newcomer->is_after == is_after;
      octave.n_peers = octave.to - octave.from + octave.has_newcomer;
      if (octave.from < octave.to && octave.n_peers > fullest->n_peers)
        *fullest = octave;
      outer = inner;
    }
}

/* The share of tries that succeeded, in 65536ths, one of each being given; halved by age and by
 * each failure in a row. */
static guint32
rate (const WeftRingEntry *entry,
      gint64               now_usec)
{
  guint64 tries = (guint64) entry->successes + entry->failures + 2;
  gint64 shift = entry->failures_in_row + MAX (now_usec - entry->heard_usec, 0) / AGE_USEC;

  if (entry->liveness == WEFT_RING_SUSPECT)
    return 0;

  return (guint32) (((entry->successes + 1ull) << 16) / tries) >> MIN (shift, SHIFT_MAX);
}

/* A crowd of suspects among the neighbours must not leave no room for anybody else. */
static guint
count_protected (WeftRingTable *self,
                 gboolean       is_after)
{
  return count_neighbours (self, is_after, 2 * self->neighbours_per_side);
}

gboolean
weft_ring_table_choose_victim (WeftRingTable       *self,
                               const WeftRingPoint *newcomer,
                               gint64               now_usec,
                               guint               *victim)
{
  WeftRingPoint distance = weft_ring_point_distance (&self->self_point, newcomer);
  WeftRingPoint way = weft_ring_point_clockwise (&self->self_point, newcomer);
  guint steps = count_steps (self, newcomer);
  Newcomer facts = { .n_after = count_protected (self, TRUE),
                     .n_before = count_protected (self, FALSE) };
  Octave fullest = { 0 };
  guint32 worst = G_MAXUINT32;

  facts.octave = weft_ring_point_get_octave (&distance);
  facts.is_after = way.words[0] >> 63 == 0;
  if (steps < facts.n_after || self->n_entries - steps < facts.n_before)
    facts.octave = -1;

  find_fullest (self, &facts, TRUE, &fullest);
  find_fullest (self, &facts, FALSE, &fullest);
  g_assert (fullest.from < fullest.to);

  for (guint i = fullest.from; i < fullest.to; i++)
    {
      guint index = (self->home + i) % self->n_entries;
      guint32 rating = rate (&self->entries[index], now_usec);

      if (rating < worst)
        {
          worst = rating;
          *victim = index;
        }
    }

  /* Of a newcomer nothing is known, but that it answered. */
  return !fullest.has_newcomer || worst < 65536 / 2;
}
