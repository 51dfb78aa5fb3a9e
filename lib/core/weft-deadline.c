/* weft-deadline.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-deadline-private.h"

#define ITEMS_MIN 4

static gboolean
is_before (const WeftDeadline *left,
           const WeftDeadline *right)
{
  return left->usec != right->usec ? left->usec < right->usec : left->id < right->id;
}

int
weft_deadline_compare_ids (gconstpointer a,
                           gconstpointer b,
                           gpointer      user_data)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

WeftDeadlines *
weft_deadlines_new (void)
{
  return g_new0 (WeftDeadlines, 1);
}

void
weft_deadlines_free (WeftDeadlines *self)
{
  g_free (self->items);
  g_free (self);
}

static void
put (WeftDeadlines *self,
     guint          place,
     WeftDeadline  *item)
{
  self->items[place] = item;
  item->place = place;
}

/* Moves an item from a hole to where it belongs. */
static void
settle (WeftDeadlines *self,
        guint          hole,
        WeftDeadline  *item)
{
  while (hole > 0 && is_before (item, self->items[(hole - 1) / 2]))
    {
      put (self, hole, self->items[(hole - 1) / 2]);
      hole = (hole - 1) / 2;
    }
  for (guint child = 2 * hole + 1; child < self->n_items; child = 2 * hole + 1)
    {
      child += child + 1 < self->n_items
               && is_before (self->items[child + 1], self->items[child]);
      if (!is_before (self->items[child], item))
        break;
      put (self, hole, self->items[child]);
      hole = child;
    }
  put (self, hole, item);
}

void
weft_deadline_init (WeftDeadline *self,
                    gint64        id)
{
  *self = (WeftDeadline) { .usec = G_MAXINT64, .id = id };
}

void
weft_deadline_set (WeftDeadline  *self,
                   WeftDeadlines *deadlines,
                   gint64         usec)
{
  if (self->usec == usec)
    return;
  if (usec == G_MAXINT64)
    {
      weft_deadline_clear (self);
      return;
    }

  self->usec = usec;
  if (self->deadlines == NULL)
    {
      if (deadlines->n_items == deadlines->n_allocated)
        {
          deadlines->n_allocated = MAX (2 * deadlines->n_allocated, ITEMS_MIN);
          deadlines->items = g_renew (WeftDeadline *, deadlines->items, deadlines->n_allocated);
        }
      self->deadlines = deadlines;
      self->place = deadlines->n_items++;
    }
  settle (deadlines, self->place, self);
}

void
weft_deadline_clear (WeftDeadline *self)
{
  WeftDeadlines *deadlines = g_steal_pointer (&self->deadlines);
  WeftDeadline *last;

  self->usec = G_MAXINT64;
  if (deadlines == NULL)
    return;

  last = deadlines->items[--deadlines->n_items];
  if (last != self)
    settle (deadlines, self->place, last);
}
