/* weft-sequence-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As g_sequence_insert_sorted(), which allocates three times for a value and looks for its place
 * from the middle on. What waits for its time mostly goes behind all others, or before them. */
static inline GSequenceIter *
weft_sequence_insert_sorted (GSequence       *sequence,
                             gpointer         value,
                             GCompareDataFunc compare)
{
  GSequenceIter *end = g_sequence_get_end_iter (sequence);
  GSequenceIter *begin = g_sequence_get_begin_iter (sequence);

  if (begin == end || compare (g_sequence_get (g_sequence_iter_prev (end)), value, NULL) <= 0)
    return g_sequence_append (sequence, value);
  if (compare (g_sequence_get (begin), value, NULL) > 0)
    return g_sequence_prepend (sequence, value);

  return g_sequence_insert_sorted (sequence, value, compare, NULL);
}

G_END_DECLS
