/* weft-sim-index.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-index-private.h"

#define SLOTS_FIRST 64

void
weft_sim_index_init (WeftSimIndex *self)
{
  self->slots = g_new0 (guint64, SLOTS_FIRST);
  self->mask = SLOTS_FIRST - 1;
  self->n_items = 0;
}

void
weft_sim_index_clear (WeftSimIndex *self)
{
  g_clear_pointer (&self->slots, g_free);
}

static void
place (WeftSimIndex *self,
       guint64       slot)
{
  guint32 position = slot >> 32;

  while (self->slots[position & self->mask] != 0)
    position++;
  self->slots[position & self->mask] = slot;
}

static void
grow (WeftSimIndex *self)
{
  g_autofree guint64 *slots = g_steal_pointer (&self->slots);
  gsize n_slots = (gsize) self->mask + 1;

  g_assert (n_slots <= G_MAXUINT32 / 2);

  self->slots = g_new0 (guint64, n_slots * 2);
  self->mask = n_slots * 2 - 1;
  for (gsize i = 0; i < n_slots; i++)
    if (slots[i] != 0)
      place (self, slots[i]);
}

void
weft_sim_index_add (WeftSimIndex *self,
                    guint32       hash,
                    guint32       item)
{
  g_assert (item < G_MAXUINT32);

  /* Half full at most, so that a search looks at two slots or so. */
  if (self->n_items >= self->mask / 2)
    grow (self);
  place (self, (guint64) hash << 32 | (item + 1));
  self->n_items++;
}
