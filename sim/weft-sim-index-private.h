/* weft-sim-index-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finds items of somebody else's array by a hash of their key. It only looks up, so that no order
 * of the table can show. Each slot holds an item's number and half of its hash: the array, which
 * is far away in memory, is looked at only for items that are most likely the right ones. */
typedef struct
{
  guint64 *slots; /* hash in the upper half, item number + 1 in the lower; 0 while free */
  guint32 mask;
  guint32 n_items;
} WeftSimIndex;

void weft_sim_index_init  (WeftSimIndex *self);
void weft_sim_index_clear (WeftSimIndex *self);
/* The caller has made sure that there is no such item yet. */
void weft_sim_index_add   (WeftSimIndex *self,
                           guint32       hash,
                           guint32       item);

/* Sets `*item` to the next item that may have a key of that hash; FALSE when there is none left.
 * `*position` starts as the hash, and is kept by the caller in between. */
static inline gboolean
weft_sim_index_next (const WeftSimIndex *self,
                     guint32             hash,
                     guint32            *position,
                     guint32            *item)
{
  while (TRUE)
    {
      guint64 slot = self->slots[*position & self->mask];

      if (slot == 0)
        return FALSE;
      (*position)++;
      if (slot >> 32 == hash)
        {
          *item = (guint32) slot - 1;
          return TRUE;
        }
    }
}

G_END_DECLS
