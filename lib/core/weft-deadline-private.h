/* weft-deadline-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeftDeadline WeftDeadline;

/* All that wait for their times, the first by time and then by id: a binary heap, which owns
 * nothing. */
typedef struct
{
  WeftDeadline **items;
  guint n_items;
  guint n_allocated;
} WeftDeadlines;

/* Embedded first in whatever waits for a time, so that many can wait in one heap. */
struct _WeftDeadline
{
  gint64 usec; /* G_MAXINT64: it does not wait */
  gint64 id;
  WeftDeadlines *deadlines; /* where it waits, or NULL */
  guint place;
};

WeftDeadlines *weft_deadlines_new        (void) G_GNUC_WARN_UNUSED_RESULT;
/* Whatever still waits may be gone already, and is not looked at. */
void           weft_deadlines_free       (WeftDeadlines *self);

void           weft_deadline_init        (WeftDeadline  *self,
                                          gint64         id);
void           weft_deadline_set         (WeftDeadline  *self,
                                          WeftDeadlines *deadlines,
                                          gint64         usec);
void           weft_deadline_clear       (WeftDeadline  *self);
/* For a GTree whose keys point to ids. */
int            weft_deadline_compare_ids (gconstpointer  a,
                                          gconstpointer  b,
                                          gpointer       user_data);

static inline gboolean
weft_deadline_is_set (const WeftDeadline *self)
{
  return self->deadlines != NULL;
}

/* NULL when nothing waits. */
static inline WeftDeadline *
weft_deadline_get_first (const WeftDeadlines *deadlines)
{
  return deadlines->n_items > 0 ? deadlines->items[0] : NULL;
}

/* When the first comes, or G_MAXINT64. */
static inline gint64
weft_deadline_get_next (const WeftDeadlines *deadlines)
{
  return deadlines->n_items > 0 ? deadlines->items[0]->usec : G_MAXINT64;
}

G_END_DECLS
