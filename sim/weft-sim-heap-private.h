/* weft-sim-heap-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What waits: ordered by time, and at one time by id. Ids grow, so that is the order of adding. */
typedef struct
{
  gint64 at_usec;
  guint64 id;
} WeftSimHeapEntry;

/* A binary heap in one array, which never shrinks. */
typedef struct
{
  WeftSimHeapEntry *entries;
  guint n_entries;
  guint n_allocated;
} WeftSimHeap;

void     weft_sim_heap_init    (WeftSimHeap      *self,
                                guint             n_reserved);
void     weft_sim_heap_clear   (WeftSimHeap      *self);
void     weft_sim_heap_push    (WeftSimHeap      *self,
                                WeftSimHeapEntry  entry);
/* The heap must not be empty. */
void     weft_sim_heap_pop     (WeftSimHeap      *self);
/* Keeps the entries of which the function says so. */
void     weft_sim_heap_filter  (WeftSimHeap      *self,
                                gboolean        (*keep) (guint64  id,
                                                         gpointer user_data),
                                gpointer          user_data);

G_END_DECLS
