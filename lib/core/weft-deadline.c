/* weft-deadline.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-deadline-private.h"

#include "weft-sequence-private.h"

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  const WeftDeadline *left = a;
  const WeftDeadline *right = b;

  if (left->usec != right->usec)
    return left->usec < right->usec ? -1 : 1;

  return weft_deadline_compare_ids (&left->id, &right->id, NULL);
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

void
weft_deadline_init (WeftDeadline *self,
                    gint64        id)
{
  *self = (WeftDeadline) { .usec = G_MAXINT64, .id = id };
}

void
weft_deadline_set (WeftDeadline *self,
                   GSequence    *deadlines,
                   gint64        usec)
{
  if (self->usec == usec)
    return;
  if (usec == G_MAXINT64)
    {
      weft_deadline_clear (self);
      return;
    }

  self->usec = usec;
  if (self->iter != NULL)
    g_sequence_sort_changed (self->iter, compare, NULL);
  else
    self->iter = weft_sequence_insert_sorted (deadlines, self, compare);
}

void
weft_deadline_clear (WeftDeadline *self)
{
  self->usec = G_MAXINT64;
  g_clear_pointer (&self->iter, g_sequence_remove);
}

WeftDeadline *
weft_deadline_get_first (GSequence *deadlines)
{
  if (g_sequence_is_empty (deadlines))
    return NULL;

  return g_sequence_get (g_sequence_get_begin_iter (deadlines));
}

gint64
weft_deadline_get_next (GSequence *deadlines)
{
  WeftDeadline *first = weft_deadline_get_first (deadlines);

  return first != NULL ? first->usec : G_MAXINT64;
}
