/* weft-sim-heap.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-heap-private.h"

static inline gboolean
is_before (const WeftSimHeapEntry *left,
           const WeftSimHeapEntry *right)
{
  return left->at_usec < right->at_usec ||
         (left->at_usec == right->at_usec && left->id < right->id);
}

/* Lets an entry rise from a hole to its place. */
static inline void
sift_up (WeftSimHeapEntry *entries,
         guint             hole,
         WeftSimHeapEntry  entry)
{
  while (hole > 0)
    {
      guint parent = (hole - 1) / 2;

      if (!is_before (&entry, &entries[parent]))
        break;
      entries[hole] = entries[parent];
      hole = parent;
    }
  entries[hole] = entry;
}

/* Moves a hole down to a leaf along the smaller children, and fills it from below. The entry that
 * fills it came from a leaf and belongs near one: this compares about half as often as sinking it
 * from above. */
static inline void
sift_down (WeftSimHeapEntry *entries,
           guint             n_entries,
           guint             hole,
           WeftSimHeapEntry  entry)
{
  guint top = hole;

  for (guint child = 2 * hole + 1; child < n_entries; child = 2 * hole + 1)
    {
      child += child + 1 < n_entries && is_before (&entries[child + 1], &entries[child]);
      entries[hole] = entries[child];
      hole = child;
    }
  while (hole > top)
    {
      guint parent = (hole - 1) / 2;

      if (!is_before (&entry, &entries[parent]))
        break;
      entries[hole] = entries[parent];
      hole = parent;
    }
  entries[hole] = entry;
}

void
weft_sim_heap_init (WeftSimHeap *self,
                    guint        n_reserved)
{
  g_assert (n_reserved > 0);

  self->entries = g_new (WeftSimHeapEntry, n_reserved);
  self->n_entries = 0;
  self->n_allocated = n_reserved;
}

void
weft_sim_heap_clear (WeftSimHeap *self)
{
  g_clear_pointer (&self->entries, g_free);
  self->n_entries = 0;
  self->n_allocated = 0;
}

void
weft_sim_heap_push (WeftSimHeap      *self,
                    WeftSimHeapEntry  entry)
{
  if (G_UNLIKELY (self->n_entries == self->n_allocated))
    {
      self->n_allocated *= 2;
      self->entries = g_renew (WeftSimHeapEntry, self->entries, self->n_allocated);
    }
  sift_up (self->entries, self->n_entries++, entry);
}

void
weft_sim_heap_pop (WeftSimHeap *self)
{
  g_assert (self->n_entries > 0);

  self->n_entries--;
  if (self->n_entries > 0)
    sift_down (self->entries, self->n_entries, 0, self->entries[self->n_entries]);
}

void
weft_sim_heap_filter (WeftSimHeap *self,
                      gboolean   (*keep) (guint64  id,
                                          gpointer user_data),
                      gpointer     user_data)
{
  guint n_kept = 0;

  for (guint i = 0; i < self->n_entries; i++)
    if (keep (self->entries[i].id, user_data))
      self->entries[n_kept++] = self->entries[i];
  self->n_entries = n_kept;
  for (guint i = n_kept / 2; i-- > 0;)
    sift_down (self->entries, n_kept, i, self->entries[i]);
}
