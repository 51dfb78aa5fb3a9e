/* weft-deadline-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Embedded first in whatever waits for a time, so that many can wait in one GSequence, ordered by
 * time and then by id. The sequence owns nothing. */
typedef struct
{
  gint64 usec; /* G_MAXINT64: it does not wait */
  gint64 id;
  GSequenceIter *iter;
} WeftDeadline;

void          weft_deadline_init        (WeftDeadline  *self,
                                         gint64         id);
void          weft_deadline_set         (WeftDeadline  *self,
                                         GSequence     *deadlines,
                                         gint64         usec);
void          weft_deadline_clear       (WeftDeadline  *self);
WeftDeadline *weft_deadline_get_first   (GSequence     *deadlines);
/* When the first comes, or G_MAXINT64. */
gint64        weft_deadline_get_next    (GSequence     *deadlines);
/* For a GTree whose keys point to ids. */
int           weft_deadline_compare_ids (gconstpointer  a,
                                         gconstpointer  b,
                                         gpointer       user_data);

G_END_DECLS
