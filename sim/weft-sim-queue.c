/* weft-sim-queue.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-queue-private.h"

/* Ten thousand nodes have a handful of events each; more at once is a flood that never ends. */
#define EVENTS_MAX (1u << WEFT_SIM_QUEUE_SLOT_BITS)
#define NO_SLOT G_MAXUINT32
/* Below this, stale entries cost less than looking for them. */
#define STALE_MIN 64

void
weft_sim_queue_init (WeftSimQueue *self,
                     guint         n_reserved)
{
  *self = (WeftSimQueue) { .n_allocated = n_reserved, .first_free = NO_SLOT };
  self->events = g_new (WeftSimEvent, n_reserved);
  weft_sim_heap_init (&self->heap, n_reserved);
}

/* A destroy notify may cancel others and add more. */
void
weft_sim_queue_clear (WeftSimQueue *self)
{
  while (self->n_waiting > 0)
    for (guint i = 0; i < self->n_events; i++)
      {
        WeftSimEvent event;

        if (weft_sim_queue_cancel (self, self->events[i].id, &event) && event.destroy != NULL)
          event.destroy (event.user_data);
      }
}

/* Only of a queue in which nothing waits. */
void
weft_sim_queue_free (WeftSimQueue *self)
{
  g_assert (self->n_waiting == 0);

  weft_sim_heap_clear (&self->heap);
  g_clear_pointer (&self->events, g_free);
}

static guint
allocate_slot (WeftSimQueue *self)
{
  guint slot = self->first_free;

  if (slot != NO_SLOT)
    {
      self->first_free = self->events[slot].next_free;
      return slot;
    }

  if (self->n_events == self->n_allocated)
    {
      if (self->n_allocated == EVENTS_MAX)
        g_error ("more than %u events wait in a simulated world", EVENTS_MAX);
      self->n_allocated *= 2;
      self->events = g_renew (WeftSimEvent, self->events, self->n_allocated);
    }

  return self->n_events++;
}

guint64
weft_sim_queue_add (WeftSimQueue       *self,
                    gint64              at_usec,
                    const WeftSimEvent *event)
{
  guint slot = allocate_slot (self);
  guint64 id = ++self->last_sequence << WEFT_SIM_QUEUE_SLOT_BITS | slot;

  self->events[slot] = *event;
  self->events[slot].id = id;
  self->n_waiting++;
  weft_sim_heap_push (&self->heap, (WeftSimHeapEntry) { at_usec, id });

  return id;
}

static void
take (WeftSimQueue *self,
      WeftSimEvent *found,
      WeftSimEvent *event)
{
  *event = *found;
  found->id = 0;
  found->next_free = self->first_free;
  self->first_free = found - self->events;
  self->n_waiting--;
}

const WeftSimHeapEntry *
weft_sim_queue_peek (WeftSimQueue *self)
{
  while (self->heap.n_entries > 0)
    {
      const WeftSimHeapEntry *entry = &self->heap.entries[0];

      if (G_LIKELY (weft_sim_queue_get_event (self, entry->id) != NULL))
        return entry;
      weft_sim_heap_pop (&self->heap);
    }

  return NULL;
}

void
weft_sim_queue_pop (WeftSimQueue *self,
                    WeftSimEvent *event)
{
  guint64 id = self->heap.entries[0].id;

  weft_sim_heap_pop (&self->heap);
  take (self, weft_sim_queue_get_event (self, id), event);
}

static gboolean
has_event (guint64  id,
           gpointer user_data)
{
  return weft_sim_queue_get_event (user_data, id) != NULL;
}

/* Alarms that are moved again and again must not fill the heap. */
static void
drop_stale (WeftSimQueue *self)
{
  if (self->heap.n_entries > STALE_MIN && self->heap.n_entries / 2 > self->n_waiting)
    weft_sim_heap_filter (&self->heap, has_event, self);
}

gboolean
weft_sim_queue_cancel (WeftSimQueue *self,
                       guint64       id,
                       WeftSimEvent *event)
{
  WeftSimEvent *found = id != 0 ? weft_sim_queue_get_event (self, id) : NULL;

  if (found == NULL)
    return FALSE;

  take (self, found, event);
  drop_stale (self);

  return TRUE;
}

void
weft_sim_queue_unheap (WeftSimQueue *self)
{
  weft_sim_heap_pop (&self->heap);
}

void
weft_sim_queue_reheap (WeftSimQueue     *self,
                       WeftSimHeapEntry  entry)
{
  if (weft_sim_queue_get_event (self, entry.id) != NULL)
    weft_sim_heap_push (&self->heap, entry);
}
