/* ring-heap.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-heap.h"

#include <math.h>

/* Four children a slot: half as many levels, and they share a cache line or two. */
#define FAN 4

typedef struct
{
  gint64 at_usec;
  guint64 order;
  RingEvent *event;
} Slot;

void
ring_heap_init (RingHeap *self)
{
  self->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  self->spare = g_ptr_array_new_with_free_func (g_free);
  self->order = 0;
}

void
ring_heap_clear (RingHeap *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      RingEvent *event = g_array_index (self->slots, Slot, i).event;

      g_clear_pointer (&event->message, weft_ring_message_unref);
      g_free (event);
    }
  g_clear_pointer (&self->slots, g_array_unref);
  g_clear_pointer (&self->spare, g_ptr_array_unref);
}

static inline gboolean
is_before (const Slot *a,
           const Slot *b)
{
  return a->at_usec != b->at_usec ? a->at_usec < b->at_usec : a->order < b->order;
}

RingEvent *
ring_heap_add (RingHeap *self,
               gint64    at_usec)
{
  RingEvent *event;
  Slot *slots;
  Slot added;
  guint at;

  if (self->spare->len > 0)
    event = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
  else
    event = g_new (RingEvent, 1);
  *event = (RingEvent) { .at_usec = at_usec };
  added = (Slot) { at_usec, self->order++, event };

  g_array_append_val (self->slots, added);
  slots = (Slot *) (gpointer) self->slots->data;
  at = self->slots->len - 1;
  for (; at > 0 && is_before (&added, &slots[(at - 1) / FAN]); at = (at - 1) / FAN)
    slots[at] = slots[(at - 1) / FAN];
  slots[at] = added;

  return event;
}

RingEvent *
ring_heap_take (RingHeap *self,
                gint64    until_usec)
{
  Slot *slots = (Slot *) (gpointer) self->slots->data;
  RingEvent *first;
  Slot moved;
  guint n;
  guint at = 0;

  if (self->slots->len == 0 || slots[0].at_usec > until_usec)
    return NULL;

  first = slots[0].event;
  n = self->slots->len - 1;
  moved = slots[n];
  g_array_set_size (self->slots, n);
  while (FAN * at + 1 < n)
    {
      guint least = FAN * at + 1;

      for (guint child = least + 1; child <= FAN * at + FAN && child < n; child++)
        if (is_before (&slots[child], &slots[least]))
          least = child;
      if (!is_before (&slots[least], &moved))
        break;
      slots[at] = slots[least];
      at = least;
    }
  if (n > 0)
    slots[at] = moved;

  return first;
}

void
ring_heap_done (RingHeap  *self,
                RingEvent *event)
{
  g_clear_pointer (&event->message, weft_ring_message_unref);
  g_ptr_array_add (self->spare, event);
}

guint64
ring_chance_mix (guint64 value)
{
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;

  return value ^ (value >> 31);
}

/* SplitMix64. */
guint64
ring_chance_next (RingChance *self)
{
  return ring_chance_mix (self->state += 0x9e3779b97f4a7c15);
}

guint64
ring_chance_below (RingChance *self,
                   guint64     bound)
{
  return ring_chance_next (self) % bound;
}

double
ring_chance_fraction (RingChance *self)
{
  return (double) (ring_chance_next (self) >> 11) / 9007199254740992.0;
}

double
ring_chance_exponential (RingChance *self,
                         double      mean)
{
  return -log1p (-ring_chance_fraction (self)) * mean;
}
