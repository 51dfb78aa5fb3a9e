/* explorer-chance.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

/* SplitMix64. */
static guint64
next (Explorer *self)
{
  guint64 value = self->state += 0x9e3779b97f4a7c15;

  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;

  return value ^ (value >> 31);
}

guint64
explorer_draw (Explorer *self,
               guint64   bound)
{
  return next (self) % bound;
}

gboolean
explorer_chance (Explorer *self,
                 guint     of_thousand)
{
  return explorer_draw (self, 1000) < of_thousand;
}

void
explorer_mix (Explorer *self,
              guint64   value)
{
  self->hash = (self->hash ^ value) * 0x100000001b3;
  self->hash ^= self->hash >> 31;
}

static gboolean
is_before (gconstpointer a,
           gconstpointer b)
{
  const ExplorerEvent *a_event = a;
  const ExplorerEvent *b_event = b;

  return a_event->at_usec != b_event->at_usec ? a_event->at_usec < b_event->at_usec
                                              : a_event->order < b_event->order;
}

static void
swap (GPtrArray *heap,
      guint      a,
      guint      b)
{
  gpointer event = heap->pdata[a];

  heap->pdata[a] = heap->pdata[b];
  heap->pdata[b] = event;
}

ExplorerEvent *
explorer_schedule (Explorer *self,
                   gint64    delay_usec,
                   int       kind,
                   guint     node)
{
  ExplorerEvent *event = g_new0 (ExplorerEvent, 1);
  guint at = self->heap->len;

  event->at_usec = self->now_usec + delay_usec;
  event->order = ++self->order;
  event->kind = kind;
  event->node = node;
  g_ptr_array_add (self->heap, event);
  for (; at > 0 && is_before (self->heap->pdata[at], self->heap->pdata[(at - 1) / 2]);
       at = (at - 1) / 2)
    swap (self->heap, at, (at - 1) / 2);

  return event;
}

ExplorerEvent *
explorer_pop (Explorer *self)
{
  ExplorerEvent *first;
  guint at = 0;

  if (self->heap->len == 0)
    return NULL;
  swap (self->heap, 0, self->heap->len - 1);
  first = g_ptr_array_steal_index (self->heap, self->heap->len - 1);
  while (TRUE)
    {
      guint least = at;

      for (guint child = 2 * at + 1; child <= 2 * at + 2 && child < self->heap->len; child++)
        if (is_before (self->heap->pdata[child], self->heap->pdata[least]))
          least = child;
      if (least == at)
        return first;
      swap (self->heap, at, least);
      at = least;
    }
}

void
explorer_event_free (ExplorerEvent *event)
{
  g_clear_pointer (&event->request, weft_cluster_request_unref);
  g_clear_pointer (&event->answer, weft_cluster_answer_unref);
  g_clear_pointer (&event->record, weft_cluster_record_unref);
  g_clear_pointer (&event->peer_ids, g_ptr_array_unref);
  g_clear_pointer (&event->text, g_free);
  g_free (event);
}
